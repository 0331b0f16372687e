// What one transaction keeps in memory: what its parts gather to be written once before its work returns, and what they
// have read and need not read again.

import SQL

/// Something that one transaction remembers. It is made when first needed, and used on the writer's thread only.
package protocol TransactionMemory: AnyObject {
    init()
}

/// Gathers what a transaction touches, and writes what follows from it once, before the transaction's work returns: an
/// import or a run touches thousands of records.
package protocol Gatherer: TransactionMemory, SendableMetatype {
    /// Gatherers that write before this one, because what they write may touch something here.
    static var after: [any Gatherer.Type] { get }
    /// Whether answers tell what it writes. Then it may be written before the end, also in a part that is rolled back.
    static var isToldOf: Bool { get }
    /// Called when a part begins that may be rolled back on its own.
    func beginPart()
    /// Called when the part that began last has ended.
    ///
    /// - Parameter isTakenBack: the part was rolled back. What it gathered may stay if gathering too much is harmless,
    ///   but what it read must go.
    func endPart(isTakenBack: Bool)
    /// Writes what follows, and forgets what was gathered.
    func write(_ transaction: Transaction) throws
}

extension Gatherer {
    package static var after: [any Gatherer.Type] { [] }
    package static var isToldOf: Bool { false }
    package func beginPart() {}
    package func endPart(isTakenBack: Bool) {}
}

/// The memory of one transaction. Used by the writer's thread only.
final class Gathering {
    private let gatherers: [any Gatherer]
    private var memories: [any TransactionMemory]

    /// - Parameter types: in the order in which they write.
    init(_ types: [any Gatherer.Type]) {
        gatherers = types.map { $0.init() }
        memories = gatherers
    }

    /// What the transaction remembers of a type.
    func memory<Memory: TransactionMemory>(_ type: Memory.Type = Memory.self) -> Memory {
        for memory in memories where ObjectIdentifier(Swift.type(of: memory)) == ObjectIdentifier(type) {
            return unsafeDowncast(memory, to: type)
        }
        let memory = Memory()
        memories.append(memory)
        return memory
    }

    /// Runs a part that may be rolled back on its own.
    func part<Result>(_ work: () throws -> Result) rethrows -> Result {
        for gatherer in gatherers { gatherer.beginPart() }
        do {
            let result = try work()
            for gatherer in gatherers { gatherer.endPart(isTakenBack: false) }
            return result
        } catch {
            for gatherer in gatherers { gatherer.endPart(isTakenBack: true) }
            throw error
        }
    }

    func write(_ transaction: Transaction) throws {
        for gatherer in gatherers { try gatherer.write(transaction) }
    }

    /// Writes what answers tell of.
    func tell(_ transaction: Transaction) throws {
        for gatherer in gatherers where type(of: gatherer).isToldOf { try gatherer.write(transaction) }
    }
}
