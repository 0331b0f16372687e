-- Whoever goes into another archive when a family splits (分户) is one person with two rows: the new one names the former,
-- so that on each day one of them lives in a household, whatever is corrected later.
ALTER TABLE member ADD COLUMN split_from_id BLOB CONSTRAINT member_split_from_length CHECK (split_from_id IS NULL OR length(split_from_id) = 16);

-- Those who went before: the same number, or name and birth date, on the same day.
UPDATE member SET split_from_id = (
    SELECT o.id FROM household n JOIN member o ON o.household_number = n.split_from_number
    WHERE n.household_number = member.household_number AND o.left_on = member.joined_on
        AND o.left_reason = 'household-split'
        AND (o.identity_hash = member.identity_hash OR (o.name = member.name AND o.birth_date IS member.birth_date))
    LIMIT 1)
WHERE household_number IN (SELECT household_number FROM household WHERE split_from_number IS NOT NULL);

-- The first day of an archive that a split has made moves with the day of the split; nobody helps it before it is one.
CREATE TRIGGER household_first_day AFTER UPDATE OF valid_from ON household
WHEN NEW.split_from_number IS NOT NULL AND NEW.valid_from > OLD.valid_from
    AND NOT EXISTS (SELECT 1 FROM household_history k WHERE k.household_number = NEW.household_number
        AND k.superseded_at IS NULL AND k.valid_to IS NOT NULL AND k.valid_from <= OLD.valid_from)
    AND EXISTS (SELECT 1 FROM pairing p WHERE p.household_number = NEW.household_number
        AND (p.end_on IS NULL OR p.end_on > p.first_on)
        AND p.first_on < (SELECT min(f.valid_from) FROM (SELECT NEW.valid_from
            UNION ALL SELECT k.valid_from FROM household_history k WHERE k.household_number = NEW.household_number
                AND k.superseded_at IS NULL AND k.valid_to IS NOT NULL) f))
BEGIN SELECT RAISE(ABORT, 'before-household'); END;
