// The demonstration county: an invented one of real proportions.

import App
import ArgumentParser
import Demonstration
import Domain
import Glibc
import Service

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a demonstration county, with people and their tokens.",
        discussion: "Names and numbers are invented. The same seed and date give the same county.")

    @OptionGroup var data: DataOptions
    @Option(help: "Households to make.") var households = 26_000
    @Option(help: "Seed of chance.") var seed: UInt64 = 1
    @Option(help: "A file of divisions to put it on instead of an invented tree.") var divisions: String?
    @Option(help: "The day the county is shown as of, YYYY-MM-DD; today by default.") var asOf: String?
    @Option(help: "Months of pairings and visits before that day, 0 to 60; 0 for a county that nobody helps yet.")
    var visitsMonths = 3
    @Flag(help: "Print only JSON: the people and their tokens.") var json = false
    @Option(help: "Only write the county as an import file, and make nothing.") var csv: String?
    @Option(help: "Only write a file of which every row must be refused.") var badCsv: String?
    @Option(help: "Only write divisions, villages, organizations and the rest as files into a directory.")
    var files: String?

    func validate() throws {
        guard (1...2_000_000).contains(households) else { throw ValidationError("Households are 1 to 2000000.") }
        guard (0...60).contains(visitsMonths) else { throw ValidationError("Months of visits are 0 to 60.") }
    }

    func run() throws {
        var day = Environment.system.now().shanghaiDate
        if let asOf {
            guard let given = CivilDate(asOf), PlausibleDays.asked.isOpen(to: given) else {
                throw ValidationError(
                    "--as-of takes a date that exists, YYYY-MM-DD, from \(PlausibleDays.asked.othersFrom) on.")
            }
            day = given
        }
        let plan = try DemonstrationPlan(
            households: households, seed: seed, divisionsFile: divisions, asOf: day, visitsMonths: visitsMonths)
        if csv != nil || badCsv != nil || files != nil {
            if let csv { try plan.writeCSV(to: csv) }
            if let badCsv { try plan.writeBadCSV(to: badCsv) }
            if let files { try plan.writeFiles(to: files) }
            return
        }
        let directory = try data.directory
        try directory.requireEmpty()
        let register = try data.openRegister(create: true)
        defer { register.close() }
        let displays = [
            DemonstrationStage.households: ProgressDisplay("demonstration county", unit: "households"),
            .visits: ProgressDisplay("pairings and visits", unit: "visits"),
        ]
        let people = try plan.make(in: register) { stage, done, total in
            guard !self.json, let display = displays[stage] else { return }
            if done < total { display.show(done, share: Double(done) / Double(total)) } else { display.finish(done) }
        }
        try people.save(in: directory)
        if json {
            Console.print(people.json)
        } else {
            Console.print(people.table)
        }
    }
}
