// The spanning tree of the network simplex method: who hangs under whom by which arc, and the potentials that make
// every arc of the tree cost nothing.

/// A tree over the nodes of a network with node 0 as its root. Memory is freed by ``free()``, which its owner calls.
struct SpanningTree {
    /// The node above.
    let parents: UnsafeMutableBufferPointer<Int32>
    /// The arc between a node and the one above.
    let arcs: UnsafeMutableBufferPointer<Int32>
    /// Whether that arc leads from the node to the one above.
    let ups: UnsafeMutableBufferPointer<Bool>
    /// How far from the root.
    let depths: UnsafeMutableBufferPointer<Int32>
    /// Reduced costs are `cost + potential(tail) - potential(head)`; those of the tree are 0.
    let potentials: UnsafeMutableBufferPointer<Int64>
    private let firstChildren: UnsafeMutableBufferPointer<Int32>
    private let nextSiblings: UnsafeMutableBufferPointer<Int32>
    private let previousSiblings: UnsafeMutableBufferPointer<Int32>

    init(nodeCount: Int) {
        parents = .filled(nodeCount, with: -1)
        arcs = .filled(nodeCount, with: -1)
        ups = .filled(nodeCount, with: true)
        depths = .filled(nodeCount, with: 0)
        potentials = .filled(nodeCount, with: 0)
        firstChildren = .filled(nodeCount, with: -1)
        nextSiblings = .filled(nodeCount, with: -1)
        previousSiblings = .filled(nodeCount, with: -1)
    }

    func free() {
        parents.deallocate()
        arcs.deallocate()
        ups.deallocate()
        depths.deallocate()
        potentials.deallocate()
        firstChildren.deallocate()
        nextSiblings.deallocate()
        previousSiblings.deallocate()
    }

    /// Hangs a node under another one.
    func attach(_ node: Int32, to parent: Int32, arc: Int32, up: Bool) {
        let index = Int(node)
        parents[index] = parent
        arcs[index] = arc
        ups[index] = up
        let sibling = firstChildren[Int(parent)]
        nextSiblings[index] = sibling
        previousSiblings[index] = -1
        if sibling >= 0 { previousSiblings[Int(sibling)] = node }
        firstChildren[Int(parent)] = node
    }

    private func detach(_ node: Int32) {
        let previous = previousSiblings[Int(node)]
        let next = nextSiblings[Int(node)]
        if previous >= 0 {
            nextSiblings[Int(previous)] = next
        } else {
            firstChildren[Int(parents[Int(node)])] = next
        }
        if next >= 0 { previousSiblings[Int(next)] = previous }
    }

    /// Computes depths and potentials of the whole tree.
    func settle(_ costs: UnsafeMutableBufferPointer<Int64>) {
        var node = firstChildren.isEmpty ? -1 : firstChildren[0]
        while node >= 0 {
            settleOne(Int(node), costs)
            node = following(node, within: 0)
        }
    }

    @inline(__always)
    private func settleOne(_ node: Int, _ costs: UnsafeMutableBufferPointer<Int64>) {
        let parent = Int(parents[node])
        let cost = costs[Int(arcs[node])]
        depths[node] = depths[parent] + 1
        potentials[node] = ups[node] ? potentials[parent] &- cost : potentials[parent] &+ cost
    }

    /// The node after this one in preorder, among those below the top; -1 at the end.
    @inline(__always)
    private func following(_ node: Int32, within top: Int32) -> Int32 {
        var node = node
        if firstChildren[Int(node)] >= 0 { return firstChildren[Int(node)] }
        while node != top {
            let next = nextSiblings[Int(node)]
            if next >= 0 { return next }
            node = parents[Int(node)]
        }
        return -1
    }

    /// Cuts the tree above `cut` and hangs the lower part, turned so that `root` is its top, under `parent`.
    func move(
        from cut: Int32, root: Int32, under parent: Int32, arc: Int32, up: Bool,
        _ costs: UnsafeMutableBufferPointer<Int64>
    ) {
        var node = root
        var newParent = parent
        var newArc = arc
        var newUp = up
        while true {
            let index = Int(node)
            let (oldParent, oldArc, oldUp) = (parents[index], arcs[index], ups[index])
            detach(node)
            attach(node, to: newParent, arc: newArc, up: newUp)
            if node == cut { break }
            (newParent, newArc, newUp) = (node, oldArc, !oldUp)
            node = oldParent
        }
        settleOne(Int(root), costs)
        var below = firstChildren[Int(root)] >= 0 ? firstChildren[Int(root)] : -1
        while below >= 0 {
            settleOne(Int(below), costs)
            below = following(below, within: root)
        }
    }
}
