// Bodies that are in order, to be changed by a test into what it is about.

@testable import Domain

enum Sample {
    /// The same id for the same number, in every run.
    static func id(_ number: Int) -> String {
        let digits = String(number)
        return "01970000-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// A number with a right check digit; different ordinals are different people.
    static func identityNumber(born: String = "1980-05-06", male: Bool = true, _ ordinal: Int = 1) -> String {
        let sequence = String(1000 + ordinal * 2 + (male ? 1 : 0)).dropFirst()
        let digits = "990923" + born.filter { $0 != "-" } + sequence
        let check = IdentityNumber.checkCharacter(ofFirst17: Array(digits.utf8)) ?? 0
        return digits + String(UnicodeScalar(check))
    }

    static func member(
        _ name: String, relation: String = "householder", sex: String = "male", born: String = "1980-05-06",
        identityNumber: String? = nil, id: String? = nil
    ) -> JSON {
        [
            "id": id.map(JSON.string) ?? .omitted, "name": .string(name), "relation": .string(relation),
            "sex": .string(sex),
            "birthDate": .string(born), "identityNumber": identityNumber.map(JSON.string) ?? .omitted,
            "ethnicity": "01", "education": "junior", "health": "healthy", "labourCapacity": "ordinary",
        ]
    }

    static func household(
        _ archiveNumber: String, in village: String = Place.villageA1, since: String = "2016-01-01",
        members: [JSON] = [member("陈示例")]
    ) -> JSON {
        [
            "villageCode": .string(village), "archiveNumber": .string(archiveNumber), "attribute": "general",
            "stateSince": .string(since), "mainCause": "lack-of-technology", "members": .array(members),
        ]
    }
}
