// The two sides of whoever went into another archive in a split: the archive that they left and the one that they stand
// in. It is one person, who lives in one of them on each day. Where the day is corrected on one side the other follows
// in the same act; where that cannot be, the correction is refused with the words of what to do first.

import Domain
import SQL
import Service
import Web

/// One of the two, as the database holds it.
struct SplitSide {
    let household: Int64
    let areaCode: Int64
    let member: Identifier
    let joinedOn: CivilDate
    let leftOn: CivilDate?
    let leftReason: String?

    /// Somebody whose joining turned out to be wrong: they never lived there.
    var isNobody: Bool { leftOn == joinedOn }
}

enum SplitSides {
    private typealias Side = SplitSide

    static let check = Check(
        "whoever went with a split lives in one archive a day",
        sql: """
            SELECT 'household ' || n.archive_number || ' has somebody who did not leave household ' || h.archive_number
                || ' on the day of joining'
            FROM household n JOIN member m ON m.household_number = n.household_number AND m.split_from_id IS NOT NULL
            JOIN household h ON h.household_number = n.split_from_number
            JOIN member o ON o.household_number = n.split_from_number AND o.id = m.split_from_id
            WHERE n.split_from_number IS NOT NULL AND m.left_on IS NOT m.joined_on AND o.left_on IS NOT m.joined_on
            """)

    /// What becomes of the other sides of those whose days of joining or leaving an act changes, by their households.
    ///
    /// - Throws: 422 where one of them would live in two archives, or in none, on a day, and where the other archive
    ///   lies outside what the caller may change.
    static func others(
        of telling: HouseholdTelling, _ scope: Scope, _ transaction: Transaction
    ) throws -> [Int64: [SplitSide]] {
        var others: [Int64: [Side]] = [:]
        for person in telling.people {
            guard let old = person.stored?.state else { continue }
            let now = person.current
            guard (old.joinedOn, old.leftOn) != (now.joinedOn, now.leftOn) || old.leftReason != now.leftReason else {
                continue
            }
            let own = Side(
                household: telling.household.number, areaCode: telling.household.areaCode, member: now.id,
                joinedOn: now.joinedOn, leftOn: now.leftOn, leftReason: now.leftReason)
            for new in try newSides(of: own.member, own.household, transaction.connection) where !agree(own, new) {
                guard scope.contains(new.areaCode), now.leftReason == HouseholdSplit.leaveReason,
                    let day = now.leftOn, new.leftOn.map({ day <= $0 }) ?? true
                else { throw try refusal(now, elsewhere: new, scope, transaction) }
                others[new.household, default: []].append(
                    Side(
                        household: new.household, areaCode: new.areaCode, member: new.member, joinedOn: day,
                        leftOn: new.leftOn, leftReason: new.leftReason))
            }
            guard let former = try formerSide(of: own.member, own.household, transaction.connection),
                !agree(former, own)
            else { continue }
            guard scope.contains(former.areaCode), former.leftReason == HouseholdSplit.leaveReason,
                former.joinedOn <= now.joinedOn
            else { throw try refusal(now, isBack: true, elsewhere: former, scope, transaction) }
            others[former.household, default: []].append(
                Side(
                    household: former.household, areaCode: former.areaCode, member: former.member,
                    joinedOn: former.joinedOn, leftOn: now.joinedOn, leftReason: former.leftReason))
        }
        return others
    }

    /// Gives the other sides their days, after the act itself is written.
    static func follow(
        _ others: [Int64: [SplitSide]], _ telling: HouseholdTelling, _ scope: Scope, by proposal: Identifier?,
        _ transaction: Transaction
    ) throws {
        for (household, sides) in others.sorted(by: { $0.key < $1.key }) {
            try tell(sides, of: household, scope, by: proposal, transaction)
        }
        if telling.people.contains(where: {
            $0.stored.map { $0.state.joinedOn } ?? $0.current.joinedOn != $0.current.joinedOn
        }) {
            try begin(telling.household.id, scope, by: proposal, transaction)
        }
    }

    /// Whether nobody lives on both sides, or on none of them, on a day.
    private static func agree(_ former: Side, _ new: Side) -> Bool { new.isNobody || former.leftOn == new.joinedOn }

    /// Gives the other sides their days.
    private static func tell(
        _ sides: [Side], of number: Int64, _ scope: Scope, by proposal: Identifier?, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let id = try HouseholdTable.id(of: number, connection),
            let household = try HouseholdTable.find(id, connection)
        else { return }
        var people = household.members.map(\.state)
        var days: [CivilDate] = []
        for side in sides {
            guard let index = people.firstIndex(where: { $0.id == side.member }) else { continue }
            days += [people[index].joinedOn, side.joinedOn, people[index].leftOn, side.leftOn].compactMap(\.self)
            people[index].joinedOn = side.joinedOn
            people[index].leftOn = side.leftOn
        }
        let changed = people.filter { person in sides.contains { $0.member == person.id } }
        let telling = try HouseholdTelling(
            household, to: household.state, changed.map { ToldMember($0) }, from: days.min() ?? household.validFrom,
            connection)
        let act = HouseholdAct(telling: telling, endsOn: household.state.end?.day)
        do {
            try act.throwBlocking(act.findings(on: transaction.today))
            try HouseholdStore.write(telling, areaCode: household.areaCode, scope, by: proposal, transaction)
        } catch let invalid as InvalidBody {
            // The body is about the other archive.
            let number = household.state.archiveNumber
            throw InvalidBody(
                errors: invalid.errors.map { error in
                    FieldError(
                        pointer: error.pointer, error.code, zh: "户 \(number)：\(error.detail.zh)",
                        en: "household \(number): \(error.detail.en)")
                })
        }
    }

