// A visit as a body says it (R060, R066, R068): codes are held against their lists here, whatever their days; the
// household, the people and the corrected record are looked for when it is taken, in the transaction.

import Domain
import Service
import Web

/// A visit on its way in.
package struct VisitDraft: Sendable {
    /// Whom a visit is about.
    package enum Subject: Sendable, Equatable {
        case household(Identifier)
        /// A village as such, by a code that it has or had.
        case village(AreaCode)

        var isVillage: Bool { if case .village = self { true } else { false } }
    }

    package struct Companion: Sendable {
        package let cadre: Identifier?
        /// Of somebody who is not in the register.
        package let name: String?
    }

    package struct Location: Sendable {
        package let latitude: Double
        package let longitude: Double
        package let accuracyMetres: Double?
    }

    package struct Diary: Sendable {
        package var did: String?
        package var saw: String?
        package var thought: String?
    }

    package struct Deed: Sendable {
        package var kind: String
        package let result: String?
    }

    package struct Gift: Sendable {
        package var kind: String
        /// Of the unit, in thousandths.
        let quantityThousandths: Int
        package let unit: String?
        package let valueFen: Int
        package var donor: String
        let donorName: String?
    }

    package struct Event: Sendable {
        package let kind: String
        package let happenedOn: CivilDate
        package let note: String?
    }

    struct Attachment: Sendable {
        let kind: String
        let sha256: [UInt8]
    }

    package var id: Identifier
    /// By the clock of the server.
    package let receivedAt: Instant
    package let subject: Subject
    package var kind: String
    /// By the clock of the device, as it came.
    package let occurredAt: Instant
    package let author: Identifier?
    package let companions: [Companion]
    package var purpose: String?
    package var occasions: [String]
    package var sixHelps: [String]
    package var sixOnes: [String]
    package let location: Location?
    package let diary: Diary
    package var deeds: [Deed]
    package var gifts: [Gift]
    package let events: [Event]
    let attachments: [Attachment]
    let brought: VisitBrought
    package let device: String?
    /// How far the device's clock was ahead of the server's.
    let clockOffsetMilliseconds: Int64?
    package var corrects: Identifier?
    package let isRetraction: Bool
    /// Of the diary, the deeds and the events: made here, so that the one writer need not.
    package let words: VisitWords

    /// Whether it names an occasion or what was given.
    var hasMarks: Bool { !(occasions.isEmpty && sixHelps.isEmpty && sixOnes.isEmpty) }

    package static let textCharacters = 1...4_000
    static let resultCharacters = 1...500
    /// A hundred years, both ways: a device whose battery died begins at 1970 or in the year it was made.
    static let offsetMilliseconds = -3_153_600_000_000...3_153_600_000_000
    /// Of the time that is left when the offset is taken off: the years 1970 to 2100 in the county. What the clock
    /// itself shows may be anything.
    static let times = Instant(milliseconds: -28_800_000)..<Instant(milliseconds: 4_133_952_000_000)
}

/// The bytes of a visit by which a repeated one is known. Its id does not count: it stands in the path, or in the item
/// of a batch, or in both.
package struct VisitContent: Sendable {
    package let bytes: [UInt8]
    package let hash: [UInt8]

    package init(_ body: JSONValue, _ keys: KeyRing) {
        self.init(canonical: body.canonicalBytes(without: "id"), keys)
    }

    /// - Parameter bytes: the canonical form, as it was kept.
    package init(canonical bytes: [UInt8], _ keys: KeyRing) {
        self.bytes = bytes
        hash = keys.hash(bytes, purpose: "content")
    }
}

extension VisitDraft {
    /// Reads a body. What is wrong is recorded there, and the draft is never used then.
    package init(_ body: inout ObjectReader, id: Identifier, codes: CodeLists, receivedAt: Instant) {
        let reader = VisitReader(codes: codes)
        self.id = id
        self.receivedAt = receivedAt
        body.checkId(id)
        subject = reader.subject(&body, id)
        kind = reader.code(&body, "kind", .visitKind)
        let occurredAt = body.value("occurredAt", placeholder: receivedAt, FieldText.instant)
        let offset = body.optionalInteger("clockOffsetMs", in: Self.offsetMilliseconds).map(Int64.init)
        let corrected = reader.corrected(occurredAt, offset, placeholder: receivedAt, &body)
        self.occurredAt = occurredAt
        clockOffsetMilliseconds = offset
        author = body.optionalValue("cadreId", FieldText.identifier)
        companions = reader.companions(&body)
        purpose = reader.optionalCode(&body, "purpose", .visitPurpose)
        occasions = reader.codes(&body, "occasions", .visitOccasion)
        sixHelps = reader.codes(&body, "sixHelps", .sixHelps)
        sixOnes = reader.codes(&body, "sixOnes", .sixOnes)
        location = reader.location(&body)
        diary = reader.diary(&body)
        deeds = reader.deeds(&body)
        gifts = reader.gifts(&body)
        events = reader.events(&body)
        brought = VisitBrought(
            &body, isOfVillage: subject.isVillage, codes, occurredOn: corrected.shanghaiDate,
            receivedOn: receivedAt.shanghaiDate)
        attachments = reader.attachments(&body)
        device = body.optionalString("device", characters: 1...100)
        corrects = body.optionalValue("correctsVisitId", FieldText.identifier)
        isRetraction = body.optionalBoolean("isRetraction") ?? false
        words = VisitWords(
            [diary.did, diary.saw, diary.thought].compactMap(\.self) + deeds.compactMap(\.result)
                + events.compactMap(\.note))
        if corrects == id { body.report("correctsVisitId", .namesItself) }
        if isRetraction && corrects == nil {
            body.report(
                "isRetraction", .standsAlone, zh: "撤回须用 correctsVisitId 指明原记录",
                en: "a retraction names its record in correctsVisitId")
        }
    }
}

