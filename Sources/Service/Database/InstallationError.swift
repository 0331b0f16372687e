// What can be wrong with an installation's files, in words for the person who starts the program.

import Glibc

/// A data directory that cannot be used as it is.
public enum InstallationError: Error, CustomStringConvertible {
    case keyMissing(String)
    case keyReadableByOthers(String)
    case keyMalformed(String)
    case keyDiffers(database: String, file: String)
    case unreadable(String, Int32)
    case unwritable(String, Int32)
    case noData(String)
    case notEmpty(String)
    case resourceMissing(String)

    /// What to do about it, in words.
    public var description: String {
        switch self {
        case .keyMissing(let path):
            "there is no key file at \(path); sealed numbers cannot be read without the key that sealed them"
        case .keyReadableByOthers(let path): "the key file \(path) is open to other users: run chmod 600 on it"
        case .keyMalformed(let path): "the key file \(path) does not hold 64 hexadecimal digits"
        case .keyDiffers(let database, let file):
            "the key file has fingerprint \(file), the database was sealed under \(database): "
                + "put the right key file beside it"
        case .unreadable(let path, let code): "cannot read \(path): \(String(cString: strerror(code)))"
        case .unwritable(let path, let code): "cannot write \(path): \(String(cString: strerror(code)))"
        case .noData(let path): "there is no database in \(path): `jiedui demo` or `jiedui migrate` makes one"
        case .notEmpty(let path): "\(path) is not empty: give a new directory"
        case .resourceMissing(let name):
            "cannot find \(name), which should be beside the program's sources or in share/jiedui; "
                + "JIEDUI_RESOURCES names another folder"
        }
    }
}
