-- Pairing (R034, R040 to R042, R046, R050): what a cadre may carry on which days, who helps which household, who answers
-- for it, and what is kept of that for today.

-- Whether a household needs helpers of two units (R034): no labour, no care for itself, or a child whose schooling is
-- blocked. Kept from the household and its living members in the same transaction.
ALTER TABLE household ADD COLUMN needs_two_units INTEGER NOT NULL DEFAULT 0
    CONSTRAINT household_needs_two_units_flag CHECK (needs_two_units IN (0, 1));
UPDATE household SET needs_two_units = 1 WHERE labour = 'none' OR self_care = 0 OR EXISTS (SELECT 1 FROM member m
    WHERE m.household_number = household.household_number AND m.left_on IS NULL AND m.school_blocked = 1);

-- The figures of 0007 with one more dimension, `help-need`: households by how many units they need, `one` or `two`.
ALTER TABLE household_figure RENAME TO household_figure_former;
CREATE TABLE household_figure (
    village_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- a village is ended, never deleted
    dimension  TEXT    NOT NULL CONSTRAINT household_figure_dimension_listed CHECK (dimension IN
        ('all', 'status', 'attribute', 'cause', 'labour', 'sex', 'education', 'health', 'labour-capacity',
         'birth-date', 'help-need')),
    counts     TEXT    NOT NULL,
    PRIMARY KEY (village_id, dimension)
) STRICT, WITHOUT ROWID;
INSERT INTO household_figure SELECT village_id, dimension, counts FROM household_figure_former;
INSERT INTO household_figure (village_id, dimension, counts)
SELECT village_id, 'help-need', group_concat(code || ':' || households || ':' || people, ';') FROM (
    SELECT village_id, CASE needs_two_units WHEN 1 THEN 'two' ELSE 'one' END AS code, count(*) AS households,
        sum(member_count) AS people FROM household GROUP BY village_id, code ORDER BY 1, 2)
GROUP BY village_id;
DROP TABLE household_figure_former;

