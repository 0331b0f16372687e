-- A household ends (销号): its members have died out, it has moved out of the county or become part of another, it was
-- included wrongly (清退) or entered twice. It is kept with its past, and from that day counts nowhere.

-- The first day on which it is no longer a household, why, and by which document. The household that it became part of,
-- or that is the right one of two, is named by its number; no foreign key, because an import that both makes that one
-- and ends this one is taken back as a whole.
ALTER TABLE household ADD COLUMN ended_on TEXT CONSTRAINT household_ended_date CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');
ALTER TABLE household ADD COLUMN end_reason TEXT CONSTRAINT household_end_whole CHECK ((ended_on IS NULL) = (end_reason IS NULL));
ALTER TABLE household ADD COLUMN end_document TEXT CONSTRAINT household_end_document CHECK
    (end_document IS NULL OR (ended_on IS NOT NULL AND length(end_document) BETWEEN 1 AND 100));
ALTER TABLE household ADD COLUMN successor_number INTEGER CONSTRAINT household_successor_ended CHECK
    (successor_number IS NULL OR (ended_on IS NOT NULL AND successor_number <> household_number));
-- The household that its people came from when a family split (分户); a fact of its making.
ALTER TABLE household ADD COLUMN split_from_number INTEGER CONSTRAINT household_split_other CHECK (split_from_number <> household_number);
CREATE INDEX household_ended ON household (area_code, archive_number) WHERE ended_on IS NOT NULL;
CREATE INDEX household_successor ON household (successor_number) WHERE successor_number IS NOT NULL;
CREATE INDEX household_split_from ON household (split_from_number) WHERE split_from_number IS NOT NULL;

ALTER TABLE household_history ADD COLUMN ended_on TEXT;
ALTER TABLE household_history ADD COLUMN end_reason TEXT;
ALTER TABLE household_history ADD COLUMN end_document TEXT;
ALTER TABLE household_history ADD COLUMN successor_number INTEGER;

INSERT INTO code_list (key, zh, en) VALUES ('household-end-reason', '销号原因', 'Why a household ended');
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('household-end-reason', 'died-out', 1, '全户死亡', 'Everybody has died', NULL, NULL),
    ('household-end-reason', 'moved-out', 2, '整户迁出', 'Moved out of the county', NULL, NULL),
    ('household-end-reason', 'merged', 3, '并入他户', 'Became part of another household', NULL, NULL),
    ('household-end-reason', 'wrongly-included', 4, '清退', 'Included wrongly', NULL, NULL),
    ('household-end-reason', 'entered-twice', 5, '重复录入', 'Entered twice', NULL, NULL),
    ('member-join-reason', 'household-split', 10, '分户', 'A household split', NULL, NULL),
    ('member-leave-reason', 'household-ended', 11, '随户销号', 'The household ended', NULL, NULL),
    ('pairing-end-reason', 'household-ended', 8, '户已销号', 'The household ended', NULL, NULL),
    ('partnership-end-reason', 'household-ended', 9, '户已销号', 'The household ended', NULL, NULL);
INSERT INTO code_alias (list_key, label, code) VALUES
    ('household-end-reason', '消亡', 'died-out'),
    ('household-end-reason', '绝户', 'died-out'),
    ('household-end-reason', '迁出', 'moved-out'),
    ('household-end-reason', '整户搬迁', 'moved-out'),
    ('household-end-reason', '并户', 'merged'),
    ('household-end-reason', '合户', 'merged'),
    ('household-end-reason', '错评', 'wrongly-included'),
    ('household-end-reason', '错误识别', 'wrongly-included'),
    ('household-end-reason', '剔除', 'wrongly-included'),
    ('household-end-reason', '重复', 'entered-twice'),
    ('household-end-reason', '重复建档', 'entered-twice');

