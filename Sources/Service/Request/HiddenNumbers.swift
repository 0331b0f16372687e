// Masks personal numbers in messages about errors before they are sent or stored. A message may quote what was in the
// wrong place, such as an identity number in a column of codes, so all messages are masked, whatever produced them.

import Domain
import Web

extension Message {
    /// The same with personal numbers masked.
    package var hidingNumbers: Message { Message(zh: NumberMask.message(zh), en: NumberMask.message(en)) }
}

extension FieldError {
    /// The same with personal numbers masked, even in the pointer, because it may name a field that the client made up.
    package var hidingNumbers: FieldError {
        FieldError(pointer: NumberMask.message(pointer), code, detail: detail.hidingNumbers)
    }
}

extension Problem {
    /// The same with personal numbers masked.
    package var hidingNumbers: Problem {
        var told = self
        told.detail = detail?.hidingNumbers
        told.errors = errors.map(\.hidingNumbers)
        told.members = members.map { ($0.name, NumberMask.message($0.value)) }
        return told
    }
}