/// Reads the parts of a visit.
private struct VisitReader {
    let codes: CodeLists

    func subject(_ body: inout ObjectReader, _ placeholder: Identifier) -> VisitDraft.Subject {
        let village = body.optionalValue("villageCode", FieldText.areaCode)
        guard body.member("villageCode")?.isNull ?? true else {
            if !(body.member("householdId")?.isNull ?? true) { body.report("villageCode", .onlyOne) }
            return .village(village ?? FieldText.anyArea)
        }
        return .household(body.value("householdId", placeholder: placeholder, FieldText.identifier))
    }

    /// The time with the offset of its clock taken off. Bounds are for this one: a clock that began at 1970 is no
    /// fault of the visit.
    func corrected(
        _ occurredAt: Instant, _ offset: Int64?, placeholder: Instant, _ body: inout ObjectReader
    ) -> Instant {
        let corrected = Instant(milliseconds: occurredAt.milliseconds - (offset ?? 0))
        guard VisitDraft.times.contains(corrected) else {
            body.report(
                "occurredAt", .outOfRange, zh: "减去 clockOffsetMs 后应在 1970 至 2100 年之间",
                en: "a time of 1970 to 2100 is expected once clockOffsetMs is taken off")
            return placeholder
        }
        return corrected
    }

    func companions(_ body: inout ObjectReader) -> [VisitDraft.Companion] {
        body.optionalArray("companions", count: 0...50) { item in
            let cadre = item.optionalValue("cadreId", FieldText.identifier)
            let name = item.optionalName("name", characters: FieldText.nameCharacters)
            if item.isSound("cadreId", "name") && (cadre == nil) == (name == nil) {
                item.report("", .onlyOne, zh: "cadreId 和 name 填一项", en: "either cadreId or name")
            }
            return VisitDraft.Companion(cadre: cadre, name: name)
        } ?? []
    }

    func location(_ body: inout ObjectReader) -> VisitDraft.Location? {
        body.optionalObject("location") { item in
            VisitDraft.Location(
                latitude: item.number("latitude", in: -90...90), longitude: item.number("longitude", in: -180...180),
                accuracyMetres: item.optionalNumber("accuracyMetres", in: 0...1_000_000))
        }
    }

    func diary(_ body: inout ObjectReader) -> VisitDraft.Diary {
        body.optionalObject("diary") { item in
            VisitDraft.Diary(
                did: item.optionalString("did", characters: VisitDraft.textCharacters, .lines),
                saw: item.optionalString("saw", characters: VisitDraft.textCharacters, .lines),
                thought: item.optionalString("thought", characters: VisitDraft.textCharacters, .lines))
        } ?? VisitDraft.Diary()
    }

    func deeds(_ body: inout ObjectReader) -> [VisitDraft.Deed] {
        body.optionalArray("deeds", count: 0...20) { item in
            VisitDraft.Deed(
                kind: code(&item, "kind", .deedKind),
                result: item.optionalString("result", characters: VisitDraft.resultCharacters, .lines))
        } ?? []
    }

    func gifts(_ body: inout ObjectReader) -> [VisitDraft.Gift] {
        body.optionalArray("gifts", count: 0...50) { item in
            VisitDraft.Gift(
                kind: code(&item, "kind", .giftKind),
                quantityThousandths: item.decimal("quantity", places: 3, in: 1...1_000_000_000),
                unit: item.optionalString("unit", characters: 1...20),
                valueFen: item.integer("valueFen", in: 0...100_000_000_000),
                donor: code(&item, "donor", .giftDonor),
                donorName: item.optionalName("donorName", characters: 1...100))
        } ?? []
    }

    func events(_ body: inout ObjectReader) -> [VisitDraft.Event] {
        body.optionalArray("events", count: 0...20) { item in
            VisitDraft.Event(
                kind: code(&item, "kind", .householdEvent),
                happenedOn: item.value("happenedOn", placeholder: .first, codes.days.day),
                note: item.optionalString("note", characters: VisitDraft.resultCharacters, .lines))
        } ?? []
    }

    func attachments(_ body: inout ObjectReader) -> [VisitDraft.Attachment] {
        body.optionalArray("attachments", count: 0...50) { item in
            VisitDraft.Attachment(
                kind: item.value("kind", placeholder: "", Self.attachmentKind),
                sha256: item.value("sha256", placeholder: [], Self.sha256))
        } ?? []
    }

    private static let attachmentKinds = ["photo", "household-signature", "helper-signature"]

    private static func attachmentKind(_ text: String) throws(FieldError) -> String {
        guard attachmentKinds.contains(text) else { throw FieldError.notOneOf(attachmentKinds) }
        return text
    }

    private static func sha256(_ text: String) throws(FieldError) -> [UInt8] {
        guard let bytes = Hex.bytes(text), bytes.count == 32 else { throw FieldError(.notAHash) }
        return bytes
    }

    // MARK: Codes

    func code(_ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey) -> String {
        body.value(key, placeholder: "") { text throws(FieldError) in try codes.known(text, in: list) }
    }

    func optionalCode(_ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey) -> String? {
        body.optionalValue(key) { text throws(FieldError) in try codes.known(text, in: list) }
    }

    /// Each once, in the order given.
    func codes(_ body: inout ObjectReader, _ key: StaticString, _ list: CodeListKey) -> [String] {
        let texts = body.optionalStrings(key, count: 0...30) ?? []
        for (position, text) in texts.enumerated() {
            do throws(FieldError) {
                _ = try codes.known(text, in: list)
            } catch {
                body.report("/\(key)/\(position)", error)
            }
        }
        return texts.unique
    }
}

extension [String] {
    /// Each once, at its first position.
    var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
