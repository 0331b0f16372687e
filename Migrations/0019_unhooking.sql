-- No household that is not lifted is left alone, also not on a later day (R046): where a pairing is given an earlier
-- end, somebody else must hold on that day and on every day after it on which another pairing ends, as far as the
-- pairing itself would have held.
DROP TRIGGER pairing_no_unhooking;
CREATE TRIGGER pairing_no_unhooking AFTER UPDATE OF end_on ON pairing
WHEN NEW.end_on < coalesce(OLD.end_on, '9999-99-99') AND NEW.handover_id IS NULL
    AND coalesce(NEW.end_reason, '') <> 'run'
    AND EXISTS (
        SELECT 1 FROM (SELECT NEW.end_on AS day
            UNION SELECT e.end_on FROM pairing e WHERE e.household_number = NEW.household_number AND e.id <> NEW.id
                AND e.end_on > e.first_on AND e.end_on > NEW.end_on
                AND e.end_on < coalesce(OLD.end_on, '9999-99-99')) d
        WHERE NOT EXISTS (SELECT 1 FROM pairing o WHERE o.household_number = NEW.household_number AND o.id <> NEW.id
                AND o.first_on <= d.day AND (o.end_on IS NULL OR o.end_on > d.day))
            AND 'lifted' <> coalesce(
                (SELECT hh.status FROM household_history hh WHERE hh.household_number = NEW.household_number
                    AND hh.superseded_at IS NULL AND hh.valid_from <= d.day AND hh.valid_to > d.day),
                (SELECT h.status FROM household h WHERE h.household_number = NEW.household_number)))
BEGIN SELECT RAISE(ABORT, 'no-unhooking'); END;
