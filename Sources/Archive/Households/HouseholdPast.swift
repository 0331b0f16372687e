// What is known of a new household of days before its present state: people who bring their past along make one, when
// a family's split is told late.

import Domain
import SQL
import Service

struct HouseholdPast {
    let household: ToldCourse<HouseholdState>
    let people: [ToldCourse<MemberState>]
    /// Who they are in the archive that they left, by their ids in this one.
    let formerIds: [Identifier: Identifier]

    /// Writes what is believed of the earlier days.
    func write(_ number: Int64, recordedAt: Int64, _ connection: Connection) throws {
        try HouseholdTable.dated.fill(household, recordedAt: recordedAt, connection) {
            HouseholdTable.values($0, number)
        }
        for (id, former) in formerIds {
            try connection.run(
                "UPDATE member SET split_from_id = $3 WHERE household_number = $1 AND id = $2", number, id, former)
        }
    }
}

extension ToldCourse {
    /// The same from a day on; what was first known reaches back to it.
    func beginning(on day: CivilDate) -> ToldCourse {
        let rest = stretches.filter { $0.end.map { day < $0 } ?? true }
        return ToldCourse(
            rest.enumerated().map { index, stretch in
                ToldStretch(
                    first: index == 0 ? day : stretch.first, end: stretch.end, state: stretch.state,
                    version: stretch.version)
            })
    }

    /// The same with every state changed.
    func changing(_ change: (inout State) -> Void) -> ToldCourse {
        ToldCourse(
            stretches.map { stretch in
                var stretch = stretch
                change(&stretch.state)
                return stretch
            })
    }
}
