// The other side of the comparison: the same answers by Hummingbird and GRDB, over the service's own SQLite file. It
// deliberately knows nothing of the service's code, and writes only where it is told to, into a copy.
//
//   Rival DATA PORT [write]
//
// Under /v1 rows are written into the answer by hand, byte for byte as the service does, with one read of the pool for
// token and record: the strongest form of this stack. Under /records/v1 the same answers are made the way the manuals
// of both show it: middleware, records, JSONEncoder.

import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Logging

@main
struct Rival {
    static func main() async throws {
        guard (3...4).contains(CommandLine.arguments.count), let port = Int(CommandLine.arguments[2]) else {
            print("usage: Rival DATA PORT [write]")
            exit(64)
        }
        let data = CommandLine.arguments[1]
        var configuration = Configuration()
        let writes = CommandLine.arguments.last == "write"
        configuration.readonly = !writes
        if writes {
            // GRDB's own choice is NORMAL, with which an answered write can be lost.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        }
        let pool = try DatabasePool(path: data + "/jiedui.sqlite", configuration: configuration)
        let cursors = try CursorSealer(keyFile: data + "/key")

        let router = Router(context: RivalContext.self)
        router.get("/healthz") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
        }
        WrittenRoutes(pool: pool, cursors: cursors).add(to: router.group("/v1"))
        if writes { VisitRoutes(pool: pool).add(to: router.group("/v1")) }
        RecordRoutes(pool: pool, cursors: cursors).add(
            to: router.group("/records/v1").add(middleware: TokenAuthenticator(pool: pool)))

        var logger = Logger(label: "rival")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.runService()
    }
}

/// What a request carries besides the defaults: who asks.
struct RivalContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    var caller: Caller?

    init(source: Source) {
        coreContext = .init(source: source)
    }

    var responseEncoder: JSONEncoder { Self.encoder }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()
}

extension HTTPField.Name {
    static var linkField: Self { Self("Link") ?? .location }
}
