// Why an export as a whole failed, as a message for the user who ordered it.

/// What prevents an export.
enum ExportFailure: Error, CustomStringConvertible {
    case unknownPartner(String)
    /// Codes for which the partner has none, each with its list.
    case unknownCodes([String])

    var description: String {
        switch self {
        case .unknownPartner(let key): "没有对接方 / there is no partner: \(key)"
        case .unknownCodes(let codes):
            "对接方没有这些代码的对应值，未导出；请先补全其代码对照 / "
                + "the partner has no code for these, so nothing was exported; add its codes for them first: "
                + codes.joined(separator: "; ")
        }
    }
}
