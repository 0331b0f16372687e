-- Where a household stands is its state, as with everything else that has a course; the day by which a household must
-- have another helper is that on which it is due, and what takes a card's place is its successor.

-- Triggers and views follow the columns.
ALTER TABLE household RENAME COLUMN status TO state;
ALTER TABLE household RENAME COLUMN status_since TO state_since;
ALTER TABLE household_history RENAME COLUMN status TO state;
ALTER TABLE household_history RENAME COLUMN status_since TO state_since;
DROP INDEX household_list_status;
CREATE INDEX household_list_state ON household (state, area_code, archive_number);
ALTER TABLE household_help RENAME COLUMN awaiting_until TO due_on;
ALTER TABLE contact_card RENAME COLUMN superseded_by TO successor_id;

ALTER TABLE household_figure RENAME TO household_figure_former;
CREATE TABLE household_figure (
    village_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- a village is ended, never deleted
    dimension  TEXT    NOT NULL CONSTRAINT household_figure_dimension_named CHECK (dimension IN
        ('all', 'state', 'attribute', 'cause', 'labour', 'sex', 'education', 'health', 'labour-capacity',
         'birth-date', 'help-need')),
    counts     TEXT    NOT NULL,
    PRIMARY KEY (village_id, dimension)
) STRICT, WITHOUT ROWID;
INSERT INTO household_figure
SELECT village_id, CASE dimension WHEN 'status' THEN 'state' ELSE dimension END, counts FROM household_figure_former;
DROP TABLE household_figure_former;

-- The key of a list cannot change under its values.
INSERT INTO code_list (key, zh, en) SELECT 'household-state', zh, 'State of household' FROM code_list
WHERE key = 'household-status';
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to)
SELECT 'household-state', code, position, zh, en, valid_from, valid_to FROM code_value
WHERE list_key = 'household-status';
UPDATE code_alias SET list_key = 'household-state' WHERE list_key = 'household-status';
UPDATE partner_code SET list_key = 'household-state' WHERE list_key = 'household-status';
UPDATE code_successor SET list_key = 'household-state' WHERE list_key = 'household-status';
DELETE FROM code_value WHERE list_key = 'household-status';
DELETE FROM code_list WHERE key = 'household-status';

-- What is proposed of a household, and what was reported of its files. A heading that was not read is the file's own.
UPDATE change_proposal_field SET field = 'state' WHERE field = 'status';
UPDATE change_proposal SET field_names = trim(replace(';' || field_names || ';', ';status;', ';state;'), ';')
WHERE instr(';' || field_names || ';', ';status;') > 0;
UPDATE job_row SET column = CASE column WHEN 'status' THEN 'state' ELSE 'stateSince' END
WHERE column IN ('status', 'statusSince') AND code <> 'column-not-read'
    AND job_id IN (SELECT id FROM job WHERE kind = 'households');
UPDATE job_row SET code = 'state-in-future' WHERE code = 'status-in-future';

-- Events and the bodies of held visits name these fields within their texts; what a proposal was based on is looked up
-- in the former. The trail is chained anew, and says so in an event.
DROP TRIGGER audit_event_no_update;
-- step: household-states
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit-append-only'); END;
