// What a run is asked beside what is so: whether lifted households count, and for a question of "what if" other quotas,
// other links and people who are not there. Deliberately without the database: an area is a code until it is read.

import Domain
import Service
import Web

/// How a run differs from what is so; nothing by default.
struct PairingOptions: Equatable, Sendable {
    /// Only a question: what it proposes can never be applied.
    var isWhatIf = false
    /// Whether lifted households take part; else their pairings only take room.
    var includesLifted = true
    /// Whether existing pairs are kept before need decides, else the other way round.
    var putsPairsFirst = false
    var quotas: [Quota] = []
    var links: [Link] = []
    var added: [Added] = []

    /// Another quota of a rank, for those without a quota of their own.
    struct Quota: Equatable, Sendable {
        let rank: CadreRank
        let quota: Int
        /// For those who are linked there; nil for all.
        let area: AreaCode?
    }

    /// Another link of a cadre.
    struct Link: Equatable, Sendable {
        let cadre: Identifier
        let area: AreaCode
    }

    /// People who would come, each of a unit of their own, with the quota of their rank.
    struct Added: Equatable, Sendable {
        let rank: CadreRank
        let count: Int
        let area: AreaCode
    }

    /// People who would come, at most.
    static let addedMax = 10_000

    /// Whether it asks for something that does not hold.
    var asksWhatIf: Bool { isWhatIf || !quotas.isEmpty || !links.isEmpty || !added.isEmpty }

    /// The same without what does not hold.
    var withoutWhatIf: PairingOptions {
        PairingOptions(includesLifted: includesLifted, putsPairsFirst: putsPairsFirst)
    }

    /// The areas it names, each with the place in the body.
    var areas: [(pointer: String, code: AreaCode)] {
        quotas.enumerated().compactMap { index, quota in quota.area.map { ("/options/quotas/\(index)/areaCode", $0) } }
            + links.enumerated().map { ("/options/links/\($0)/areaCode", $1.area) }
            + added.enumerated().map { ("/options/added/\($0)/areaCode", $1.area) }
    }
}

extension PairingOptions {
    /// Reads the member `options` of a body.
    init(_ body: inout ObjectReader) {
        isWhatIf = body.optionalBoolean("whatIf") ?? false
        includesLifted = body.optionalBoolean("includeLifted") ?? true
        putsPairsFirst = body.optionalBoolean("pairsFirst") ?? false
        quotas =
            body.optionalArray("quotas", count: 0...100) { item in
                Quota(
                    rank: Self.rank(&item), quota: item.integer("quota", in: 0...100),
                    area: item.optionalValue("areaCode", FieldText.areaCode))
            } ?? []
        links =
            body.optionalArray("links", count: 0...2_000) { item in
                Link(
                    cadre: item.value(
                        "cadreId", placeholder: Identifier(high: 0, low: 0), FieldText.identifier),
                    area: item.value("areaCode", placeholder: AreaCode.lowest, FieldText.areaCode))
            } ?? []
        added =
            body.optionalArray("added", count: 0...100) { item in
                Added(
                    rank: Self.rank(&item), count: item.integer("count", in: 1...Self.addedMax),
                    area: item.value("areaCode", placeholder: AreaCode.lowest, FieldText.areaCode))
            } ?? []
    }

    private static func rank(_ item: inout ObjectReader) -> CadreRank {
        item.value("rank", placeholder: .ordinary, FieldText.word)
    }

    /// Options as they were stored; nil for text that is none.
    init?(stored: String) {
        guard let root = try? JSONDocument(Array(stored.utf8)).root else { return nil }
        var body = ObjectReader(root)
        self.init(&body)
        guard body.isValid else { return nil }
    }

    /// As they are stored and answered.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("whatIf")
            json.boolean(asksWhatIf)
            json.key("includeLifted")
            json.boolean(includesLifted)
            json.key("pairsFirst")
            json.boolean(putsPairsFirst)
            if !quotas.isEmpty {
                json.key("quotas")
                json.array { json in for quota in quotas { Self.write(quota, &json) } }
            }
            if !links.isEmpty {
                json.key("links")
                json.array { json in
                    for link in links {
                        json.object { json in
                            json.key("cadreId")
                            json.string(link.cadre.description)
                            json.key("areaCode")
                            json.areaCode(link.area.value)
                        }
                    }
                }
            }
            if !added.isEmpty {
                json.key("added")
                json.array { json in for added in added { Self.write(added, &json) } }
            }
        }
    }

    private static func write(_ quota: Quota, _ json: inout JSONWriter) {
        json.object { json in
            json.key("rank")
            json.string(quota.rank.rawValue)
            json.key("quota")
            json.integer(quota.quota)
            if let area = quota.area {
                json.key("areaCode")
                json.areaCode(area.value)
            }
        }
    }

    private static func write(_ added: Added, _ json: inout JSONWriter) {
        json.object { json in
            json.key("rank")
            json.string(added.rank.rawValue)
            json.key("count")
            json.integer(added.count)
            json.key("areaCode")
            json.areaCode(added.area.value)
        }
    }
}
