-- Finding a household or a cadre by a number that somebody names at the desk: a right of its own, and what it is found by.

ALTER TABLE user_right RENAME TO user_right_former;
CREATE TABLE user_right (
    user_id    BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE, -- worthless without its owner
    right_key  TEXT    NOT NULL CONSTRAINT user_right_known CHECK (right_key IN ('find-by-number', 'read-sealed')),
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, right_key)
) STRICT, WITHOUT ROWID;
INSERT INTO user_right (user_id, right_key, granted_at) SELECT user_id, right_key, granted_at FROM user_right_former;
DROP TABLE user_right_former;

CREATE INDEX household_phone ON household (phone_hash) WHERE phone_hash IS NOT NULL;
-- Numbers of the living are in unique indexes already; these hold the rest, which is little.
CREATE INDEX member_identity_other ON member (identity_hash)
    WHERE identity_hash IS NOT NULL AND (identity_state <> 'verified' OR left_on IS NOT NULL);
CREATE INDEX cadre_phone_ended ON cadre (phone_hash) WHERE phone_hash IS NOT NULL AND ended_on IS NOT NULL;
CREATE INDEX cadre_identity_ended ON cadre (identity_hash) WHERE identity_hash IS NOT NULL AND ended_on IS NOT NULL;
