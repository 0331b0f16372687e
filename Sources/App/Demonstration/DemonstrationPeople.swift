// People of the demonstration county, one for each kind of work, each with a token.

import Demonstration
import Domain
import SQL
import Service
import Web

/// The people of a demonstration county and their tokens.
public struct DemonstrationPeople: Sendable {
    private struct Person {
        let name: String
        let role: String
        let division: AreaCode
        let token: String
    }

    private let people: [Person]

    /// Adds the people: two county administrators, town clerks, village workers of two towns, a tablet, the province,
    /// an auditor.
    static func make(_ divisions: [DemonstrationDivision], in register: Register) throws -> DemonstrationPeople {
        let towns = divisions.filter { $0.level == .town }
        let villages = divisions.filter { $0.level == .village }
        func village(of town: DemonstrationDivision?) -> DemonstrationDivision? {
            villages.first { $0.parent == town?.code } ?? villages.first
        }
        let county = divisions.first { $0.level == .county } ?? divisions.first
        let province = divisions.first { $0.level == .province } ?? county
        let second = towns.dropFirst().first ?? towns.first
        let wanted: [(String, Role, DemonstrationDivision?)] = [
            ("县管理员一", .countyAdministrator, county), ("县管理员二", .countyAdministrator, county),
            ("镇办事员一", .townClerk, towns.first), ("镇办事员二", .townClerk, second),
            ("驻村工作者一", .villageWorker, village(of: towns.first)), ("驻村工作者二", .villageWorker, village(of: second)),
            ("村平板一", .tablet, village(of: towns.first)), ("省平台", .province, province), ("审计员", .auditor, county),
        ]
        return try register.perform { transaction in
            var people: [Person] = []
            for (name, role, division) in wanted {
                guard let division else { continue }
                let user = try AccessStore.addUser(
                    name: name, role: role.rawValue, division: division.code.description, transaction)
                let token = try AccessStore.createToken(
                    user: user, device: "demonstration", days: AccessStore.tokenDaysDefault, transaction)
                people.append(Person(name: name, role: role.rawValue, division: division.code, token: token.text))
            }
            return DemonstrationPeople(people: people)
        }
    }

    /// `{"people": [{"name", "role", "division", "token"}]}`.
    public var json: String {
        var json = JSONWriter()
        json.object { json in
            json.key("people")
            json.array { json in
                for person in people {
                    json.object { json in
                        json.key("name")
                        json.string(person.name)
                        json.key("role")
                        json.string(person.role)
                        json.key("division")
                        json.areaCode(person.division.value)
                        json.key("token")
                        json.string(person.token)
                    }
                }
            }
        }
        return String(decoding: json.take(), as: UTF8.self)
    }

    /// One line for each, for a person.
    public var table: String {
        people.map { "\($0.role)  \($0.division)  \($0.name)  \($0.token)" }.joined(separator: "\n")
    }

    /// Keeps them in the data directory, readable by the owner only.
    public func save(in directory: DataDirectory) throws {
        try Files.write(Array((json + "\n").utf8), to: directory.demonstrationPeople, mode: 0o600)
    }
}
