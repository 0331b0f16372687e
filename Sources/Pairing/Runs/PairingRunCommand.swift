// A pairing run from the command line: the same run as over the API, made at once, and told the way a person wants to
// read it. Approval stays with somebody else, unless the operator of the machine applies it.

import Archive
import Domain
import SQL
import Service
import Web

/// A pairing run as the command line asks for it.
public struct PairingRunOrder: Sendable {
    /// The area: a town or above; a village means its town.
    public var area: AreaCode
    /// The day from which it would hold.
    public var day: CivilDate
    /// A file of options as the API takes them; nil for none.
    public var optionsFile: String?
    /// Whether the run is only a question of "what if".
    public var isWhatIf = false
    /// Whether lifted households take part; nil for what the file says, else yes.
    public var includesLifted: Bool?
    /// Whether existing pairs are kept before need decides; nil for what the file says, else no.
    public var putsPairsFirst: Bool?
    /// Whether the machine applies it at once.
    public var applies: Bool

    /// An order of these parts.
    public init(area: AreaCode, day: CivilDate, optionsFile: String? = nil, applies: Bool = false) {
        self.area = area
        self.day = day
        self.optionsFile = optionsFile
        self.applies = applies
    }
}

/// Why a run could not be made, in words for whoever asked.
public struct PairingRunRefusal: Error, CustomStringConvertible {
    /// The words, in both languages.
    public let description: String
}

/// What a run from the command line made.
public struct PairingRunSummary: Sendable {
    /// The run, by which its draft is found.
    public let id: Identifier
    /// A line of the table.
    public struct Line: Sendable {
        /// The town; the whole area's name for the sum.
        public let name: String
        /// The goals as they are.
        public let before: PairingTotals
        /// The goals as they would be.
        public let after: PairingTotals

        package init(name: String, before: PairingTotals, after: PairingTotals) {
            self.name = name
            self.before = before
            self.after = after
        }
    }
    /// All of the area.
    public let total: Line
    /// Town by town.
    public let towns: [Line]
    /// What is missing and why, what leaves most uncovered first.
    public let shortages: [PairingText]
    /// Whether it can be approved.
    public let isWhatIf: Bool
    /// What was applied at once, part by part: JSON; empty where nothing was.
    public let applied: [String]
}

/// Runs from the command line.
public enum PairingRunCommand {
    /// Makes a run as the machine itself.
    ///
    /// - Throws: `PairingRunRefusal`, or an error of storage.
    public static func run(
        _ order: PairingRunOrder, _ register: Register, watch: @escaping @Sendable (Double) -> Void
    ) throws -> PairingRunSummary {
        let options = try options(order)
        do {
            try register.days.check(order.day)
        } catch {
            throw PairingRunRefusal(description: "--on: \(error.detail.zh) / \(error.detail.en)")
        }
        let run: PairingRun
        do {
            run = try register.perform { transaction in
                try CadreDay.turn(transaction)
                let area = try PairingRunPlacing.area(
                    order.area, options, on: order.day, .everything, transaction.connection)
                let run = PairingRun(
                    id: transaction.newId(), area: area, day: order.day, options: options, state: .queued,
                    actor: .machine)
                try PairingRunStore.create(run, contentHash: PairingRunStore.zeroHash, transaction)
                try PairingRunStore.start(run.id, transaction)
                return run
            }
        } catch let error as InvalidBody {
            throw refusal(error.errors)
        } catch let problem as Problem {
            throw refusal(problem)
        }
        let draft: RunDraft
        do {
            draft = try PairingRunWork.make(run, register, watch: watch)
        } catch let error as PairingReadFailure {
            try register.perform { try PairingRunStore.fail(run.id, error.description, $0) }
            throw PairingRunRefusal(description: error.description)
        }
        let applied = order.applies ? try apply(run, register) : []
        return summary(run, draft, applied)
    }

    private static func options(_ order: PairingRunOrder) throws -> PairingOptions {
        var options = try order.optionsFile.map(options(of:)) ?? PairingOptions()
        if order.isWhatIf { options.isWhatIf = true }
        if let includesLifted = order.includesLifted { options.includesLifted = includesLifted }
        if let putsPairsFirst = order.putsPairsFirst { options.putsPairsFirst = putsPairsFirst }
        return options
    }

    private static func options(of file: String) throws -> PairingOptions {
        do {
            var body = ObjectReader(try JSONDocument(Files.read(file, bytesMax: 1 << 20)).root)
            let options = PairingOptions(&body)
            try body.finish()
            return options
        } catch let error as InvalidBody {
            throw refusal(error.errors)
        } catch is JSONSyntaxError {
            throw PairingRunRefusal(description: "文件不是 JSON / the file is not JSON")
        }
    }

    private static func refusal(_ problem: Problem) -> PairingRunRefusal {
        guard problem.errors.isEmpty else { return refusal(problem.errors) }
        let words = problem.detail ?? problem.kind.title
        return PairingRunRefusal(description: "\(words.zh) / \(words.en)")
    }

    private static func refusal(_ errors: [FieldError]) -> PairingRunRefusal {
        PairingRunRefusal(
            description: errors.map { "\($0.pointer): \($0.detail.zh) / \($0.detail.en)" }.joined(separator: "\n"))
    }

    /// Part by part, each in its own transaction, as the machine itself.
    private static func apply(_ run: PairingRun, _ register: Register) throws -> [String] {
        var draft = run
        draft.state = .draft
        let found = draft
        let parts = try register.perform { try PairingRunStore.parts(of: found.id, in: .everything, $0.connection) }
        do {
            return try parts.map { part in
                try register.database.writer.performAlone { connection in
                    try register.transact(connection, .machine) { transaction in
                        try RunApproval.approve(found, part.division.code, by: nil, .everything, transaction).answer
                    }
                }
            }
        } catch let problem as Problem {
            throw refusal(problem)
        }
    }

    private static func summary(
        _ run: PairingRun, _ draft: RunDraft, _ applied: [String]
    ) -> PairingRunSummary {
        let input = draft.input
        let towns = draft.before.keys.compactMap { input.towns[$0] }.sorted { $0.areaCode < $1.areaCode }.map { town in
            PairingRunSummary.Line(
                name: town.name, before: draft.before[town.id] ?? PairingTotals(),
                after: draft.after[town.id] ?? PairingTotals())
        }
        let shortages = RunShortages.rows(draft).enumerated().sorted {
            ($1.element.uncovered, $0.offset) < ($0.element.uncovered, $1.offset)
        }.map(\.element.text)
        return PairingRunSummary(
            id: run.id,
            total: PairingRunSummary.Line(
                name: run.area.name, before: RunDraft.sum(draft.before, in: .everything, input),
                after: RunDraft.sum(draft.after, in: .everything, input)),
            towns: towns, shortages: shortages, isWhatIf: run.options.asksWhatIf, applied: applied)
    }
}
