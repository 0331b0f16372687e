// Undoing an import from the command line: the same as over the API, run at once.

import Domain
import SQL
import Web

/// Undoing from the command line.
public enum UndoCommand {
    /// Undoes a job as the machine itself.
    ///
    /// - Returns: how many records were taken back, or why none was, in words for each reason.
    /// - Throws: `SQLError` or `WriterError`.
    public static func run(_ id: Identifier, _ register: Register) throws -> (undone: Int, refusal: [String]) {
        do {
            try register.perform { transaction in
                guard let job = try JobStore.find(id, transaction.connection) else { throw Problem(.notFound) }
                switch job.state {
                case "queued", "running": throw Problem(.jobNotEnded)
                case "undoing", "undone": return
                default:
                    let obstacles = UndoObstacles(register.composition)
                    try obstacles.checkSupported(job, transaction.connection)
                    try obstacles.check(id, .everything, transaction.connection)
                    try JobStore.undo(id, transaction)
                }
            }
        } catch let problem as Problem {
            let words = problem.detail ?? problem.kind.title
            return (0, ["\(words.zh) / \(words.en)"] + problem.errors.map { "\($0.pointer): \($0.detail.en)" })
        }
        let job = try register.perform { try JobStore.find(id, $0.connection) }
        if let job, job.state == "undoing" { _ = try UndoRun(job: job, register: register).run() }
        let undone = try register.perform { transaction in
            try transaction.connection.first("SELECT undone FROM job WHERE id = $1", id) { $0.int(0) }
        }
        return (undone ?? 0, [])
    }
}
