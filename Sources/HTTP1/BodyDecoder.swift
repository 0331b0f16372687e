// Bodies with a length and chunked bodies (RFC 9112 sections 6 and 7). Trailers are checked, counted and thrown away.

struct BodyDecoder {
    enum Step {
        /// Everything given was used.
        case needsMore
        /// Body octets, to be taken now; ask again afterwards.
        case data(UnsafeRawBufferPointer)
        /// The body is complete; the bytes from `offset` on belong to the next request.
        case end
        case refused(Refusal)
    }

    private enum State {
        case length
        case sizeStart, size, sizeSpace, sizeLineFeed
        case extensionStart, extensionName, extensionNameSpace, extensionValueStart, extensionValue
        case quoted, quotedEscape, quotedEnd
        case data, dataCarriageReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, endLineFeed
    }

    private var state = State.length
    private var remaining = 0
    /// What the body may still hold beyond `remaining`.
    private var allowance = 0
    private var lineBytes = 0
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var fieldCount = 0

    /// `fieldCount`: the fields of the head, as trailers come on top of them.
    init(_ framing: BodyFraming = .none, bytesMax: Int = 0, fieldCount: Int = 0) {
        self.fieldCount = fieldCount
        allowance = bytesMax
        switch framing {
        case .none: break
        case .length(let count): announce(count)
        case .chunked: state = .sizeStart
        }
    }

    static let tooLarge = Refusal(status: 413, reason: "the body is too large")

    /// True once the body has said that it is larger than allowed; `next` then refuses it.
    private(set) var isTooLarge = false

    private mutating func announce(_ count: Int) {
        remaining = count
        allowance -= count
        isTooLarge = allowance < 0
    }

    /// Reads on from `offset`, which it moves.
    mutating func next(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ limits: Limits) -> Step {
        if isTooLarge { return .refused(BodyDecoder.tooLarge) }
        if state == .length, remaining == 0 { return .end }
        while offset < bytes.count {
            if state == .length || state == .data {
                let count = min(remaining, bytes.count - offset)
                let data = bytes.slice(offset, offset + count)
                offset += count
                remaining -= count
                if state == .data, remaining == 0 { state = .dataCarriageReturn }
                return .data(data)
            }
            let byte = bytes[offset]
            offset += 1
            if state == .endLineFeed { return byte == 0x0a ? .end : .refused(.bad("a trailer line ends without LF")) }
            if let refusal = step(byte, limits) { return .refused(refusal) }
        }
        return .needsMore
    }

    private mutating func step(_ byte: UInt8, _ limits: Limits) -> Refusal? {
        switch state {
        case .length, .data, .endLineFeed: return nil
        case .dataCarriageReturn:
            state = .dataLineFeed
            return byte == 0x0d ? nil : .bad("chunk data is longer than its size")
        case .dataLineFeed:
            state = .sizeStart
            return byte == 0x0a ? nil : .bad("chunk data ends without LF")
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed: return stepTrailer(byte, limits)
        default:
            lineBytes += 1
            if lineBytes > limits.chunkLineBytesMax + 2 { return .bad("a chunk's size line is too long") }
            return state == .sizeStart || state == .size || state == .sizeSpace || state == .sizeLineFeed
                ? stepSize(byte) : stepExtension(byte, limits)
        }
    }

    private mutating func stepSize(_ byte: UInt8) -> Refusal? {
        switch (state, byte) {
        case (.sizeLineFeed, 0x0a):
            state = remaining == 0 ? .trailerStart : .data
            lineBytes = 0
            announce(remaining)
            return isTooLarge ? BodyDecoder.tooLarge : nil
        case (.sizeLineFeed, _), (.sizeStart, 0x0d), (.sizeStart, 0x3b), (.sizeStart, 0x20), (.sizeStart, 0x09):
            return .bad("a chunk's size line is malformed")
        case (.sizeSpace, 0x20), (.sizeSpace, 0x09): return nil
        case (_, 0x3b):
            state = .extensionStart
            return nil
        case (.size, 0x0d):
            state = .sizeLineFeed
            return nil
        case (.size, 0x20), (.size, 0x09):
            state = .sizeSpace
            return nil
        case (.sizeStart, _), (.size, _):
            guard let digit = ByteClass.hexDigit(byte) else { return .bad("a chunk's size is no hex number") }
            if state == .sizeStart { remaining = 0 }
            state = .size
            guard remaining < 1 << 56 else { return BodyDecoder.tooLarge }
            remaining = remaining << 4 | Int(digit)
            return nil
        default: return .bad("a chunk's size line is malformed")
        }
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`, RFC 9112 section 7.1.1.
    private mutating func stepExtension(_ byte: UInt8, _ limits: Limits) -> Refusal? {
        extensionBytes += 1
        if extensionBytes > limits.chunkExtensionBytesMax { return .bad("chunk extensions are too long") }
        let isSpace = byte == 0x20 || byte == 0x09
        let isToken = ByteClass.isToken(byte)
        switch state {
        case .extensionStart where isSpace, .extensionNameSpace where isSpace, .extensionValueStart where isSpace,
            .extensionName where isToken, .extensionValue where isToken:
            break
        case .extensionStart where isToken: state = .extensionName
        case .extensionName where isSpace: state = .extensionNameSpace
        case .extensionName where byte == 0x3d, .extensionNameSpace where byte == 0x3d: state = .extensionValueStart
        case .extensionValueStart where byte == 0x22: state = .quoted
        case .extensionValueStart where isToken: state = .extensionValue
        case .extensionValue where isSpace, .quotedEnd where isSpace: state = .sizeSpace
        case .quoted where byte == 0x22: state = .quotedEnd
        case .quoted where byte == 0x5c: state = .quotedEscape
        case .quoted where ByteClass.isFieldValue(byte): break
        case .quotedEscape where ByteClass.isFieldValue(byte): state = .quoted
        case .extensionName where byte == 0x3b, .extensionNameSpace where byte == 0x3b,
            .extensionValue where byte == 0x3b, .quotedEnd where byte == 0x3b:
            state = .extensionStart
        case .extensionName where byte == 0x0d, .extensionValue where byte == 0x0d, .quotedEnd where byte == 0x0d:
            state = .sizeLineFeed
        default: return .bad("a chunk extension is malformed")
        }
        return nil
    }

    private mutating func stepTrailer(_ byte: UInt8, _ limits: Limits) -> Refusal? {
        trailerBytes += 1
        if trailerBytes > limits.trailerBytesMax { return .tooLarge("the trailers are too long") }
        switch state {
        case .trailerStart where byte == 0x0d: state = .endLineFeed
        case .trailerStart where ByteClass.isToken(byte):
            fieldCount += 1
            if fieldCount > limits.fieldCountMax { return .tooLarge("too many fields") }
            state = .trailerName
        case .trailerName where ByteClass.isToken(byte): break
        case .trailerName where byte == 0x3a: state = .trailerValue
        case .trailerValue where byte == 0x0d: state = .trailerLineFeed
        case .trailerValue where ByteClass.isFieldValue(byte): break
        case .trailerLineFeed where byte == 0x0a: state = .trailerStart
        default: return .bad("a trailer is malformed")
        }
        return nil
    }
}
