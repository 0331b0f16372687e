-- Households and their members (R020, R024, R027, R028): what is known now, what was known, and how a name is found.

CREATE TABLE household (
    -- The row's key inside this file: joins and the name index use it; it never leaves the service.
    household_number        INTEGER NOT NULL PRIMARY KEY,
    id                      BLOB    NOT NULL CONSTRAINT household_id_length CHECK (length(id) = 16),
    version                 INTEGER NOT NULL CONSTRAINT household_version_positive CHECK (version >= 1),
    village_id              BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- archives are kept
    -- The village's place in the current tree, rewritten when the village moves.
    area_code               INTEGER NOT NULL CONSTRAINT household_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    group_id                BLOB    REFERENCES village_group (id) ON DELETE RESTRICT,
    archive_number          TEXT    NOT NULL CONSTRAINT household_archive_number_length CHECK (length(archive_number) BETWEEN 1 AND 40),
    status                  TEXT    NOT NULL,
    status_since            TEXT    NOT NULL CONSTRAINT household_status_date CHECK (status_since GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    attribute               TEXT    NOT NULL,
    identification_standard TEXT,
    main_cause              TEXT    NOT NULL,
    other_cause_1           TEXT    CONSTRAINT household_cause_distinct CHECK (other_cause_1 <> main_cause),
    other_cause_2           TEXT    CONSTRAINT household_cause_order CHECK
        (other_cause_2 IS NULL OR (other_cause_1 IS NOT NULL AND other_cause_2 <> main_cause AND other_cause_2 <> other_cause_1)),
    labour                  TEXT    NOT NULL CONSTRAINT household_labour_known CHECK (labour IN ('none', 'weak', 'present')),
    self_care               INTEGER NOT NULL CONSTRAINT household_self_care_flag CHECK (self_care IN (0, 1)),
    willingness             TEXT,
    poverty_depth           TEXT,
    phone_sealed            BLOB,
    phone_hash              BLOB,
    phone_mask              TEXT    CONSTRAINT household_phone_whole CHECK
        ((phone_mask IS NULL) = (phone_sealed IS NULL) AND (phone_mask IS NULL) = (phone_hash IS NULL)),
    valid_from              TEXT    NOT NULL CONSTRAINT household_valid_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    recorded_at             INTEGER NOT NULL,
    created_at              INTEGER NOT NULL,
    -- Keyed hash of the body that created it, so that a repeated PUT is known; NULL for imported rows.
    content_hash            BLOB    CONSTRAINT household_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32),
    -- Kept from the members in the same transaction; `jiedui check` recounts them.
    householder_name        TEXT    NOT NULL,
    member_count            INTEGER NOT NULL CONSTRAINT household_member_count CHECK (member_count >= 0),
    -- Living members whose number could not be verified, and those without one.
    unverified_count        INTEGER NOT NULL CONSTRAINT household_unverified_count CHECK (unverified_count >= 0),
    missing_count           INTEGER NOT NULL CONSTRAINT household_missing_count CHECK (missing_count >= 0),
    -- Names of the living members, one a line, as the name index holds them.
    search_names            TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX household_id ON household (id);
CREATE INDEX household_village ON household (village_id);
CREATE INDEX household_group ON household (group_id) WHERE group_id IS NOT NULL;
-- The default order of every list, so that an area and a cursor are one range.
CREATE INDEX household_list ON household (area_code, archive_number);
CREATE INDEX household_list_status ON household (status, area_code, archive_number);
CREATE INDEX household_list_attribute ON household (attribute, area_code, archive_number);
CREATE INDEX household_list_cause ON household (main_cause, area_code, archive_number);
CREATE INDEX household_list_labour ON household (labour, area_code, archive_number);
-- Households with open numbers are few and always asked for as such.
CREATE INDEX household_list_unverified ON household (area_code, archive_number) WHERE unverified_count > 0;
CREATE INDEX household_list_missing ON household (area_code, archive_number) WHERE missing_count > 0;
-- Unique in its county: the first six digits of the place.
CREATE UNIQUE INDEX household_archive_number ON household (area_code / 1000000, archive_number);

-- What was known of a household before: rows with superseded_at NULL are still believed for their days.
CREATE TABLE household_history (
    household_number        INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    version                 INTEGER NOT NULL,
    village_id              BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    group_id                BLOB    REFERENCES village_group (id) ON DELETE RESTRICT,
    archive_number          TEXT    NOT NULL,
    status                  TEXT    NOT NULL,
    status_since            TEXT    NOT NULL,
    attribute               TEXT    NOT NULL,
    identification_standard TEXT,
    main_cause              TEXT    NOT NULL,
    other_cause_1           TEXT,
    other_cause_2           TEXT,
    labour                  TEXT    NOT NULL,
    self_care               INTEGER NOT NULL,
    willingness             TEXT,
    poverty_depth           TEXT,
    phone_mask              TEXT,
    valid_from              TEXT    NOT NULL,
    valid_to                TEXT    CONSTRAINT household_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at             INTEGER NOT NULL,
    superseded_at           INTEGER CONSTRAINT household_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX household_history_household ON household_history (household_number, valid_from);
CREATE INDEX household_history_village ON household_history (village_id);
CREATE INDEX household_history_group ON household_history (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE member (
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT, -- members leave, they are never deleted
    id               BLOB    NOT NULL CONSTRAINT member_id_length CHECK (length(id) = 16),
    position         INTEGER NOT NULL,
    name             TEXT    NOT NULL CONSTRAINT member_name_length CHECK (length(name) BETWEEN 1 AND 60),
    relation         TEXT    NOT NULL,
    sex              TEXT    NOT NULL,
    -- Real registers have people of whom neither a birth date nor a number is known.
    birth_date       TEXT    CONSTRAINT member_birth_date CHECK (birth_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    identity_sealed  BLOB,
    -- Keyed hash of the person's 18 digits: the same for an ID card and a disability card of one person.
    identity_hash    BLOB    CONSTRAINT member_identity_hash_length CHECK (identity_hash IS NULL OR length(identity_hash) = 32),
    identity_mask    TEXT,
    identity_state   TEXT    NOT NULL CONSTRAINT member_identity_state_known CHECK (identity_state IN ('verified', 'unverified', 'missing')),
    -- Why it is not verified: a stable code, reported with the member.
    identity_problem TEXT    CONSTRAINT member_identity_problem_given CHECK ((identity_state = 'unverified') = (identity_problem IS NOT NULL)),
    ethnicity        TEXT,
    education        TEXT,
    school_state     TEXT,
    school_blocked   INTEGER NOT NULL CONSTRAINT member_school_blocked_flag CHECK (school_blocked IN (0, 1)),
    health           TEXT,
    labour_capacity  TEXT,
    work_place       TEXT,
    work_months      INTEGER CONSTRAINT member_work_months_range CHECK (work_months BETWEEN 0 AND 12),
    joined_on        TEXT    NOT NULL,
    join_reason      TEXT,
    left_on          TEXT    CONSTRAINT member_left_after CHECK (left_on IS NULL OR left_on >= joined_on),
    left_reason      TEXT    CONSTRAINT member_left_with_reason CHECK ((left_on IS NULL) = (left_reason IS NULL)),
    valid_from       TEXT    NOT NULL,
    recorded_at      INTEGER NOT NULL,
    -- Keyed hash of the body that added the member, so that a repeated PUT is known; NULL for those who came with the household.
    content_hash     BLOB    CONSTRAINT member_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32),
    CONSTRAINT member_identity_whole CHECK ((identity_state = 'missing') = (identity_mask IS NULL)
        AND (identity_mask IS NULL) = (identity_sealed IS NULL) AND (identity_mask IS NULL) = (identity_hash IS NULL)),
    PRIMARY KEY (household_number, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX member_id ON member (id);
CREATE UNIQUE INDEX member_one_householder ON member (household_number) WHERE relation = 'householder' AND left_on IS NULL;
-- The same verified number lives in one household only.
CREATE UNIQUE INDEX member_identity_living ON member (identity_hash) WHERE identity_state = 'verified' AND left_on IS NULL;

CREATE TABLE member_history (
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    id               BLOB    NOT NULL REFERENCES member (id) ON DELETE RESTRICT,
    position         INTEGER NOT NULL,
    name             TEXT    NOT NULL,
    relation         TEXT    NOT NULL,
    sex              TEXT    NOT NULL,
    birth_date       TEXT,
    identity_hash    BLOB,
    identity_mask    TEXT,
    identity_state   TEXT    NOT NULL,
    identity_problem TEXT,
    ethnicity        TEXT,
    education        TEXT,
    school_state     TEXT,
    school_blocked   INTEGER NOT NULL,
    health           TEXT,
    labour_capacity  TEXT,
    work_place       TEXT,
    work_months      INTEGER,
    joined_on        TEXT    NOT NULL,
    join_reason      TEXT,
    left_on          TEXT,
    left_reason      TEXT,
    valid_from       TEXT    NOT NULL,
    valid_to         TEXT    CONSTRAINT member_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at      INTEGER NOT NULL,
    superseded_at    INTEGER CONSTRAINT member_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX member_history_household ON member_history (household_number, valid_from);
CREATE INDEX member_history_member ON member_history (id);

-- Names, a token for each character, so that one- and two-character queries use an index.
-- Written by the store in the transaction of the household (trusted_schema is off, so no trigger may).
CREATE VIRTUAL TABLE household_name USING fts5 (
    names, content = '', columnsize = 0, detail = full, tokenize = 'unicode61 remove_diacritics 0'
);
