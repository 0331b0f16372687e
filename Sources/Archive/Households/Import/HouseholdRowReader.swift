// From the rows of one household in a file to a household as stated. Every error says its line and column; all errors
// of a row are found at once.

import Domain
import Service
import Web

struct HouseholdRowReader {
    let header: HouseholdHeader
    /// From which day the file's facts hold.
    let day: CivilDate
    let newId: @Sendable () -> Identifier
    private var cells: CellReader<HouseholdColumn>

    /// What is stored already, for implausible days of known records.
    var storedDays: StoredDays? {
        get { cells.storedDays }
        set { cells.storedDays = newValue }
    }

    init(
        header: HouseholdHeader, codes: CodeLists, day: CivilDate, partner: PartnerMapping? = nil,
        newId: @escaping @Sendable () -> Identifier
    ) {
        self.header = header
        self.day = day
        self.newId = newId
        cells = CellReader(header, codes, on: day, partner: partner)
    }

    /// A household from its rows; the village comes from elsewhere.
    mutating func draft(_ rows: [FileRow], villageCode: AreaCode, _ errors: inout RowErrors<HouseholdColumn>)
        -> HouseholdDraft
    {
        let first = rows[0]
        let stateSince = cells.date(.stateSince, first, &errors) ?? day
        cells.factDays = FactDays(since: stateSince, today: max(day, stateSince))
        // Read for what is wrong with them; `HouseholdPartnerIds` takes them.
        _ = cells.text(.partnerId, first, 1...100, &errors)
        for row in rows { _ = cells.text(.partnerMemberId, row, 1...100, &errors) }
        return HouseholdDraft(
            id: cells.value(.householdId, first, &errors, FieldText.identifier) ?? newId(),
            villageCode: villageCode,
            groupName: cells.text(.groupName, first, FieldText.nameCharacters, &errors),
            archiveNumber: cells.required(.archiveNumber, first, HouseholdBodyReader.archiveNumberCharacters, &errors),
            state: cells.code(.state, .householdState, first, &errors) ?? HouseholdStateCode.registered,
            stateSince: stateSince,
            attribute: cells.requiredCode(.attribute, .attribute, first, &errors),
            identificationStandard: cells.code(.identificationStandard, .identificationStandard, first, &errors),
            mainCause: cells.requiredCode(.mainCause, .cause, first, &errors),
            otherCauses: cells.codeSet(.otherCauses, .cause, first, &errors),
            labour: cells.code(.labour, .householdLabour, first, &errors),
            selfCare: cells.flag(.selfCare, first, &errors) ?? true,
            willingness: cells.code(.willingness, .willingness, first, &errors),
            povertyDepth: cells.code(.povertyDepth, .povertyDepth, first, &errors),
            phone: cells.isMasked(.phone, first)
                ? nil : cells.value(.phone, first, &errors, FieldText.phone) ?? nil,
            members: isEmpty(rows) ? [] : rows.map { member($0, &errors) })
    }

    /// One row without a person, as an export writes a household that never had members: only with our id, so that a
    /// form that was not filled in is not taken for one.
    private func isEmpty(_ rows: [FileRow]) -> Bool {
        rows.count == 1 && header.cell(.householdId, rows[0]) != nil
            && [.memberId, .name, .relation, .sex].allSatisfy { header.cell($0, rows[0]) == nil }
    }

    /// What the rows say of the household's end.
    mutating func end(_ rows: [FileRow], today: CivilDate, _ errors: inout RowErrors<HouseholdColumn>)
        -> FileHouseholdEnd?
    {
        FileHouseholdEnd.read(rows[0], &cells, today: today, &errors)
    }

    /// The archive number of the household that their people came from.
    mutating func splitFrom(_ rows: [FileRow], _ errors: inout RowErrors<HouseholdColumn>) -> String? {
        cells.text(.splitFrom, rows[0], HouseholdBodyReader.archiveNumberCharacters, &errors)
    }

    private mutating func member(_ row: FileRow, _ errors: inout RowErrors<HouseholdColumn>) -> MemberDraft {
        MemberDraft(
            id: cells.value(.memberId, row, &errors, FieldText.identifier) ?? newId(),
            name: cells.required(.name, row, FieldText.nameCharacters, &errors),
            relation: cells.requiredCode(.relation, .relation, row, &errors),
            sex: cells.requiredCode(.sex, .sex, row, &errors),
            birthDate: cells.birthDate(.birthDate, row, &errors),
            identityNumber: cells.unmasked(.identityNumber, row),
            ethnicity: cells.code(.ethnicity, .ethnicity, row, &errors),
            education: cells.code(.education, .education, row, &errors),
            schoolState: cells.code(.schoolState, .schoolState, row, &errors),
            schoolBlocked: cells.flag(.schoolBlocked, row, &errors) ?? false,
            health: cells.code(.health, .health, row, &errors),
            labourCapacity: cells.code(.labourCapacity, .labourCapacity, row, &errors),
            workPlace: cells.code(.workPlace, .workPlace, row, &errors),
            workMonths: cells.number(.workMonths, row, &errors),
            joinedOn: cells.date(.joinedOn, row, &errors),
            joinReason: cells.code(.joinReason, .joinReason, row, &errors),
            leftOn: cells.date(.leftOn, row, &errors),
            leftReason: cells.code(.leftReason, .leaveReason, row, &errors))
    }
}
