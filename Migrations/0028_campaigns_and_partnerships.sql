-- A campaign says its own place, as every declared record does, and goes where its division goes.

ALTER TABLE campaign ADD COLUMN area_code INTEGER NOT NULL DEFAULT 100000000000
    CONSTRAINT campaign_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999);
ALTER TABLE campaign ADD COLUMN level INTEGER NOT NULL DEFAULT 3 CONSTRAINT campaign_level_known CHECK (level BETWEEN 1 AND 5);
WITH RECURSIVE heir (id, last) AS (
    SELECT id, id FROM division WHERE successor_id IS NULL
    UNION ALL SELECT d.id, h.last FROM division d JOIN heir h ON d.successor_id = h.id)
UPDATE campaign SET (area_code, level) = (SELECT d.area_code, d.level FROM heir h JOIN division d ON d.id = h.last
    WHERE h.id = campaign.division_id);
CREATE INDEX campaign_area ON campaign (area_code, level);

-- The kind of a partnership never changes, and so it stands in its own row alone.
ALTER TABLE partnership_history DROP COLUMN kind;
