// From a row's place to a village: by its code, or by the whole path of names, never by a name alone. Reads what is
// committed; the writer looks again when the household is written.

import Domain
import SQL
import Service
import Web

/// Used by one thread; remembers what it found, because thousands of rows name the same village.
final class VillageFinder {
    private let connection: Connection
    private var byKey: [String: Result<Division, FieldError>] = [:]
    private var groups: [String: Identifier] = [:]
    /// Ids for groups that have to be made, so that what is prepared for their households names them already.
    private var newGroups: [String: Identifier] = [:]

    init(_ connection: Connection) { self.connection = connection }

    func village(_ row: FileRow, _ header: HouseholdHeader) throws -> Result<Division, FieldError> {
        try village(
            code: header.cell(.villageCode, row), names: HouseholdColumn.path.map { header.cell($0, row) ?? "" },
            takesEnded: header.has(.householdId))
    }

    /// - Parameters:
    ///   - names: from the province down to the village; only looked at without a code.
    ///   - takesEnded: the file comes from a register, where records of an ended village wait for a successor.
    func village(code: String?, names: [String], takesEnded: Bool = false) throws -> Result<Division, FieldError> {
        let key = code ?? names.joined(separator: "\u{1F}")
        if let found = byKey[key] { return found }
        let found = try code.map { try find(code: $0, takesEnded: takesEnded) } ?? find(names)
        byKey[key] = found
        return found
    }

    /// The id of a group, and whether it is there already: one that is not is to be made under this id.
    func group(_ name: String, in village: Division, newId: () -> Identifier) throws -> (id: Identifier, isThere: Bool)
    {
        let key = "\(village.id)\u{1F}\(name)"
        if let known = groups[key] { return (known, true) }
        if let found = try GroupStore.find(name, in: village.id, connection) {
            groups[key] = found
            return (found, true)
        }
        let id = newGroups[key] ?? newId()
        newGroups[key] = id
        return (id, false)
    }

    private func find(code: String, takesEnded: Bool) throws -> Result<Division, FieldError> {
        guard let areaCode = AreaCode(code), let village = try DivisionStore.find(code: areaCode, connection),
            village.level == .village, village.isLive || takesEnded
        else { return .failure(Self.unknown("没有代码为 \(code) 的村", "there is no village with code \(code)")) }
        return .success(village)
    }

    private func find(_ names: [String]) throws -> Result<Division, FieldError> {
        var found: [Division] = []
        for (level, name) in zip(DivisionLevel.allCases, names) {
            found =
                level == .province
                ? try live("level = 1 AND name = $1", [name])
                : try found.flatMap { try live("parent_id = $2 AND name = $1", [name, $0.id]) }
            if found.isEmpty {
                return .failure(
                    Self.unknown("没有\(level.chinese)“\(name)”", "there is no \(level.name) “\(name)” at this place"))
            }
        }
        guard found.count == 1, let village = found.first else {
            let codes = found.map(\.code.description).joined(separator: ", ")
            return .failure(
                FieldError(
                    .ambiguousVillage, zh: "有 \(found.count) 个同名的村：\(codes)",
                    en: "\(found.count) villages have this path: \(codes)"))
        }
        return .success(village)
    }

    private func live(_ condition: String, _ values: [any Bindable]) throws -> [Division] {
        try connection.query(
            "SELECT \(DivisionStore.columns) FROM division WHERE \(condition) AND ended_on IS NULL ORDER BY code",
            values: values, row: DivisionStore.read)
    }

    private static func unknown(_ zh: String, _ en: String) -> FieldError {
        FieldError(.unknownVillage, zh: zh, en: en)
    }
}
