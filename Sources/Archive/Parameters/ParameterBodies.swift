// A parameter row as stated in a body or in a row of a file.

import Domain
import SQL
import Service
import Web

/// A row as stated; its area has not been looked up yet.
package struct ParameterDraft: Sendable {
    package let key: ParameterKey
    package let value: ParameterValue
    /// Nil for everywhere.
    package let area: AreaCode?
    package let first: CivilDate
    package let end: CivilDate?
    package let documentNumber: String?
    /// Rows that it corrects.
    package let replaces: [Identifier]

    static let documentCharacters = 1...100

    package init(
        key: ParameterKey, value: ParameterValue, area: AreaCode?, first: CivilDate, end: CivilDate?,
        documentNumber: String?, replaces: [Identifier] = []
    ) {
        self.key = key
        self.value = value
        self.area = area
        self.first = first
        self.end = end
        self.documentNumber = documentNumber
        self.replaces = replaces
    }

    /// Reads a body.
    package init(_ document: JSONDocument, _ days: PlausibleDays) throws {
        var body = ObjectReader(document.root)
        // A placeholder for what could not be read, until finish() throws.
        let placeholder = ParameterKey.all[0]
        var isKnown = true
        let key = body.value("key", placeholder: placeholder) { text throws(FieldError) in
            try ParameterKey.known(text)
        }
        isKnown = body.isSound("key")
        let stated = body.member("value")
        var value = ParameterValue.number(0)
        if stated == nil || stated?.isNull == true {
            body.report("value", .required)
        } else if isKnown {
            do throws(FieldError) {
                value = try key.checked(stated.flatMap { ParameterValue($0) })
            } catch {
                body.report("value", error)
            }
        }
        _ = body.value("unit", placeholder: key.unit) { text throws(FieldError) in
            isKnown ? try key.checked(unit: text) : key.unit
        }
        area = body.optionalValue("areaCode", FieldText.areaCode)
        first = body.value("from", placeholder: .first, days.day)
        end = body.optionalValue("to", days.day)
        documentNumber = body.optionalString("documentNumber", characters: Self.documentCharacters)
        let replaces = body.optionalStrings("replaces", count: 0...100) ?? []
        for (index, text) in replaces.enumerated() where Identifier(text) == nil {
            body.report("/replaces/\(index)", .notAnId)
        }
        if let end, end <= first { body.report("to", .endsBeforeItBegins) }
        try body.finish()
        self.key = key
        self.value = value
        self.replaces = replaces.compactMap { Identifier($0) }
    }

    package func row(_ id: Identifier, _ division: Division?, contentHash: [UInt8]?, _ transaction: Transaction)
        -> ParameterRow
    {
        ParameterRow(
            id: id, version: 1, key: key.name, divisionId: division?.id, value: value.json, unit: key.unit.rawValue,
            first: first, end: end, documentNumber: documentNumber, recordedBy: transaction.actor.userId,
            statedOn: transaction.today, recordedAt: transaction.now.milliseconds,
            createdAt: transaction.now.milliseconds, contentHash: contentHash)
    }
}

enum ParameterArea {
    /// The division of an area for which the caller may set parameters; nil for everywhere, which only the machine may
    /// do.
    ///
    /// - Throws: 422 at /area, the same for an area that does not exist and one that is not the caller's.
    static func writable(_ code: AreaCode?, _ scope: Scope, _ connection: Connection) throws -> Division? {
        guard let code else {
            guard scope == .everything else { throw unknown }
            return nil
        }
        guard let division = try DivisionStore.find(code: code, connection), division.isLive,
            scope.contains(division.scope)
        else { throw unknown }
        return division
    }

    private static let unknown = Problem.field("/areaCode", .unknownDivision)
}
