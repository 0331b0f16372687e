-- Who is gone does not help (R041, R046): a household is covered while whoever answers for it can help.

-- The days on which the cadre of a pairing can help: in the register, with a quota (in post, or one of their own, as
-- veterans have). What asks whether somebody helps asks this view or the next; division_id is where the quota counts.
CREATE VIEW pairing_able (pairing_id, household_number, cadre_id, first_on, end_on, division_id) AS
SELECT p.id, p.household_number, p.cadre_id, max(p.first_on, c.valid_from),
    nullif(min(coalesce(p.end_on, '9999-99-99'), coalesce(c.valid_to, '9999-99-99')), '9999-99-99'), c.division_id
FROM pairing p JOIN cadre_capacity c ON c.cadre_id = p.cadre_id
WHERE c.quota > 0 AND (p.end_on IS NULL OR (p.end_on > p.first_on AND p.end_on > c.valid_from))
    AND (c.valid_to IS NULL OR c.valid_to > p.first_on);

-- The days on which a household is covered, and by whom: who answers for it can help. At most one row holds on a day.
CREATE VIEW household_covered (household_number, cadre_id, pairing_id, first_on, end_on) AS
SELECT r.household_number, a.cadre_id, a.pairing_id, max(a.first_on, r.valid_from),
    nullif(min(coalesce(a.end_on, '9999-99-99'), coalesce(r.valid_to, '9999-99-99')), '9999-99-99')
FROM responsibility r JOIN pairing_able a ON a.pairing_id = r.pairing_id
WHERE r.superseded_at IS NULL AND (r.valid_to IS NULL OR r.valid_to > a.first_on)
    AND (a.end_on IS NULL OR a.end_on > r.valid_from);

-- Helpers and units are those who can help; whoever answers is named while they can.
ALTER TABLE household_help ADD COLUMN is_outside INTEGER NOT NULL DEFAULT 0
    CONSTRAINT household_help_outside_flag CHECK (is_outside IN (0, 1));
-- Households outside the area of the quota.
ALTER TABLE cadre_help ADD COLUMN outside_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT cadre_help_outside CHECK (outside_count >= 0);
-- Households with a helper from outside.
ALTER TABLE help_figure ADD COLUMN outside INTEGER NOT NULL DEFAULT 0;
-- What is kept is counted anew at the first start.
INSERT INTO setting (key, value) SELECT 'help-due', '1' WHERE EXISTS (SELECT 1 FROM cadre);

-- In what state the handover left the cadre.
ALTER TABLE handover ADD COLUMN post_state TEXT;

INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash)
SELECT x'00000000000070008000000000000101', 1, 'pairing.consolidation.months', NULL, '12', 'months', '2000-01-01', NULL, 'R046', NULL, '2000-01-01', 0, 0, NULL
WHERE NOT EXISTS (SELECT 1 FROM parameter WHERE key = 'pairing.consolidation.months');

-- No household that must be helped is left alone, also not on a later day. Must be helped: not lifted, or lifted and
-- still in consolidation, which is over on a day when the household was lifted at least that many months before it (a
-- month's last day where it has no such day). Who is gone does not count as somebody else; and on later days the pairing
-- itself counts only while its own cadre can help.
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
        JOIN household h ON h.household_number = NEW.household_number
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

-- Nobody helps a household before it is one: before the first day of which its archive speaks.
CREATE TRIGGER pairing_household BEFORE INSERT ON pairing
WHEN NEW.first_on < (SELECT min(f.valid_from) FROM (SELECT h.valid_from FROM household h
        WHERE h.household_number = NEW.household_number
    UNION ALL SELECT k.valid_from FROM household_history k WHERE k.household_number = NEW.household_number
        AND k.superseded_at IS NULL) f)
BEGIN SELECT RAISE(ABORT, 'before-household'); END;
CREATE TRIGGER pairing_household_changed BEFORE UPDATE OF first_on, household_number ON pairing
WHEN (NEW.first_on < OLD.first_on OR NEW.household_number <> OLD.household_number)
    AND NEW.first_on < (SELECT min(f.valid_from) FROM (SELECT h.valid_from FROM household h
        WHERE h.household_number = NEW.household_number
    UNION ALL SELECT k.valid_from FROM household_history k WHERE k.household_number = NEW.household_number
        AND k.superseded_at IS NULL) f)
BEGIN SELECT RAISE(ABORT, 'before-household'); END;
