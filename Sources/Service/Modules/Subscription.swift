// How a domain follows what others do without their knowing it: they publish events, and it subscribes to them.

/// What one domain does when another publishes an event, in the same transaction.
package struct Subscription: Sendable {
    package let event: ObjectIdentifier
    fileprivate let receive: @Sendable (Any, Transaction) throws -> Void

    package init<Event>(
        to event: Event.Type, _ receive: @escaping @Sendable (_ event: Event, _ transaction: Transaction) throws -> Void
    ) {
        self.event = ObjectIdentifier(event)
        self.receive = { anything, transaction in
            if let event = anything as? Event { try receive(event, transaction) }
        }
    }
}

extension Transaction {
    /// Passes an event to every module that subscribes to its type, in the order of modules.
    package func publish<Event>(_ event: Event) throws {
        for subscription in register.composition.subscriptions(to: Event.self) {
            try subscription.receive(event, self)
        }
    }
}
