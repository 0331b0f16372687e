// Numbers of JSON texts, read exactly: no floating point anywhere, so money and counts never round.

/// What a JSON number is as an integer.
enum JSONInteger: Equatable {
    case value(Int)
    /// It has a fraction that is not zero.
    case fraction
    /// It is whole and does not fit 64 bits.
    case tooLarge

    /// Reads a number that the grammar has already accepted.
    init(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
        if let value = Self.plain(text) {
            self = .value(value)
            return
        }
        self.init(JSONDecimal(text))
    }

    /// Reads a number times a power of ten.
    init(_ text: Slice<UnsafeBufferPointer<UInt8>>, shiftedBy places: Int) {
        var decimal = JSONDecimal(text)
        if !decimal.digits.isEmpty { decimal.shift(by: places) }
        self.init(decimal)
    }

    private init(_ decimal: JSONDecimal) {
        if decimal.digits.isEmpty {
            self = .value(0)
        } else if decimal.exponent < 0 {
            self = .fraction
        } else if decimal.digits.count + min(decimal.exponent, 20) > 19 {
            self = .tooLarge
        } else {
            self = Self.scaled(decimal)
        }
    }

    /// The common form: at most 18 digits, perhaps a minus sign, nothing else.
    private static func plain(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text
        guard digits.count <= 18 else { return nil }
        var value = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            value = value &* 10 &+ Int(digit &- 0x30)
        }
        return isNegative ? -value : value
    }

    private static func scaled(_ decimal: JSONDecimal) -> JSONInteger {
        var value = 0
        for position in 0..<decimal.digits.count + decimal.exponent {
            let digit = position < decimal.digits.count ? Int(decimal.digits[position] - 0x30) : 0
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            // Downwards for negative numbers, so that Int.min is read.
            let (sum, overflowAgain) = product.addingReportingOverflow(decimal.isNegative ? -digit : digit)
            if overflow || overflowAgain { return .tooLarge }
            value = sum
        }
        return .value(value)
    }
}

/// A number as sign, digits and power of ten, in the one form that equal numbers share: no zeros before or after the
/// digits; zero has none and no sign.
struct JSONDecimal {
    /// Beyond this the exponent is not kept exactly; such numbers are never equal to a different text.
    static let exponentMax = 1_000_000_000

    private(set) var isNegative = false
    private(set) var digits: [UInt8] = []
    private(set) var exponent = 0
    private(set) var exponentIsExact = true

    init(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
        var index = text.startIndex
        if text[index] == UInt8(ascii: "-") {
            isNegative = true
            index += 1
        }
        var isFraction = false
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else if byte.isDigit {
                if !digits.isEmpty || byte != 0x30 { digits.append(byte) }
                if isFraction { exponent -= 1 }
            } else {
                readExponent(text[index...])
                break
            }
        }
        while digits.last == 0x30 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            exponent = 0
            exponentIsExact = true
            isNegative = false
        }
    }

    /// Multiplies by a power of ten.
    mutating func shift(by places: Int) { exponent += places }

    private mutating func readExponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
        var written = 0
        for byte in text where byte.isDigit {
            written = written * 10 + Int(byte - 0x30)
            if written > Self.exponentMax {
                written = Self.exponentMax
                exponentIsExact = false
            }
        }
        exponent += text.first == UInt8(ascii: "-") ? -written : written
    }
}
