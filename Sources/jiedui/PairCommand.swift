// A pairing run from the command line, with the summary that a person wants to read.

import ArgumentParser
import Domain
import Pairing
import Service
import Synchronization

struct Pair: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a pairing run for an area: who should help whom, and what is missing.",
        discussion: """
            The draft is stored. Any county administrator may approve it over the API, because no person made it. \
            With --apply it is applied at once, and the audit trail shows no user. --options reads a file with the \
            options of the API. Other quotas, other links and added people make it a what-if run, which is never \
            applied; so does --what-if.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "Code of the area, 12 digits: a county, a town, or above.") var area: String
    @Option(help: "The first day of the new pairings, YYYY-MM-DD; today by default.") var on: String?
    @Option(help: "A JSON file with the options of the API.") var options: String?
    @Option(help: "The same for a what-if run.") var whatIf: String?
    @Flag(
        inversion: .prefixedNo, help: "Lifted households take part, as by default; else their pairings only take room.")
    var includeLifted: Bool?
    @Flag(
        inversion: .prefixedNo,
        help: "Keep existing pairs before need decides who is covered; by default need comes first.")
    var pairsFirst: Bool?
    @Flag(help: "Apply the draft at once.") var apply = false
    @Option(help: "zh or en.") var language = SummaryLanguage.zh

    enum SummaryLanguage: String, ExpressibleByArgument { case zh, en }

    func validate() throws {
        if apply, whatIf != nil { throw ValidationError("A what-if run is never applied.") }
        if options != nil, whatIf != nil { throw ValidationError("Give --options or --what-if, not both.") }
    }

    func run() throws {
        guard let code = AreaCode(area) else { throw ValidationError("The area is a code of 12 digits.") }
        var day = Environment.system.now().shanghaiDate
        if let on {
            guard let given = CivilDate(on), PlausibleDays.asked.isOpen(to: given) else {
                throw ValidationError(
                    "--on takes a date that exists, YYYY-MM-DD, from \(PlausibleDays.asked.othersFrom) on.")
            }
            day = given
        }
        var order = PairingRunOrder(area: code, day: day, applies: apply)
        order.optionsFile = whatIf ?? options
        order.isWhatIf = whatIf != nil
        order.includesLifted = includeLifted
        order.putsPairsFirst = pairsFirst
        let register = try data.openRegister()
        defer { register.close() }
        let display = Mutex(ProgressDisplay("pairing", unit: "%"))
        let summary: PairingRunSummary
        do {
            summary = try PairingRunCommand.run(order, register) { share in
                display.withLock { $0.show(Int(share * 100), share: share) }
            }
        } catch let refusal as PairingRunRefusal {
            Console.error(refusal.description)
            throw ExitCode(ExitCodes.dataError)
        }
        display.withLock { $0.finish(100) }
        PairSummary(summary, isChinese: language == .zh).print()
    }
}

/// The summary on standard output.
private struct PairSummary {
    private let summary: PairingRunSummary
    private let isChinese: Bool
    /// Columns of the terminal for a name.
    private static let nameWidth = 29
    private static let numberWidth = 11
    /// Shortages that are told, those that leave most uncovered first.
    private static let shortagesMax = 40

    init(_ summary: PairingRunSummary, isChinese: Bool) {
        self.summary = summary
        self.isChinese = isChinese
    }

    private func word(_ zh: String, _ en: String) -> String { isChinese ? zh : en }

    func print() {
        let (before, after) = (summary.total.before, summary.total.after)
        Console.print(
            word("\(summary.total.name)：结对方案", "\(summary.total.name): pairing run")
                + (summary.isWhatIf ? word("（假设，不能批准）", " (what if, never applied)") : ""))
        let rows: [(String, Int, Int)] = [
            (word("建档立卡户", "households"), before.households, after.households),
            (word("有帮扶人", "covered"), before.covered, after.covered),
            (word("没有帮扶人", "uncovered"), before.households - before.covered, after.households - after.covered),
            (word("其中未脱贫或巩固期内", "not lifted or consolidating"), before.boundUncovered, after.boundUncovered),
            (word("需要两个单位", "need two units"), before.jointNeeds, after.jointNeeds),
            (word("已有两个单位", "have two units"), before.jointNeedsMet, after.jointNeedsMet),
            (word("名额", "capacity"), before.capacity, after.capacity),
            (word("零帮扶干部", "cadres with nothing"), before.zeroDuty, after.zeroDuty),
        ]
        Console.print(
            Self.padded("", Self.nameWidth) + Self.right(word("现在", "now")) + Self.right(word("方案", "proposed")))
        for (name, now, then) in rows {
            Console.print(Self.padded(name, Self.nameWidth) + Self.right("\(now)") + Self.right("\(then)"))
        }
        Console.print(
            word(
                "保持 \(after.kept) 对，新增 \(after.added) 对，终止 \(after.ended) 对；"
                    + "适配代价 \(before.fitCost) → \(after.fitCost)",
                "kept \(after.kept), added \(after.added), ended \(after.ended); cost of fit "
                    + "\(before.fitCost) → \(after.fitCost)"))
        printTowns()
        printShortages()
        for answer in summary.applied { Console.print(word("已由本机执行：", "applied by the machine: ") + answer) }
        Console.print(
            word("方案编号 \(summary.id)", "run \(summary.id)")
                + (summary.isWhatIf || !summary.applied.isEmpty
                    ? "" : word("，由县级管理员通过接口批准", ", to be approved by a county administrator over the API")))
    }

    private func printTowns() {
        Console.print("")
        let names = [
            word("户", "households"), word("现有帮扶", "covered"), word("方案", "proposed"), word("缺口", "uncovered"),
            word("新增", "added"), word("终止", "ended"), word("零帮扶", "nothing"),
        ]
        Console.print(Self.padded(word("乡镇", "town"), Self.nameWidth) + names.map(Self.right).joined())
        for town in summary.towns {
            let numbers = [
                town.after.households, town.before.covered, town.after.covered,
                town.after.households - town.after.covered, town.after.added, town.after.ended,
                town.after.zeroDuty,
            ]
            Console.print(
                Self.padded(town.name, Self.nameWidth) + numbers.map { Self.right("\($0)") }.joined())
        }
    }

    private func printShortages() {
        guard !summary.shortages.isEmpty else { return }
        Console.print("")
        for shortage in summary.shortages.prefix(Self.shortagesMax) {
            Console.print("· " + (isChinese ? shortage.chinese : shortage.english))
        }
        let more = summary.shortages.count - Self.shortagesMax
        if more > 0 {
            Console.print(
                word(
                    "……另有 \(more) 处，见接口 /v1/pairing-runs/\(summary.id)/shortages",
                    "… and \(more) more, at /v1/pairing-runs/\(summary.id)/shortages"))
        }
        Console.print("")
    }

    /// Chinese characters take two columns of a terminal.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
    }

    private static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(1, columns - width(text)))
    }

    private static func right(_ text: String) -> String {
        String(repeating: " ", count: max(1, numberWidth - width(text))) + text
    }
}
