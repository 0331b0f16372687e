-- Pairings and responsibilities with an end that is known: those of the days to come are few, and who will await a
-- successor is asked of a whole county at once.
CREATE INDEX pairing_ending ON pairing (end_on) WHERE end_on IS NOT NULL;
CREATE INDEX responsibility_ending ON responsibility (valid_to) WHERE superseded_at IS NULL AND valid_to IS NOT NULL;
