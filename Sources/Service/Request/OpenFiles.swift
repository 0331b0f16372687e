// When no further file can be opened: 503 for who asks now, words for who looks at a job later. Nothing is wrong with
// what was asked, and it is answered again as soon as somebody else has closed something.

import Glibc
import HTTP1
import SQL

package enum OpenFiles {
    /// What a job says that ended for this reason.
    package static let words = "服务打开的文件已达上限，请稍后重新提交 / the service can open no more files: send this again later"

    /// Whether an error means that nothing more can be opened, whoever tried.
    package static func areUsedUp(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTP1.FileError: error.isOutOfDescriptors
        case SQLError.cannotOpen: true
        case InstallationError.unreadable(_, let code), InstallationError.unwritable(_, let code):
            code == EMFILE || code == ENFILE
        default: false
        }
    }
}
