// What the audit trail and /history show of a household: all fields of a new one, the differing fields of a changed
// one. Sealed numbers appear as masks.

import Domain
import Service
import Web

enum HouseholdAudit {
    static func fields(_ state: HouseholdState) -> [AuditField] {
        [
            ("villageId", .text(state.villageId.description)),
            ("groupId", .of(state.groupId?.description)),
            ("archiveNumber", .text(state.archiveNumber)),
            ("state", .text(state.state)),
            ("stateSince", .text(state.stateSince.description)),
            ("attribute", .text(state.attribute)),
            ("identificationStandard", .of(state.identificationStandard)),
            ("mainCause", .text(state.mainCause)),
            ("otherCauses", .texts(state.otherCauses)),
            ("labour", .text(state.labour)),
            ("selfCare", .boolean(state.selfCare)),
            ("willingness", .of(state.willingness)),
            ("povertyDepth", .of(state.povertyDepth)),
            ("phone", phone(state.phone)),
            ("to", .of(state.end?.day.description)),
            ("endReason", .of(state.end?.reason)),
            ("endDocument", .of(state.end?.document)),
        ]
    }

    static func fields(_ member: MemberState) -> [AuditField] {
        [
            ("name", .text(member.name)),
            ("relation", .text(member.relation)),
            ("sex", .text(member.sex)),
            ("birthDate", .of(member.birthDate?.description)),
            ("identityNumber", identityNumber(member.identity)),
            ("identityState", .text(member.identity.state.rawValue)),
            ("identityProblem", .of(member.identity.problem)),
            ("ethnicity", .of(member.ethnicity)),
            ("education", .of(member.education)),
            ("schoolState", .of(member.schoolState)),
            ("schoolBlocked", .boolean(member.schoolBlocked)),
            ("health", .of(member.health)),
            ("labourCapacity", .of(member.labourCapacity)),
            ("workPlace", .of(member.workPlace)),
            ("workMonths", member.workMonths.map(AuditValue.integer) ?? .null),
            ("joinedOn", .text(member.joinedOn.description)),
            ("joinReason", .of(member.joinReason)),
            ("leftOn", .of(member.leftOn?.description)),
            ("leftReason", .of(member.leftReason)),
        ]
    }

    private static func phone(_ phone: SealedPhone?) -> AuditValue {
        guard let phone else { return .null }
        return .number(mask: phone.mask, hash: phone.hash)
    }

    private static func identityNumber(_ identity: MemberIdentity) -> AuditValue {
        guard let mask = identity.mask, let hash = identity.hash else { return .null }
        return .number(mask: mask, hash: hash)
    }

    /// A new household: every field that is not null.
    static func whole(_ state: HouseholdState, _ members: [MemberState]) -> [UInt8] {
        var json = JSONWriter(reserve: 400 + members.count * 300)
        json.beginObject()
        write(fields(state).filter { $0.value != .null }, to: &json)
        json.key("members")
        json.beginArray()
        for member in members {
            json.beginObject()
            json.key("id")
            json.string(member.id.description)
            write(fields(member).filter { $0.value != .null }, to: &json)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.take()
    }

    /// A changed household: the differing fields before and after, and the same for each member that changed.
    static func difference(
        _ household: StoredHousehold, _ state: HouseholdState, _ members: [MemberState],
        _ retold: [(member: Identifier?, span: RetoldSpan)] = [], by proposal: Identifier? = nil
    ) -> (before: [UInt8], after: [UInt8]) {
        var before = JSONWriter()
        var after = JSONWriter()
        before.beginObject()
        after.beginObject()
        write(differing: fields(household.state), fields(state), &before, &after)
        if let proposal {
            after.key("proposalId")
            after.string(proposal.description)
        }
        if !retold.isEmpty {
            after.key("retold")
            after.array { json in for (member, span) in retold { span.write(into: &json, member: member) } }
        }
        if !members.isEmpty {
            before.key("members")
            after.key("members")
            before.beginArray()
            after.beginArray()
            for member in members {
                let old = household.members.first { $0.state.id == member.id }
                before.beginObject()
                after.beginObject()
                before.key("id")
                before.string(member.id.description)
                after.key("id")
                after.string(member.id.description)
                write(
                    differing: old.map { fields($0.state) } ?? fields(member).map { ($0.name, .null) }, fields(member),
                    &before, &after)
                before.endObject()
                after.endObject()
            }
            before.endArray()
            after.endArray()
        }
        before.endObject()
        after.endObject()
        return (before.take(), after.take())
    }

    private static func write(_ fields: [AuditField], to json: inout JSONWriter) {
        for field in fields {
            json.key(field.name)
            field.value.write(to: &json)
        }
    }

    private static func write(
        differing old: [AuditField], _ new: [AuditField], _ before: inout JSONWriter, _ after: inout JSONWriter
    ) {
        for (old, new) in zip(old, new) where old.value != new.value {
            before.key(old.name)
            old.value.write(to: &before)
            after.key(new.name)
            new.value.write(to: &after)
        }
    }
}
