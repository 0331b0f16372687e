// Who did something, as answers other than lists show it: an object with id and name (lists use `ListColumn.actor`).

import Domain
import SQL
import Web

/// Users with their names, each looked up once.
package struct ActorNames {
    private let connection: Connection
    private var known: [Identifier: String] = [:]

    package init(_ connection: Connection) { self.connection = connection }

    /// Writes a user under a key; writes nothing if there is none.
    package mutating func write(_ user: Identifier?, as key: StaticString, to json: inout JSONWriter) throws {
        guard let user else { return }
        let name =
            try known[user]
            ?? connection.first("SELECT name FROM user_account WHERE id = $1", user) { $0.text(0) } ?? ""
        known[user] = name
        json.key(key)
        json.object { json in
            json.key("id")
            json.string(user.description)
            json.key("name")
            json.string(name)
        }
    }
}
