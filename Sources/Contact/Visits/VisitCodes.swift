// Codes of a visit as they are on its day: a tablet that was without a network for a month writes codes that have ended
// since (Appendix B 9). They are taken, as what they are called now.

import Domain
import Service

extension VisitDraft {
    /// Replaces each code that had ended on a day by its successor.
    ///
    /// - Returns: what was done, as flags.
    package mutating func map(_ codes: CodeLists, on day: CivilDate) -> [VisitFlag] {
        var flags: Set<VisitFlag> = []
        func map(_ code: inout String, _ list: CodeListKey) {
            switch codes.meaning(of: code, in: list, on: day) {
            case .same: break
            case .mapped(let current):
                code = current
                flags.insert(.codeMapped)
            case .ended(let current):
                code = current
                flags.insert(.codeEnded)
            }
        }
        func map(_ marks: inout [String], _ list: CodeListKey) {
            for index in marks.indices { map(&marks[index], list) }
            marks = marks.unique
        }
        map(&kind, .visitKind)
        if var code = purpose {
            map(&code, .visitPurpose)
            purpose = code
        }
        map(&occasions, .visitOccasion)
        map(&sixHelps, .sixHelps)
        map(&sixOnes, .sixOnes)
        for index in deeds.indices { map(&deeds[index].kind, .deedKind) }
        for index in gifts.indices {
            map(&gifts[index].kind, .giftKind)
            map(&gifts[index].donor, .giftDonor)
        }
        return VisitFlag.allCases.filter(flags.contains)
    }
}
