// Solves one problem a few times and prints the processor time it took as JSON lines, for scripts/pairing.py.
//
//   Measure HOUSEHOLDS CADRES ROUNDS [--tree FILE] [--graph FILE] [--days]
//
// --tree takes villages from a file of divisions, --graph writes the network of goal 1 for another solver, --days goes
// on to the next day (the same problem with its own answer applied) and to one on which some have retired.

import Domain
import Glibc

func option(_ name: String) -> String? {
    let arguments = CommandLine.arguments
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
    return arguments[place + 1]
}

func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}

/// The network of goal 1: root 0, every cadre, and the households of a village, depth and need together, sink 1.
func writeGraph(_ problem: PairingProblem, to path: String) {
    var arcs: [Int32] = []
    var classes: [Int: Int32] = [:]
    var counts: [Int32] = []
    for household in problem.households {
        let key = (Int(household.village) * 8 + Int(household.depth)) * 2 + (household.needsTwoUnits ? 1 : 0)
        let index = classes[key] ?? Int32(counts.count)
        if Int(index) == counts.count {
            classes[key] = index
            counts.append(0)
        }
        counts[Int(index)] += 1
    }
    let first = Int32(2 + problem.cadres.count)
    var ofVillage = [[Int32]](repeating: [], count: problem.villages.count)
    for (key, index) in classes { ofVillage[key / 16].append(first + index) }
    var ofTown: [Identifier: [Int32]] = [:]
    for (index, village) in problem.villages.enumerated() { ofTown[village.town, default: []] += ofVillage[index] }
    for (index, cadre) in problem.cadres.enumerated() {
        let node = Int32(2 + index)
        arcs += [0, node, cadre.quota]
        switch cadre.area {
        case .nowhere: break
        case .village(let village): for target in ofVillage[Int(village)] { arcs += [node, target, cadre.quota] }
        case .townOf(let village):
            for target in ofTown[problem.villages[Int(village)].town] ?? [] { arcs += [node, target, cadre.quota] }
        }
    }
    for (index, count) in counts.enumerated() { arcs += [first + Int32(index), 1, count] }
    guard let file = fopen(path, "w") else { return }
    fwrite(arcs, 4, arcs.count, file)
    fclose(file)
}

/// Processor time of this process in milliseconds: neighbours on the machine do not count.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

func measure(_ name: String, _ problem: PairingProblem, rounds: Int) throws -> PairingProposal {
    var last: PairingProposal?
    for _ in 0..<rounds {
        let start = now()
        let covered = try PairingPlan(problem).maximumCoverage ?? -1
        let coverage = now()
        let plan = try PairingPlan(problem)
        let planned = now()
        let parts = try plan.components.map { try $0.solve() }
        let solved = now()
        let proposal = plan.proposal(parts)
        let end = now()
        let totals = proposal.totals
        print(
            "{\"name\":\"\(name)\",\"coverage_ms\":\(coverage - start),\"max_covered\":\(covered),",
            "\"plan_ms\":\(planned - coverage),\"solve_ms\":\(solved - planned),",
            "\"proposal_ms\":\(end - solved),\"total_ms\":\(end - coverage),",
            "\"households\":\(totals.households),\"covered\":\(totals.covered),\"broken\":\(totals.pairsBroken),",
            "\"zero\":\(totals.zeroDuty),\"joint\":\(totals.jointNeedsMet),\"fit\":\(totals.fitCost),",
            "\"added\":\(totals.added),\"capacity\":\(totals.capacity),\"components\":\(parts.count),",
            "\"nodes\":\(parts.reduce(0) { $0 + $1.nodes }),\"arcs\":\(parts.reduce(0) { $0 + $1.arcs }),",
            "\"pivots\":\(parts.reduce(0) { $0 + $1.pivots }),\"shortages\":\(proposal.shortages.count)}")
        last = proposal
    }
    guard let last else { exit(64) }
    return last
}

let tree = option("--tree")
let graph = option("--graph")
let goesOn = CommandLine.arguments.contains("--days")
let numbers = CommandLine.arguments.dropFirst().prefix(3).compactMap { Int($0) }
guard numbers.count == 3 else {
    print("usage: Measure HOUSEHOLDS CADRES ROUNDS [--tree FILE] [--graph FILE] [--days]")
    exit(64)
}
let places = tree.map { Instance.places(csv: text(of: $0)) } ?? Instance.county
let problem = Instance.problem(places, households: numbers[0], cadres: numbers[1], seed: 1)
if let graph { writeGraph(problem, to: graph) }
let proposal = try measure("first", problem, rounds: numbers[2])
if goesOn {
    _ = try measure("again", Instance.after(proposal, problem, retired: 0), rounds: numbers[2])
    _ = try measure("retired", Instance.after(proposal, problem, retired: 12), rounds: numbers[2])
}
