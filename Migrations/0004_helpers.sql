-- Who can help: organizations (R006, R015), cadres (R004, R005) and other helpers (R016, R017).
-- The row holds what is so today; …_history what was so or was believed before; dated facts stand in interval tables,
-- which also take days to come. Kept columns (rank, post_state, linked_division_id, area_code of a cadre) are those of
-- the day, rewritten when the day turns.

CREATE TABLE organization (
    id            BLOB    NOT NULL PRIMARY KEY CONSTRAINT organization_id_length CHECK (length(id) = 16),
    version       INTEGER NOT NULL CONSTRAINT organization_version_positive CHECK (version >= 1),
    -- Where it is at home: a county bureau in its county, a town's office in its town.
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    area_code     INTEGER NOT NULL CONSTRAINT organization_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    name          TEXT    NOT NULL CONSTRAINT organization_name_length CHECK (length(name) BETWEEN 1 AND 100),
    kind          TEXT    NOT NULL,
    level         TEXT    NOT NULL,
    -- Unified social credit code (GB 32100), checked by the program; schools of a village may have none.
    credit_code   TEXT    CONSTRAINT organization_credit_code_length CHECK (length(credit_code) = 18),
    parent_id     BLOB    CONSTRAINT organization_parent_other CHECK (parent_id <> id)
                          REFERENCES organization (id) ON DELETE RESTRICT,
    contact_name  TEXT    CONSTRAINT organization_contact_length CHECK (length(contact_name) BETWEEN 1 AND 60),
    phone_sealed  BLOB,
    phone_hash    BLOB    CONSTRAINT organization_phone_hash_length CHECK (phone_hash IS NULL OR length(phone_hash) = 32),
    phone_mask    TEXT    CONSTRAINT organization_phone_whole CHECK
        ((phone_mask IS NULL) = (phone_sealed IS NULL) AND (phone_mask IS NULL) = (phone_hash IS NULL)),
    ended_on      TEXT    CONSTRAINT organization_ended_date CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_from    TEXT    NOT NULL,
    recorded_at   INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known; NULL for imported ones.
    content_hash  BLOB    CONSTRAINT organization_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX organization_division ON organization (division_id);
CREATE INDEX organization_parent ON organization (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX organization_list ON organization (area_code, id);
CREATE UNIQUE INDEX organization_credit_code ON organization (credit_code) WHERE credit_code IS NOT NULL AND ended_on IS NULL;
-- Two living organizations of one name at one home cannot be told apart in a file.
CREATE UNIQUE INDEX organization_name ON organization (division_id, name) WHERE ended_on IS NULL;

CREATE TABLE organization_history (
    id            BLOB    NOT NULL REFERENCES organization (id) ON DELETE RESTRICT,
    version       INTEGER NOT NULL,
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    level         TEXT    NOT NULL,
    credit_code   TEXT,
    parent_id     BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    contact_name  TEXT,
    phone_mask    TEXT,
    ended_on      TEXT,
    valid_from    TEXT    NOT NULL,
    valid_to      TEXT    CONSTRAINT organization_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT organization_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX organization_history_organization ON organization_history (id, valid_from);
CREATE INDEX organization_history_division ON organization_history (division_id);
CREATE INDEX organization_history_parent ON organization_history (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE cadre (
    id                 BLOB    NOT NULL PRIMARY KEY CONSTRAINT cadre_id_length CHECK (length(id) = 16),
    version            INTEGER NOT NULL CONSTRAINT cadre_version_positive CHECK (version >= 1),
    organization_id    BLOB    NOT NULL REFERENCES organization (id) ON DELETE RESTRICT,
    -- Where he is seen: the place of the linked town or village today, else of the organization's home.
    area_code          INTEGER NOT NULL CONSTRAINT cadre_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    name               TEXT    NOT NULL CONSTRAINT cadre_name_length CHECK (length(name) BETWEEN 1 AND 60),
    sex                TEXT,
    position_title     TEXT    CONSTRAINT cadre_position_title_length CHECK (length(position_title) BETWEEN 1 AND 100),
    identity_sealed    BLOB,
    -- The same keyed hash as a member's: a cadre who is a member of a registered household is found by it.
    identity_hash      BLOB    CONSTRAINT cadre_identity_hash_length CHECK (identity_hash IS NULL OR length(identity_hash) = 32),
    identity_mask      TEXT    CONSTRAINT cadre_identity_whole CHECK
        ((identity_mask IS NULL) = (identity_sealed IS NULL) AND (identity_mask IS NULL) = (identity_hash IS NULL)),
    phone_sealed       BLOB,
    phone_hash         BLOB    CONSTRAINT cadre_phone_hash_length CHECK (phone_hash IS NULL OR length(phone_hash) = 32),
    phone_mask         TEXT    CONSTRAINT cadre_phone_whole CHECK
        ((phone_mask IS NULL) = (phone_sealed IS NULL) AND (phone_mask IS NULL) = (phone_hash IS NULL)),
    line               TEXT,
    home_village_id    BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    is_county_leader   INTEGER NOT NULL CONSTRAINT cadre_county_leader_flag CHECK (is_county_leader IN (0, 1)),
    -- Kept: what the interval tables say of today.
    rank               TEXT,
    post_state         TEXT,
    linked_division_id BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- The day on which he left the register for good (death, an entry made in error).
    ended_on           TEXT    CONSTRAINT cadre_ended_date CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_from         TEXT    NOT NULL,
    recorded_at        INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    content_hash       BLOB    CONSTRAINT cadre_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_organization ON cadre (organization_id);
CREATE INDEX cadre_home_village ON cadre (home_village_id) WHERE home_village_id IS NOT NULL;
CREATE INDEX cadre_linked_division ON cadre (linked_division_id) WHERE linked_division_id IS NOT NULL;
CREATE INDEX cadre_list ON cadre (area_code, id);
CREATE INDEX cadre_list_rank ON cadre (rank, area_code, id);
CREATE UNIQUE INDEX cadre_phone_living ON cadre (phone_hash) WHERE phone_hash IS NOT NULL AND ended_on IS NULL;
CREATE UNIQUE INDEX cadre_identity_living ON cadre (identity_hash) WHERE identity_hash IS NOT NULL AND ended_on IS NULL;

CREATE TABLE cadre_history (
    id               BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    version          INTEGER NOT NULL,
    organization_id  BLOB    NOT NULL REFERENCES organization (id) ON DELETE RESTRICT,
    name             TEXT    NOT NULL,
    sex              TEXT,
    position_title   TEXT,
    identity_hash    BLOB,
    identity_mask    TEXT,
    phone_mask       TEXT,
    line             TEXT,
    home_village_id  BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    is_county_leader INTEGER NOT NULL,
    ended_on         TEXT,
    valid_from       TEXT    NOT NULL,
    valid_to         TEXT    CONSTRAINT cadre_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at      INTEGER NOT NULL,
    superseded_at    INTEGER CONSTRAINT cadre_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX cadre_history_cadre ON cadre_history (id, valid_from);
CREATE INDEX cadre_history_organization ON cadre_history (organization_id);
CREATE INDEX cadre_history_home_village ON cadre_history (home_village_id) WHERE home_village_id IS NOT NULL;

-- The rank decides the quota from its day (R005, R040).
CREATE TABLE cadre_rank (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    rank          TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_rank_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_rank_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_rank_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_rank_turning ON cadre_rank (valid_from) WHERE superseded_at IS NULL;
CREATE TRIGGER cadre_rank_once BEFORE INSERT ON cadre_rank
WHEN EXISTS (SELECT 1 FROM cadre_rank o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-ranks-on-one-day'); END;

CREATE TABLE cadre_post (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    post_state    TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_post_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_post_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_post_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_post_turning ON cadre_post (valid_from) WHERE superseded_at IS NULL;
CREATE TRIGGER cadre_post_once BEFORE INSERT ON cadre_post
WHEN EXISTS (SELECT 1 FROM cadre_post o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-post-states-on-one-day'); END;

-- Where he helps: a town for the upper two ranks, else a village (R040).
CREATE TABLE cadre_link (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    -- A town or a village, also after it has ended: the link then means its successor.
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_link_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_link_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_link_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_link_division ON cadre_link (division_id);
CREATE INDEX cadre_link_turning ON cadre_link (valid_from) WHERE superseded_at IS NULL;
CREATE TRIGGER cadre_link_once BEFORE INSERT ON cadre_link
WHEN EXISTS (SELECT 1 FROM cadre_link o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-links-on-one-day'); END;
