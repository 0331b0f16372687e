-- Units and work teams do not leave a village that is registered as poor before somebody else is there (R046).

-- A duty that is given an earlier end: the row that was believed until now has just been superseded, under the same
-- time, and reached further. That a duty was entered in error is told by taking it back, which writes no row. An import
-- that is undone makes believed again what was believed before it, whatever that leaves behind.
CREATE TRIGGER duty_term_no_unhooking BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.valid_to IS NOT NULL
    AND NEW.kind IN ('village-guarantee', 'village-stationing', 'village-pairing', 'team-leader', 'team-member')
    AND EXISTS (SELECT 1 FROM duty_term b WHERE b.duty_id = NEW.duty_id AND b.superseded_at = NEW.recorded_at
        AND b.division_id = NEW.division_id AND (b.valid_to IS NULL OR b.valid_to > NEW.valid_to))
    -- The village, or whichever took over from it, is registered as poor on the first day without the duty.
    AND EXISTS (SELECT 1 FROM duty y JOIN division v ON v.level = 5 AND v.area_code = y.area_code AND v.successor_id IS NULL
        JOIN village_kind k ON k.village_id = v.id AND k.superseded_at IS NULL
        WHERE y.id = NEW.duty_id AND k.kind IN ('deep-poor', 'poor', 'development-focus')
        AND k.valid_from <= NEW.valid_to AND (k.valid_to IS NULL OR k.valid_to > NEW.valid_to))
    -- Another unit in the same way, or another member of a team, on that day.
    AND NOT EXISTS (SELECT 1 FROM duty y JOIN duty z ON z.area_code = y.area_code AND z.level = 5 AND z.id <> y.id
        JOIN duty_term o ON o.duty_id = z.id AND o.superseded_at IS NULL
        WHERE y.id = NEW.duty_id AND o.valid_from <= NEW.valid_to AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_to)
        AND ((NEW.team_id IS NULL AND o.kind = NEW.kind)
            OR (NEW.team_id IS NOT NULL AND o.kind IN ('team-leader', 'team-member'))))
    AND NOT EXISTS (SELECT 1 FROM job_record r JOIN job j ON j.id = r.job_id
        WHERE r.entity_id = NEW.duty_id AND j.undo_state = 'undoing')
BEGIN SELECT RAISE(ABORT, 'no-unhooking'); END;