-- A quota of one person, with its reason, in place of that of his rank (R040).
CREATE TABLE cadre_quota (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    quota         INTEGER NOT NULL CONSTRAINT cadre_quota_range CHECK (quota BETWEEN 0 AND 100),
    reason        TEXT    NOT NULL CONSTRAINT cadre_quota_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_quota_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_quota_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_quota_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cadre_quota_once BEFORE INSERT ON cadre_quota
WHEN EXISTS (SELECT 1 FROM cadre_quota o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-quotas-on-one-day'); END;

-- What a cadre may carry and where, day by day without gaps from his first rank on: kept from rank, post, link, personal
-- quota and parameters, in the transaction that changes one of them. Quota 0 where he has left. It is what pairings are
-- held to, and a change of it never touches one.
CREATE TABLE cadre_capacity (
    cadre_id    BLOB    NOT NULL REFERENCES cadre (id) ON DELETE CASCADE, -- nothing without its cadre
    valid_from  TEXT    NOT NULL,
    valid_to    TEXT    CONSTRAINT cadre_capacity_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    quota       INTEGER NOT NULL CONSTRAINT cadre_capacity_quota_range CHECK (quota BETWEEN 0 AND 100),
    -- The living town or village in which his households must live; NULL: nowhere.
    division_id BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    PRIMARY KEY (cadre_id, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_capacity_division ON cadre_capacity (division_id) WHERE division_id IS NOT NULL;

-- All households of a cadre who goes, handed on in one act (R046).
CREATE TABLE handover (
    id                 BLOB    NOT NULL PRIMARY KEY CONSTRAINT handover_id_length CHECK (length(id) = 16),
    cadre_id           BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    -- NULL: to the best who are there.
    successor_cadre_id BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    handed_on          TEXT    NOT NULL CONSTRAINT handover_date CHECK (handed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    reason             TEXT    NOT NULL,
    note               TEXT    CONSTRAINT handover_note_length CHECK (length(note) BETWEEN 1 AND 500),
    -- Where the cadre was seen.
    area_code          INTEGER NOT NULL CONSTRAINT handover_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    households         INTEGER NOT NULL CONSTRAINT handover_households_count CHECK (households >= 0),
    -- Of those: left without anybody, as it was then; what became of them stands in household_help.
    left_behind        INTEGER NOT NULL CONSTRAINT handover_left_count CHECK (left_behind BETWEEN 0 AND households),
    -- What became of each, who else was moved for it, and what keeps those left behind uncovered, as it was told then:
    -- JSON.
    outcome            TEXT    NOT NULL,
    recorded_by        BLOB    CONSTRAINT handover_recorded_by_length CHECK (recorded_by IS NULL OR length(recorded_by) = 16),
    created_at         INTEGER NOT NULL,
    content_hash       BLOB    NOT NULL CONSTRAINT handover_content_hash_length CHECK (length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX handover_cadre ON handover (cadre_id);
CREATE INDEX handover_successor ON handover (successor_cadre_id) WHERE successor_cadre_id IS NOT NULL;
CREATE INDEX handover_list ON handover (area_code, id);

-- A cadre helps a household. Its facts are its own days: the day in valid_from is only that on which it was first
-- stated, and the history holds what was believed of it before.
CREATE TABLE pairing (
    id               BLOB    NOT NULL PRIMARY KEY CONSTRAINT pairing_id_length CHECK (length(id) = 16),
    version          INTEGER NOT NULL CONSTRAINT pairing_version_positive CHECK (version >= 1),
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    cadre_id         BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    -- The place of the household's village, rewritten when it moves.
    area_code        INTEGER NOT NULL CONSTRAINT pairing_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    first_on         TEXT    NOT NULL CONSTRAINT pairing_first_date CHECK (first_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- The first day on which it no longer holds; the first day itself where a correction has taken all of it back.
    end_on           TEXT    CONSTRAINT pairing_end_after CHECK (end_on IS NULL OR
        (end_on >= first_on AND end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')),
    -- Why this helper, in words; asked for where the unit holds other villages and not this one (R044).
    reason           TEXT    CONSTRAINT pairing_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
    end_reason       TEXT    CONSTRAINT pairing_end_reason_with_end CHECK (end_reason IS NULL OR end_on IS NOT NULL),
    -- Somebody has decided that it stays, whatever a run would rather have.
    is_pinned        INTEGER NOT NULL CONSTRAINT pairing_pinned_flag CHECK (is_pinned IN (0, 1)),
    -- What began it, and the run, handover or job of that kind.
    begun_by         TEXT    NOT NULL CONSTRAINT pairing_begun_by_known CHECK (begun_by IN ('person', 'run', 'handover', 'import')),
    begun_by_id      BLOB    CONSTRAINT pairing_begun_by_length CHECK (begun_by_id IS NULL OR length(begun_by_id) = 16),
    -- The handover that ended it: nothing else may leave a household without a helper.
    handover_id      BLOB    REFERENCES handover (id) ON DELETE RESTRICT,
    valid_from       TEXT    NOT NULL,
    recorded_at      INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known; NULL for others.
    content_hash     BLOB    CONSTRAINT pairing_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairing_household ON pairing (household_number, first_on, end_on);
CREATE INDEX pairing_cadre ON pairing (cadre_id, first_on, end_on);
CREATE INDEX pairing_list ON pairing (area_code, id);
CREATE INDEX pairing_handover ON pairing (handover_id) WHERE handover_id IS NOT NULL;
CREATE INDEX pairing_begun ON pairing (begun_by_id) WHERE begun_by_id IS NOT NULL;

CREATE TABLE pairing_history (
    id               BLOB    NOT NULL REFERENCES pairing (id) ON DELETE RESTRICT,
    version          INTEGER NOT NULL,
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    cadre_id         BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    first_on         TEXT    NOT NULL,
    end_on           TEXT,
    reason           TEXT,
    end_reason       TEXT,
    is_pinned        INTEGER NOT NULL,
    handover_id      BLOB    REFERENCES handover (id) ON DELETE RESTRICT,
    valid_from       TEXT    NOT NULL,
    valid_to         TEXT    CONSTRAINT pairing_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at      INTEGER NOT NULL,
    superseded_at    INTEGER CONSTRAINT pairing_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX pairing_history_pairing ON pairing_history (id, valid_from);
CREATE INDEX pairing_history_household ON pairing_history (household_number);
CREATE INDEX pairing_history_cadre ON pairing_history (cadre_id);
CREATE INDEX pairing_history_handover ON pairing_history (handover_id) WHERE handover_id IS NOT NULL;

-- Who of its helpers answers for a household (R042, R050): at most one on any day, and only while he helps it. The others
-- are joint helpers.
CREATE TABLE responsibility (
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    pairing_id       BLOB    NOT NULL REFERENCES pairing (id) ON DELETE RESTRICT,
    valid_from       TEXT    NOT NULL CONSTRAINT responsibility_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to         TEXT    CONSTRAINT responsibility_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at      INTEGER NOT NULL,
    superseded_at    INTEGER CONSTRAINT responsibility_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (household_number, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX responsibility_pairing ON responsibility (pairing_id);
CREATE TRIGGER responsibility_once BEFORE INSERT ON responsibility
WHEN NEW.superseded_at IS NULL AND EXISTS (SELECT 1 FROM responsibility o
    WHERE o.household_number = NEW.household_number AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'two-responsible-on-one-day'); END;
CREATE TRIGGER responsibility_within BEFORE INSERT ON responsibility
WHEN NEW.superseded_at IS NULL AND NOT EXISTS (SELECT 1 FROM pairing p
    WHERE p.id = NEW.pairing_id AND p.household_number = NEW.household_number AND p.first_on <= NEW.valid_from
    AND (p.end_on IS NULL OR p.end_on >= NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'responsible-without-pairing'); END;
CREATE TRIGGER responsibility_within_changed AFTER UPDATE OF first_on, end_on ON pairing
WHEN EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = NEW.id AND r.superseded_at IS NULL
    AND (r.valid_from < NEW.first_on OR NEW.end_on < coalesce(r.valid_to, '9999-99-99')))
BEGIN SELECT RAISE(ABORT, 'responsible-without-pairing'); END;

-- Days on which a pairing takes part in more than its cadre may carry (R040), over the whole interval of it. Load only
-- rises on the first days of pairings, and the quota only falls on the first day of a stretch: those are looked at.
CREATE VIEW pairing_overload (pairing_id, day, quota) AS
SELECT n.id, max(n.first_on, c.valid_from, o.first_on), c.quota
FROM pairing n JOIN cadre_capacity c ON c.cadre_id = n.cadre_id JOIN pairing o ON o.cadre_id = n.cadre_id
WHERE (n.end_on IS NULL OR n.end_on > n.first_on)
    AND (n.end_on IS NULL OR c.valid_from < n.end_on) AND (c.valid_to IS NULL OR c.valid_to > n.first_on)
    AND (o.end_on IS NULL OR (o.end_on > n.first_on AND o.end_on > c.valid_from AND o.end_on > o.first_on))
    AND (n.end_on IS NULL OR o.first_on < n.end_on) AND (c.valid_to IS NULL OR o.first_on < c.valid_to)
    AND c.quota < (SELECT count(*) FROM pairing a WHERE a.cadre_id = n.cadre_id
        AND a.first_on <= max(n.first_on, c.valid_from, o.first_on)
        AND (a.end_on IS NULL OR a.end_on > max(n.first_on, c.valid_from, o.first_on)));

-- Days from which a household does not live where its helper may have households (R040).
CREATE VIEW pairing_outside (pairing_id, day) AS
SELECT n.id, max(n.first_on, c.valid_from)
FROM pairing n JOIN cadre_capacity c ON c.cadre_id = n.cadre_id
    JOIN household h ON h.household_number = n.household_number JOIN division v ON v.id = h.village_id
    LEFT JOIN division d ON d.id = c.division_id
WHERE c.quota > 0 AND (n.end_on IS NULL OR n.end_on > n.first_on)
    AND (n.end_on IS NULL OR c.valid_from < n.end_on) AND (c.valid_to IS NULL OR c.valid_to > n.first_on)
    AND (n.end_on IS NULL OR n.end_on > h.valid_from
        OR NOT EXISTS (SELECT 1 FROM household_history hh WHERE hh.household_number = n.household_number
            AND hh.superseded_at IS NULL AND hh.valid_from < n.end_on))
    AND (c.valid_to IS NULL OR c.valid_to > h.valid_from
        OR NOT EXISTS (SELECT 1 FROM household_history hh WHERE hh.household_number = n.household_number
            AND hh.superseded_at IS NULL AND hh.valid_from < c.valid_to))
    AND (d.id IS NULL OR v.area_code NOT BETWEEN d.area_code AND d.area_last)
UNION ALL
SELECT n.id, max(n.first_on, c.valid_from, h.valid_from)
FROM pairing n JOIN cadre_capacity c ON c.cadre_id = n.cadre_id
    JOIN household_history h ON h.household_number = n.household_number JOIN division v ON v.id = h.village_id
    JOIN household k ON k.household_number = n.household_number JOIN division w ON w.id = k.village_id
    LEFT JOIN division d ON d.id = c.division_id
WHERE c.quota > 0 AND h.superseded_at IS NULL AND (n.end_on IS NULL OR n.end_on > n.first_on)
    AND (n.end_on IS NULL OR c.valid_from < n.end_on) AND (c.valid_to IS NULL OR c.valid_to > n.first_on)
    AND (n.end_on IS NULL OR n.end_on > h.valid_from) AND h.valid_to > n.first_on
    AND (c.valid_to IS NULL OR c.valid_to > h.valid_from) AND h.valid_to > c.valid_from
    AND (d.id IS NULL
        -- A village that was merged has given its place away; its households live in the one that took over.
        OR CASE WHEN v.successor_id IS NULL THEN v.area_code ELSE w.area_code END NOT BETWEEN d.area_code AND d.area_last);

-- A pairing that begins, or that reaches over more days than before, is held to quota and area. One that ends sooner
-- never is: a cadre above his quota can always give a household up.
CREATE TRIGGER pairing_quota AFTER INSERT ON pairing
WHEN NOT EXISTS (SELECT 1 FROM cadre_capacity c WHERE c.cadre_id = NEW.cadre_id AND c.valid_from <= NEW.first_on)
    OR EXISTS (SELECT 1 FROM pairing_overload x WHERE x.pairing_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'quota-full'); END;
CREATE TRIGGER pairing_quota_changed AFTER UPDATE OF first_on, end_on, cadre_id ON pairing
WHEN (NEW.first_on < OLD.first_on OR coalesce(NEW.end_on, '9999-99-99') > coalesce(OLD.end_on, '9999-99-99')
    OR NEW.cadre_id <> OLD.cadre_id)
    AND (NOT EXISTS (SELECT 1 FROM cadre_capacity c WHERE c.cadre_id = NEW.cadre_id AND c.valid_from <= NEW.first_on)
        OR EXISTS (SELECT 1 FROM pairing_overload x WHERE x.pairing_id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'quota-full'); END;
CREATE TRIGGER pairing_area AFTER INSERT ON pairing
WHEN EXISTS (SELECT 1 FROM pairing_outside x WHERE x.pairing_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'outside-linked-area'); END;
CREATE TRIGGER pairing_area_changed AFTER UPDATE OF first_on, end_on, cadre_id, household_number ON pairing
WHEN (NEW.first_on < OLD.first_on OR coalesce(NEW.end_on, '9999-99-99') > coalesce(OLD.end_on, '9999-99-99')
    OR NEW.cadre_id <> OLD.cadre_id OR NEW.household_number <> OLD.household_number)
    AND EXISTS (SELECT 1 FROM pairing_outside x WHERE x.pairing_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'outside-linked-area'); END;

-- The same two once on any day.
CREATE TRIGGER pairing_once BEFORE INSERT ON pairing
WHEN EXISTS (SELECT 1 FROM pairing o WHERE o.household_number = NEW.household_number AND o.cadre_id = NEW.cadre_id
    AND (o.end_on IS NULL OR (o.end_on > o.first_on AND o.end_on > NEW.first_on))
    AND (NEW.end_on IS NULL OR (NEW.end_on > NEW.first_on AND o.first_on < NEW.end_on)))
BEGIN SELECT RAISE(ABORT, 'pairing-exists'); END;
CREATE TRIGGER pairing_once_changed BEFORE UPDATE OF first_on, end_on, cadre_id, household_number ON pairing
WHEN EXISTS (SELECT 1 FROM pairing o WHERE o.household_number = NEW.household_number AND o.cadre_id = NEW.cadre_id
    AND o.id <> NEW.id AND (o.end_on IS NULL OR (o.end_on > o.first_on AND o.end_on > NEW.first_on))
    AND (NEW.end_on IS NULL OR (NEW.end_on > NEW.first_on AND o.first_on < NEW.end_on)))
BEGIN SELECT RAISE(ABORT, 'pairing-exists'); END;

-- Nobody who is poor himself is a helper.
CREATE TRIGGER pairing_helper_poor BEFORE INSERT ON pairing
WHEN EXISTS (SELECT 1 FROM cadre k JOIN member m ON m.identity_hash = k.identity_hash
    WHERE k.id = NEW.cadre_id AND m.identity_state = 'verified' AND m.left_on IS NULL)
BEGIN SELECT RAISE(ABORT, 'helper-is-poor'); END;

-- No unhooking before exit (R046): the last pairing of a household that is not lifted ends only with a successor of the
-- same day, or by a handover. A run may have two cadres change their households with each other: neither can begin
-- before the other has ended, so a run ends first, and looks itself that nobody is left alone.
CREATE TRIGGER pairing_no_unhooking AFTER UPDATE OF end_on ON pairing
WHEN NEW.end_on < coalesce(OLD.end_on, '9999-99-99') AND NEW.handover_id IS NULL
    AND coalesce(NEW.end_reason, '') <> 'run'
    AND NOT EXISTS (SELECT 1 FROM pairing o WHERE o.household_number = NEW.household_number AND o.id <> NEW.id
        AND o.first_on <= NEW.end_on AND (o.end_on IS NULL OR o.end_on > NEW.end_on))
    AND 'lifted' <> coalesce(
        (SELECT hh.status FROM household_history hh WHERE hh.household_number = NEW.household_number
            AND hh.superseded_at IS NULL AND hh.valid_from <= NEW.end_on AND hh.valid_to > NEW.end_on),
        (SELECT h.status FROM household h WHERE h.household_number = NEW.household_number))
BEGIN SELECT RAISE(ABORT, 'no-unhooking'); END;

-- Kept for the day in setting 'kept-day', equal to a recount, which `jiedui check` makes.

-- A household that has had a helper, as it is helped today.
CREATE TABLE household_help (
    household_number     INTEGER NOT NULL PRIMARY KEY REFERENCES household (household_number) ON DELETE CASCADE, -- nothing without it
    -- The village in whose figures it is counted.
    village_id           BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    responsible_cadre_id BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    helper_count         INTEGER NOT NULL CONSTRAINT household_help_helpers CHECK (helper_count >= 0),
    -- Different units among its helpers; a cadre's unit is his organization.
    unit_count           INTEGER NOT NULL CONSTRAINT household_help_units CHECK (unit_count BETWEEN 0 AND helper_count),
    -- Whether it needs two units and has them.
    is_joint_met         INTEGER NOT NULL CONSTRAINT household_help_joint_flag CHECK (is_joint_met IN (0, 1)),
    -- The day on which a household that is not lifted lost its last helper, and by when it must have another.
    awaiting_since       TEXT,
    awaiting_until       TEXT    CONSTRAINT household_help_awaiting_whole CHECK ((awaiting_since IS NULL) = (awaiting_until IS NULL))
) STRICT;
CREATE INDEX household_help_village ON household_help (village_id);
CREATE INDEX household_help_responsible ON household_help (responsible_cadre_id) WHERE responsible_cadre_id IS NOT NULL;
CREATE INDEX household_help_awaiting ON household_help (awaiting_since, household_number) WHERE awaiting_since IS NOT NULL;

-- What a cadre carries today.
CREATE TABLE cadre_help (
    cadre_id    BLOB    NOT NULL PRIMARY KEY REFERENCES cadre (id) ON DELETE CASCADE, -- nothing without it
    -- Where he is counted: the division of his capacity, else of his link, else his organization's home.
    division_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    -- Whether his households have an area: without one his quota opens nothing.
    is_linked   INTEGER NOT NULL CONSTRAINT cadre_help_linked_flag CHECK (is_linked IN (0, 1)),
    is_in_post  INTEGER NOT NULL CONSTRAINT cadre_help_post_flag CHECK (is_in_post IN (0, 1)),
    quota       INTEGER NOT NULL CONSTRAINT cadre_help_quota CHECK (quota >= 0),
    load        INTEGER NOT NULL CONSTRAINT cadre_help_load CHECK (load >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_help_division ON cadre_help (division_id);
CREATE INDEX cadre_help_above ON cadre_help (cadre_id) WHERE load > quota;

-- Sums over both, for each division in which somebody is counted.
CREATE TABLE help_figure (
    division_id  BLOB    NOT NULL PRIMARY KEY REFERENCES division (id) ON DELETE RESTRICT, -- ended, never deleted
    covered      INTEGER NOT NULL DEFAULT 0,
    awaiting     INTEGER NOT NULL DEFAULT 0,
    joint_met    INTEGER NOT NULL DEFAULT 0,
    -- Quotas of the linked, and pairings of all.
    capacity     INTEGER NOT NULL DEFAULT 0,
    used         INTEGER NOT NULL DEFAULT 0,
    -- Linked cadres in post with less than their quota; all cadres with more; and of the former those with nothing.
    below_quota  INTEGER NOT NULL DEFAULT 0,
    above_quota  INTEGER NOT NULL DEFAULT 0,
    zero_duty    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

INSERT INTO code_list (key, zh, en) VALUES
    ('pairing-end-reason', '结对终止原因', 'Why a pairing ended'),
    ('handover-reason', '交接原因', 'Why households are handed on');
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('pairing-end-reason', 'replaced', 1, '更换帮扶人', 'Another helper takes over', NULL, NULL),
    ('pairing-end-reason', 'lifted', 2, '脱贫并过巩固期', 'Lifted, and the time of consolidation is over', NULL, NULL),
    ('pairing-end-reason', 'moved-away', 3, '户迁出', 'The household has moved away', NULL, NULL),
    ('pairing-end-reason', 'not-needed', 4, '不再需要协同帮扶', 'A joint helper is no longer needed', NULL, NULL),
    ('pairing-end-reason', 'entered-in-error', 5, '录入错误', 'Entered in error', NULL, NULL),
    ('pairing-end-reason', 'run', 6, '结对方案调整', 'A pairing run', NULL, NULL),
    ('pairing-end-reason', 'handover', 7, '交接', 'A handover', NULL, NULL),
    ('handover-reason', 'transferred', 1, '调动', 'Transferred', NULL, NULL),
    ('handover-reason', 'retired', 2, '退休', 'Retired', NULL, NULL),
    ('handover-reason', 'died', 3, '去世', 'Died', NULL, NULL),
    ('handover-reason', 'left', 4, '离职', 'Left the service', NULL, NULL),
    ('handover-reason', 'over-quota', 5, '超出帮扶户数', 'Above the quota', NULL, NULL);

-- Cadres who were there before have no capacity yet: the program works it out at its first start, since policy is not
-- SQL's to read.
INSERT INTO setting (key, value) SELECT 'capacity-due', '1' WHERE EXISTS (SELECT 1 FROM cadre);

-- What the best fit of a run is worth, and how long a household may be without a helper: our own defaults, for everywhere.
INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000041', 1, 'pairing.weight.line', NULL, '40', 'weight', '2000-01-01', NULL, 'R045', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000042', 1, 'pairing.weight.unit', NULL, '40', 'weight', '2000-01-01', NULL, 'R044', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000043', 1, 'pairing.weight.depth', NULL, '4', 'weight', '2000-01-01', NULL, 'R040', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000044', 1, 'pairing.weight.distance', NULL, '5', 'weight', '2000-01-01', NULL, 'R045', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000045', 1, 'pairing.weight.load', NULL, '20', 'weight', '2000-01-01', NULL, 'R040', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000046', 1, 'handover.deadline', NULL, '15', 'days', '2000-01-01', NULL, 'R041 R046', NULL, '2000-01-01', 0, 0, NULL);
