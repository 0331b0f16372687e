-- Campaigns (R051), with the policy that they stated, and contact cards of households (R048).

CREATE TABLE campaign (
    id           BLOB    NOT NULL PRIMARY KEY CONSTRAINT campaign_id_length CHECK (length(id) = 16),
    version      INTEGER NOT NULL CONSTRAINT campaign_version_positive CHECK (version >= 1),
    name         TEXT    NOT NULL CONSTRAINT campaign_name_length CHECK (length(name) BETWEEN 1 AND 100),
    division_id  BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    first_on     TEXT    NOT NULL CONSTRAINT campaign_first_date CHECK (first_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- The first day on which it is over.
    end_on       TEXT    CONSTRAINT campaign_end_after CHECK (end_on IS NULL OR
        (end_on > first_on AND end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')),
    created_at   INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known.
    content_hash BLOB    NOT NULL CONSTRAINT campaign_content_hash_length CHECK (length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_division ON campaign (division_id);

-- What a campaign has stated: it stays as it was said, while the row that it became may since have been cut by others.
CREATE TABLE campaign_parameter (
    campaign_id  BLOB    NOT NULL REFERENCES campaign (id) ON DELETE RESTRICT,
    key          TEXT    NOT NULL,
    -- JSON, as in parameter.
    value        TEXT    NOT NULL,
    parameter_id BLOB    NOT NULL REFERENCES parameter (id) ON DELETE RESTRICT,
    PRIMARY KEY (campaign_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_parameter_parameter ON campaign_parameter (parameter_id);

-- A card that tells a household who answers for it. A new helper means a new card.
CREATE TABLE contact_card (
    id               BLOB    NOT NULL PRIMARY KEY CONSTRAINT contact_card_id_length CHECK (length(id) = 16),
    version          INTEGER NOT NULL CONSTRAINT contact_card_version_positive CHECK (version >= 1),
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    -- The pairing by which the cadre answered for the household on the day of issue.
    pairing_id       BLOB    NOT NULL REFERENCES pairing (id) ON DELETE RESTRICT,
    cadre_id         BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    -- The place of the household's village, rewritten when it moves.
    area_code        INTEGER NOT NULL CONSTRAINT contact_card_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    -- The number printed on it, where cards are numbered.
    number           TEXT    CONSTRAINT contact_card_number_length CHECK (length(number) BETWEEN 1 AND 40),
    issued_on        TEXT    NOT NULL CONSTRAINT contact_card_issued_date CHECK (issued_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- issued: the household holds it; reissued: another one has taken its place; withdrawn: taken back.
    state            TEXT    NOT NULL CONSTRAINT contact_card_state_known CHECK (state IN ('issued', 'reissued', 'withdrawn')),
    is_printed       INTEGER NOT NULL CONSTRAINT contact_card_printed_flag CHECK (is_printed IN (0, 1)),
    is_signed        INTEGER NOT NULL CONSTRAINT contact_card_signed_flag CHECK (is_signed IN (0, 1)),
    -- The card that has taken its place.
    superseded_by    BLOB    CONSTRAINT contact_card_superseded_reissued CHECK (superseded_by IS NULL OR state = 'reissued')
                             REFERENCES contact_card (id) ON DELETE RESTRICT,
    created_at       INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known; NULL for those issued for a whole village.
    content_hash     BLOB    CONSTRAINT contact_card_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX contact_card_held ON contact_card (household_number) WHERE state = 'issued';
CREATE INDEX contact_card_household ON contact_card (household_number);
CREATE INDEX contact_card_pairing ON contact_card (pairing_id);
CREATE INDEX contact_card_cadre ON contact_card (cadre_id);
CREATE INDEX contact_card_list ON contact_card (area_code, id);
CREATE INDEX contact_card_superseded ON contact_card (superseded_by) WHERE superseded_by IS NOT NULL;
