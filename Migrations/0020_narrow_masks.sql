-- Masks of numbers that give nothing away: of an identity number the last character at most, of a phone the last four.
-- Until here an identity number showed its first four and last four characters, which with the birth date beside it is
-- nearly all of it, and a phone its first three too. A narrow mask follows from a wide one, so no key is needed for it.

-- A number that was replaced after somebody had based a proposal on it was told by its mask. Narrow masks are often
-- alike, so it is marked: no number has the hash of zeros.
UPDATE change_proposal_field SET base_hash = zeroblob(32)
WHERE state = 'open' AND base_hash IS NULL AND base_value IS NOT NULL AND EXISTS (
    SELECT 1 FROM change_proposal p JOIN household h ON h.household_number = p.household_number
    LEFT JOIN member m ON m.household_number = p.household_number AND m.id = p.member_id
    WHERE p.id = change_proposal_field.proposal_id
        AND (field = 'phone' AND h.phone_mask IS DISTINCT FROM base_value
            OR field = 'identityNumber' AND m.identity_mask IS DISTINCT FROM base_value));

UPDATE household SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE household_history SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE organization SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE organization_history SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE helper SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE helper_history SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE member SET identity_mask = substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, CASE WHEN length(identity_mask) < 15 THEN length(identity_mask) ELSE min(length(identity_mask), 18) - 1 END)
    || CASE WHEN length(identity_mask) < 15 THEN ''
        ELSE substr(identity_mask, min(length(identity_mask), 18), 1) || substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, max(length(identity_mask) - 18, 0)) END
WHERE identity_mask IS NOT NULL;
UPDATE member_history SET identity_mask = substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, CASE WHEN length(identity_mask) < 15 THEN length(identity_mask) ELSE min(length(identity_mask), 18) - 1 END)
    || CASE WHEN length(identity_mask) < 15 THEN ''
        ELSE substr(identity_mask, min(length(identity_mask), 18), 1) || substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, max(length(identity_mask) - 18, 0)) END
WHERE identity_mask IS NOT NULL;
UPDATE cadre SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE cadre SET identity_mask = substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, CASE WHEN length(identity_mask) < 15 THEN length(identity_mask) ELSE min(length(identity_mask), 18) - 1 END)
    || CASE WHEN length(identity_mask) < 15 THEN ''
        ELSE substr(identity_mask, min(length(identity_mask), 18), 1) || substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, max(length(identity_mask) - 18, 0)) END
WHERE identity_mask IS NOT NULL;
UPDATE cadre_history SET phone_mask = CASE WHEN length(phone_mask) < 9 THEN replace(hex(zeroblob(length(phone_mask))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(phone_mask))), '00', '*'), 1, length(phone_mask) - 4) || substr(phone_mask, -4) END
WHERE phone_mask IS NOT NULL;
UPDATE cadre_history SET identity_mask = substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, CASE WHEN length(identity_mask) < 15 THEN length(identity_mask) ELSE min(length(identity_mask), 18) - 1 END)
    || CASE WHEN length(identity_mask) < 15 THEN ''
        ELSE substr(identity_mask, min(length(identity_mask), 18), 1) || substr(replace(hex(zeroblob(length(identity_mask))), '00', '*'), 1, max(length(identity_mask) - 18, 0)) END
WHERE identity_mask IS NOT NULL;

