-- The frame: who may act, where things lie, what was done, and what a partner calls it.
-- Conventions: docs/database.md. Ids are UUIDs in 16 bytes; times are milliseconds UTC; dates are days in Asia/Shanghai.

-- One row per fact about this database itself; it holds no policy.
CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Administrative divisions (R001). The row says where a division stands now; division_version says what it was on any day.
CREATE TABLE division (
    id           BLOB    NOT NULL PRIMARY KEY CONSTRAINT division_id_length CHECK (length(id) = 16),
    level        INTEGER NOT NULL CONSTRAINT division_level_known CHECK (level BETWEEN 1 AND 5),
    -- Kept when a division ends, so RESTRICT: divisions are ended, never deleted.
    parent_id    BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    code         INTEGER NOT NULL CONSTRAINT division_code_digits CHECK (code BETWEEN 100000000000 AND 999999999999),
    name         TEXT    NOT NULL CONSTRAINT division_name_length CHECK (length(name) BETWEEN 1 AND 60),
    -- Its place in the current tree: everything below it lies in area_code ... area_last.
    area_code    INTEGER NOT NULL CONSTRAINT division_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    area_last    INTEGER NOT NULL CONSTRAINT division_area_order CHECK (area_last >= area_code),
    opened_on    TEXT    NOT NULL CONSTRAINT division_opened_date CHECK (opened_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    ended_on     TEXT    CONSTRAINT division_ended_after CHECK (ended_on IS NULL OR ended_on >= opened_on),
    successor_id BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    version      INTEGER NOT NULL CONSTRAINT division_version_positive CHECK (version >= 1),
    CONSTRAINT division_parent_of_level CHECK ((level = 1) = (parent_id IS NULL)),
    CONSTRAINT division_successor_after_end CHECK (successor_id IS NULL OR ended_on IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX division_parent ON division (parent_id);
CREATE INDEX division_successor ON division (successor_id) WHERE successor_id IS NOT NULL;
CREATE INDEX division_code ON division (code);
CREATE UNIQUE INDEX division_live_code ON division (code) WHERE ended_on IS NULL;
-- A division that has a successor has given its place away.
CREATE UNIQUE INDEX division_place ON division (level, area_code) WHERE successor_id IS NULL;

CREATE TABLE division_version (
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    valid_from    TEXT    NOT NULL,
    valid_to      TEXT    CONSTRAINT division_version_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    code          INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    parent_id     BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT division_version_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at),
    PRIMARY KEY (division_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX division_version_parent ON division_version (parent_id);

-- Groups within a village (村民小组, 屯): rows of the village, never a scope of rights.
CREATE TABLE village_group (
    id         BLOB    NOT NULL PRIMARY KEY CONSTRAINT village_group_id_length CHECK (length(id) = 16),
    village_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    name       TEXT    NOT NULL CONSTRAINT village_group_name_length CHECK (length(name) BETWEEN 1 AND 60),
    version    INTEGER NOT NULL CONSTRAINT village_group_version_positive CHECK (version >= 1)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX village_group_name ON village_group (village_id, name);

-- Code lists: our own stable keys; the numbers of other systems are mappings (partner_code).
CREATE TABLE code_list (
    key TEXT NOT NULL PRIMARY KEY,
    zh  TEXT NOT NULL,
    en  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE code_value (
    list_key   TEXT    NOT NULL REFERENCES code_list (key) ON DELETE RESTRICT,
    code       TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    zh         TEXT    NOT NULL,
    en         TEXT    NOT NULL,
    valid_from TEXT,
    -- The first day on which it can no longer be said; days before it still take it.
    valid_to   TEXT    CONSTRAINT code_value_order CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to > valid_from),
    PRIMARY KEY (list_key, code)
) STRICT, WITHOUT ROWID;
-- Other spellings that files use for a value.
CREATE TABLE code_alias (
    list_key TEXT NOT NULL,
    label    TEXT NOT NULL,
    code     TEXT NOT NULL,
    PRIMARY KEY (list_key, label),
    FOREIGN KEY (list_key, code) REFERENCES code_value (list_key, code) ON DELETE RESTRICT
) STRICT, WITHOUT ROWID;
CREATE INDEX code_alias_code ON code_alias (list_key, code);

-- Partners: systems that know our records under names of their own.
CREATE TABLE partner (
    id      BLOB    NOT NULL PRIMARY KEY CONSTRAINT partner_id_length CHECK (length(id) = 16),
    key     TEXT    NOT NULL CONSTRAINT partner_key_form CHECK (key GLOB '[a-z]*' AND length(key) BETWEEN 1 AND 40),
    name    TEXT    NOT NULL CONSTRAINT partner_name_length CHECK (length(name) BETWEEN 1 AND 100),
    version INTEGER NOT NULL CONSTRAINT partner_version_positive CHECK (version >= 1)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX partner_key ON partner (key);
CREATE TABLE partner_code (
    partner_id   BLOB NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
    list_key     TEXT NOT NULL,
    partner_code TEXT NOT NULL CONSTRAINT partner_code_length CHECK (length(partner_code) BETWEEN 1 AND 60),
    code         TEXT NOT NULL,
    PRIMARY KEY (partner_id, list_key, partner_code),
    FOREIGN KEY (list_key, code) REFERENCES code_value (list_key, code) ON DELETE RESTRICT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX partner_code_ours ON partner_code (partner_id, list_key, code);
CREATE INDEX partner_code_value ON partner_code (list_key, code);
-- What a partner calls one of our records: a provincial number is never our key (R023).
CREATE TABLE partner_id (
    partner_id BLOB NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
    entity     TEXT NOT NULL,
    their_id   TEXT NOT NULL CONSTRAINT partner_id_their_length CHECK (length(their_id) BETWEEN 1 AND 100),
    entity_id  BLOB NOT NULL CONSTRAINT partner_id_entity_length CHECK (length(entity_id) = 16),
    PRIMARY KEY (partner_id, entity, their_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX partner_id_ours ON partner_id (partner_id, entity, entity_id);

-- People who sign in, each with one role and one division (R012).
CREATE TABLE user_account (
    id          BLOB    NOT NULL PRIMARY KEY CONSTRAINT user_account_id_length CHECK (length(id) = 16),
    name        TEXT    NOT NULL CONSTRAINT user_account_name_length CHECK (length(name) BETWEEN 1 AND 60),
    role        TEXT    NOT NULL CONSTRAINT user_account_role_known CHECK (role IN
        ('countyAdministrator', 'townClerk', 'villageWorker', 'tablet', 'province', 'auditor')),
    -- Follows the successor when the division ends.
    division_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER,
    version     INTEGER NOT NULL CONSTRAINT user_account_version_positive CHECK (version >= 1)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_account_division ON user_account (division_id);

CREATE TABLE token (
    id         BLOB    NOT NULL PRIMARY KEY CONSTRAINT token_id_length CHECK (length(id) = 16),
    user_id    BLOB    NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
    -- SHA-256 of 256 random bits; the token itself is shown once and kept nowhere.
    hash       BLOB    NOT NULL CONSTRAINT token_hash_length CHECK (length(hash) = 32),
    device     TEXT    NOT NULL CONSTRAINT token_device_length CHECK (length(device) BETWEEN 1 AND 100),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CONSTRAINT token_expires_after CHECK (expires_at > created_at),
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX token_hash ON token (hash);
CREATE INDEX token_user ON token (user_id);

-- Who did what, before and after; a chain of hashes makes a changed or missing row visible.
-- before and after hold sealed fields only as masks.
CREATE TABLE audit_event (
    -- AUTOINCREMENT keeps the last number apart from the rows, so that rows cut off at the end are missed.
    sequence   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    -- No reference: the trail outlives what it names; NULL for commands run on the machine itself.
    user_id    BLOB    CONSTRAINT audit_event_user_length CHECK (user_id IS NULL OR length(user_id) = 16),
    token_id   BLOB    CONSTRAINT audit_event_token_length CHECK (token_id IS NULL OR length(token_id) = 16),
    request_id TEXT,
    action     TEXT    NOT NULL,
    entity     TEXT    NOT NULL,
    entity_id  BLOB    NOT NULL CONSTRAINT audit_event_entity_length CHECK (length(entity_id) = 16),
    before     TEXT,
    after      TEXT,
    hash       BLOB    NOT NULL CONSTRAINT audit_event_hash_length CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_event_entity ON audit_event (entity_id, sequence);
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit-append-only'); END;
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit-append-only'); END;

-- What changed, in the order of commits; tablets and partners follow it.
CREATE TABLE change (
    sequence    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    entity      TEXT    NOT NULL,
    entity_id   BLOB    NOT NULL CONSTRAINT change_entity_length CHECK (length(entity_id) = 16),
    version     INTEGER NOT NULL,
    operation   TEXT    NOT NULL CONSTRAINT change_operation_known CHECK (operation IN ('create', 'change', 'move', 'end')),
    -- NULL before: it was created; both: it stayed or moved.
    area_before INTEGER,
    area_after  INTEGER
) STRICT;

-- Stored answers of POSTs that carry an Idempotency-Key: 2xx only, 90 days, masks only.
CREATE TABLE idempotency_key (
    user_id      BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE, -- worthless without its owner
    route        TEXT    NOT NULL,
    key          TEXT    NOT NULL CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 1 AND 255),
    content_hash BLOB    NOT NULL CONSTRAINT idempotency_key_hash_length CHECK (length(content_hash) = 32),
    status       INTEGER NOT NULL CONSTRAINT idempotency_key_success CHECK (status BETWEEN 200 AND 299),
    entity_tag   TEXT,
    body         BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (user_id, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- Long work with the client's id: it survives a restart, because position moves in the transaction of the rows it counts.
CREATE TABLE job (
    id               BLOB    NOT NULL PRIMARY KEY CONSTRAINT job_id_length CHECK (length(id) = 16),
    kind             TEXT    NOT NULL,
    mode             TEXT    NOT NULL CONSTRAINT job_mode_known CHECK (mode IN ('each', 'atomic')),
    parameters       TEXT    NOT NULL,
    state            TEXT    NOT NULL CONSTRAINT job_state_known CHECK (state IN
        ('queued', 'running', 'done', 'failed', 'cancelled')),
    -- NULL for commands run on the machine itself.
    user_id          BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    token_id         BLOB,
    area_code        INTEGER NOT NULL,
    area_last        INTEGER NOT NULL,
    content_hash     BLOB    NOT NULL CONSTRAINT job_hash_length CHECK (length(content_hash) = 32),
    file_name        TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0 CONSTRAINT job_cancel_flag CHECK (cancel_requested IN (0, 1)),
    position         INTEGER NOT NULL DEFAULT 0,
    total            INTEGER NOT NULL DEFAULT 0,
    created          INTEGER NOT NULL DEFAULT 0,
    changed          INTEGER NOT NULL DEFAULT 0,
    unchanged        INTEGER NOT NULL DEFAULT 0,
    ended            INTEGER NOT NULL DEFAULT 0,
    refused          INTEGER NOT NULL DEFAULT 0,
    failure          TEXT,
    created_at       INTEGER NOT NULL,
    started_at       INTEGER,
    finished_at      INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX job_state ON job (state, created_at);
CREATE INDEX job_user ON job (user_id);
-- One row for each thing the person who sent the file should look at.
CREATE TABLE job_row (
    job_id   BLOB    NOT NULL REFERENCES job (id) ON DELETE CASCADE, -- the report belongs to its job
    sequence INTEGER NOT NULL,
    line     INTEGER NOT NULL,
    column   TEXT,
    severity TEXT    NOT NULL CONSTRAINT job_row_severity_known CHECK (severity IN ('refused', 'warning', 'notice')),
    code     TEXT    NOT NULL,
    zh       TEXT    NOT NULL,
    en       TEXT    NOT NULL,
    PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;
