// The family of household 1, which the tests of its life have in common.

@testable import Domain

extension Sample {
    /// Husband 11, wife 12, son 13 and his wife 14, grandfather 15: the first ones of them.
    ///
    /// - Parameter splits: whether the son is grown up, and has a number as his father has, so that he can be known
    ///   again in another archive.
    static func family(_ count: Int, splits: Bool = false) -> JSON {
        let son =
            splits
            ? member(
                "陈小示", relation: "son", born: "2000-01-01", identityNumber: identityNumber(born: "2000-01-01", 3),
                id: id(13))
            : member("陈小示", relation: "son", born: "2005-01-01", id: id(13))
        let people = [
            member("陈示例", identityNumber: splits ? identityNumber(1) : nil, id: id(11)),
            member("李示例", relation: "spouse", sex: "female", id: id(12)), son,
            member("王小例", relation: "daughter-in-law", sex: "female", id: id(14)),
            member("陈老示", relation: "father", born: "1940-01-01", id: id(15)),
        ]
        return household("H1", members: Array(people.prefix(count)))
    }
}
