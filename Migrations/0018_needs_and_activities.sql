-- Needs that people voice, and what became of them (R035); meetings, study trips and training days (R069, R071, R099).

CREATE TABLE need (
    id               BLOB    NOT NULL PRIMARY KEY CONSTRAINT need_id_length CHECK (length(id) = 16),
    version          INTEGER NOT NULL CONSTRAINT need_version_positive CHECK (version >= 1),
    -- A household's, or a village's as such.
    household_number INTEGER REFERENCES household (household_number) ON DELETE RESTRICT,
    -- Stays when the village ends: the need then belongs to its successor, where area_code is.
    village_id       BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- The place of the village, of the household's where it is one's; rewritten when that moves.
    area_code        INTEGER NOT NULL CONSTRAINT need_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    kind             TEXT    NOT NULL,
    text             TEXT    NOT NULL CONSTRAINT need_text_length CHECK (length(text) BETWEEN 1 AND 2000),
    channel          TEXT    NOT NULL,
    voiced_on        TEXT    NOT NULL CONSTRAINT need_voiced_date CHECK (voiced_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    state            TEXT    NOT NULL CONSTRAINT need_state_known CHECK (state IN ('received', 'in-progress', 'answered', 'declined')),
    -- By when it is to be answered: parameter need.answer.days of its village on the day it was voiced.
    due_on           TEXT    NOT NULL CONSTRAINT need_due_after CHECK (due_on >= voiced_on),
    answer           TEXT    CONSTRAINT need_answer_length CHECK (length(answer) BETWEEN 1 AND 2000),
    answered_on      TEXT    CONSTRAINT need_answered_after CHECK (answered_on >= voiced_on),
    -- Who told the service of the answer.
    answered_by      BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    -- The visit on which it was voiced.
    visit_id         BLOB    REFERENCES visit (id) ON DELETE RESTRICT,
    recorded_by      BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    created_at       INTEGER NOT NULL,
    -- Keyed hash of what made it, so that a repeated one is known.
    content_hash     BLOB    NOT NULL CONSTRAINT need_content_hash_length CHECK (length(content_hash) = 32),
    CONSTRAINT need_of_one CHECK ((household_number IS NULL) <> (village_id IS NULL)),
    CONSTRAINT need_answer_whole CHECK ((state IN ('answered', 'declined')) = (answered_on IS NOT NULL)
        AND (answered_on IS NULL) = (answer IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX need_list ON need (area_code, id);
CREATE INDEX need_open ON need (area_code, due_on) WHERE answered_on IS NULL;
CREATE INDEX need_answered ON need (answered_on) WHERE answered_on IS NOT NULL;
CREATE INDEX need_household ON need (household_number) WHERE household_number IS NOT NULL;
CREATE INDEX need_village ON need (village_id) WHERE village_id IS NOT NULL;
CREATE INDEX need_visit ON need (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX need_answered_by ON need (answered_by) WHERE answered_by IS NOT NULL;
CREATE INDEX need_recorded_by ON need (recorded_by) WHERE recorded_by IS NOT NULL;

-- A meeting, study trip or training day.
CREATE TABLE activity (
    id            BLOB    NOT NULL PRIMARY KEY CONSTRAINT activity_id_length CHECK (length(id) = 16),
    version       INTEGER NOT NULL CONSTRAINT activity_version_positive CHECK (version >= 1),
    kind          TEXT    NOT NULL,
    subject       TEXT    NOT NULL CONSTRAINT activity_subject_length CHECK (length(subject) BETWEEN 1 AND 200),
    -- Where it was held, in words: a study trip goes outside the register.
    place         TEXT    CONSTRAINT activity_place_length CHECK (length(place) BETWEEN 1 AND 200),
    first_on      TEXT    NOT NULL CONSTRAINT activity_first_date CHECK (first_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- Its last day.
    last_on       TEXT    NOT NULL CONSTRAINT activity_last_after CHECK
        (last_on >= first_on AND last_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- Whose activity it is. Stays when the division ends: it then belongs to the successor, where area_code is.
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    -- The level of the division: a town and its first village may share a place.
    level         INTEGER NOT NULL CONSTRAINT activity_level_known CHECK (level BETWEEN 1 AND 5),
    area_code     INTEGER NOT NULL CONSTRAINT activity_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    organizer     TEXT    CONSTRAINT activity_organizer_length CHECK (length(organizer) BETWEEN 1 AND 100),
    -- What was taught.
    skill         TEXT    CONSTRAINT activity_skill_length CHECK (length(skill) BETWEEN 1 AND 60),
    note          TEXT    CONSTRAINT activity_note_length CHECK (length(note) BETWEEN 1 AND 2000),
    -- withdrawn: it was entered in error and counts for nothing.
    state         TEXT    NOT NULL CONSTRAINT activity_state_known CHECK (state IN ('held', 'withdrawn')),
    participant_count INTEGER NOT NULL CONSTRAINT activity_participants_range CHECK (participant_count BETWEEN 0 AND 1000),
    recorded_by   BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    created_at    INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known.
    content_hash  BLOB    NOT NULL CONSTRAINT activity_content_hash_length CHECK (length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_list ON activity (area_code, id);
CREATE INDEX activity_division ON activity (division_id);
CREATE INDEX activity_recorded_by ON activity (recorded_by) WHERE recorded_by IS NOT NULL;

-- Who took part: a cadre, a household as such, one of its members, or somebody known by name only.
CREATE TABLE activity_participant (
    activity_id      BLOB    NOT NULL REFERENCES activity (id) ON DELETE CASCADE, -- nothing without its activity
    position         INTEGER NOT NULL,
    cadre_id         BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    -- Also the household of a member.
    household_number INTEGER REFERENCES household (household_number) ON DELETE RESTRICT,
    member_id        BLOB    REFERENCES member (id) ON DELETE RESTRICT,
    name             TEXT    CONSTRAINT activity_participant_name_length CHECK (length(name) BETWEEN 1 AND 60),
    CONSTRAINT activity_participant_of_one CHECK
        ((cadre_id IS NOT NULL) + (household_number IS NOT NULL) + (name IS NOT NULL) = 1),
    CONSTRAINT activity_participant_of_household CHECK (member_id IS NULL OR household_number IS NOT NULL),
    PRIMARY KEY (activity_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX activity_participant_cadre ON activity_participant (cadre_id) WHERE cadre_id IS NOT NULL;
CREATE INDEX activity_participant_household ON activity_participant (household_number) WHERE household_number IS NOT NULL;
CREATE INDEX activity_participant_member ON activity_participant (member_id) WHERE member_id IS NOT NULL;

-- What a meeting decided, in its words and order.
CREATE TABLE activity_decision (
    activity_id BLOB    NOT NULL REFERENCES activity (id) ON DELETE CASCADE, -- nothing without its activity
    position    INTEGER NOT NULL,
    text        TEXT    NOT NULL CONSTRAINT activity_decision_length CHECK (length(text) BETWEEN 1 AND 500),
    PRIMARY KEY (activity_id, position)
) STRICT, WITHOUT ROWID;

INSERT INTO code_list (key, zh, en) VALUES
    ('need-kind', '诉求类别', 'Kinds of needs'),
    ('need-channel', '诉求渠道', 'Ways in which needs come'),
    ('activity-kind', '活动类别', 'Kinds of activities');
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('need-kind', 'industry', 1, '产业发展', 'A trade to live by', NULL, NULL),
    ('need-kind', 'employment', 2, '就业务工', 'Employment', NULL, NULL),
    ('need-kind', 'schooling', 3, '子女就学', 'Schooling', NULL, NULL),
    ('need-kind', 'medical', 4, '就医看病', 'Medical care', NULL, NULL),
    ('need-kind', 'housing', 5, '住房安全', 'Housing', NULL, NULL),
    ('need-kind', 'water-electricity', 6, '饮水用电', 'Water and electricity', NULL, NULL),
    ('need-kind', 'road', 7, '道路交通', 'Roads', NULL, NULL),
    ('need-kind', 'funds', 8, '资金贷款', 'Funds and loans', NULL, NULL),
    ('need-kind', 'policy', 9, '政策咨询', 'Questions of policy', NULL, NULL),
    ('need-kind', 'complaint', 10, '投诉建议', 'Complaint or suggestion', NULL, NULL),
    ('need-kind', 'other', 99, '其他', 'Other', NULL, NULL),
    ('need-channel', 'visit', 1, '走访', 'Visit', NULL, NULL),
    ('need-channel', 'hotline', 2, '热线电话', 'Hotline', NULL, NULL),
    ('need-channel', 'letter', 3, '来信来访', 'Letter or caller', NULL, NULL),
    ('need-channel', 'code', 4, '扫码', 'QR code', NULL, NULL),
    ('need-channel', 'meeting', 5, '座谈会', 'Meeting', NULL, NULL),
    ('activity-kind', 'meeting', 1, '座谈会', 'Meeting', NULL, NULL),
    ('activity-kind', 'study-trip', 2, '外出考察学习', 'Study trip', NULL, NULL),
    ('activity-kind', 'training', 3, '培训', 'Training', NULL, NULL),
    ('activity-kind', 'other', 99, '其他', 'Other', NULL, NULL);

INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000060', 1, 'need.answer.days', NULL, '30', 'days', '2000-01-01', NULL, 'R035', NULL, '2000-01-01', 0, 0, NULL);
