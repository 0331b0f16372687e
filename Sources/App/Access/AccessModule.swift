// Users and their tokens.

extension Entity {
    static let user = Entity("users")
    static let token = Entity("tokens")
}

extension Module {
    static let access = Module(
        name: "access", routes: { _ in AccessRoutes.all + UserRoutes.all },
        records: [
            RecordKind(entity: .user, audience: .overseers), RecordKind(entity: .token, audience: .overseers),
        ])
}
