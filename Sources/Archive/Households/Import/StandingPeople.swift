// Where everybody stands in a complete file, and what of it may not be understood. Whoever is missing from their
// household has left it only where the file leaves no doubt: no row that may be theirs, or another member's, stands
// elsewhere. People are kept as keyed hashes of this process and lines, some tens of octets each.

import Domain
import Web

/// Rows of a file that stand together.
struct FileHousehold: Sendable {
    /// Nil where the rows do not say it, or it cannot be read.
    let archiveNumber: String?
    let line: Int
    /// A householder is among its people. Rows without one are no household: they may be of one beside them.
    var hasHouseholder = false
    /// The register has none of its archive number: a family may have split into it.
    var isNew = false
}

/// Why it is not certain who is missing from a household.
enum AbsenceDoubt {
    case unreadableRow(line: Int)
    case rowOfNobody(line: Int)
    case numberElsewhere(line: Int)
    case rowsBeside(line: Int)
    /// Members who stand in other households of the file.
    case standingElsewhere([(line: Int, archiveNumber: String?)])
    /// Somebody new in the household has the number of a member whom its rows do not name.
    case numberOfNewMember
    /// Somebody of a name stands in the file, and no birth date is known to tell them by.
    case nameStands
}

struct StandingPeople: Sendable {
    /// The first lines of the first two households of the file in which a key stands; 0 for none.
    private struct Lines {
        var first: UInt32
        var other: UInt32 = 0
    }

    private var lines: [Int: Lines] = [:]
    private var names: Set<Int> = []
    /// Names that lost characters, by birth date.
    private var damaged: [CivilDate?: [(name: String, line: Int)]] = [:]
    private var households: [FileHousehold] = []
    private var unreadableLine: Int?
    private var lineOfNobody: Int?

    // MARK: Gathering

    mutating func beginHousehold(_ archiveNumber: String?, place: String?, isNew: Bool, line: Int) {
        households.append(FileHousehold(archiveNumber: archiveNumber, line: line, isNew: isNew))
        if let archiveNumber {
            add(Self.key(.archiveNumber, archiveNumber, place.map(Self.county) ?? ""), line)
            add(Self.key(.archiveNumber, archiveNumber, "*"), line)
        }
    }

    /// The household of the last row has a householder, or is one that everybody has left.
    mutating func noteHouseholder() {
        if !households.isEmpty { households[households.count - 1].hasHouseholder = true }
    }

    mutating func noteUnreadable(line: Int) { unreadableLine = unreadableLine ?? line }

    mutating func noteNobody(line: Int) { lineOfNobody = lineOfNobody ?? line }

    mutating func add(household id: String, line: Int) { add(Self.key(.household, id), line) }

    mutating func add(member id: String, line: Int) { add(Self.key(.member, id), line) }

    mutating func add(number hash: [UInt8], line: Int) { add(Self.key(.number, hash), line) }

    mutating func add(name: String, birthDate: CivilDate?, place: String?, line: Int) {
        if DamagedText.isDamaged(name) { damaged[birthDate, default: []].append((name, line)) }
        let name = WrittenForm.letters(name)
        if households.last?.isNew == true { add(Self.key(.newcomer, name, place), line) }
        add(Self.key(.name, name, birthDate), line)
        names.insert(Self.key(.name, name))
    }

    private mutating func add(_ key: Int, _ line: Int) {
        guard var known = lines[key] else {
            lines[key] = Lines(first: UInt32(clamping: line))
            return
        }
        guard known.other == 0, household(at: Int(known.first)) != households.count - 1 else { return }
        known.other = UInt32(clamping: line)
        lines[key] = known
    }

    // MARK: Asking

    /// What stands in the way of saying that somebody has left a household, which stands in the file from a line on.
    ///
    /// - Parameters:
    ///   - stated: the members whom its rows name.
    ///   - absent: those whom they do not.
    func doubt(
        of stored: StoredHousehold, line: Int, archiveNumber: String, place: String?, stated: [MemberState],
        absent: [MemberState]
    ) -> AbsenceDoubt? {
        if let unreadableLine { return .unreadableRow(line: unreadableLine) }
        if let lineOfNobody { return .rowOfNobody(line: lineOfNobody) }
        let own = household(at: line)
        let present = stored.members.map(\.state).filter(\.isPresent)
        let isAbsent = Set(absent.map(\.id))
        let standing = present.compactMap { member in
            elsewhere(member, own) ?? (isAbsent.contains(member.id) ? newcomer(member, place, own) : nil)
        }
        if !standing.isEmpty {
            return .standingElsewhere(standing.map { ($0, households[household(at: $0)].archiveNumber) })
        }
        let county = place.map(Self.county) ?? "*"
        let keys =
            Set([archiveNumber, stored.state.archiveNumber]).flatMap { number in
                county == "*"
                    ? [Self.key(.archiveNumber, number, "*")]
                    : [Self.key(.archiveNumber, number, county), Self.key(.archiveNumber, number, "")]
            } + [Self.key(.household, stored.id.description)]
        if let other = keys.lazy.compactMap({ otherLine($0, own) }).first { return .numberElsewhere(line: other) }
        for beside in [own - 1, own + 1] where households.indices.contains(beside) {
            let household = households[beside]
            if household.archiveNumber == nil || !household.hasHouseholder { return .rowsBeside(line: household.line) }
        }
        let numbers = Dictionary(grouping: stated.compactMap(\.identity.hash), by: \.self)
        if absent.contains(where: { member in member.identity.hash.flatMap { numbers[$0]?.count } == 1 }) {
            return .numberOfNewMember
        }
        let unborn = absent.contains { member in
            member.birthDate == nil && names.contains(Self.key(.name, WrittenForm.letters(member.name)))
        }
        return unborn ? .nameStands : nil
    }

