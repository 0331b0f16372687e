-- Limits that are policy, held by the database whatever the path: it reads the parameter of each day.

-- Days from which a parameter may have another value: one is stated, or no longer holds.
CREATE VIEW parameter_day (key, day) AS
SELECT key, first_on FROM parameter UNION SELECT key, end_on FROM parameter WHERE end_on IS NOT NULL;

-- How many towns and poor villages a county leader has (R008): the number of the nearest area above the place, on each
-- day on which the count may rise or the number fall. What was believed of the same duty just before may stay, whatever the number is now.
CREATE VIEW leader_excess (duty_id, recorded_at, kind, day, places, most) AS
SELECT n.duty_id, n.recorded_at, n.kind, d.day,
    (SELECT count(*) FROM duty_term a WHERE a.cadre_id = n.cadre_id AND a.kind = n.kind AND a.superseded_at IS NULL
        AND a.valid_from <= d.day AND (a.valid_to IS NULL OR a.valid_to > d.day)) AS places,
    (SELECT CAST(q.value AS INTEGER) FROM parameter q LEFT JOIN division a ON a.id = q.division_id
        WHERE q.key = CASE n.kind WHEN 'leader-town' THEN 'quota.county-leader.town'
            ELSE 'quota.county-leader.village' END
        AND q.first_on <= d.day AND (q.end_on IS NULL OR q.end_on > d.day)
        AND (q.division_id IS NULL OR (a.successor_id IS NULL AND v.area_code BETWEEN a.area_code AND a.area_last))
        ORDER BY coalesce(a.level, 0) DESC LIMIT 1) AS most
FROM duty_term n JOIN division v ON v.id = n.division_id
    JOIN (SELECT cadre_id, kind, valid_from AS day FROM duty_term WHERE superseded_at IS NULL
        UNION SELECT cadre_id, kind, valid_to FROM duty_term WHERE valid_to IS NOT NULL
        UNION SELECT t.cadre_id, t.kind, q.day FROM parameter_day q JOIN duty_term t ON t.superseded_at IS NULL
            WHERE q.key IN ('quota.county-leader.town', 'quota.county-leader.village')) d
        ON d.cadre_id = n.cadre_id AND d.kind = n.kind
WHERE n.kind IN ('leader-town', 'leader-village') AND n.superseded_at IS NULL
    AND d.day >= n.valid_from AND (n.valid_to IS NULL OR d.day < n.valid_to)
    AND NOT EXISTS (SELECT 1 FROM duty_term b WHERE b.duty_id = n.duty_id AND b.superseded_at = n.recorded_at
        AND b.cadre_id = n.cadre_id AND b.kind = n.kind AND b.valid_from <= d.day
        AND (b.valid_to IS NULL OR b.valid_to > d.day))
    AND places > most;
CREATE TRIGGER duty_term_leader_town AFTER INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'leader-town'
    AND EXISTS (SELECT 1 FROM leader_excess x WHERE x.duty_id = NEW.duty_id)
BEGIN SELECT RAISE(ABORT, 'leader-has-town'); END;
CREATE TRIGGER duty_term_leader_village AFTER INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'leader-village'
    AND EXISTS (SELECT 1 FROM leader_excess x WHERE x.duty_id = NEW.duty_id)
BEGIN SELECT RAISE(ABORT, 'leader-has-village'); END;

-- How many households a cadre stands beside as a second helper (R034). A role is given after its pairing is written, and
-- passes from one helper to another by several statements. So triggers note the days on which a pairing may have become
-- that of a second helper, and whoever has finished an act removes the notes: removing one is what is refused.
CREATE TABLE pairing_unsettled (
    id         INTEGER PRIMARY KEY,
    pairing_id BLOB    NOT NULL REFERENCES pairing (id) ON DELETE CASCADE, -- a pairing taken back is nobody's
    cadre_id   BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    first_on   TEXT    NOT NULL,
    end_on     TEXT,
    -- A run holds its own, stricter limit: roles change in it one after another.
    is_excused INTEGER NOT NULL DEFAULT 0 CONSTRAINT pairing_unsettled_excused_flag CHECK (is_excused IN (0, 1))
) STRICT;
CREATE INDEX pairing_unsettled_pairing ON pairing_unsettled (pairing_id);
CREATE INDEX pairing_unsettled_cadre ON pairing_unsettled (cadre_id);

-- Not of a run, which begins thousands.
CREATE TRIGGER pairing_joint AFTER INSERT ON pairing
WHEN NEW.begun_by <> 'run' AND (NEW.end_on IS NULL OR NEW.end_on > NEW.first_on)
BEGIN
    INSERT INTO pairing_unsettled (pairing_id, cadre_id, first_on, end_on)
    VALUES (NEW.id, NEW.cadre_id, NEW.first_on, NEW.end_on);
END;
-- Days before and after those that it had.
CREATE TRIGGER pairing_joint_changed AFTER UPDATE OF first_on, end_on, cadre_id ON pairing
WHEN NEW.first_on < OLD.first_on OR NEW.cadre_id <> OLD.cadre_id
    OR coalesce(NEW.end_on, '9999-99-99') > coalesce(OLD.end_on, '9999-99-99')
