// Bodies of divisions, and what the audit trail keeps of them.

import Domain
import Web

package enum DivisionBodies {
    /// The facts of a division for the audit trail.
    package static func audit(_ division: Division) -> [UInt8] {
        var json = JSONWriter(reserve: 256)
        json.object { json in
            json.key("code")
            json.areaCode(division.code.value)
            json.key("name")
            json.string(division.name)
            json.key("level")
            json.string(division.level.name)
            json.key("areaCode")
            json.areaCode(division.areaCode)
            if let parent = division.parentId {
                json.key("parentId")
                json.string(parent.description)
            }
            if let ended = division.endedOn {
                json.key("to")
                json.string(ended.description)
            }
            if let successor = division.successorId {
                json.key("successorId")
                json.string(successor.description)
            }
        }
        return json.take()
    }

    /// Only the code, for records that moved from one division to another.
    static func codeAudit(_ division: Division) -> [UInt8] {
        var json = JSONWriter(reserve: 64)
        json.object { json in
            json.key("areaCode")
            json.areaCode(division.code.value)
        }
        return json.take()
    }
}