    /// The line of another household of the file in which a member stands.
    private func elsewhere(_ member: MemberState, _ own: Int) -> Int? {
        if let line = otherLine(Self.key(.member, member.id.description), own) { return line }
        if let hash = member.identity.hash, let known = lines[Self.key(.number, hash)] {
            // An unverified number that several people have says nothing about any one of them.
            if member.identity.state == .verified || known.other == 0, let line = other(known, than: own) {
                return line
            }
        }
        let name = WrittenForm.letters(member.name)
        guard member.birthDate != nil else { return nil }
        return otherLine(Self.key(.name, name, member.birthDate), own)
            ?? otherLine(Self.key(.name, name, CivilDate?.none), own)
    }

    /// The line of somebody who may be an absent member written otherwise: of the same name in a household that the
    /// village did not have, as when a family splits, or of a name that lost characters and the same birth date.
    private func newcomer(_ member: MemberState, _ place: String?, _ own: Int) -> Int? {
        if let line = otherLine(Self.key(.newcomer, WrittenForm.letters(member.name), place), own) { return line }
        return (damaged[member.birthDate] ?? []).first { name, line in
            household(at: line) != own && DamagedText.mayMean(name, member.name)
        }?.line
    }

    private func otherLine(_ key: Int, _ own: Int) -> Int? { lines[key].flatMap { other($0, than: own) } }

    private func other(_ known: Lines, than own: Int) -> Int? {
        if household(at: Int(known.first)) != own { return Int(known.first) }
        return known.other == 0 ? nil : Int(known.other)
    }

    /// The place among the file's households of the one in which a line stands.
    private func household(at line: Int) -> Int {
        var low = 0
        var high = households.count
        while low < high {
            let middle = (low + high) / 2
            if households[middle].line <= line { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    // MARK: Keys

    private enum Kind: UInt8 { case archiveNumber, household, member, number, name, newcomer }

    private static func key(_ kind: Kind, _ part: some Hashable, _ other: some Hashable = 0) -> Int {
        var hasher = Hasher()
        hasher.combine(kind)
        hasher.combine(part)
        hasher.combine(other)
        return hasher.finalize()
    }

    /// What of a place says its county: the first six digits of a code, or the names down to it.
    private static func county(_ place: String) -> String {
        let names = place.split(separator: "\u{1F}", omittingEmptySubsequences: false)
        return names.count > 1 ? names.prefix(3).joined(separator: "\u{1F}") : String(place.prefix(6))
    }
}

extension AbsenceDoubt {
    private static func lines(_ standing: [(line: Int, archiveNumber: String?)]) -> String {
        standing.map { String($0.line) }.joined(separator: ", ")
    }

    /// The reason why nobody has left, as a sentence.
    var reason: Message {
        switch self {
        case .unreadableRow(let line):
            Message(zh: "第 \(line) 行无法读取，可能是任何一户的成员", en: "line \(line) cannot be read and may be of any household")
        case .rowOfNobody(let line):
            Message(
                zh: "第 \(line) 行没有户编号、姓名和证件号码，可能是任何一户的成员",
                en: "line \(line) says neither archive number nor name nor identity number and may be of any household")
        case .numberElsewhere(let line):
            Message(zh: "第 \(line) 行另有同一户编号或户标识", en: "line \(line) has the archive number or id of the household too")
        case .rowsBeside(let line):
            Message(
                zh: "旁边第 \(line) 行起没有户编号或没有户主，可能属于本户",
                en:
                    "the rows beside it from line \(line) on lack archive number or householder and may belong to it"
            )
        case .standingElsewhere(let standing):
            Message(
                zh: "成员出现在另一户中：第 \(Self.lines(standing)) 行",
                en: "members stand in other households: line \(Self.lines(standing))")
        case .numberOfNewMember:
            Message(
                zh: "新成员的证件号码与未列出的成员相同", en: "somebody new has the number of a member whom the file does not name")
        case .nameStands:
            Message(
                zh: "文件中有同名的人，而登记的出生日期不明",
                en: "somebody of the same name stands in the file, and no birth date is known")
        }
    }
}
