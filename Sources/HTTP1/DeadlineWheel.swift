// Coarse deadlines: a ring of buckets, one for each quarter of a second. Entries are never removed early; whoever takes
// one looks whether it still counts.

struct DeadlineWheel {
    struct Entry {
        let descriptor: CInt
        let generation: UInt32
        let tick: Int64
    }

    static let tickMilliseconds: Int64 = 250
    private static let bucketCount: Int64 = 512

    private var buckets = [[Entry]](repeating: [], count: Int(bucketCount))
    private var currentTick: Int64
    private(set) var count = 0

    init(now: Int64) { currentTick = now / DeadlineWheel.tickMilliseconds }

    /// The tick at which a deadline is looked at: not before it, and not beyond the ring.
    func tick(for deadline: Int64) -> Int64 {
        let last = currentTick + DeadlineWheel.bucketCount - 1
        guard deadline < last * DeadlineWheel.tickMilliseconds else { return last }
        return max(currentTick + 1, deadline / DeadlineWheel.tickMilliseconds + 1)
    }

    mutating func add(_ descriptor: CInt, _ generation: UInt32, at tick: Int64) {
        buckets[Int(tick % DeadlineWheel.bucketCount)].append(
            Entry(descriptor: descriptor, generation: generation, tick: tick))
        count += 1
    }

    /// Moves on to `now` and hands out what is due.
    mutating func advance(to now: Int64) -> [Entry] {
        let target = now / DeadlineWheel.tickMilliseconds
        var due: [Entry] = []
        while currentTick < target {
            currentTick = max(currentTick + 1, target - DeadlineWheel.bucketCount + 1)
            let bucket = Int(currentTick % DeadlineWheel.bucketCount)
            guard !buckets[bucket].isEmpty else { continue }
            due.append(contentsOf: buckets[bucket])
            buckets[bucket].removeAll(keepingCapacity: buckets[bucket].count < 64)
        }
        count -= due.count
        return due
    }
}
