// The secret of an installation and the keys derived from it. The secret is in a file beside the database, never in it,
// so that a copy of the database alone reveals no ID number. It does not rotate keys.

import Crypto
import Domain
import Glibc
import SQL

/// Keys for sealing values, for searchable hashes and for signing cursors, all derived from one 256-bit secret.
public struct KeyRing: Sendable {
    /// Signs list cursors.
    let cursorSecret: [UInt8]
    /// Tells whether two key files hold the same secret; safe to store and to print.
    public let fingerprint: String
    private let sealing: SymmetricKey
    private let hashing: SymmetricKey

    /// Derives the keys (RFC 5869) from a secret of 32 bytes.
    package init(secret: SymmetricKey) {
        func derive(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: secret, info: Array("jiedui \(purpose) v1".utf8), outputByteCount: 32)
        }
        sealing = derive("sealing")
        hashing = derive("hashing")
        cursorSecret = derive("cursor").withUnsafeBytes { Array($0) }
        fingerprint = derive("fingerprint").withUnsafeBytes { Hex.text($0.prefix(8)) }
    }

    /// Encrypts a value for one place. Layout: key number (1 byte), nonce (12), ciphertext, tag (16).
    ///
    /// - Parameter place: table and row; a value copied to another row does not open there.
    package func seal(_ text: String, for place: SealedPlace) throws -> [UInt8] {
        let box = try AES.GCM.seal(Array(text.utf8), using: sealing, authenticating: place.bytes)
        guard let combined = box.combined else { throw SealingError.notSealed }
        return [1] + combined
    }

    /// Decrypts what `seal` made for the same place.
    ///
    /// - Throws: `SealingError.notOpened` when the bytes were changed, moved, or sealed under another key.
    package func open(_ sealed: [UInt8], for place: SealedPlace) throws -> String {
        guard sealed.first == 1, let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
            let plain = try? AES.GCM.open(box, using: sealing, authenticating: place.bytes)
        else { throw SealingError.notOpened }
        return String(decoding: plain, as: UTF8.self)
    }

    /// A keyed hash (HMAC-SHA-256): equal for equal values of one purpose, useless without the key.
    package func hash(_ bytes: some Collection<UInt8>, purpose: StaticString) -> [UInt8] {
        var mac = HMAC<SHA256>(key: hashing)
        purpose.withUTF8Buffer { mac.update(data: $0) }
        mac.update(data: [0])
        mac.update(data: Array(bytes))
        return Array(mac.finalize())
    }
}

/// Where a sealed value lives: authenticated with it, so that sealed values cannot be swapped between rows.
package struct SealedPlace {
    package let bytes: [UInt8]

    package init(_ column: String, _ row: Identifier) { bytes = Array(column.utf8) + row.bytes }

    package init(_ column: SealedColumn, _ row: Identifier) { self.init(column.place, row) }
}

enum SealingError: Error {
    case notSealed
    case notOpened
}

extension KeyRing {
    /// Reads the secret of an installation, or makes one where there is none.
    ///
    /// - Throws: `InstallationError` when the file is readable by others, too short, or cannot be read or made.
    package static func load(path: String, create: Bool) throws -> KeyRing {
        if access(path, F_OK) != 0 {
            guard create else { throw InstallationError.keyMissing(path) }
            try makeFile(path)
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw InstallationError.unreadable(path, errno) }
        guard status.st_mode & 0o077 == 0 else { throw InstallationError.keyReadableByOthers(path) }
        let text = try Files.read(path, bytesMax: 1_024)
        guard let secret = Hex.bytes(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace }),
            secret.count == 32
        else {
            throw InstallationError.keyMalformed(path)
        }
        return KeyRing(secret: SymmetricKey(data: secret))
    }

    private static func makeFile(_ path: String) throws {
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Hex.text($0) }
        try Files.write(Array((secret + "\n").utf8), to: path, mode: 0o600)
    }
}
