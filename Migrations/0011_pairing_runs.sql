-- Pairing runs (R040 to R046): what was asked, what the engine proposed, what it read, and what was approved.
-- Rows name households and cadres without references: a draft must not keep an import from being undone, and a question
-- of "what if" names people who are not there.

CREATE TABLE pairing_run (
    id           BLOB    NOT NULL PRIMARY KEY CONSTRAINT pairing_run_id_length CHECK (length(id) = 16),
    -- The area that was read, a town or above.
    division_id  BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    area_code    INTEGER NOT NULL CONSTRAINT pairing_run_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    area_last    INTEGER NOT NULL CONSTRAINT pairing_run_area_order CHECK (area_last >= area_code),
    run_on       TEXT    NOT NULL CONSTRAINT pairing_run_date CHECK (run_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- JSON.
    options      TEXT    NOT NULL,
    is_what_if   INTEGER NOT NULL CONSTRAINT pairing_run_what_if_flag CHECK (is_what_if IN (0, 1)),
    -- An approved run has been approved for each of its parts; one that waits or runs is cancelled, a draft discarded.
    state        TEXT    NOT NULL CONSTRAINT pairing_run_state_known CHECK (state IN
        ('queued', 'running', 'draft', 'approved', 'discarded', 'failed', 'cancelled')),
    -- Who makes it; NULL for commands run on the machine itself.
    user_id      BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    token_id     BLOB,
    content_hash BLOB    NOT NULL CONSTRAINT pairing_run_hash_length CHECK (length(content_hash) = 32),
    failure      TEXT,
    -- The last change that the draft's snapshot holds.
    changes_after INTEGER,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    finished_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX pairing_run_division ON pairing_run (division_id);
CREATE INDEX pairing_run_state ON pairing_run (state, created_at);
CREATE INDEX pairing_run_user ON pairing_run (user_id);
CREATE INDEX pairing_run_list ON pairing_run (created_at, id);

-- What is approved by itself: a county of the run, or its own area where that is smaller.
CREATE TABLE pairing_run_part (
    run_id      BLOB    NOT NULL REFERENCES pairing_run (id) ON DELETE CASCADE, -- it belongs to its run
    division_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    area_code   INTEGER NOT NULL,
    area_last   INTEGER NOT NULL,
    -- Totals as JSON; NULL until the draft is made.
    before      TEXT,
    after       TEXT,
    approved_at INTEGER,
    approved_by BLOB    CONSTRAINT pairing_run_part_approved_by_length CHECK (approved_by IS NULL OR length(approved_by) = 16),
    -- What was answered to the approval, for whoever asks again.
    answer      TEXT    CONSTRAINT pairing_run_part_answer_with_approval CHECK ((answer IS NULL) = (approved_at IS NULL)),
    PRIMARY KEY (run_id, division_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairing_run_part_division ON pairing_run_part (division_id);

-- What the engine read, record by record, so that an approval can tell what has changed since.
CREATE TABLE pairing_run_input (
    run_id      BLOB    NOT NULL,
    division_id BLOB    NOT NULL,
    entity      TEXT    NOT NULL CONSTRAINT pairing_run_input_entity_known CHECK (entity IN
        ('household', 'cadre', 'village', 'parameter')),
    -- 24 octets for each record in the order of ids: the id, and 8 octets of a hash over all that the engine reads.
    entries     BLOB    NOT NULL CONSTRAINT pairing_run_input_whole CHECK (length(entries) % 24 = 0),
    PRIMARY KEY (run_id, division_id, entity),
    FOREIGN KEY (run_id, division_id) REFERENCES pairing_run_part (run_id, division_id) ON DELETE CASCADE -- it belongs to its part
) STRICT, WITHOUT ROWID;

-- What is to become of a pair.
CREATE TABLE pairing_proposal (
    run_id           BLOB    NOT NULL REFERENCES pairing_run (id) ON DELETE CASCADE, -- it belongs to its run
    -- The place of the household's village.
    area_code        INTEGER NOT NULL,
    household_number INTEGER NOT NULL,
    cadre_id         BLOB    NOT NULL CONSTRAINT pairing_proposal_cadre_length CHECK (length(cadre_id) = 16),
    -- From now on; of a pair that ends, the role that it had.
    role             TEXT    NOT NULL CONSTRAINT pairing_proposal_role_known CHECK (role IN ('first-responsible', 'joint')),
    action           TEXT    NOT NULL CONSTRAINT pairing_proposal_action_known CHECK (action IN ('kept', 'added', 'ended')),
    -- Codes joined by ';', in the order in which they are told; empty where there is none.
    reasons          TEXT    NOT NULL,
    PRIMARY KEY (run_id, area_code, household_number, cadre_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairing_proposal_cadre ON pairing_proposal (cadre_id, run_id);

-- What keeps households uncovered, or needs of a second unit unmet.
CREATE TABLE pairing_shortage (
    run_id     BLOB    NOT NULL REFERENCES pairing_run (id) ON DELETE CASCADE, -- it belongs to its run
    sequence   INTEGER NOT NULL,
    kind       TEXT    NOT NULL CONSTRAINT pairing_shortage_kind_known CHECK (kind IN ('coverage', 'second-unit')),
    -- The place of its first village; all of them lie in one town.
    area_code  INTEGER NOT NULL,
    -- Codes of the villages, joined by ';'.
    villages   TEXT    NOT NULL,
    -- Households of the cut, or those that need two units.
    households INTEGER NOT NULL,
    cadres     INTEGER NOT NULL,
    -- How many of them can be covered, or have two units.
    carried    INTEGER NOT NULL,
    uncovered  INTEGER NOT NULL CONSTRAINT pairing_shortage_sum CHECK (uncovered = households - carried),
    -- The cut as data: JSON.
    data       TEXT    NOT NULL,
    zh         TEXT    NOT NULL,
    en         TEXT    NOT NULL,
    PRIMARY KEY (run_id, sequence)
) STRICT, WITHOUT ROWID;

-- Cadres in post who are left with nothing although households live in their area.
CREATE TABLE pairing_zero_duty (
    run_id    BLOB    NOT NULL REFERENCES pairing_run (id) ON DELETE CASCADE, -- it belongs to its run
    cadre_id  BLOB    NOT NULL CONSTRAINT pairing_zero_duty_cadre_length CHECK (length(cadre_id) = 16),
    -- Where he is seen.
    area_code INTEGER NOT NULL,
    PRIMARY KEY (run_id, cadre_id)
) STRICT, WITHOUT ROWID;
