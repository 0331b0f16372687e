-- Pairings that are not a cadre's with a household (R042, R043, R049, R053, R170): enterprises with villages and
-- households, institutions with institutions, areas with areas, pupils with teachers.

INSERT INTO code_list (key, zh, en) VALUES
    ('partnership-kind', '社会结对类型', 'Kind of partnership'),
    ('partnership-end-reason', '社会结对终止原因', 'Why a partnership ended');
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('partnership-kind', 'enterprise-village', 1, '百企联村', 'An enterprise with a village', NULL, NULL),
    ('partnership-kind', 'enterprise-household', 2, '企业帮户', 'An enterprise with a household', NULL, NULL),
    ('partnership-kind', 'institution', 3, '机构对口', 'An institution with one of its kind', NULL, NULL),
    ('partnership-kind', 'area', 4, '区域结对', 'An area with an area', NULL, NULL),
    ('partnership-kind', 'pupil', 5, '贫困学生结对', 'A pupil with a teacher', NULL, NULL),
    ('partnership-kind', 'other', 6, '其他', 'Other', NULL, NULL),
    ('partnership-end-reason', 'completed', 1, '任务完成', 'Its task is done', NULL, NULL),
    ('partnership-end-reason', 'term-expired', 2, '协议到期', 'The agreement is over', NULL, NULL),
    ('partnership-end-reason', 'replaced', 3, '更换帮扶方', 'Another helper takes over', NULL, NULL),
    ('partnership-end-reason', 'helper-left', 4, '帮扶方退出', 'The helper has left', NULL, NULL),
    ('partnership-end-reason', 'lifted', 5, '脱贫或退出', 'The target has left poverty', NULL, NULL),
    ('partnership-end-reason', 'left-school', 6, '学生毕业或离校', 'The pupil has left school', NULL, NULL),
    ('partnership-end-reason', 'entered-in-error', 7, '录入错误', 'Entered in error', NULL, NULL),
    ('partnership-end-reason', 'other', 8, '其他', 'Other', NULL, NULL);

