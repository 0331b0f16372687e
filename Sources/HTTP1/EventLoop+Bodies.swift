// The bodies of requests while they come in: what is kept of them, where, and what is thrown away.

extension EventLoop {
    /// Decides about the body of a request whose head is complete, and begins to read it. `hasMore`: some of it has
    /// arrived already.
    func beginBody(_ connection: Connection, _ head: RequestHead, _ section: UnsafeRawBufferPointer, hasMore: Bool) {
        let framing = connection.decoder.framing
        let bytesMax: Int
        switch handler.plan(head, loop: index) {
        case .collect(let most, let directory, let owner):
            bytesMax = most
            connection.spoolDirectory = directory
            connection.share = BodyShare(shared.bodies, owner)
            connection.sharedBytesMax = .max
        case .spool(let most, let directory, let owner):
            bytesMax = most
            connection.spoolDirectory = directory
            connection.share = BodyShare(shared.bodies, owner)
            connection.sharedBytesMax = limits.spoolBufferBytes
        case .discard(let most): bytesMax = most
        case .refuse(let response): return answerBeforeBody(connection, response, framing)
        }
        connection.bodyDecoder = BodyDecoder(framing, bytesMax: bytesMax, fieldCount: connection.decoder.fieldCount)
        let isFile = connection.share != nil && connection.sharedBytesMax != .max
        connection.state.bodyBegan(hasTotal: !isFile, now: now)
        if connection.bodyDecoder.isTooLarge {
            return refuse(connection, BodyDecoder.tooLarge, section: section)
        }
        if case .length(let count) = framing, let share = connection.share {
            // A body that says its length has room for all of it, or is told at once that it has none.
            do { try share.grow(to: min(count, connection.sharedBytesMax)) } catch {
                let language = head.string(.acceptLanguage)
                return answerBeforeBody(connection, handler.refused(error, acceptLanguage: language), framing)
            }
            connection.bodyBytes.reserveCapacity(min(count, limits.spoolBufferBytes))
        }
        if connection.decoder.expectsContinue, !connection.decoder.isVersion10, !hasMore {
            output.append("HTTP/1.1 100 Continue\r\n\r\n")
        }
    }

    /// Answers a request whose body is not wanted. A body that is small and on its way is thrown away; otherwise the
    /// connection ends, as a client that expects 100 may or may not send it.
    func answerBeforeBody(_ connection: Connection, _ response: Response, _ framing: BodyFraming) {
        var response = response
        let isUnread = framing != .none
        connection.bodyDecoder = BodyDecoder(
            framing, bytesMax: limits.discardBytesMax, fieldCount: connection.decoder.fieldCount)
        if isUnread, connection.decoder.expectsContinue || connection.bodyDecoder.isTooLarge { response.closes = true }
        encode(connection, response, note: nil, bodyIsUnread: isUnread)
    }

    /// Keeps octets of a body that is wanted. False if they could not be kept: then the request is refused.
    func keep(_ connection: Connection, _ data: UnsafeRawBufferPointer) -> Bool {
        guard let share = connection.share else { return true }
        do {
            let byteCount = (connection.spool?.byteCount ?? 0) + connection.bodyBytes.count + data.count
            try share.grow(to: min(byteCount, connection.sharedBytesMax))
            if let directory = connection.spoolDirectory,
                connection.bodyBytes.count + data.count > limits.spoolBufferBytes
            {
                let file = try connection.spool ?? SpoolFile(directory: directory)
                connection.spool = file
                try file.append(connection.bodyBytes)
                connection.bodyBytes.removeAll(keepingCapacity: true)
                if data.count >= limits.spoolBufferBytes {
                    try file.append(data)
                    return true
                }
            }
            connection.bodyBytes.append(contentsOf: data)
            return true
        } catch let shortage as BodyShortage {
            refuse(connection, shortage)
        } catch {
            let isFull = (error as? FileError)?.isDiskFull ?? false
            refuse(
                connection,
                isFull
                    ? Refusal(status: 507, reason: "no room for the body")
                    : Refusal(status: 503, reason: "the body could not be kept"), section: nil)
        }
        return false
    }

    /// The body that is complete, taken from the connection; nil if the rest of it could not be kept.
    func takeBody(_ connection: Connection) -> RequestBody? {
        guard connection.share != nil else { return RequestBody.none }
        var bytes: [UInt8] = []
        swap(&bytes, &connection.bodyBytes)
        guard let file = connection.spool else { return .bytes(bytes) }
        do { try file.append(bytes) } catch {
            refuse(connection, Refusal(status: 507, reason: "no room for the body"), section: nil)
            return nil
        }
        connection.spool = nil
        return .file(file)
    }
}
