// The two questions in SQL, and the cursor that a page ends with. The service looks the villages of a page up once each.

import Crypto
import Foundation
import GRDB

enum Questions {
    static let head = "SELECT household_number, version FROM household WHERE id = ? AND area_code BETWEEN ? AND ?"
    static let household = """
        SELECT f.id, f.version, f.created_at, d.code, g.name, f.archive_number, f.state, f.state_since, f.attribute,
            f.identification_standard, f.main_cause, f.other_cause_1, f.other_cause_2, f.labour, f.self_care,
            f.willingness, f.poverty_depth, f.phone_mask, f.householder_name, f.member_count,
            f.needs_two_units, d.name AS village_name, t.name AS town_name
        FROM household f JOIN division d ON d.id = f.village_id JOIN division t ON t.id = d.parent_id
        LEFT JOIN village_group g ON g.id = f.group_id
        WHERE f.household_number = ?
        """
    static let members = """
        SELECT id, name, relation, sex, birth_date, identity_mask, identity_state, identity_problem, ethnicity,
            education, school_state, school_blocked, health, labour_capacity, work_place, work_months, joined_on,
            join_reason
        FROM member WHERE household_number = ? AND left_on IS NULL ORDER BY position, id
        """
    static let page = """
        SELECT h.id, h.version, h.archive_number, d.code, g.name, h.state, h.state_since, h.attribute, h.main_cause,
            h.other_cause_1, h.other_cause_2, h.labour, h.householder_name, h.member_count, h.phone_mask, h.area_code,
            h.needs_two_units, d.name AS village_name, t.name AS town_name
        FROM household h JOIN division d ON d.id = h.village_id JOIN division t ON t.id = d.parent_id
        LEFT JOIN village_group g ON g.id = h.group_id
        WHERE h.area_code BETWEEN ? AND ? AND h.attribute = ? ORDER BY h.area_code, h.archive_number LIMIT ?
        """
}

/// The service's cursors, so that both answers end alike.
struct CursorSealer: Sendable {
    private let key: SymmetricKey

    init(keyFile: String) throws {
        let text = try String(contentsOfFile: keyFile, encoding: .utf8).filter { !$0.isWhitespace }
        var secret: [UInt8] = []
        var rest = Substring(text)
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            secret.append(byte)
            rest = rest.dropFirst(2)
        }
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Data("jiedui cursor v1".utf8), outputByteCount: 32)
    }

    func seal(_ areaCode: Int64, _ archiveNumber: String, caller: Caller, attribute: String) -> String {
        let filter = "/v1/households\n\(caller.first)\n\(caller.last)\nattribute=\(attribute)"
        var content = Data([1, 1])
        append(UInt64(bitPattern: areaCode), to: &content)
        content.append(2)
        content.append(UInt8(archiveNumber.utf8.count))
        content.append(contentsOf: archiveNumber.utf8)
        let origin = HMAC<SHA256>.authenticationCode(for: Data("origin of a cursor".utf8) + content, using: key)
        let payload = origin.prefix(8) + content
        var message = Data()
        for text in ["households", filter] {
            append(UInt64(text.utf8.count), to: &message)
            message.append(contentsOf: text.utf8)
        }
        message.append(payload)
        let tag = HMAC<SHA256>.authenticationCode(for: message, using: key)
        return (Data(tag.prefix(16)) + payload).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    private func append(_ number: UInt64, to data: inout Data) {
        withUnsafeBytes(of: number.bigEndian) { data.append(contentsOf: $0) }
    }
}
