-- What was seen on a visit and differs from the archive (R031): proposed field by field, decided by a person.

-- A proposal on a household, on one of its members, or for a new one.
CREATE TABLE change_proposal (
    id               BLOB    NOT NULL PRIMARY KEY CONSTRAINT change_proposal_id_length CHECK (length(id) = 16),
    version          INTEGER NOT NULL CONSTRAINT change_proposal_version_positive CHECK (version >= 1),
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    -- The member whose fields are proposed; NULL for the household's own, and for a new member.
    member_id        BLOB    REFERENCES member (id) ON DELETE RESTRICT,
    -- The place of the household's village, rewritten when it moves.
    area_code        INTEGER NOT NULL CONSTRAINT change_proposal_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    -- The visit on which it was seen.
    visit_id         BLOB    REFERENCES visit (id) ON DELETE RESTRICT,
    -- The household's version that the proposer knew.
    base_version     INTEGER NOT NULL CONSTRAINT change_proposal_base_positive CHECK (base_version >= 1),
    happened_on      TEXT    CONSTRAINT change_proposal_happened_date CHECK (happened_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- From which day on the archive says it once it is accepted: the day it happened, else that of the visit or of the
    -- proposal.
    effective_on     TEXT    NOT NULL CONSTRAINT change_proposal_effective_date CHECK (effective_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    note             TEXT    CONSTRAINT change_proposal_note_length CHECK (length(note) BETWEEN 1 AND 500),
    -- The names of its fields, joined by `;`.
    field_names      TEXT    NOT NULL,
    -- open: a field is; withdrawn: the proposer took it back; decided: a person said something of every field.
    state            TEXT    NOT NULL CONSTRAINT change_proposal_state_known CHECK (state IN ('open', 'decided', 'withdrawn')),
    recorded_by      BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    created_at       INTEGER NOT NULL,
    -- Keyed hash of what made it, so that a repeated one is known.
    content_hash     BLOB    NOT NULL CONSTRAINT change_proposal_content_hash_length CHECK (length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_proposal_list ON change_proposal (area_code, id);
CREATE INDEX change_proposal_open ON change_proposal (area_code, id) WHERE state = 'open';
CREATE INDEX change_proposal_household ON change_proposal (household_number, state);
CREATE INDEX change_proposal_member ON change_proposal (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX change_proposal_visit ON change_proposal (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX change_proposal_recorded_by ON change_proposal (recorded_by) WHERE recorded_by IS NOT NULL;

-- One field. Values are texts: a truth is `true` or `false`, several codes are joined by `;`, a new member is JSON; NULL
-- is no value. Numbers of people are masked here, and sealed beside it.
CREATE TABLE change_proposal_field (
    proposal_id     BLOB    NOT NULL REFERENCES change_proposal (id) ON DELETE RESTRICT,
    field           TEXT    NOT NULL,
    position        INTEGER NOT NULL,
    -- What the archive said at the version that the proposer knew.
    base_value      TEXT,
    -- Keyed hash of a number, where it is known.
    base_hash       BLOB    CONSTRAINT change_proposal_field_base_hash_length CHECK (length(base_hash) = 32),
    proposed_value  TEXT,
    proposed_hash   BLOB    CONSTRAINT change_proposal_field_hash_length CHECK (length(proposed_hash) = 32),
    proposed_sealed BLOB    CONSTRAINT change_proposal_field_sealed_hashed CHECK ((proposed_sealed IS NULL) = (proposed_hash IS NULL)),
    state           TEXT    NOT NULL CONSTRAINT change_proposal_field_state_known CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn')),
    decided_by      BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    decided_at      INTEGER CONSTRAINT change_proposal_field_decided_whole CHECK ((state = 'open') = (decided_at IS NULL)),
    reason          TEXT    CONSTRAINT change_proposal_field_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    -- What the archive said when it was accepted.
    replaced_value  TEXT    CONSTRAINT change_proposal_field_replaced_accepted CHECK (replaced_value IS NULL OR state = 'accepted'),
    PRIMARY KEY (proposal_id, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_proposal_field_decided ON change_proposal_field (decided_by) WHERE decided_by IS NOT NULL;
