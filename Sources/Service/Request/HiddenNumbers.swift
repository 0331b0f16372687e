// What is told to somebody or kept of something that went wrong: a message can quote what stood in a wrong place, such
// as an identity number in a column of codes. Numbers of people are masked on their way out, whoever wrote the message.

import Domain
import Web

extension Message {
    /// The same with masks for numbers of people.
    package var hidingNumbers: Message { Message(zh: NumberMask.message(zh), en: NumberMask.message(en)) }
}

extension FieldError {
    /// The same with masks for numbers of people; a pointer can name a field that a client made up.
    package var hidingNumbers: FieldError {
        FieldError(pointer: NumberMask.message(pointer), code, detail: detail.hidingNumbers)
    }
}

extension Problem {
    /// The same with masks for numbers of people.
    package var hidingNumbers: Problem {
        var told = self
        told.detail = detail?.hidingNumbers
        told.errors = errors.map(\.hidingNumbers)
        told.members = members.map { ($0.name, NumberMask.message($0.value)) }
        return told
    }
}
