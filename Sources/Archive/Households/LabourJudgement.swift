// Labour against age (Appendix A labour.none, labour.capped): which rows bound it in a village, and what is found of a
// household. Made wherever a household is written, by the API, a file, or a merger of villages.

import Domain
import SQL
import Service
import Web

/// What is found of a member.
package struct LabourFinding {
    package let member: Identifier
    let rule: HouseholdRule

    /// As a finding of a household whose members stand in this order.
    package func finding(among members: some Collection<MemberState>) -> HouseholdFinding {
        HouseholdFinding(
            rule: rule, memberIndex: members.enumerated().first { $0.element.id == member }?.offset,
            field: "labourCapacity")
    }
}

/// The thresholds of the villages that one transaction writes in: a piece of an import asks once for each village.
final class LabourThresholdRows: TransactionMemory {
    private var byVillage: [Identifier: (thresholds: LabourThresholds, rows: [ParameterUse])] = [:]

    func find(_ village: Identifier, on day: CivilDate, _ connection: Connection) throws -> (
        thresholds: LabourThresholds, rows: [ParameterUse]
    ) {
        if let found = byVillage[village] { return found }
        let chain = try AreaChain.of(DivisionStore.find(village, connection), connection)
        let rows = try ParameterResolution.rows(JudgementKind.labourAge.keys, in: chain, on: day, connection)
        func number(_ key: String) -> Int? {
            rows[key]?.first.flatMap { ParameterValue(stored: $0.value)?.number }
        }
        let found = (
            LabourThresholds(
                noneBelow: number(ParameterKey.labourNoneBelow), cappedFrom: number(ParameterKey.labourCappedFrom)),
            JudgementKind.labourAge.keys.compactMap {
                rows[$0]?.first.map { ParameterUse(id: $0.id, version: $0.version) }
            }
        )
        byVillage[village] = found
        return found
    }
}

enum LabourJudgement {
    /// Judges a household as it has just been written, and keeps what is found.
    static func judge(
        _ household: Identifier, in village: Identifier, _ members: some Sequence<MemberState>, isNew: Bool,
        _ transaction: Transaction
    ) throws -> [LabourFinding] {
        let day = transaction.today
        let rows = try transaction.memory(LabourThresholdRows.self).find(village, on: day, transaction.connection).rows
        let findings = try findings(in: village, members, transaction)
        try Judgement.record(
            .labourAge, .household, household, in: village, on: day, result: json(findings), by: rows, isNew: isNew,
            transaction)
        return findings
    }

    /// What is found of members today; nothing is kept.
    static func findings(
        in village: Identifier, _ members: some Sequence<MemberState>, _ transaction: Transaction
    ) throws -> [LabourFinding] {
        let day = transaction.today
        let thresholds = try transaction.memory(LabourThresholdRows.self).find(
            village, on: day, transaction.connection
        ).thresholds
        return members.filter(\.isPresent).compactMap { member in
            LabourAgeRules.broken(
                birthDate: member.birthDate, labourCapacity: member.labourCapacity, thresholds, on: day
            ).map { LabourFinding(member: member.id, rule: $0) }
        }
    }

    private static func json(_ findings: [LabourFinding]) -> [UInt8]? {
        guard !findings.isEmpty else { return nil }
        var json = JSONWriter(reserve: 128)
        json.object { json in
            json.key("findings")
            json.array { json in
                for finding in findings {
                    json.object { json in
                        json.key("memberId")
                        json.string(finding.member.description)
                        json.key("code")
                        json.string(finding.rule.code)
                    }
                }
            }
        }
        return json.take()
    }
}
