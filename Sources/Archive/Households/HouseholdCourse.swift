// The course of a household and of its members: what held on which days, as believed, and which facts are told
// together.

import Domain
import SQL
import Service

extension HouseholdState {
    /// Its state, and since when.
    static let stateFact = ToldFact<HouseholdState>(
        isSame: { $0.state == $1.state && $0.stateSince == $1.stateSince },
        take: {
            $1.state = $0.state
            $1.stateSince = $0.stateSince
        },
        goesOn: { told, next in
            // Lifted already before: the same state that is known of later days began then.
            guard next.state == told.state, next.stateSince > told.stateSince else { return false }
            next.stateSince = told.stateSince
            return true
        })
    /// What else is told of a household, fact by fact.
    static let toldFacts: [ToldFact<HouseholdState>] = [
        ToldFact(
            isSame: { $0.villageId == $1.villageId },
            take: {
                // Whoever moves leaves the group of the village behind.
                if $1.villageId != $0.villageId, $0.groupId == nil { $1.groupId = nil }
                $1.villageId = $0.villageId
            }),
        ToldFact(\.groupId),
        ToldFact(\.archiveNumber),
        ToldFact(\.attribute), ToldFact(\.identificationStandard),
        ToldFact(\.mainCause), ToldFact(\.otherCauses),
        ToldFact(\.labour), ToldFact(\.selfCare), ToldFact(\.willingness), ToldFact(\.povertyDepth),
        ToldFact(\.phone), ToldFact(\.end),
    ]
}

extension MemberState {
    /// What is told of a member from the day of the message on.
    static let toldFacts: [ToldFact<MemberState>] = [
        relationFact, ToldFact(\.name), ToldFact(\.sex), ToldFact(\.birthDate),
        ToldFact(\.identity), ToldFact(\.ethnicity), ToldFact(\.education), ToldFact(\.schoolState),
        ToldFact(\.schoolBlocked), ToldFact(\.health), ToldFact(\.labourCapacity), ToldFact(\.workPlace),
        ToldFact(\.workMonths), ToldFact(\.position),
    ]
    /// What somebody is to the householder; who follows a householder does so on the day of leaving.
    static let relationFact = ToldFact<MemberState>(\.relation)
    /// Leaving is told with its own day.
    static let leavingFact = ToldFact<MemberState>(
        isSame: { $0.leftOn == $1.leftOn && $0.leftReason == $1.leftReason },
        take: {
            $1.leftOn = $0.leftOn
            $1.leftReason = $0.leftReason
        })
    /// When somebody joined is the same on all days.
    static let joiningFact = ToldFact<MemberState>(
        isSame: { $0.joinedOn == $1.joinedOn && $0.joinReason == $1.joinReason },
        take: {
            $1.joinedOn = $0.joinedOn
            $1.joinReason = $0.joinReason
        })
}

extension HouseholdTable {
    /// What is believed of a household, as far back as a day: all of it where the day lies before its present state.
    static func course(
        of household: StoredHousehold, reaching day: CivilDate, _ connection: Connection
    ) throws -> ToldCourse<HouseholdState> {
        let now = ToldStretch(
            first: household.validFrom, end: nil, state: household.state, version: household.version)
        guard day < household.validFrom else { return ToldCourse([now]) }
        let past = try connection.query(
            """
            SELECT valid_from, valid_to, version, village_id, group_id, archive_number, state, state_since, attribute,
                identification_standard, main_cause, other_cause_1, other_cause_2, labour, self_care, willingness,
                poverty_depth, phone_mask, ended_on, end_reason, end_document, successor_number
            FROM household_history
            WHERE household_number = $1 AND superseded_at IS NULL AND valid_to IS NOT NULL ORDER BY valid_from
            """, household.number
        ) { row in
            // Numbers are in no history but by their masks.
            let mask = row.optionalText(17)
            let phone = household.state.phone
            return ToldStretch(
                first: try row.date(0), end: try row.date(1),
                state: HouseholdState(
                    villageId: try row.identifier(3), groupId: row.optionalIdentifier(4), archiveNumber: row.text(5),
                    state: row.text(6), stateSince: try row.date(7), attribute: row.text(8),
                    identificationStandard: row.optionalText(9), mainCause: row.text(10),
                    otherCauses: [row.optionalText(11), row.optionalText(12)].compactMap(\.self), labour: row.text(13),
                    selfCare: row.bool(14), willingness: row.optionalText(15), povertyDepth: row.optionalText(16),
                    phone: mask == phone?.mask
                        ? phone : mask.map { SealedPhone(hash: Array($0.utf8), mask: $0, sealed: nil) },
                    end: try end(row, from: 18)),
                version: row.int(2))
        }
        return ToldCourse(past + [now])
    }

    /// The values of a stretch in the order of the dated columns.
    static func values(_ stretch: ToldStretch<HouseholdState>, _ number: Int64) -> [any Bindable] {
        let own: [any Bindable] = [number, stretch.version]
        return own + facts(stretch.state).map { $0.value }
    }
}

extension MemberTable {
    /// The values of a stretch in the order of the dated columns.
    static func values(_ stretch: ToldStretch<MemberState>, _ household: Int64) -> [any Bindable] {
        facts(stretch.state, household).map { $0.value }
    }

    /// What is believed of a member, as far back as a day.
    static func course(
        of member: StoredMember, _ household: Int64, reaching day: CivilDate, _ connection: Connection
    ) throws -> ToldCourse<MemberState> {
        let now = ToldStretch(first: member.validFrom, end: nil, state: member.state, version: 0)
        guard day < member.validFrom else { return ToldCourse([now]) }
        let past = try connection.query(
            """
            SELECT \(dated.columns), valid_from, valid_to FROM member_history
            WHERE household_number = $1 AND id = $2 AND superseded_at IS NULL AND valid_to IS NOT NULL
            ORDER BY valid_from
            """, household, member.state.id
        ) { row in
            ToldStretch(first: try row.date(23), end: try row.date(24), state: try read(row), version: 0)
        }
        return ToldCourse(past + [now])
    }
}
