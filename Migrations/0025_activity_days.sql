-- The end of an activity is the first day on which it was over, as everywhere.

ALTER TABLE activity RENAME COLUMN last_on TO end_on;
UPDATE activity SET end_on = date(end_on, '+1 day');
-- The column's own check lets it end on the day on which it begins.
CREATE TRIGGER activity_ends_later_insert BEFORE INSERT ON activity WHEN NEW.end_on <= NEW.first_on
BEGIN SELECT RAISE(ABORT, 'activity_ends_later'); END;
CREATE TRIGGER activity_ends_later_update BEFORE UPDATE ON activity WHEN NEW.end_on <= NEW.first_on
BEGIN SELECT RAISE(ABORT, 'activity_ends_later'); END;
