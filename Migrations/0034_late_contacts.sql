-- Duties of contact that were made up for after their period are counted apart from those done in time (R065), and a
-- unit that ends says which unit takes its cadres over.

-- Of `done`: after the period had ended.
ALTER TABLE contact_figure ADD COLUMN late INTEGER NOT NULL DEFAULT 0
    CONSTRAINT contact_figure_late_within CHECK (late BETWEEN 0 AND done);
UPDATE contact_figure SET late = l.late FROM (
    SELECT h.village_id, d.period_end, d.kind, d.subject, d.period_start, count(*) AS late
    FROM contact_duty d JOIN household h ON h.household_number = d.household_number WHERE d.done_on > d.period_end
    GROUP BY h.village_id, d.period_end, d.kind, d.subject, d.period_start) l
WHERE l.village_id = contact_figure.village_id AND l.period_end = contact_figure.period_end
    AND l.kind = contact_figure.kind AND l.subject = contact_figure.subject
    AND l.period_start = contact_figure.period_start;

-- The unit that took over (接替单位).
ALTER TABLE organization ADD COLUMN successor_id BLOB
    CONSTRAINT organization_successor_other CHECK (successor_id <> id) REFERENCES organization (id) ON DELETE RESTRICT;
ALTER TABLE organization_history ADD COLUMN successor_id BLOB REFERENCES organization (id) ON DELETE RESTRICT;
CREATE INDEX organization_successor ON organization (successor_id) WHERE successor_id IS NOT NULL;
CREATE INDEX organization_history_successor ON organization_history (successor_id) WHERE successor_id IS NOT NULL;

-- Where households lived before: of each village, who has left it.
CREATE INDEX household_history_stay ON household_history (village_id, household_number)
    WHERE superseded_at IS NULL AND valid_to IS NOT NULL;
