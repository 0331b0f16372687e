// Users and their tokens.

extension Entity {
    package static let user = Entity("users")
    package static let token = Entity("tokens")
}

extension Module {
    package static let access = Module(
        name: "access", routes: { _ in AccessRoutes.all + UserRoutes.all + AuditRoutes.all },
        records: [
            RecordKind(entity: .user, audience: .overseers), RecordKind(entity: .token, audience: .overseers),
        ])
}
