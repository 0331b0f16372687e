// A parameter that nobody reads is a promise that nobody keeps: whoever sets it believes that something follows from
// it.

import Foundation
import Testing

@testable import Domain

@Suite("Parameters")
struct ParameterReadingTests {
    /// The sources of the program, without the catalogue itself.
    private static let sources: [String] = {
        let tests = #filePath.components(separatedBy: "/").dropLast(3).joined(separator: "/")
        let files = FileManager.default.enumerator(atPath: tests + "/Sources")?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Domain/Parameters/") }.compactMap {
            try? String(contentsOfFile: tests + "/Sources/" + $0, encoding: .utf8)
        }
    }()

    /// What reads a parameter names its constant, or the function that makes its name.
    private static func names(of key: String) -> [String] {
        let exact = [
            "dayBirthYear": ParameterKey.dayBirthYear, "dayFirstYear": ParameterKey.dayFirstYear,
            "dayYearsAhead": ParameterKey.dayYearsAhead, "labourNoneBelow": ParameterKey.labourNoneBelow,
            "labourCappedFrom": ParameterKey.labourCappedFrom, "liabilityYears": ParameterKey.liabilityYears,
            "pairingWeightLine": ParameterKey.pairingWeightLine, "pairingWeightUnit": ParameterKey.pairingWeightUnit,
            "pairingWeightDepth": ParameterKey.pairingWeightDepth,
            "pairingWeightDistance": ParameterKey.pairingWeightDistance,
            "pairingWeightLoad": ParameterKey.pairingWeightLoad,
            "pairingConsolidation": ParameterKey.pairingConsolidation,
            "pairingNeedOrder": ParameterKey.pairingNeedOrder, "secondHelperMax": ParameterKey.secondHelperMax,
            "countyLeaderTowns": ParameterKey.countyLeaderTowns,
            "countyLeaderVillages": ParameterKey.countyLeaderVillages,
            "handoverDeadline": ParameterKey.handoverDeadline, "visitLateBound": ParameterKey.visitLateBound,
            "visitClockTolerance": ParameterKey.visitClockTolerance, "cadencePhone": ParameterKey.cadencePhone,
            "cadenceVisit": ParameterKey.cadenceVisit, "cadenceVisitUnlifted": ParameterKey.cadenceVisitUnlifted,
            "cadenceVisitLifted": ParameterKey.cadenceVisitLifted,
            "contactDutiesMonthsBack": ParameterKey.contactDutiesMonthsBack,
            "needAnswerDays": ParameterKey.needAnswerDays, "alarmNoVisit": ParameterKey.alarmNoVisit,
            "occasionFestivals": ParameterKey.occasionFestivals, "occasionDaysBefore": ParameterKey.occasionDaysBefore,
            "occasionDaysAfter": ParameterKey.occasionDaysAfter, "occasionEventDays": ParameterKey.occasionEventDays,
            "bulletinLaggard": ParameterKey.bulletinLaggard,
        ].filter { $0.value == key }.map(\.key)
        guard exact.isEmpty else { return exact }
        if key.hasPrefix("pairing.need.") { return ["pairingNeed"] }
        if key.hasPrefix("occasion.busy-season.") { return ["busySeason"] }
        guard key.hasPrefix("quota.") else { return [] }
        return key.hasSuffix(".scope") ? ["quotaScope"] : ["quota"]
    }

    @Test("every parameter is read by something, or is told to be only kept")
    func read() {
        #expect(Self.sources.count > 300)
        for parameter in ParameterKey.all {
            let isRead = Self.names(of: parameter.name).contains { name in
                Self.sources.contains { $0.contains("ParameterKey.\(name)") }
            }
            #expect(isRead == parameter.isActedOn, "\(parameter.name)")
        }
    }
}
