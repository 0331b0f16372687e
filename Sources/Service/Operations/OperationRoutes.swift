// What everybody may ask: whether the service is alive and ready, its metrics, and the contract.

import HTTP1
import SQL
import Web

package enum OperationRoutes {
    package static func all(_ surroundings: Surroundings) -> [RouteEntry] {
        let (contract, metrics, requireReady) = (
            surroundings.contract, surroundings.metrics, surroundings.requireReady
        )
        let contractTag = ContentTag.of(contract)
        return [
            (.get, "/healthz", Endpoint(access: .everybody, work: .instant { _ in .text("ok\n") })),
            (
                .get, "/readyz",
                Endpoint(
                    access: .everybody,
                    work: .instant { _ in
                        try requireReady()
                        return .text("ready\n")
                    })
            ),
            (
                .get, "/metrics",
                Endpoint(
                    access: .everybody,
                    work: .instant { call in
                        .text(
                            metrics.text(call.register.database.writer.statistics),
                            type: "text/plain; version=0.0.4; charset=utf-8")
                    })
            ),
            (
                .get, "/openapi.yaml",
                Endpoint(
                    access: .everybody,
                    work: .instant { call in
                        if let unchanged = try call.unchanged(contractTag) { return unchanged }
                        var response = Response(status: 200)
                        response.add("Content-Type", "application/yaml")
                        response.entityTag = contractTag
                        response.compressible = true
                        response.body = .bytes(contract)
                        return response
                    })
            ),
        ]
    }

}

extension Response {
    /// Plain text that is never stored.
    package static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        var response = Response(status: 200)
        response.add("Content-Type", type)
        response.add("Cache-Control", "no-store")
        response.body = .bytes(Array(text.utf8))
        return response
    }

    /// 304 with the tag that still holds.
    static func notModified(_ tag: String) -> Response {
        var response = Response(status: 304)
        response.entityTag = tag
        response.compressible = true
        return response
    }
}
