-- Registers in and out in bulk: what a job needs to be undone, files on their way out, and the right to see sealed
-- numbers. The schema of jobs themselves is in 0001.

-- Rights beyond a role, each granted to one user by itself.
CREATE TABLE user_right (
    user_id    BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE, -- worthless without its owner
    right_key  TEXT    NOT NULL CONSTRAINT user_right_known CHECK (right_key IN ('read-sealed')),
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, right_key)
) STRICT, WITHOUT ROWID;

-- A file of a whole register, made from one snapshot. Its content lies in the spool until it expires.
CREATE TABLE export_job (
    id            BLOB    NOT NULL PRIMARY KEY CONSTRAINT export_job_id_length CHECK (length(id) = 16),
    kind          TEXT    NOT NULL,
    -- The order as JSON, without the area.
    parameters    TEXT    NOT NULL,
    -- Sealed numbers are in the file in clear, so that only who asked may fetch it.
    is_plain      INTEGER NOT NULL CONSTRAINT export_job_plain_flag CHECK (is_plain IN (0, 1)),
    state         TEXT    NOT NULL CONSTRAINT export_job_state_known CHECK (state IN
        ('queued', 'running', 'done', 'failed', 'cancelled', 'expired')),
    user_id       BLOB    NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
    token_id      BLOB,
    -- What it holds: the area asked for within the caller's range.
    area_code     INTEGER NOT NULL,
    area_last     INTEGER NOT NULL,
    -- The division asked for; NULL for the caller's whole range.
    area          INTEGER,
    content_hash  BLOB    NOT NULL CONSTRAINT export_job_hash_length CHECK (length(content_hash) = 32),
    row_count     INTEGER NOT NULL DEFAULT 0,
    -- Octets and SHA-256 of the content without gzip.
    byte_count    INTEGER NOT NULL DEFAULT 0,
    sha256        TEXT    CONSTRAINT export_job_sha256_length CHECK (length(sha256) = 64),
    -- The last change that the snapshot holds.
    changes_after INTEGER,
    failure       TEXT,
    created_at    INTEGER NOT NULL,
    started_at    INTEGER,
    finished_at   INTEGER,
    expires_at    INTEGER,
    CONSTRAINT export_job_done_whole CHECK (state <> 'done' OR
        (sha256 IS NOT NULL AND changes_after IS NOT NULL AND expires_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX export_job_state ON export_job (state, created_at);
CREATE INDEX export_job_user ON export_job (user_id);

-- Undoing is a second run of a job over what it did.
ALTER TABLE job ADD COLUMN undo_state TEXT CONSTRAINT job_undo_known CHECK (undo_state IN ('undoing', 'undone'));
ALTER TABLE job ADD COLUMN undo_user_id BLOB
    CONSTRAINT job_undo_user_length CHECK (undo_user_id IS NULL OR length(undo_user_id) = 16);
ALTER TABLE job ADD COLUMN undo_token_id BLOB;
-- Records of the job with this sequence and later ones are taken back already.
ALTER TABLE job ADD COLUMN undo_position INTEGER;
ALTER TABLE job ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN undone_at INTEGER;
CREATE INDEX job_undoing ON job (created_at, id) WHERE undo_state = 'undoing';

-- What a job did to which record, change by change, in the order of its changes.
CREATE TABLE job_record (
    job_id         BLOB    NOT NULL REFERENCES job (id) ON DELETE CASCADE, -- it belongs to its job
    -- That of the change row.
    sequence       INTEGER NOT NULL,
    entity         TEXT    NOT NULL,
    entity_id      BLOB    NOT NULL CONSTRAINT job_record_entity_length CHECK (length(entity_id) = 16),
    operation      TEXT    NOT NULL,
    -- NULL: it was created.
    version_before INTEGER,
    version_after  INTEGER NOT NULL,
    -- What was recorded of the record before this time was there before the change.
    recorded_at    INTEGER NOT NULL,
    PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;

-- Whether what came after a job was undone in its turn is asked by record.
CREATE INDEX job_record_entity ON job_record (entity_id, version_after);

-- Sealed numbers that a job replaced: the only thing that no history keeps. They go when the job is undone.
CREATE TABLE job_kept (
    job_id      BLOB    NOT NULL REFERENCES job (id) ON DELETE CASCADE, -- it belongs to its job
    -- The row that held the number, and the place under which it was sealed there, such as member.identity.
    row_id      BLOB    NOT NULL CONSTRAINT job_kept_row_length CHECK (length(row_id) = 16),
    place       TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    -- NULL: there was none.
    sealed      BLOB,
    hash        BLOB    CONSTRAINT job_kept_hash_length CHECK (hash IS NULL OR length(hash) = 32),
    PRIMARY KEY (job_id, row_id, place, recorded_at)
) STRICT, WITHOUT ROWID;
