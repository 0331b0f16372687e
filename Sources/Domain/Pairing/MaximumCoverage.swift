// Goal 1 by itself, for problems in which counting is enough: a cadre serves one village or a whole town, and what a
// village's own cannot carry is left for those of the town. Deliberately without flow and pairs: a second opinion.

extension PairingPlan {
    /// How many households can be covered at most; nil where some cadres go on outside of their area or above their
    /// quota, may begin to help fewer than they may help, or some households take nobody new.
    public var maximumCoverage: Int? {
        let (problem, bonds) = (layout.problem, layout.bonds)
        let isPlain =
            problem.households.allSatisfy(\.takesNew) && !bonds.standings.contains(.outside)
            && problem.cadres.indices.allSatisfy { cadre in
                (bonds.isFree[cadre] || !problem.cadres[cadre].isAble || bonds.protectedCounts[cadre] == 0)
                    && layout.newRoom(of: cadre) == layout.room(of: cadre)
                    && bonds.jointPins[cadre] + bonds.jointKept[cadre] <= problem.cadres[cadre].jointMax
            }
        guard isPlain else { return nil }
        return layout.towns.indices.reduce(0) { $0 + coverage(ofTown: $1) }
    }

    /// The minimum cut of a town: for each of its villages the cheapest side of households, those that need two units
    /// apart, after deciding on which side the town's own cadres lie.
    private func coverage(ofTown town: Int) -> Int {
        let own = carried(by: layout.townPlace(town))
        var pinned = 0
        var cuts = (none: own.all, joint: own.joint, all: 0)
        for slot in layout.towns[town] {
            let need = uncovered(in: slot, &pinned)
            let village = carried(by: layout.villagePlace(slot))
            // What can be cut off in a village: its cadres, or their arcs to households that need two units, or
            // nothing.
            let one = min(village.all, need.one + min(need.two, village.joint))
            cuts.none += one
            cuts.joint += min(village.all + need.one, need.one + min(need.two, village.joint))
            cuts.all += need.one + need.two
        }
        return pinned + min(cuts.none, cuts.joint, cuts.all)
    }

    private func uncovered(in slot: Int, _ pinned: inout Int) -> (one: Int, two: Int) {
        var need = (one: 0, two: 0)
        for position in layout.households(of: slot) {
            let household = Int(layout.households[position])
            if layout.pairs(of: household).contains(where: { layout.bonds.standings[Int($0)] == .pinned }) {
                pinned += 1
            } else if layout.problem.households[household].needsTwoUnits {
                need.two += 1
            } else {
                need.one += 1
            }
        }
        return need
    }

    /// What the cadres of a place can carry, and how much of it with households that need two units.
    private func carried(by place: Int) -> (all: Int, joint: Int) {
        layout.cadres(of: place).reduce((0, 0)) { sum, slot in
            let cadre = Int(layout.cadres[slot])
            let room = layout.room(of: cadre)
            let joint = layout.problem.cadres[cadre].jointMax - layout.bonds.jointPins[cadre]
            return (sum.0 + Int(room), sum.1 + Int(max(0, min(room, joint))))
        }
    }
}
