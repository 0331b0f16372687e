// The rows of households and members: which columns there are, how a state is written and read. What may be written is
// decided in HouseholdStore.

import Domain
import SQL
import Service

package enum HouseholdTable {
    package static let dated = DatedTable(
        current: "household", history: "household_history",
        columns: """
            household_number, version, village_id, group_id, archive_number, state, state_since, attribute, \
            identification_standard, main_cause, other_cause_1, other_cause_2, labour, self_care, willingness, \
            poverty_depth, phone_mask, ended_on, end_reason, end_document, successor_number
            """,
        key: "household_number = $1")

    /// The dated columns of a state.
    package static func facts(_ state: HouseholdState) -> [(column: String, value: any Bindable)] {
        [
            ("village_id", state.villageId), ("group_id", state.groupId), ("archive_number", state.archiveNumber),
            ("state", state.state), ("state_since", state.stateSince), ("attribute", state.attribute),
            ("identification_standard", state.identificationStandard), ("main_cause", state.mainCause),
            ("other_cause_1", state.otherCauses.first), ("other_cause_2", state.otherCauses.dropFirst().first),
            ("labour", state.labour), ("self_care", state.selfCare), ("willingness", state.willingness),
            ("poverty_depth", state.povertyDepth), ("phone_mask", state.phone?.mask),
            ("ended_on", state.end?.day), ("end_reason", state.end?.reason), ("end_document", state.end?.document),
            ("successor_number", state.end?.successor),
        ]
    }

    /// The id of a household's number.
    package static func id(of number: Int64, _ connection: Connection) throws -> Identifier? {
        try connection.first("SELECT id FROM household WHERE household_number = $1", number) { try $0.identifier(0) }
    }

    /// The first day that is known of a household.
    static func firstDay(of number: Int64, _ connection: Connection) throws -> CivilDate? {
        try connection.first(
            """
            SELECT min(h.valid_from, coalesce((SELECT min(b.valid_from) FROM household_history b
                WHERE b.household_number = h.household_number AND b.superseded_at IS NULL
                    AND b.valid_to IS NOT NULL), h.valid_from))
            FROM household h WHERE h.household_number = $1
            """, number
        ) { try $0.date(0) }
    }

    package static func find(_ id: Identifier, _ connection: Connection) throws -> StoredHousehold? {
        try find("id = $1", [id], connection)
    }

    package static func find(archiveNumber: String, inCountyOf areaCode: Int64, _ connection: Connection) throws
        -> StoredHousehold?
    {
        try find(
            "area_code / 1000000 = $1 AND archive_number = $2", [areaCode / 1_000_000, archiveNumber], connection)
    }

    /// The households of an archive number in all counties of a range.
    package static func find(archiveNumber: String, within scope: Scope, _ connection: Connection) throws
        -> [StoredHousehold]
    {
        let counties =
            scope.first / 1_000_000 == scope.last / 1_000_000
            ? [scope.first]
            : try connection.query(
                "SELECT DISTINCT area_code FROM division WHERE level = $1 AND area_code BETWEEN $2 AND $3",
                DivisionLevel.county.rawValue, scope.first, scope.last
            ) { $0.int64(0) }
        return try counties.compactMap { try find(archiveNumber: archiveNumber, inCountyOf: $0, connection) }
    }

    private static func find(
        _ condition: String, _ values: [any Bindable], _ connection: Connection
    ) throws -> StoredHousehold? {
        let found = try connection.query(
            """
            SELECT household_number, id, version, area_code, village_id, group_id, archive_number, state, state_since,
                attribute,
                identification_standard, main_cause, other_cause_1, other_cause_2, labour, self_care, willingness,
                poverty_depth, phone_hash, phone_mask, valid_from, recorded_at, content_hash, ended_on, end_reason,
                end_document, successor_number
            FROM household WHERE \(condition)
            """, values: values
        ) { row in
            StoredHousehold(
                number: row.int64(0), id: try row.identifier(1), version: row.int(2), areaCode: row.int64(3),
                state: HouseholdState(
                    villageId: try row.identifier(4), groupId: row.optionalIdentifier(5), archiveNumber: row.text(6),
                    state: row.text(7), stateSince: try row.date(8), attribute: row.text(9),
                    identificationStandard: row.optionalText(10), mainCause: row.text(11),
                    otherCauses: [row.optionalText(12), row.optionalText(13)].compactMap(\.self), labour: row.text(14),
                    selfCare: row.bool(15), willingness: row.optionalText(16), povertyDepth: row.optionalText(17),
                    phone: row.isNull(19)
                        ? nil : SealedPhone(hash: row.blob(18), mask: row.text(19), sealed: nil),
                    end: try end(row, from: 23)),
                validFrom: try row.date(20), recordedAt: row.int64(21), contentHash: row.optionalBlob(22), members: [])
        }
        guard var household = found.first else { return nil }
        household.members = try MemberTable.members(of: household.number, connection)
        return household
    }

    static func end(_ row: borrowing Row, from first: Int) throws -> HouseholdEnd? {
        guard let day = try row.optionalDate(first) else { return nil }
        return HouseholdEnd(
            day: day, reason: row.text(first + 1), document: row.optionalText(first + 2),
            successor: row.optionalInt64(first + 3))
    }

    /// The number of a household that somebody with this scope sees.
    package static func number(of id: Identifier, _ scope: Scope, _ connection: Connection) throws -> Int64? {
        try connection.first(
            "SELECT household_number FROM household WHERE id = $1 AND area_code BETWEEN $2 AND $3", id, scope.first,
            scope.last
        ) { $0.int64(0) }
    }

    package static func insert(_ household: NewHousehold, areaCode: Int64, _ transaction: Transaction) throws -> Int64 {
        let state = household.state
        let figures = household.figures
        // Asked for beforehand: RETURNING would make this a statement with a savepoint of its own. There is one writer,
        // so nobody takes the number in between.
        let number = try transaction.connection.first("SELECT coalesce(max(household_number), 0) + 1 FROM household") {
            $0.int64(0)
        }
        guard let number else { throw DamagedRow(column: 0) }
        try transaction.connection.run(
            """
            INSERT INTO household (household_number, id, version, village_id, area_code, group_id, archive_number,
                state, state_since, attribute, identification_standard, main_cause, other_cause_1, other_cause_2,
                labour, self_care, willingness, poverty_depth, phone_sealed, phone_hash, phone_mask, valid_from,
                recorded_at, created_at, content_hash, householder_name, member_count, search_names, unverified_count,
                missing_count, needs_two_units, split_from_number)
            VALUES ($25, $1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $29,
                $20, $20, $21, $22, $23, $24, $26, $27, $28, $30)
            """, household.id, state.villageId, areaCode, state.groupId, state.archiveNumber, state.state,
            state.stateSince,
            state.attribute, state.identificationStandard, state.mainCause, state.otherCauses.first,
            state.otherCauses.dropFirst().first, state.labour, state.selfCare, state.willingness, state.povertyDepth,
            state.phone?.sealed, state.phone?.hash, state.phone?.mask, transaction.now, household.contentHash,
            figures.householderName, figures.memberCount, figures.searchNames, number, figures.unverifiedCount,
            figures.missingCount, figures.needsTwoUnits, household.validFrom, household.splitFrom)
        return number
    }

    /// Overwrites the current row; the caller has filed it into the history where the facts themselves changed.
    package static func update(
        _ household: StoredHousehold, to state: HouseholdState, areaCode: Int64, validFrom: CivilDate,
        recordedAt: Int64, figures: HouseholdFigures, _ connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE household SET version = version + 1, village_id = $2, area_code = $3, group_id = $4,
                archive_number = $5, state = $6, state_since = $7, attribute = $8, identification_standard = $9,
                main_cause = $10, other_cause_1 = $11, other_cause_2 = $12, labour = $13, self_care = $14,
                willingness = $15, poverty_depth = $16, valid_from = $17, recorded_at = $18, householder_name = $19,
                member_count = $20, search_names = $21, unverified_count = $22, missing_count = $23,
                needs_two_units = $24, ended_on = $25, end_reason = $26, end_document = $27, successor_number = $28
            WHERE household_number = $1
            """, household.number, state.villageId, areaCode, state.groupId, state.archiveNumber, state.state,
            state.stateSince, state.attribute, state.identificationStandard, state.mainCause, state.otherCauses.first,
            state.otherCauses.dropFirst().first, state.labour, state.selfCare, state.willingness, state.povertyDepth,
            validFrom, recordedAt, figures.householderName, figures.memberCount, figures.searchNames,
            figures.unverifiedCount, figures.missingCount, figures.needsTwoUnits, state.end?.day, state.end?.reason,
            state.end?.document, state.end?.successor)
        if state.phone != household.state.phone {
            try connection.run(
                "UPDATE household SET phone_sealed = $2, phone_hash = $3, phone_mask = $4 WHERE household_number = $1",
                household.number, state.phone?.sealed, state.phone?.hash, state.phone?.mask)
        }
    }
}

package enum MemberTable {
    package static let dated = DatedTable(
        current: "member", history: "member_history",
        columns: """
            household_number, id, position, name, relation, sex, birth_date, identity_hash, identity_mask, \
                identity_state, \
            identity_problem, ethnicity, education, school_state, school_blocked, health, labour_capacity, work_place, \
            work_months, joined_on, join_reason, left_on, left_reason
            """,
        key: "household_number = $1 AND id = $2")

    package static func members(of household: Int64, _ connection: Connection) throws -> [StoredMember] {
        try connection.query(
            "SELECT \(dated.columns), valid_from, recorded_at FROM member "
                + "WHERE household_number = $1 ORDER BY position, id",
            household
        ) { row in
            StoredMember(state: try read(row), validFrom: try row.date(23), recordedAt: row.int64(24))
        }
    }

    static func read(_ row: borrowing Row) throws -> MemberState {
        guard let identityState = MemberIdentity.State(rawValue: row.text(9)) else { throw DamagedRow(column: 9) }
        return MemberState(
            id: try row.identifier(1), position: row.int(2), name: row.text(3), relation: row.text(4), sex: row.text(5),
            birthDate: try row.optionalDate(6),
            identity: MemberIdentity(
                state: identityState, problem: row.optionalText(10), mask: row.optionalText(8),
                hash: row.optionalBlob(7),
                sealed: nil),
            ethnicity: row.optionalText(11), education: row.optionalText(12), schoolState: row.optionalText(13),
            schoolBlocked: row.bool(14), health: row.optionalText(15), labourCapacity: row.optionalText(16),
            workPlace: row.optionalText(17), workMonths: row.optionalInt(18), joinedOn: try row.date(19),
            joinReason: row.optionalText(20), leftOn: try row.optionalDate(21), leftReason: row.optionalText(22))
    }

    private static let insertion = """
        INSERT INTO member (\(dated.columns), identity_sealed, valid_from, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26)
        """

    /// Writes somebody who is not known yet, with the days before they left.
    static func insert(
        _ course: ToldCourse<MemberState>, household: Int64, recordedAt: Int64, _ connection: Connection
    ) throws {
        guard let now = course.current else { return }
        try connection.run(
            insertion, values: bindings(now.state, household, validFrom: now.first, recordedAt: recordedAt))
        for stretch in course.stretches.dropLast() {
            try connection.run(
                """
                INSERT INTO member_history (\(dated.columns), valid_from, valid_to, recorded_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                    $22, $23, $24, $25, $26)
                """,
                values: facts(stretch.state, household).map { $0.value } + [stretch.first, stretch.end, recordedAt])
        }
    }

    /// The keyed hash of the body that added a member; nil for one who came with the household.
    package static func contentHash(_ id: Identifier, _ household: Int64, _ connection: Connection) throws -> [UInt8]? {
        try connection.first(
            "SELECT content_hash FROM member WHERE household_number = $1 AND id = $2", household, id
        ) { $0.optionalBlob(0) } ?? nil
    }

    /// A member's number as it is kept; nil where there is none.
    static func sealedIdentity(_ id: Identifier, _ household: Int64, _ connection: Connection) throws -> [UInt8]? {
        try connection.first(
            "SELECT identity_sealed FROM member WHERE household_number = $1 AND id = $2", household, id
        ) { $0.optionalBlob(0) } ?? nil
    }

    package static func keep(_ contentHash: [UInt8], of id: Identifier, _ household: Int64, _ connection: Connection)
        throws
    {
        try connection.run(
            "UPDATE member SET content_hash = $3 WHERE household_number = $1 AND id = $2", household, id, contentHash)
    }

    /// Overwrites the current row of a member; the caller has filed it into the history.
    package static func update(
        _ member: MemberState, household: Int64, validFrom: CivilDate, recordedAt: Int64, _ connection: Connection
    ) throws {
        try connection.run(
            """
            UPDATE member SET position = $3, name = $4, relation = $5, sex = $6, birth_date = $7, identity_hash = $8,
                identity_mask = $9, identity_state = $10, identity_problem = $11, ethnicity = $12, education = $13,
                school_state = $14, school_blocked = $15, health = $16, labour_capacity = $17, work_place = $18,
                work_months = $19, joined_on = $20, join_reason = $21, left_on = $22, left_reason = $23,
                identity_sealed = CASE WHEN $8 IS NULL THEN NULL ELSE coalesce($24, identity_sealed) END,
                valid_from = $25, recorded_at = $26
            WHERE household_number = $1 AND id = $2
            """, values: bindings(member, household, validFrom: validFrom, recordedAt: recordedAt))
    }

    /// The dated columns of a state.
    package static func facts(_ member: MemberState, _ household: Int64) -> [(column: String, value: any Bindable)] {
        let names = dated.columns.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }
        return zip(names, bindings(member, household)).map { (column: String($0), value: $1) }
    }

    /// The dated columns, then the sealed number and since when it all holds and is known.
    private static func bindings(
        _ member: MemberState, _ household: Int64, validFrom: CivilDate? = nil, recordedAt: Int64? = nil
    ) -> [any Bindable] {
        [
            household, member.id, member.position, member.name, member.relation, member.sex, member.birthDate,
            member.identity.hash, member.identity.mask, member.identity.state.rawValue, member.identity.problem,
            member.ethnicity, member.education, member.schoolState, member.schoolBlocked, member.health,
            member.labourCapacity, member.workPlace, member.workMonths, member.joinedOn, member.joinReason,
            member.leftOn, member.leftReason, member.identity.sealed, validFrom, recordedAt,
        ]
    }
}

extension SealedColumn {
    static let householdPhone = SealedColumn(table: "household", name: "phone")
    static let memberIdentity = SealedColumn(table: "member", name: "identity")
}
