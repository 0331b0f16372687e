-- Who began a pairing is told with it, beside what began it: whoever wrote it down, approved the run or sent the file.
-- No reference: it outlives the account. NULL for the machine itself.
ALTER TABLE pairing ADD COLUMN begun_by_user_id BLOB
    CONSTRAINT pairing_begun_by_user_length CHECK (begun_by_user_id IS NULL OR length(begun_by_user_id) = 16);
UPDATE pairing SET begun_by_user_id = (SELECT e.user_id FROM audit_event e
    WHERE e.entity_id = pairing.id AND e.entity = 'pairing' AND e.action = 'create' ORDER BY e.sequence LIMIT 1);

UPDATE pairing_run_part SET answer = json_set(answer, '$.approvedBy', json_object('id', answer ->> 'approvedBy',
    'name', (SELECT u.name FROM user_account u WHERE u.id = approved_by)))
WHERE approved_by IS NOT NULL;