-- One helper and one target; who they are never changes, a mistake in them is taken back and stated anew. As with a
-- pairing its facts are its own days: valid_from is only the day on which it was first stated.
CREATE TABLE partnership (
    id                     BLOB    NOT NULL PRIMARY KEY CONSTRAINT partnership_id_length CHECK (length(id) = 16),
    version                INTEGER NOT NULL CONSTRAINT partnership_version_positive CHECK (version >= 1),
    kind                   TEXT    NOT NULL,
    helper_organization_id BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    helper_id              BLOB    REFERENCES helper (id) ON DELETE RESTRICT,
    helper_cadre_id        BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    helper_division_id     BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- A partner whom this register does not have, such as a county of another province.
    helper_name            TEXT    CONSTRAINT partnership_helper_name_length CHECK (length(helper_name) BETWEEN 1 AND 100),
    -- Also the household of a member.
    household_number       INTEGER REFERENCES household (household_number) ON DELETE RESTRICT,
    member_id              BLOB    REFERENCES member (id) ON DELETE RESTRICT,
    target_organization_id BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    -- Stays when the division ends: the partnership then belongs to its successor, where area_code is.
    target_division_id     BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- The helper and the target each in one column, to be compared and counted by.
    helper_key             BLOB    GENERATED ALWAYS AS (coalesce(helper_organization_id, helper_id, helper_cadre_id,
        helper_division_id, CAST(helper_name AS BLOB))) STORED,
    target_key             BLOB    GENERATED ALWAYS AS (coalesce(member_id, target_organization_id, target_division_id,
        CAST(CAST(household_number AS TEXT) AS BLOB))) STORED,
    -- The level of the target's division, 5 for any other target: a town and its first village may share a place.
    level                  INTEGER NOT NULL CONSTRAINT partnership_level_known CHECK (level BETWEEN 1 AND 5),
    -- The place of the target in the current tree.
    area_code              INTEGER NOT NULL CONSTRAINT partnership_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    first_on               TEXT    NOT NULL CONSTRAINT partnership_first_date CHECK (first_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- The first day on which it no longer holds; the first day itself where a correction has taken all of it back.
    end_on                 TEXT    CONSTRAINT partnership_end_after CHECK (end_on IS NULL OR
        (end_on >= first_on AND end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')),
    reason                 TEXT    CONSTRAINT partnership_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
    end_reason             TEXT    CONSTRAINT partnership_end_reason_with_end CHECK (end_reason IS NULL OR end_on IS NOT NULL),
    valid_from             TEXT    NOT NULL,
    recorded_at            INTEGER NOT NULL,
    created_at             INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known.
    content_hash           BLOB    NOT NULL CONSTRAINT partnership_content_hash_length CHECK (length(content_hash) = 32),
    CONSTRAINT partnership_one_helper CHECK ((helper_organization_id IS NOT NULL) + (helper_id IS NOT NULL)
        + (helper_cadre_id IS NOT NULL) + (helper_division_id IS NOT NULL) + (helper_name IS NOT NULL) = 1),
    CONSTRAINT partnership_one_target CHECK ((household_number IS NOT NULL) + (target_organization_id IS NOT NULL)
        + (target_division_id IS NOT NULL) = 1),
    CONSTRAINT partnership_member_of_household CHECK (member_id IS NULL OR household_number IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX partnership_list ON partnership (area_code, id);
CREATE INDEX partnership_of_helper ON partnership (helper_key, kind);
CREATE INDEX partnership_of_target ON partnership (target_key, kind);
CREATE INDEX partnership_helper_organization ON partnership (helper_organization_id) WHERE helper_organization_id IS NOT NULL;
CREATE INDEX partnership_helper ON partnership (helper_id) WHERE helper_id IS NOT NULL;
CREATE INDEX partnership_helper_cadre ON partnership (helper_cadre_id) WHERE helper_cadre_id IS NOT NULL;
CREATE INDEX partnership_helper_division ON partnership (helper_division_id) WHERE helper_division_id IS NOT NULL;
CREATE INDEX partnership_household ON partnership (household_number) WHERE household_number IS NOT NULL;
CREATE INDEX partnership_member ON partnership (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX partnership_target_organization ON partnership (target_organization_id) WHERE target_organization_id IS NOT NULL;
CREATE INDEX partnership_target_division ON partnership (target_division_id) WHERE target_division_id IS NOT NULL;

CREATE TABLE partnership_history (
    id            BLOB    NOT NULL REFERENCES partnership (id) ON DELETE RESTRICT,
    version       INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    first_on      TEXT    NOT NULL,
    end_on        TEXT,
    reason        TEXT,
    end_reason    TEXT,
    valid_from    TEXT    NOT NULL,
    valid_to      TEXT    CONSTRAINT partnership_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT partnership_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX partnership_history_partnership ON partnership_history (id, valid_from);

-- The same two once on any day.
CREATE TRIGGER partnership_once AFTER INSERT ON partnership
WHEN EXISTS (SELECT 1 FROM partnership o WHERE o.helper_key = NEW.helper_key AND o.target_key = NEW.target_key
    AND o.id <> NEW.id AND (o.end_on IS NULL OR (o.end_on > o.first_on AND o.end_on > NEW.first_on))
    AND (NEW.end_on IS NULL OR (NEW.end_on > NEW.first_on AND o.first_on < NEW.end_on)))
BEGIN SELECT RAISE(ABORT, 'partnership-exists'); END;
CREATE TRIGGER partnership_once_changed AFTER UPDATE OF first_on, end_on ON partnership
WHEN EXISTS (SELECT 1 FROM partnership o WHERE o.helper_key = NEW.helper_key AND o.target_key = NEW.target_key
    AND o.id <> NEW.id AND (o.end_on IS NULL OR (o.end_on > o.first_on AND o.end_on > NEW.first_on))
    AND (NEW.end_on IS NULL OR (NEW.end_on > NEW.first_on AND o.first_on < NEW.end_on)))
BEGIN SELECT RAISE(ABORT, 'partnership-exists'); END;
