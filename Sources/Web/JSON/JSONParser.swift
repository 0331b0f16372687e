// The grammar of RFC 8259 over bytes, writing the tape of a JSONDocument.
//
// One loop with an explicit stack of at most 64 containers, so that no nesting can exhaust the thread's stack.

import Glibc

/// Parses one text. UTF-8 is checked beforehand, so the loop itself only sees bytes.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let base: UnsafePointer<UInt8>
    private let end: Int
    private var offset = 0
    private var tape: [JSONNode] = []
    private var flaws: [JSONFlaw] = []
    /// Tape indexes of the containers that are still open.
    private var open: [Int] = []
    /// The names of the object that is being closed; kept for its storage.
    private var names: [Int] = []

    static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> ([JSONNode], [JSONFlaw]) {
        let result = bytes.withUnsafeBufferPointer { bytes -> Result<([JSONNode], [JSONFlaw]), JSONSyntaxError> in
            do throws(JSONSyntaxError) {
                guard bytes.count <= JSONDocument.bytesMax else { throw JSONSyntaxError(.tooLong, at: 0, in: bytes) }
                guard let base = bytes.baseAddress else { throw JSONSyntaxError(.empty, at: 0, in: bytes) }
                if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONSyntaxError(.byteOrderMark, at: 0, in: bytes) }
                if let offset = Bytes.firstInvalidUTF8(bytes) {
                    throw JSONSyntaxError(.invalidUTF8, at: offset, in: bytes)
                }
                var parser = JSONParser(bytes, base)
                try parser.run()
                return .success((parser.tape, parser.flaws.sorted { $0.index < $1.index }))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ base: UnsafePointer<UInt8>) {
        self.bytes = bytes
        self.base = base
        end = bytes.count
        tape.reserveCapacity(min(bytes.count / 8 + 4, 4096))
    }

    private mutating func run() throws(JSONSyntaxError) {
        skipSpace()
        if offset == end { throw error(.empty) }
        var expectsValue = true
        while true {
            if expectsValue { expectsValue = try value() } else { expectsValue = try afterValue() }
            if !expectsValue, open.isEmpty { break }
        }
        skipSpace()
        if offset < end { throw error(.trailingBytes) }
    }

    /// Reads a scalar, or opens a container. True if another value is expected next.
    private mutating func value() throws(JSONSyntaxError) -> Bool {
        skipSpace()
        guard offset < end else { throw error(.unexpectedEnd) }
        switch base[offset] {
        case UInt8(ascii: "{"): return try openContainer(.object, closing: UInt8(ascii: "}"))
        case UInt8(ascii: "["): return try openContainer(.array, closing: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true", .boolean, .truth)
        case UInt8(ascii: "f"): try literal("false", .boolean, [])
        case UInt8(ascii: "n"): try literal("null", .null, [])
        case UInt8(ascii: "-"), 0x30...0x39: try number()
        default: throw error(.unexpectedByte)
        }
        return false
    }

    private mutating func openContainer(
        _ kind: JSONNode.Kind, closing: UInt8
    ) throws(JSONSyntaxError) -> Bool {
        if open.count == JSONDocument.depthMax { throw error(.tooDeep) }
        open.append(tape.count)
        append(kind, start: offset, end: offset)
        offset += 1
        skipSpace()
        if offset < end, base[offset] == closing {
            close()
            return false
        }
        if kind == .object { try name() }
        return true
    }

    /// After a value inside a container: a comma, or the end of the container. True if another value is expected.
    private mutating func afterValue() throws(JSONSyntaxError) -> Bool {
        skipSpace()
        guard offset < end, let container = open.last else { throw error(.unexpectedEnd) }
        let isObject = tape[container].kind == .object
        switch base[offset] {
        case UInt8(ascii: ","):
            offset += 1
            if isObject {
                skipSpace()
                try name()
            }
            return true
        case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
            close()
            return false
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func close() {
        offset += 1
        let container = open.removeLast()
        tape[container].end = UInt32(truncatingIfNeeded: offset)
        tape[container].next = UInt32(truncatingIfNeeded: tape.count)
        if tape[container].kind == .object, flaws.count < JSONDocument.flawsMax { findDuplicates(in: container) }
    }

    private mutating func name() throws(JSONSyntaxError) {
        guard offset < end else { throw error(.unexpectedEnd) }
        guard base[offset] == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
        try string()
        skipSpace()
        guard offset < end else { throw error(.unexpectedEnd) }
        guard base[offset] == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
        offset += 1
    }

    // MARK: Scalars

    private mutating func string() throws(JSONSyntaxError) {
        let start = offset + 1
        var flags: JSONNode.Flags = []
        var hasLoneSurrogate = false
        offset = start
        while true {
            offset = Bytes.plainEnd(base, from: offset, to: end)
            guard offset < end else { throw error(.unexpectedEnd) }
            if base[offset] == UInt8(ascii: "\"") { break }
            guard base[offset] == UInt8(ascii: "\\") else { throw error(.unescapedControl) }
            flags = .escaped
            guard let escape = JSONEscapes.next(bytes[offset..<end]) else { throw error(.invalidEscape) }
            if escape.isLoneSurrogate { hasLoneSurrogate = true }
            offset += escape.byteCount
        }
        if hasLoneSurrogate, flaws.count < JSONDocument.flawsMax {
            flaws.append(JSONFlaw(index: tape.count, error: FieldError(.loneSurrogate)))
        }
        append(.string, flags, start: start, end: offset)
        offset += 1
    }

    private mutating func number() throws(JSONSyntaxError) {
        let start = offset
        if base[offset] == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        try digits()
        if offset - first > 1, base[first] == UInt8(ascii: "0") {
            offset = first
            throw error(.invalidNumber)
        }
        if offset < end, base[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if offset < end, base[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < end, base[offset] == UInt8(ascii: "+") || base[offset] == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        append(.number, start: start, end: offset)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = offset
        while offset < end, base[offset].isDigit { offset += 1 }
        if offset == start { throw error(offset == end ? .unexpectedEnd : .invalidNumber) }
    }

    private mutating func literal(
        _ text: StaticString, _ kind: JSONNode.Kind, _ flags: JSONNode.Flags
    ) throws(JSONSyntaxError) {
        let start = offset
        for step in 0..<text.utf8CodeUnitCount {
            guard offset < end else { throw error(.unexpectedEnd) }
            guard base[offset] == text.utf8Start[step] else { throw error(.unexpectedByte) }
            offset += 1
        }
        append(kind, flags, start: start, end: offset)
    }

    // MARK: Small parts

    @inline(__always)
    private mutating func append(_ kind: JSONNode.Kind, _ flags: JSONNode.Flags = [], start: Int, end: Int) {
        // Offsets fit because of bytesMax.
        tape.append(
            JSONNode(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end), next: 0, kind: kind,
                flags: flags))
    }

    @inline(__always)
    private mutating func skipSpace() {
        while offset < end {
            switch base[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private func error(_ code: JSONSyntaxError.Code) -> JSONSyntaxError {
        JSONSyntaxError(code, at: offset, in: bytes)
    }

    // MARK: Repeated names

    /// Up to this many plain names are compared pair by pair, after a filter of 64 bits that most names pass alone;
    /// more, or escaped ones, by a hash that is seeded for each process, so that nobody can choose names that collide.
    private static let pairwiseNamesMax = 32

    private mutating func findDuplicates(in container: Int) {
        names.removeAll(keepingCapacity: true)
        var plainNames = true
        var index = container + 1
        while index < tape.count {
            names.append(index)
            if tape[index].flags.contains(.escaped) { plainNames = false }
            index += 1
            index = tape[index].kind.isContainer ? Int(tape[index].next) : index + 1
        }
        if plainNames, names.count <= Self.pairwiseNamesMax {
            findDuplicatesByPairs()
        } else {
            findDuplicatesByHash()
        }
    }

    private mutating func findDuplicatesByPairs() {
        var filter: UInt64 = 0
        for (position, name) in names.enumerated() {
            let bit = UInt64(1) << filterBit(name)
            if filter & bit != 0, names[..<position].contains(where: { equal($0, name) }) { addDuplicate(name) }
            filter |= bit
        }
    }

    /// A number below 64 that equal names share: from the length, the first and the last byte.
    private func filterBit(_ name: Int) -> UInt64 {
        let (start, end) = (Int(tape[name].start), Int(tape[name].end))
        if start == end { return 0 }
        return (UInt64(end - start) &* 7 &+ UInt64(base[start]) &* 5 &+ UInt64(base[end - 1])) & 63
    }

    private mutating func findDuplicatesByHash() {
        var seen: Set<[UInt8]> = []
        seen.reserveCapacity(names.count)
        for name in names {
            let node = tape[name]
            let raw = bytes[Int(node.start)..<Int(node.end)]
            if !seen.insert(node.flags.contains(.escaped) ? JSONEscapes.decoded(raw) : Array(raw)).inserted {
                addDuplicate(name)
            }
        }
    }

    private mutating func addDuplicate(_ name: Int) {
        if flaws.count < JSONDocument.flawsMax {
            flaws.append(JSONFlaw(index: name, error: FieldError(.duplicateName)))
        }
    }

    private func equal(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (tape[left], tape[right])
        guard left.end - left.start == right.end - right.start else { return false }
        return memcmp(base + Int(left.start), base + Int(right.start), Int(left.end - left.start)) == 0
    }
}
