-- What the desk needs every morning: archives with warnings as a kept list, and what has happened since a day.

-- What the rules warn of, as of `judged_on`: a JSON array; empty where there is nothing. Kept with every writing of the
-- household; what only time brings about is found by a chore of each new day.
ALTER TABLE household ADD COLUMN warnings TEXT NOT NULL DEFAULT '';
ALTER TABLE household ADD COLUMN judged_on TEXT;
CREATE INDEX household_list_warned ON household (area_code, archive_number) WHERE warnings <> '';

-- What has happened since a day: few rows, however large the county.
CREATE INDEX household_state_since ON household (state_since, state, area_code);
CREATE INDEX member_born ON member (joined_on, household_number) WHERE join_reason = 'birth';
CREATE INDEX member_died ON member (left_on, household_number) WHERE left_reason = 'death';
CREATE INDEX household_history_until ON household_history (valid_to, household_number, village_id)
    WHERE superseded_at IS NULL AND valid_to IS NOT NULL;
CREATE INDEX held_visit_open ON held_visit (area_code, id) WHERE state = 'open';
