// From a Response to bytes: framing, Date, Connection, ETag, content coding (RFC 9110 sections 6.6.1, 8, 12.5.3).

import Glibc

extension EventLoop {
    /// Takes a handler's answer, on the loop.
    func answer(_ key: RequestKey, _ response: Response, note: (any AnyObject & Sendable)?) {
        guard let connection = awaiting(key) else { return }
        if connection === current { return encode(connection, response, note: note, bodyIsUnread: false) }
        setAside.append((key, response, note))
    }

    /// Sends the answers that were given while another connection was at work.
    func answerSetAside() {
        while !setAside.isEmpty {
            var answers: [(RequestKey, Response, (any AnyObject & Sendable)?)] = []
            swap(&answers, &setAside)
            for (key, response, note) in answers {
                guard let connection = awaiting(key) else { continue }
                encode(connection, response, note: note, bodyIsUnread: false)
                finishProcessing(connection)
                processInput(connection)
                settle(connection)
            }
        }
    }

    /// Keeps the action for when the client leaves before the answer.
    func watchPeer(_ key: RequestKey, _ action: @escaping @Sendable () -> Void) {
        guard let connection = awaiting(key) else { return }
        if connection.peerHasFinished { return action() }
        connection.peerGone = action
    }

    private func awaiting(_ key: RequestKey) -> Connection? {
        guard Int(key.descriptor) < connections.count, let connection = connections[Int(key.descriptor)],
            connection.key == key, connection.isAwaitingAnswer
        else { return nil }
        return connection
    }

    /// Answers in the handler's words and ends the connection. `section` is what was received of the head.
    func refuse(_ connection: Connection, _ refusal: Refusal, section: UnsafeRawBufferPointer?) {
        let language = section.flatMap { connection.decoder.string(.acceptLanguage, in: $0) }
        var response = handler.refused(
            status: refusal.status, reason: refusal.reason.description,
            acceptLanguage: language ?? connection.head?.string(.acceptLanguage))
        response.status = refusal.status
        end(connection, with: response)
    }

    /// Answers that there is no room for the body, and ends the connection.
    func refuse(_ connection: Connection, _ shortage: BodyShortage) {
        end(connection, with: handler.refused(shortage, acceptLanguage: connection.head?.string(.acceptLanguage)))
    }

    private func end(_ connection: Connection, with response: Response) {
        var response = response
        response.closes = true
        if connection.beganMicroseconds == 0 { connection.beganMicroseconds = Clock.microseconds() }
        encode(connection, response, note: nil, bodyIsUnread: false)
    }

    /// Appends the answer to the output and moves the connection's state on.
    func encode(
        _ connection: Connection, _ response: Response, note: (any AnyObject & Sendable)?, bodyIsUnread: Bool
    ) {
        let persists = !response.closes && connection.state.persists(now: now, times)
        let before = output.count
        let content = content(of: response, for: connection.head)
        let status = (200...599).contains(response.status) ? response.status : 500
        StatusLine.append(status, to: output)
        output.append(dateLine)
        output.append(response.fields)
        if let tag = response.entityTag { appendEntityTag(tag, isCoded: content.isCoded) }
        if response.compressible { output.append("Vary: Accept-Encoding\r\n") }
        if content.isCoded, status != 304 { output.append("Content-Encoding: gzip\r\n") }
        if status != 204, status != 304 {
            output.append("Content-Length: ")
            output.append(decimal: content.byteCount)
            output.append("\r\n")
        }
        if !persists {
            output.append("Connection: close\r\n")
        } else if connection.decoder.isVersion10 {
            output.append("Connection: keep-alive\r\n")
        }
        output.append("\r\n")
        var byteCount = output.count - before
        if connection.decoder.method != .head, status != 204, status != 304 {
            byteCount += content.byteCount
            appendContent(content.part, to: connection)
        }
        let record = AnswerRecord(
            loop: index, status: status, byteCount: byteCount,
            microseconds: Int(Clock.microseconds() - connection.beganMicroseconds), note: note)
        connection.state.answered(persists: persists, bodyIsUnread: bodyIsUnread, now: now)
        connection.dropBody()
        if persists, !bodyIsUnread { connection.endRequest() } else { connection.isAwaitingAnswer = false }
        connection.beganMicroseconds = 0
        handler.answered(record)
    }

    /// The answer to a connection that is not taken, into the empty output.
    func encodeRefusedConnection(_ response: Response) {
        StatusLine.append(503, to: output)
        output.append(dateLine)
        output.append(response.fields)
        var bytes: [UInt8] = []
        if case .bytes(let content) = response.body, content.count <= 4_096 { bytes = content }
        output.append("Content-Length: ")
        output.append(decimal: bytes.count)
        output.append("\r\nConnection: close\r\n\r\n")
        output.append(bytes)
    }

    // MARK: - Content

    private struct Content {
        var part: OutgoingPart?
        var byteCount = 0
        var isCoded = false
    }

    private func content(of response: Response, for head: RequestHead?) -> Content {
        func plain(_ bytes: [UInt8], isCoded: Bool) -> Content {
            Content(part: .bytes(bytes), byteCount: bytes.count, isCoded: isCoded)
        }
        let takesGzip = response.compressible && head.map { ContentCoding.acceptsGzip($0) } ?? false
        switch response.body {
        case .none:
            // A 304 repeats the tag of the form that the client holds.
            let holdsGzip = response.status == 304 && takesGzip && head.map { holdsGzipTag($0) } ?? false
            return Content(part: nil, byteCount: 0, isCoded: holdsGzip)
        case .file(let file): return Content(part: .file(file), byteCount: file.byteCount, isCoded: false)
        case .variants(let identity, let gzip):
            return takesGzip ? plain(gzip, isCoded: true) : plain(identity, isCoded: false)
        case .bytes(let bytes):
            guard takesGzip, bytes.count >= limits.gzipBytesMin, bytes.count <= limits.gzipOnLoopBytesMax,
                let coded = bytes.withUnsafeBytes({ deflater?.gzip($0) })
            else { return plain(bytes, isCoded: false) }
            return plain(coded, isCoded: true)
        }
    }

    private func holdsGzipTag(_ head: RequestHead) -> Bool {
        var holds = false
        head.forEachTag(of: .ifNoneMatch) { if case .tag(let tag) = $0, tag.hasGzipSuffix { holds = true } }
        return holds
    }

    private func appendEntityTag(_ tag: String, isCoded: Bool) {
        var tag = tag
        tag.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            guard let parsed = EntityTag(bytes) else { return }
            output.append("ETag: ")
            if isCoded, !parsed.isWeak, !parsed.hasGzipSuffix {
                output.append(bytes.slice(0, bytes.count - 1))
                output.append(EntityTag.gzipSuffix)
                output.append("\"\r\n")
            } else {
                output.append(bytes)
                output.append("\r\n")
            }
        }
    }

    private func appendContent(_ part: OutgoingPart?, to connection: Connection) {
        switch part {
        case nil: break
        case .bytes(let bytes) where bytes.count <= 32_768 && connection.pending.isEmpty: output.append(bytes)
        case .some(let large):
            guard large.byteCount > 0 else { return }
            if output.count > 0 {
                connection.pending.append(.bytes([UInt8](output.bytes)))
                output.removeAll()
            }
            connection.pending.append(large)
        }
    }
}
