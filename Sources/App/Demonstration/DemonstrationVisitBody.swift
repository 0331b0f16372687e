// An invented visit as the body that a tablet would have sent.

import Demonstration
import Domain
import Service
import Web

extension DemonstrationVisit {
    /// Writes the body.
    func write(to json: inout JSONWriter) {
        json.object { json in
            if let householdId {
                json.key("householdId")
                json.string(householdId.description)
            } else {
                json.key("villageCode")
                json.string(villageCode.description)
            }
            json.key("kind")
            json.string(kind)
            json.key("occurredAt")
            json.string(occurredAt.description)
            if let cadreId {
                json.key("cadreId")
                json.string(cadreId.description)
            }
            writeContext(to: &json)
            writeWhatWasGiven(to: &json)
            if let corrects {
                json.key("correctsVisitId")
                json.string(corrects.description)
                if isRetraction {
                    json.key("isRetraction")
                    json.boolean(true)
                }
            }
        }
    }

    private func writeContext(to json: inout JSONWriter) {
        if !companions.isEmpty {
            json.key("companions")
            json.array { json in
                for companion in companions { Self.write(companion, to: &json) }
            }
        }
        if let purpose {
            json.key("purpose")
            json.string(purpose)
        }
        if let location { Self.write(location, to: &json) }
        if !diary.isEmpty {
            json.key("diary")
            json.object { json in
                json.text("did", diary.did)
                json.text("saw", diary.saw)
                json.text("thought", diary.thought)
            }
        }
        json.key("device")
        json.string(device)
        if let clockOffset {
            json.key("clockOffsetMs")
            json.integer(clockOffset)
        }
    }

    private func writeWhatWasGiven(to json: inout JSONWriter) {
        json.codes("occasions", occasions)
        json.codes("sixHelps", sixHelps)
        json.codes("sixOnes", sixOnes)
        json.objects("deeds", deeds) { deed, json in
            json.text("kind", deed.kind)
            json.text("result", deed.result)
        }
        json.objects("gifts", gifts) { gift, json in
            json.text("kind", gift.kind)
            json.key("quantity")
            json.integer(gift.quantity)
            json.text("unit", gift.unit)
            json.key("valueFen")
            json.integer(gift.valueFen)
            json.text("donor", gift.donor)
        }
        json.objects("events", events) { event, json in
            json.text("kind", event.kind)
            json.text("happenedOn", event.happenedOn.description)
            json.text("note", event.note)
        }
        json.objects("needs", needs) { need, json in
            json.text("id", need.id.description)
            json.text("kind", need.kind)
            json.text("text", need.text)
        }
        json.objects("attachments", photos) { photo, json in
            json.text("kind", "photo")
            json.text("sha256", Hex.text(photo))
        }
    }

    private static func write(_ companion: Companion, to json: inout JSONWriter) {
        json.object { json in
            switch companion {
            case .cadre(let id): json.text("cadreId", id.description)
            case .name(let name): json.text("name", name)
            }
        }
    }

    private static func write(_ location: Location, to json: inout JSONWriter) {
        json.key("location")
        json.object { json in
            json.key("latitude")
            json.raw(degrees(location.latitude).utf8)
            json.key("longitude")
            json.raw(degrees(location.longitude).utf8)
            json.key("accuracyMetres")
            json.integer(location.accuracyMetres)
        }
    }

    private static func degrees(_ millionths: Int) -> String {
        let rest = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000).\(String(repeating: "0", count: 6 - rest.utf8.count))\(rest)"
    }
}

extension JSONWriter {
    fileprivate mutating func text(_ key: StaticString, _ text: String?) {
        guard let text else { return }
        self.key(key)
        string(text)
    }

    fileprivate mutating func codes(_ key: StaticString, _ codes: [String]) {
        guard !codes.isEmpty else { return }
        self.key(key)
        array { json in for code in codes { json.string(code) } }
    }

    fileprivate mutating func objects<Element>(
        _ key: StaticString, _ elements: [Element], _ write: (Element, inout JSONWriter) -> Void
    ) {
        guard !elements.isEmpty else { return }
        self.key(key)
        array { json in
            for element in elements { json.object { json in write(element, &json) } }
        }
    }
}