BEGIN
    INSERT INTO pairing_unsettled (pairing_id, cadre_id, first_on, end_on)
    SELECT NEW.id, NEW.cadre_id, g.first_on, g.end_on FROM (
        SELECT NEW.first_on AS first_on, NEW.end_on AS end_on WHERE NEW.cadre_id <> OLD.cadre_id
        UNION ALL SELECT NEW.first_on, min(OLD.first_on, coalesce(NEW.end_on, OLD.first_on))
            WHERE NEW.first_on < OLD.first_on
        UNION ALL SELECT max(OLD.end_on, NEW.first_on), NEW.end_on
            WHERE OLD.end_on < coalesce(NEW.end_on, '9999-99-99')) g
    WHERE g.end_on IS NULL OR g.end_on > g.first_on;
END;
-- Whoever answered for a household may stay beside somebody else.
CREATE TRIGGER responsibility_joint AFTER UPDATE OF superseded_at ON responsibility
WHEN OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
BEGIN
    INSERT INTO pairing_unsettled (pairing_id, cadre_id, first_on, end_on)
    SELECT p.id, p.cadre_id, OLD.valid_from, OLD.valid_to FROM pairing p WHERE p.id = OLD.pairing_id;
END;
CREATE TRIGGER responsibility_joint_removed AFTER DELETE ON responsibility WHEN OLD.superseded_at IS NULL
BEGIN
    INSERT INTO pairing_unsettled (pairing_id, cadre_id, first_on, end_on)
    SELECT p.id, p.cadre_id, OLD.valid_from, OLD.valid_to FROM pairing p WHERE p.id = OLD.pairing_id;
END;

-- Within the days noted those on which a cadre may have more households as a second helper, or be allowed fewer.
CREATE VIEW second_helper_day (unsettled_id, pairing_id, cadre_id, day) AS
SELECT u.id, u.pairing_id, u.cadre_id, max(u.first_on, p.first_on)
FROM pairing_unsettled u JOIN pairing p ON p.cadre_id = u.cadre_id
WHERE u.end_on IS NULL OR max(u.first_on, p.first_on) < u.end_on
UNION
SELECT u.id, u.pairing_id, u.cadre_id, max(u.first_on, r.valid_to)
FROM pairing_unsettled u JOIN pairing p ON p.cadre_id = u.cadre_id JOIN responsibility r ON r.pairing_id = p.id
WHERE r.superseded_at IS NULL AND r.valid_to IS NOT NULL
    AND (u.end_on IS NULL OR max(u.first_on, r.valid_to) < u.end_on)
UNION
SELECT u.id, u.pairing_id, u.cadre_id, q.day
FROM pairing_unsettled u JOIN parameter_day q ON q.key = 'second-helper.max-households' AND q.day > u.first_on
    JOIN cadre_capacity c ON c.cadre_id = u.cadre_id AND c.quota > 0 AND c.valid_from <= q.day
    AND (c.valid_to IS NULL OR c.valid_to > q.day)
WHERE u.end_on IS NULL OR q.day < u.end_on;

-- The same days where it is more than the parameter of the area says that the cadre is linked to on that day, and the
-- noted pairing is one of them.
CREATE VIEW second_helper_excess (unsettled_id, cadre_id, day, households, most) AS
SELECT d.unsettled_id, d.cadre_id, d.day,
    (SELECT count(*) FROM pairing a WHERE a.cadre_id = d.cadre_id AND a.first_on <= d.day
        AND (a.end_on IS NULL OR a.end_on > d.day)
        AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = a.id AND r.superseded_at IS NULL
            AND r.valid_from <= d.day AND (r.valid_to IS NULL OR r.valid_to > d.day))) AS households,
    (SELECT CAST(q.value AS INTEGER) FROM parameter q LEFT JOIN division a ON a.id = q.division_id
        WHERE q.key = 'second-helper.max-households' AND q.first_on <= d.day AND (q.end_on IS NULL OR q.end_on > d.day)
        AND (q.division_id IS NULL OR (a.successor_id IS NULL AND EXISTS (SELECT 1 FROM cadre_capacity c
            JOIN division v ON v.id = c.division_id WHERE c.cadre_id = d.cadre_id AND c.valid_from <= d.day
            AND (c.valid_to IS NULL OR c.valid_to > d.day) AND v.area_code BETWEEN a.area_code AND a.area_last)))
        ORDER BY coalesce(a.level, 0) DESC LIMIT 1) AS most
FROM second_helper_day d JOIN pairing p ON p.id = d.pairing_id
WHERE p.first_on <= d.day AND (p.end_on IS NULL OR p.end_on > d.day)
    AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = p.id AND r.superseded_at IS NULL
        AND r.valid_from <= d.day AND (r.valid_to IS NULL OR r.valid_to > d.day))
    AND households > most;

-- Most of what is noted is a pairing that answers for its household on all of the days.
CREATE TRIGGER second_helper_full BEFORE DELETE ON pairing_unsettled
WHEN OLD.is_excused = 0
    AND NOT EXISTS (SELECT 1 FROM responsibility r WHERE r.pairing_id = OLD.pairing_id AND r.superseded_at IS NULL
        AND r.valid_from <= OLD.first_on AND (r.valid_to IS NULL OR r.valid_to >= OLD.end_on))
    AND EXISTS (SELECT 1 FROM second_helper_excess x WHERE x.unsettled_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'second-helper-full'); END;
