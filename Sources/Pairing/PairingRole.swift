// The roles of helpers (R042) as the API, files and tables name them.

import Domain
import Web

extension PairingRole {
    /// As the API names it.
    package var code: String {
        switch self {
        case .firstResponsible: "first-responsible"
        case .joint: "joint"
        }
    }

    package static func parse(_ text: String) throws(FieldError) -> PairingRole {
        switch text {
        case PairingRole.firstResponsible.code: return .firstResponsible
        case PairingRole.joint.code: return .joint
        default:
            throw FieldError.notOneOf(["first-responsible", "joint"])
        }
    }
}
