// A block mapping of YAML as text: which keys there are and the lines under each, as somebody wrote them. It knows the
// form that fragments have (blocks by indentation), not YAML; what a value means is for others to read.

/// The keys of one level, in their order.
package struct Outline: Sendable {
    package struct Entry: Sendable {
        /// Without quotes.
        package var key: String
        /// As it was written.
        package var written: String
        /// What stands on the key's own line; empty where a block follows.
        package var value: String
        /// The lines under the key; those of the next level are indented by two.
        package var lines: [String]
        /// Comments and empty lines before the key.
        package var before: [String]

        /// The next level.
        package func outline() throws -> Outline { try Outline(lines.map { String($0.dropFirst(2)) }) }

        /// The elements of `[a, b]`, on one line or several; nil for anything else.
        var list: [String]? {
            let text = ([value] + lines).map { $0.drop { $0 == " " } }.joined(separator: " ")
            guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
            return text.dropFirst().dropLast().split(separator: ",").map { String($0.drop { $0 == " " }) }
        }

        /// The entry again, under another name if one is given.
        package func text(as name: String? = nil) -> [String] {
            let head = (name ?? written) + ":"
            return [value.isEmpty ? head : head + " " + value] + lines
        }
    }

    package var entries: [Entry] = []
    /// Comments and empty lines after the last key.
    package private(set) var after: [String] = []

    /// - Throws: `ContractError` for a line that is no key.
    package init(_ lines: [String]) throws {
        for line in lines {
            if line.isEmpty || line.hasPrefix("#") {
                after.append(line)
            } else if line.hasPrefix(" ") || line.hasPrefix("]") || line.hasPrefix("}") {
                guard !entries.isEmpty else { throw ContractError("indented too far: \(line)") }
                entries[entries.count - 1].lines += after + [line]
                after = []
            } else {
                entries.append(try Self.entry(line, before: after))
                after = []
            }
        }
    }

    private static func entry(_ line: String, before: [String]) throws -> Entry {
        let isQuoted = line.hasPrefix("\"")
        let searched = isQuoted ? line.dropFirst() : line[...]
        guard let end = isQuoted ? searched.firstIndex(of: "\"") : searched.firstIndex(of: ":") else {
            throw ContractError("no key: \(line)")
        }
        let key = String(searched[..<end])
        let rest = isQuoted ? searched[searched.index(after: end)...] : searched[end...]
        guard rest.hasPrefix(":"), rest == ":" || rest.hasPrefix(": ") else { throw ContractError("no key: \(line)") }
        return Entry(
            key: key, written: isQuoted ? "\"\(key)\"" : key, value: String(rest.dropFirst(2)), lines: [],
            before: before)
    }

    package subscript(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// - Throws: for a key that nobody reads.
    func only(_ keys: Set<String>, _ place: String) throws {
        for entry in entries where !keys.contains(entry.key) {
            throw ContractError("\(place): nothing reads the key \(entry.key)")
        }
    }
}

/// Why fragments cannot be expanded.
package struct ContractError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

extension [String] {
    /// Lines further to the right; empty ones stay empty.
    package func indented(_ count: Int) -> [String] {
        map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }
    }
}
