// Bodies of handovers: reading what clients send, and what became of the households as JSON.

import Domain
import SQL
import Service
import Web

/// A handover as it was asked for.
struct HandoverBody {
    let id: Identifier
    let helper: Identifier
    /// The first day on which the cadre no longer helps.
    let day: CivilDate
    let reason: String
    /// Nil: to the best who are there.
    let successor: Identifier?
    /// Whether others may give a household to somebody else, so that more can be handed on.
    let movesOthers: Bool
    let note: String?
    /// The state of the cadre's post from the day on; nil where it stays as it is, or the cadre has died.
    let postState: String?
    let contentHash: [UInt8]

    /// Reasons after which the cadre is not at their post, each with the state that it means by itself.
    private static let absences = ["retired": PostAbsence.retired, "transferred": .moved, "left": .left]
    static let died = "died"

    init(_ call: Call) throws {
        id = try call.id()
        let document = try call.document()
        contentHash = call.register.keys.hash(document.canonicalBytes(), purpose: "content")
        let today = call.now.shanghaiDate
        let codes = call.register.codeLists
        var body = ObjectReader(document.root)
        if let bodyId = body.optionalValue("id", FieldText.identifier), bodyId != id {
            body.report("id", .differsFromPath)
        }
        helper = body.value("cadreId", placeholder: id, FieldText.identifier)
        let day = body.optionalValue("on", codes.days.day) ?? today
        self.day = day
        reason = body.value("reason", placeholder: "") { text throws(FieldError) in
            try codes.check(text, in: .handoverReason, on: FactDays(since: day, today: today))
        }
        successor = body.optionalValue("successorCadreId", FieldText.identifier)
        movesOthers = body.optionalBoolean("moveOthers") ?? true
        note = body.optionalString("note", characters: 1...500)
        let stated = body.optionalValue("postState") { text throws(FieldError) in
            try codes.check(text, in: .postState, on: FactDays(since: day, today: today))
        }
        let absence = Self.absences[reason]
        if let stated, absence == nil || PostAbsence(rawValue: stated) == nil {
            body.report("postState", .postStateDiffers)
        }
        postState = absence.map { stated ?? $0.rawValue }
        if reason == Self.died, day > today { body.report("on", .inFuture) }
        if successor == helper { body.report("successorCadreId", .namesItself) }
        try body.finish()
    }
}

/// What became of the households of a handover.
struct HandoverOutcome {
    /// A household that somebody has taken over.
    struct Taken {
        let household: Identifier
        let helper: Identifier
        let isResponsible: Bool
    }

    /// A household of somebody else that went on to make room.
    struct Moved {
        let household: Identifier
        let from: Identifier
        let helper: Identifier
        let isResponsible: Bool
    }

    /// Why somebody was left behind.
    struct Shortage {
        /// Villages that are short, where the engine has found them.
        var villages: [NamedVillage] = []
        var counts: [(name: StaticString, value: Int)] = []
        let sentences: [PairingText]
    }

    var handedOver: [Taken] = []
    var moved: [Moved] = []
    /// Nobody took them over, and others go on helping them.
    var stillHelped: [Identifier] = []
    /// Who waits for a successor by the handover, and since when.
    var leftBehind: [(household: Identifier, since: CivilDate)] = []
    /// Pairings that were to begin later beside others who help, by household.
    var takenBack: [Identifier] = []
    /// Nobody helps them now, and none awaits a successor by it: nobody must help them, or they wait already.
    var noLongerHelped: [Identifier] = []
    var shortages: [Shortage] = []

    /// Every household that the cadre had.
    var households: Int {
        let left = leftBehind.map(\.household)
        return Set(handedOver.map(\.household) + stillHelped + left + takenBack + noLongerHelped).count
    }

    /// As it is stored, and answered beside what was asked.
    var json: [UInt8] {
        var json = JSONWriter(reserve: 1_024)
        json.object { json in
            json.key("handedOver")
            json.array { json in
                for taken in handedOver {
                    json.object { Self.pair(taken.household, taken.helper, taken.isResponsible, &$0) }
                }
            }
            json.key("moved")
            json.array { json in
                for moved in moved {
                    json.object { json in
                        Self.pair(moved.household, moved.helper, moved.isResponsible, &json)
                        json.key("fromCadreId")
                        json.string(moved.from.description)
                    }
                }
            }
            Self.list("stillHelped", stillHelped, &json)
            json.key("leftBehind")
            json.array { json in
                for left in leftBehind.sorted(by: { $0.household < $1.household }) {
                    json.object { json in
                        json.key("householdId")
                        json.string(left.household.description)
                        json.key("awaitingSince")
                        json.string(left.since.description)
                    }
                }
            }
            Self.list("takenBack", takenBack, &json)
            Self.list("noLongerHelped", noLongerHelped, &json)
            json.key("shortages")
            json.array { json in for shortage in shortages { Self.shortage(shortage, &json) } }
        }
        return json.take()
    }

    private static func pair(
        _ household: Identifier, _ helper: Identifier, _ isResponsible: Bool, _ json: inout JSONWriter
    ) {
        json.key("householdId")
        json.string(household.description)
        json.key("cadreId")
        json.string(helper.description)
        json.key("role")
        json.string((isResponsible ? PairingRole.firstResponsible : .joint).code)
    }

    private static func list(_ name: StaticString, _ ids: [Identifier], _ json: inout JSONWriter) {
        json.key(name)
        json.array { json in for id in ids.sorted() { json.string(id.description) } }
    }

    private static func shortage(_ shortage: Shortage, _ json: inout JSONWriter) {
        json.object { json in
            if !shortage.villages.isEmpty {
                json.key("villages")
                NamedVillage.write(shortage.villages, to: &json)
            }
            for (name, value) in shortage.counts {
                json.key(name)
                json.integer(value)
            }
            json.key("sentences")
            json.array { json in
                for sentence in shortage.sentences {
                    json.object { json in
                        json.key("zh")
                        json.string(sentence.chinese)
                        json.key("en")
                        json.string(sentence.english)
                    }
                }
            }
        }
    }
}
