// The modules of a service, put together.

import Domain
import SQL
import Web

/// What the modules contribute, as the service needs it.
public struct Composition: Sendable {
    package let modules: [Module]
    /// In the order in which they write.
    package let gatherers: [any Gatherer.Type]
    package let records: [RecordKind]
    package let files: [FileKind]
    private let recordByEntity: [Entity: RecordKind]
    private let subscriptions: [ObjectIdentifier: [Subscription]]

    /// Ends the program where two modules define the same thing, or gatherers wait for each other.
    package init(_ modules: [Module]) {
        self.modules = modules
        gatherers = Self.ordered(modules.flatMap(\.gatherers))
        records = modules.flatMap(\.records)
        files = modules.flatMap(\.files)
        recordByEntity = Dictionary(uniqueKeysWithValues: records.map { ($0.entity, $0) })
        subscriptions = Dictionary(grouping: modules.flatMap(\.subscriptions), by: \.event)
        precondition(Set(files.map(\.kind)).count == files.count, "two modules have one kind of file")
    }

    package func record(_ entity: Entity) -> RecordKind? { recordByEntity[entity] }

    /// How records that jobs make and change are taken back.
    var undoables: [Undoable] { records.compactMap(\.undo) }

    package func file(_ kind: ImportKind) -> FileKind? { files.first { $0.kind == kind } }

    package func subscriptions(to event: Any.Type) -> [Subscription] { subscriptions[ObjectIdentifier(event)] ?? [] }

    /// Every kind of problem that the API may answer with.
    package var problems: [ProblemKind] { ProblemKind.common + modules.flatMap(\.problems) }

    /// Every code that a field or a row can have. Where rules share a code, its words are those of the first one. The
    /// slug of a kind of problem may also be the code of a field or a row.
    package var fieldCodes: [FieldCode] {
        let kinds = problems.filter { [403, 404, 409, 410, 422].contains($0.status) && $0 != .invalidBody }
        let all = FieldCode.web + FieldCode.common + modules.flatMap(\.fieldCodes) + kinds.map { FieldCode($0) }
        var seen: Set<FieldCode> = []
        return all.filter { seen.insert($0).inserted }
    }

    /// What an error of a module, or of the database about its constraints, means; nil for an error that no module
    /// knows.
    package func problem(_ error: any Error) -> Problem? {
        for module in modules {
            if let problem = module.problem(error) { return problem }
            if let error = error as? SQLError, let problem = module.constraint(error) { return problem }
        }
        return nil
    }

    /// Orders gatherers after those that they name, and otherwise in the order of the modules.
    private static func ordered(_ gatherers: [any Gatherer.Type]) -> [any Gatherer.Type] {
        var left = gatherers
        var ordered: [any Gatherer.Type] = []
        while !left.isEmpty {
            let next = left.firstIndex { gatherer in
                gatherer.after.allSatisfy { other in !left.contains { $0 == other } }
            }
            guard let next else { preconditionFailure("gatherers wait for each other: \(left)") }
            ordered.append(left.remove(at: next))
        }
        return ordered
    }
}
