// Proposals, needs and activities, to be changed by a test into what it is about.

@testable import App
@testable import Domain

extension Sample {
    static func path(ofProposal number: Int) -> String { "/v1/change-proposals/\(id(number))" }
    static func path(ofNeed number: Int) -> String { "/v1/needs/\(id(number))" }
    static func path(ofActivity number: Int) -> String { "/v1/activities/\(id(number))" }

    /// - Parameter household: the number of its id.
    static func proposal(of household: Int = 1, base: Int = 1, _ parts: KeyValuePairs<String, JSON>) -> JSON {
        JSON.object([("householdId", .string(id(household))), ("baseVersion", .integer(base))]).with(parts)
    }

    static func accept(_ field: String) -> JSON { ["field": .string(field), "state": "accepted"] }
    static func refuse(_ field: String) -> JSON { ["field": .string(field), "state": "refused"] }

    static func need(_ household: Int = 1, _ text: String = "门前道路雨天无法通行") -> JSON {
        [
            "householdId": .string(id(household)), "kind": "road", "text": .string(text), "channel": "hotline",
            "voicedOn": "2026-02-20",
        ]
    }

    static func activity(_ kind: String = "training", in area: String = Place.villageA1) -> JSON {
        [
            "kind": .string(kind), "subject": "茶园管理", "from": "2026-02-20", "areaCode": .string(area), "skill": "修剪",
        ]
    }
}

extension County {
    /// Puts a proposal as somebody and gives its path.
    @discardableResult
    func propose(_ number: Int, _ body: JSON, as person: Person = .tabletA1) throws -> String {
        let path = Sample.path(ofProposal: number)
        let answer = try self.as(person).put(path, body)
        guard answer.status == 201 else {
            throw ClientError(action: "propose \(answer.text)", code: CInt(answer.status))
        }
        return path
    }

    /// The fields of a proposal as somebody sees them: `mainCause disaster>illness (lack-of-funds) contested`.
    func fields(_ path: String, as person: Person = .clerkA) throws -> [String] {
        try self.as(person).get(path).json["fields"].list.map { field in
            func text(_ name: String) -> String {
                field[name].map { $0.string ?? String(decoding: $0.rawBytes, as: UTF8.self) } ?? ""
            }
            let contested = field["isContested"]?.boolean == true ? " contested" : ""
            return
                "\(text("field")) \(text("base"))>\(text("proposed")) (\(text("current"))) \(text("state"))\(contested)"
        }
    }
}
