// A small county for a process: made by the program itself, with the token of its administrator.

import Foundation

struct County {
    let directory: TemporaryDirectory
    let data: String
    let token: String

    init(households: Int = 20) throws {
        directory = try TemporaryDirectory()
        data = directory.path + "/data"
        let made = try Program.run([
            "demo", "--data", data, "--households", "\(households)", "--visits-months", "0", "--json",
        ])
        let people = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
        let first = (people?["people"] as? [[String: Any]])?.first { $0["role"] as? String == "county-administrator" }
        guard let token = first?["token"] as? String else { throw ServedProcess.NotListening() }
        self.token = token
    }

    /// A household of one person in a village of the invented county.
    static func household(_ number: String) -> String {
        """
        {"villageCode":"990921100001","archiveNumber":"\(number)","attribute":"general","mainCause":"other",\
        "members":[{"name":"示例","relation":"householder","sex":"male","birthDate":"1970-01-01"}]}
        """
    }
}