    /// An archive that a split has made begins with the first of the people who went into it.
    private static func begin(
        _ id: Identifier, _ scope: Scope, by proposal: Identifier?, _ transaction: Transaction
    ) throws {
        let connection = transaction.connection
        guard let household = try HouseholdTable.find(id, connection),
            let first = try HouseholdTable.course(of: household, reaching: .first, connection).stretches.first?.first
        else { return }
        let begins =
            try connection.first(
                """
                SELECT min(m.joined_on) FROM household h JOIN member m ON m.household_number = h.household_number
                WHERE h.household_number = $1 AND h.split_from_number IS NOT NULL AND m.left_on IS NOT m.joined_on
                    AND (m.split_from_id IS NOT NULL OR m.joined_on >= $2)
                """, household.number, first
            ) { try $0.optionalDate(0) } ?? nil
        guard let begins, begins != first else { return }
        if begins < first { try household.throwBlocking(beginningOn: begins, insteadOf: first, connection) }
        let telling = try HouseholdTelling(
            household, to: household.state, from: min(begins, first), beginning: begins, connection)
        try HouseholdStore.write(telling, areaCode: household.areaCode, scope, by: proposal, transaction)
    }

    /// The archives into which somebody went.
    private static func newSides(
        of member: Identifier, _ household: Int64, _ connection: Connection
    ) throws -> [Side] {
        try sides(
            """
            FROM household n JOIN member m ON m.household_number = n.household_number
            WHERE n.split_from_number = $1 AND m.split_from_id = $2
            """, member, household, connection)
    }

    /// The archive from which somebody came.
    private static func formerSide(
        of member: Identifier, _ household: Int64, _ connection: Connection
    ) throws -> Side? {
        try sides(
            """
            FROM member x JOIN household n ON n.household_number = x.household_number
            JOIN member m ON m.household_number = n.split_from_number AND m.id = x.split_from_id
            WHERE x.household_number = $1 AND x.id = $2 AND x.split_from_id IS NOT NULL
            """, member, household, connection
        ).first
    }

    /// Whether somebody of a household is known to have gone into another archive.
    static func hasGone(_ member: Identifier, of household: Int64, _ connection: Connection) throws -> Bool {
        try newSides(of: member, household, connection).contains { !$0.isNobody }
    }

    private static func sides(
        _ source: String, _ member: Identifier, _ household: Int64, _ connection: Connection
    ) throws -> [Side] {
        try connection.query(
            """
            SELECT m.household_number,
                (SELECT area_code FROM household h WHERE h.household_number = m.household_number), m.id,
                m.joined_on, m.left_on, m.left_reason
            \(source)
            """, household, member
        ) { row in
            Side(
                household: row.int64(0), areaCode: row.int64(1), member: try row.identifier(2),
                joinedOn: try row.date(3), leftOn: try row.optionalDate(4), leftReason: row.optionalText(5))
        }
    }

    /// - Parameter isBack: whether the other side is the archive that they left.
    private static func refusal(
        _ member: MemberState, isBack: Bool = false, elsewhere side: Side, _ scope: Scope, _ transaction: Transaction
    ) throws -> Problem {
        guard scope.contains(side.areaCode) else {
            return Problem.field(
                isBack ? "/joinedOn" : "/leftOn", .splitElsewhere,
                zh: "\(member.name) 因分户还登记在本辖区以外的一户，两户的日期须一并更正：请由同时管辖两户的上级（乡镇或县）更正",
                en:
                    "because of a split \(member.name) also stands in an archive outside your area, and the days of "
                    + "both are corrected together: let somebody do it who may change both (the town or the county)")
        }
        let found = try transaction.connection.first(
            "SELECT archive_number FROM household WHERE household_number = $1", side.household
        ) { $0.text(0) }
        let (other, name) = (found ?? "", member.name)
        guard !isBack else {
            let day = member.joinedOn
            return Problem.field(
                "/joinedOn", .splitElsewhere,
                zh: "\(name) 现登记在原户 \(other)，同一天只能在一户：先让其自 \(day) 起离开户 \(other)"
                    + "（leftOn: \(day)，leftReason: household-split）",
                en: "\(name) lives in household \(other), and in one archive a day: let them leave that one on \(day) "
                    + "first (leftOn: \(day), leftReason: household-split)")
        }
        let day = side.joinedOn
        return Problem.field(
            "/leftOn", .splitElsewhere,
            zh: "\(name) 分户后登记在户 \(other)（\(day) 起），同一天只能在一户：先让其自 \(day) 起离开户 \(other)"
                + "（leftOn: \(day)，leftReason: correction）；那户没有别人的，将其销号（to: \(day)，endReason: entered-twice）",
            en:
                "since the split \(name) stands in household \(other) (from \(day) on), and lives in one archive a "
                + "day: let them leave household \(other) on that day first (leftOn: \(day), leftReason: correction), "
                + "or where nobody else is left in it let it end (to: \(day), endReason: entered-twice)")
    }
}