-- As in 0031_help; who has ended needs no helper either.
DROP TRIGGER pairing_no_unhooking;
CREATE TRIGGER pairing_no_unhooking AFTER UPDATE OF end_on ON pairing
WHEN NEW.end_on < coalesce(OLD.end_on, '9999-99-99') AND NEW.handover_id IS NULL
    AND coalesce(NEW.end_reason, '') <> 'run'
    AND EXISTS (
        SELECT 1 FROM (SELECT NEW.end_on AS day
            UNION SELECT a.end_on FROM pairing_able a WHERE a.household_number = NEW.household_number
                AND a.pairing_id <> NEW.id AND a.end_on > NEW.end_on AND a.end_on < coalesce(OLD.end_on, '9999-99-99')
                AND EXISTS (SELECT 1 FROM cadre_capacity c WHERE c.cadre_id = NEW.cadre_id AND c.quota > 0
                    AND c.valid_from <= a.end_on AND (c.valid_to IS NULL OR c.valid_to > a.end_on))) d
        JOIN household h ON h.household_number = NEW.household_number AND (h.ended_on IS NULL OR h.ended_on > d.day)
        LEFT JOIN household_history f ON f.household_number = h.household_number AND f.superseded_at IS NULL
            AND f.valid_from <= d.day AND f.valid_to > d.day
        WHERE NOT EXISTS (SELECT 1 FROM pairing_able o WHERE o.household_number = NEW.household_number
                AND o.pairing_id <> NEW.id AND o.first_on <= d.day AND (o.end_on IS NULL OR o.end_on > d.day))
            AND (coalesce(f.state, h.state) <> 'lifted' OR coalesce(f.state_since, h.state_since) > (
                SELECT min(date(d.day, '-' || m.months || ' months'),
                    date(d.day, 'start of month', (1 - m.months) || ' months', '-1 day'))
                FROM (SELECT coalesce((SELECT CAST(p.value AS INTEGER) FROM parameter p
                    LEFT JOIN division a ON a.id = p.division_id
                    WHERE p.key = 'pairing.consolidation.months' AND p.first_on <= d.day
                    AND (p.end_on IS NULL OR p.end_on > d.day)
                    AND (p.division_id IS NULL OR h.area_code BETWEEN a.area_code AND a.area_last)
                    ORDER BY coalesce(a.level, 0) DESC LIMIT 1), 12) AS months) m)))
BEGIN SELECT RAISE(ABORT, 'no-unhooking'); END;

-- Nobody helps a household that has ended. An import that is undone makes believed again what was believed before it.
CREATE TRIGGER pairing_household_living AFTER INSERT ON pairing
WHEN EXISTS (SELECT 1 FROM household h WHERE h.household_number = NEW.household_number
    AND h.ended_on < coalesce(NEW.end_on, '9999-99-99') AND (NEW.end_on IS NULL OR NEW.end_on > NEW.first_on))
BEGIN SELECT RAISE(ABORT, 'household-ended'); END;
CREATE TRIGGER pairing_household_living_changed AFTER UPDATE OF first_on, end_on ON pairing
WHEN (NEW.first_on < OLD.first_on OR coalesce(NEW.end_on, '9999-99-99') > coalesce(OLD.end_on, '9999-99-99'))
    AND EXISTS (SELECT 1 FROM household h WHERE h.household_number = NEW.household_number
        AND h.ended_on < coalesce(NEW.end_on, '9999-99-99') AND (NEW.end_on IS NULL OR NEW.end_on > NEW.first_on))
    AND NOT EXISTS (SELECT 1 FROM job_record r JOIN job j ON j.id = r.job_id
        WHERE r.entity_id = NEW.id AND j.undo_state = 'undoing')
BEGIN SELECT RAISE(ABORT, 'household-ended'); END;

-- The same for its other partners (R042).
CREATE TRIGGER partnership_household_living AFTER INSERT ON partnership
WHEN EXISTS (SELECT 1 FROM household h WHERE h.household_number = NEW.household_number
    AND h.ended_on < coalesce(NEW.end_on, '9999-99-99') AND (NEW.end_on IS NULL OR NEW.end_on > NEW.first_on))
BEGIN SELECT RAISE(ABORT, 'household-ended'); END;
CREATE TRIGGER partnership_household_living_changed AFTER UPDATE OF first_on, end_on ON partnership
WHEN (NEW.first_on < OLD.first_on OR coalesce(NEW.end_on, '9999-99-99') > coalesce(OLD.end_on, '9999-99-99'))
    AND EXISTS (SELECT 1 FROM household h WHERE h.household_number = NEW.household_number
        AND h.ended_on < coalesce(NEW.end_on, '9999-99-99') AND (NEW.end_on IS NULL OR NEW.end_on > NEW.first_on))
    AND NOT EXISTS (SELECT 1 FROM job_record r JOIN job j ON j.id = r.job_id
        WHERE r.entity_id = NEW.id AND j.undo_state = 'undoing')
BEGIN SELECT RAISE(ABORT, 'household-ended'); END;
