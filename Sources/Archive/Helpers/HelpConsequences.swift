// What a change of a cadre or a household does to those who are helped, told in the answer to that change. Who helps
// whom is not known here: whoever changes something asks, the domain that knows it fills in, in the same transaction.

import Domain
import SQL
import Service
import Web

extension Transaction {
    /// What the changes of this transaction do to those who are helped, from when it was asked for.
    package var consequences: HelpConsequences { memory() }

    /// Whether anybody is told of them: in the answer, or in the report of a job.
    package var tellsConsequences: Bool { consequences.isAsked || memory(JobNotices.self).isTold }

    /// The answer to a change with what it did to those who are helped. What depends on parameters and places is found
    /// first, because it is gathered.
    ///
    /// - Parameter body: a JSON object.
    package func tellingConsequences(in body: [UInt8], _ scope: Scope) throws -> [UInt8] {
        try writeGathered()
        return consequences.take(in: scope).told(in: body)
    }
}

extension RecordEffects {
    /// As in the answer to a change of a cadre.
    package static let help = RecordEffects(
        shown: [("leftBehind", "LeftBehind"), ("outsideArea", "HelpedOutside")].map {
            RecordMember(name: $0, schema: .list($1, 0...Int(Int32.max)))
        }, ask: { $0.consequences.ask() },
        tell: { body, scope, transaction in try transaction.tellingConsequences(in: body, scope) })
}

/// Used by the writer's thread only.
package final class HelpConsequences: TransactionMemory {
    package enum Kind: Sendable {
        /// It awaits a successor by the change, and did not before.
        case leftBehind
        /// It lies outside the area of its helper.
        case outside
    }

    /// A household, and since when it is so.
    package struct Item: Sendable {
        package let kind: Kind
        package let household: Identifier
        package let archiveNumber: String
        /// Where it lies.
        package let areaCode: Int64
        /// Its helper.
        package let cadreName: String
        package let since: CivilDate

        package init(
            _ kind: Kind, household: Identifier, archiveNumber: String, areaCode: Int64, cadreName: String,
            since: CivilDate
        ) {
            self.kind = kind
            self.household = household
            self.archiveNumber = archiveNumber
            self.areaCode = areaCode
            self.cadreName = cadreName
            self.since = since
        }
    }

    private var items: [Item]?
    /// Whether households are moved by something else that moves, so that what becomes of them is asked at the end.
    package private(set) var defersMoves = true

    package init() {}

    package var isAsked: Bool { items != nil }

    /// From now on consequences are gathered.
    package func ask(defersMoves: Bool = false) {
        items = []
        self.defersMoves = defersMoves
    }

    package func add(_ item: Item) { items = (items ?? []) + [item] }

    /// What was gathered, of households in a range, by archive number; no more is.
    package func take(in scope: Scope) -> [Item] {
        defer {
            items = nil
            defersMoves = true
        }
        return (items ?? []).filter { scope.contains($0.areaCode) }.sorted {
            ($0.areaCode, $0.archiveNumber, $0.since) < ($1.areaCode, $1.archiveNumber, $1.since)
        }
    }
}

/// What a cadre may carry is something else than before.
package struct CapacityChanged {
    package let cadre: Identifier
    package let before: [CapacitySegment]
    package let after: [CapacitySegment]
}

/// What all cadres may carry whom one act concerns is written.
package struct CapacitiesWritten {}

extension [HelpConsequences.Item] {
    /// Adds them to the answer to a change, as `leftBehind` and `outsideArea`; nothing where there are none.
    ///
    /// - Parameter body: a JSON object.
    func told(in body: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return body }
        var json = JSONWriter(reserve: 256 + count * 128)
        json.object { json in
            list("leftBehind", "awaitingSince", .leftBehind, &json)
            list("outsideArea", "outsideSince", .outside, &json)
        }
        return [UInt8](body.dropLast()) + [UInt8(ascii: ",")] + [UInt8](json.take().dropFirst())
    }

    private func list(
        _ name: StaticString, _ since: StaticString, _ kind: HelpConsequences.Kind, _ json: inout JSONWriter
    ) {
        // Each household once, with its first day: several of its helpers may be concerned.
        var named: Set<Identifier> = []
        let own = filter { $0.kind == kind && named.insert($0.household).inserted }
        guard !own.isEmpty else { return }
        json.key(name)
        json.array { json in
            for item in own {
                json.object { json in
                    json.key("householdId")
                    json.string(item.household.description)
                    json.key("archiveNumber")
                    json.string(item.archiveNumber)
                    json.key(since)
                    json.string(item.since.description)
                }
            }
        }
    }

    /// The same as findings of a report or of an answer with warnings: one of each kind, with the first archive
    /// numbers.
    package func errors(at pointer: String) -> [FieldError] {
        [(HelpConsequences.Kind.leftBehind, FieldCode.leftBehind), (.outside, .helperOutside)].compactMap {
            kind, code in
            let own = filter { $0.kind == kind }
            guard let first = own.map(\.since).min() else { return nil }
            let households = Set(own.map(\.household)).count
            var names: [String] = []
            for item in own where !names.contains(item.archiveNumber) { names.append(item.archiveNumber) }
            let named = names.prefix(Self.namesMax).joined(separator: "、") + (names.count > Self.namesMax ? "……" : "")
            let helpers = Set(own.map(\.cadreName)).sorted().joined(separator: "、")
            let message =
                kind == .leftBehind
                ? Message(
                    zh: "\(helpers)：自 \(first) 起 \(households) 户等待接替：\(named)",
                    en: "\(helpers): from \(first) on households left without them (\(households)): \(named)")
                : Message(
                    zh: "\(helpers)：自 \(first) 起 \(households) 户不在挂钩区域内：\(named)",
                    en: "\(helpers): from \(first) on households lie outside the linked area (\(households)): \(named)")
            return FieldError(pointer: pointer, code, detail: message)
        }
    }

    private static var namesMax: Int { 20 }
}