-- The columns guard themselves from here on; histories take their rows from them.
CREATE TRIGGER household_phone_narrow BEFORE INSERT ON household
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER household_phone_narrow_changed BEFORE UPDATE OF phone_mask ON household
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER organization_phone_narrow BEFORE INSERT ON organization
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER organization_phone_narrow_changed BEFORE UPDATE OF phone_mask ON organization
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER helper_phone_narrow BEFORE INSERT ON helper
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER helper_phone_narrow_changed BEFORE UPDATE OF phone_mask ON helper
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER cadre_phone_narrow BEFORE INSERT ON cadre
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER cadre_phone_narrow_changed BEFORE UPDATE OF phone_mask ON cadre
WHEN replace(substr(NEW.phone_mask, 1, length(NEW.phone_mask) - 4), '*', '') <> ''
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER member_identity_narrow BEFORE INSERT ON member
WHEN length(replace(NEW.identity_mask, '*', '')) > 1
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER member_identity_narrow_changed BEFORE UPDATE OF identity_mask ON member
WHEN length(replace(NEW.identity_mask, '*', '')) > 1
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER cadre_identity_narrow BEFORE INSERT ON cadre
WHEN length(replace(NEW.identity_mask, '*', '')) > 1
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;
CREATE TRIGGER cadre_identity_narrow_changed BEFORE UPDATE OF identity_mask ON cadre
WHEN length(replace(NEW.identity_mask, '*', '')) > 1
BEGIN SELECT RAISE(ABORT, 'mask-too-wide'); END;

-- Values of proposals; those of a new member are JSON, which the step rewrites.
UPDATE change_proposal_field SET
    base_value = CASE WHEN length(base_value) < 9 THEN replace(hex(zeroblob(length(base_value))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(base_value))), '00', '*'), 1, length(base_value) - 4) || substr(base_value, -4) END,
    proposed_value = CASE WHEN length(proposed_value) < 9 THEN replace(hex(zeroblob(length(proposed_value))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(proposed_value))), '00', '*'), 1, length(proposed_value) - 4) || substr(proposed_value, -4) END,
    replaced_value = CASE WHEN length(replaced_value) < 9 THEN replace(hex(zeroblob(length(replaced_value))), '00', '*')
    ELSE substr(replace(hex(zeroblob(length(replaced_value))), '00', '*'), 1, length(replaced_value) - 4) || substr(replaced_value, -4) END
WHERE field = 'phone';
UPDATE change_proposal_field SET
    base_value = substr(replace(hex(zeroblob(length(base_value))), '00', '*'), 1, CASE WHEN length(base_value) < 15 THEN length(base_value) ELSE min(length(base_value), 18) - 1 END)
    || CASE WHEN length(base_value) < 15 THEN ''
        ELSE substr(base_value, min(length(base_value), 18), 1) || substr(replace(hex(zeroblob(length(base_value))), '00', '*'), 1, max(length(base_value) - 18, 0)) END,
    proposed_value = substr(replace(hex(zeroblob(length(proposed_value))), '00', '*'), 1, CASE WHEN length(proposed_value) < 15 THEN length(proposed_value) ELSE min(length(proposed_value), 18) - 1 END)
    || CASE WHEN length(proposed_value) < 15 THEN ''
        ELSE substr(proposed_value, min(length(proposed_value), 18), 1) || substr(replace(hex(zeroblob(length(proposed_value))), '00', '*'), 1, max(length(proposed_value) - 18, 0)) END,
    replaced_value = substr(replace(hex(zeroblob(length(replaced_value))), '00', '*'), 1, CASE WHEN length(replaced_value) < 15 THEN length(replaced_value) ELSE min(length(replaced_value), 18) - 1 END)
    || CASE WHEN length(replaced_value) < 15 THEN ''
        ELSE substr(replaced_value, min(length(replaced_value), 18), 1) || substr(replace(hex(zeroblob(length(replaced_value))), '00', '*'), 1, max(length(replaced_value) - 18, 0)) END
WHERE field = 'identityNumber';

-- Files of exports with wide masks are not given out any more: whoever opens the data removes them from the spool. Of a
-- file that is gone nobody needs the hash, from which numbers could be guessed.
UPDATE export_job SET state = 'expired' WHERE state = 'done';
UPDATE export_job SET sha256 = NULL WHERE state = 'expired';

-- Events, kept answers and reports hold masks within their texts. The trail is chained anew, and says so in an event.
DROP TRIGGER audit_event_no_update;
-- step: narrow-masks
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit-append-only'); END;

-- What was overwritten must not stay in unused parts of the file: whoever opens the data writes the file anew while this
-- row stands, and then removes it.
INSERT INTO setting (key, value) SELECT 'rewrite-file', '0020_narrow_masks' WHERE EXISTS (SELECT 1 FROM audit_event);
