-- The audit trail is asked for a user, a token, a kind of record with an action, and days, newest first: each question
-- walks an index in the order of its answer, however long the trail is. SQLite ends each index with the sequence.
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_user ON audit_event (user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX audit_event_token ON audit_event (token_id, at) WHERE token_id IS NOT NULL;
CREATE INDEX audit_event_action ON audit_event (entity, action, at);
