// A number of a helper (phone, identity) as it is kept: sealed for its row, with a keyed hash and a mask. The plain
// number is held only until it is stored, because a row that is recognised by it is sealed under another id.

import Domain
import Web

package struct SealedNumber: Equatable {
    package let hash: [UInt8]
    package let mask: String
    /// Nil if it was read only to be compared.
    package fileprivate(set) var sealed: [UInt8]?

    package static func == (left: SealedNumber, right: SealedNumber) -> Bool { left.hash == right.hash }

    package init(hash: [UInt8], mask: String) {
        self.hash = hash
        self.mask = mask
    }
}

/// A number as stated, already checked.
package struct StatedNumber: Sendable {
    private let plain: String
    package let hash: [UInt8]
    package let mask: String
    /// The sex in an identity number.
    private let sex: Sex?

    private init(plain: String, hash: [UInt8], mask: String, sex: Sex?) {
        self.plain = plain
        self.hash = hash
        self.mask = mask
        self.sex = sex
    }

    /// A phone number whose form has already been checked.
    package static func phone(_ digits: String, _ keys: KeyRing) -> StatedNumber {
        StatedNumber(
            plain: digits, hash: keys.hash(digits.utf8, purpose: "phone"), mask: NumberMask.phone(digits), sex: nil)
    }

    /// An identity number. Unlike members of households, cadres are registered by their own unit, so a number that
    /// cannot be verified is refused: with a wrong number they would silently not be found among the poor.
    ///
    /// - Returns: nil for a text that means “none”.
    package static func identity(_ text: String, on today: CivilDate, _ keys: KeyRing) throws(FieldError)
        -> StatedNumber?
    {
        let reading = IdentityNumber.parse(text, on: today)
        if reading.problem == .missing { return nil }
        guard let number = reading.number else {
            let problem = reading.problem ?? .wrongCharacter
            throw FieldError(problem)
        }
        return StatedNumber(
            plain: number.text, hash: keys.hash(number.person.utf8, purpose: "identity"), mask: number.mask,
            sex: number.sex)
    }

    /// Whether an identity number and a stated sex agree; if no sex is stated, they do.
    package func agrees(with stated: String?) -> Bool {
        guard let sex, let stated = stated.flatMap(Sex.init(rawValue:)), stated != .unstated else { return true }
        return sex == stated
    }

    package static let sexDiffers = FieldError(.sexDiffers)

    /// The same number without its seal, to be compared.
    var unsealed: SealedNumber { SealedNumber(hash: hash, mask: mask) }

    package func sealed(for place: SealedPlace, _ keys: KeyRing) throws -> SealedNumber {
        var number = unsealed
        number.sealed = try keys.seal(plain, for: place)
        return number
    }
}
