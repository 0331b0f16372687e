// What a declaration implies for the contract: the members of answers and bodies, and the filters of the list. Texts
// and examples are in the contract.yaml of its folder; `expand-contract` combines the two.

import Domain

/// A kind of record as its declaration has it.
package struct RecordFacts: Sendable {
    /// In the change feed.
    package let entity: String
    /// `/v1/helpers`.
    package let path: String
    /// Reads take `on` and `knownAt`, bodies `effectiveOn`.
    package let isDated: Bool
    /// Reads take `on` and `knownAt`, and the list `on`.
    package let hasDays: Bool
    /// Its list is described in the fragment.
    package let hasOwnList: Bool
    package let shown: [Member]
    /// Of the body of a new one.
    package let stated: [Member]
    /// Of a merge patch.
    package let changed: [Member]
    /// Of the list, besides `areaCode`.
    package let filters: [Member]
    /// The statements that were generated for it, each by its purpose.
    package let statements: [(use: String, sql: String)]

    package struct Member: Sendable {
        package let name: String
        package let value: Value
        /// An answer always has it, a new record must have it, and a patch cannot remove it.
        package let isAlways: Bool
    }

    /// What a value looks like.
    package enum Value: Sendable {
        /// One line of a text.
        case text(ClosedRange<Int>)
        case lines(ClosedRange<Int>)
        case texts(count: ClosedRange<Int>, characters: ClosedRange<Int>)
        /// The key of a code list, what it is called, and its codes.
        case code(list: String, label: String, codes: [String])
        case words([String])
        case areaCode, id, date, boolean, maskedPhone, phone
        case integer(ClosedRange<Int>)
        case actor
        /// Items with a schema from its fragment.
        case list(String, ClosedRange<Int>)
        case named(String)
    }

    /// Every declared kind.
    package static func all(_ register: Register) -> [RecordFacts] {
        register.composition.records.compactMap { $0.facts?(register.codeLists) }
    }
}

extension Record {
    package func facts(_ codes: CodeLists) -> RecordFacts {
        func members(_ members: [RecordMember]) -> [RecordFacts.Member] {
            members.map { RecordFacts.Member(name: $0.name, value: $0.schema.value(codes), isAlways: $0.isAlways) }
        }
        let filters = fields.flatMap(\.filters).map { RecordMember(name: $0.name, schema: $0.schema) }
        return RecordFacts(
            entity: entity.rawValue, path: path, isDated: history == .dated, hasDays: history == .corrected,
            hasOwnList: list != nil,
            shown: members(fields.flatMap(\.shownSchemas) + (effects?.shown ?? [])),
            stated: members(
                fields.filter { $0.stating == .always || $0.stating == .atCreation }.flatMap(\.statedSchemas)),
            changed: members(
                fields.filter { $0.stating == .always || $0.stating == .byChange }.flatMap(\.statedSchemas)),
            filters: members(filters), statements: statements)
    }
}

extension Record {
    private var statements: [(use: String, sql: String)] {
        var conditions = ListConditions()
        conditions.add(.everything, on: "r.area_code")
        let list = plan(conditions, on: .first, Paging.first)
        let known = knownBy.map { ("known by \($0.joined(separator: " and "))", "\(findSQL) WHERE \(matching($0))") }
        return [("find", "\(findSQL) WHERE id = $1")] + known + [("insert", insertSQL), ("update", updateSQL)]
            + (self.list == nil ? [("list", list.rows(after: nil, limit: Paging.limitDefault).sql)] : [])
    }
}

extension RecordSchema {
    fileprivate func value(_ codes: CodeLists) -> RecordFacts.Value {
        switch self {
        case .text(let characters): .text(characters)
        case .lines(let characters): .lines(characters)
        case .texts(let count, let characters): .texts(count: count, characters: characters)
        case .code(let key):
            .code(list: key.rawValue, label: codes[key]?.chinese ?? "", codes: codes[key]?.values.map(\.code) ?? [])
        case .words(let words): .words(words)
        case .areaCode: .areaCode
        case .id: .id
        case .date: .date
        case .boolean: .boolean
        case .maskedPhone: .maskedPhone
        case .phone: .phone
        case .integer(let range): .integer(range)
        case .actor: .actor
        case .list(let name, let count): .list(name, count)
        case .named(let name): .named(name)
        }
    }
}
