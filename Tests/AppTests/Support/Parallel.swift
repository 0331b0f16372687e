// Many threads at once, and bytes in the codings that clients send.

import Dispatch
import Glibc
import Synchronization

@testable import HTTP1

enum Parallel {
    /// Runs the work on threads of their own and gives the results in the order of their numbers.
    static func map<Value: Sendable>(_ count: Int, _ work: @escaping @Sendable (Int) throws -> Value) throws -> [Value]
    {
        let results = Mutex<[Int: Result<Value, any Error>]>([:])
        let group = DispatchGroup()
        for index in 0..<count {
            DispatchQueue(label: "client-\(index)").async(group: group) {
                let result = Result { try work(index) }
                results.withLock { $0[index] = result }
            }
        }
        group.wait()
        let found = results.withLock { $0 }
        return try (0..<count).map { try required(found[$0]).get() }
    }
}

enum Packed {
    static func gzip(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { Deflater()?.gzip($0) } ?? [] }

    static func gb18030(_ text: String) -> [UInt8] {
        let converter = iconv_open("GB18030", "UTF-8")
        defer { iconv_close(converter) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 2 + 16)
        var inputLeft = input.count
        var outputLeft = output.count
        input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var to = target.baseAddress
                _ = iconv(converter, &from, &inputLeft, &to, &outputLeft)
            }
        }
        return output.dropLast(outputLeft).map { UInt8(bitPattern: $0) }
    }
}
