-- Visits (R060 to R071): contact records, which are only ever added to; what came in batches from tablets; what is kept
-- back for a person to decide; and when which user had which place.

-- Where a user's rights lay and lie, so that what a tablet wrote while it had a right is taken when it comes late.
CREATE TABLE user_place (
    user_id     BLOB    NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT, -- users are disabled, never deleted
    division_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    -- Milliseconds: rights begin and end at moments, not on days.
    from_at     INTEGER NOT NULL,
    to_at       INTEGER CONSTRAINT user_place_order CHECK (to_at IS NULL OR to_at >= from_at),
    PRIMARY KEY (user_id, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_place_division ON user_place (division_id);
CREATE UNIQUE INDEX user_place_now ON user_place (user_id) WHERE to_at IS NULL;
INSERT INTO user_place (user_id, division_id, from_at) SELECT id, division_id, created_at FROM user_account;

-- A visit, call or other contact. Only what follows from other records is ever rewritten: version, place, counting.
CREATE TABLE visit (
    -- Counts arrivals; joins and the index of texts use it; it never leaves the service.
    visit_number        INTEGER NOT NULL PRIMARY KEY,
    id                  BLOB    NOT NULL CONSTRAINT visit_id_length CHECK (length(id) = 16),
    -- 2 once a correction names it.
    version             INTEGER NOT NULL CONSTRAINT visit_version_positive CHECK (version >= 1),
    -- A household's, or a village's as such.
    household_number    INTEGER REFERENCES household (household_number) ON DELETE RESTRICT,
    village_id          BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- The place of the village, of the household's where it is one's; rewritten when that moves.
    area_code           INTEGER NOT NULL CONSTRAINT visit_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    kind                TEXT    NOT NULL,
    -- The cadre who made it; NULL where nobody is named.
    author_id           BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    -- Whose token brought it; NULL for commands run on the machine itself.
    recorded_by         BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    -- By the device's clock, and by the server's.
    occurred_at         INTEGER NOT NULL,
    received_at         INTEGER NOT NULL,
    -- The day for which it counts (see docs/tablets.md, clocks); NULL where its clock cannot be believed.
    counted_on          TEXT    CONSTRAINT visit_counted_date CHECK (counted_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- 0: corrected, taken back, or not to be believed; then it counts for nothing.
    is_counted          INTEGER NOT NULL CONSTRAINT visit_counted_flag CHECK (is_counted IN (0, 1)),
    purpose             TEXT,
    -- The diary (民情日记) in its three parts (R064).
    diary_did           TEXT    CONSTRAINT visit_did_length CHECK (length(diary_did) BETWEEN 1 AND 4000),
    diary_saw           TEXT    CONSTRAINT visit_saw_length CHECK (length(diary_saw) BETWEEN 1 AND 4000),
    diary_thought       TEXT    CONSTRAINT visit_thought_length CHECK (length(diary_thought) BETWEEN 1 AND 4000),
    latitude            REAL    CONSTRAINT visit_latitude_range CHECK (latitude BETWEEN -90 AND 90),
    longitude           REAL    CONSTRAINT visit_longitude_range CHECK (longitude BETWEEN -180 AND 180),
    accuracy_metres     REAL    CONSTRAINT visit_accuracy_range CHECK (accuracy_metres >= 0),
    device              TEXT    CONSTRAINT visit_device_length CHECK (length(device) BETWEEN 1 AND 100),
    -- How far the device's clock was ahead of the server's when they last spoke.
    clock_offset_ms     INTEGER,
    -- What a person should know about it, joined by `;`: `clock-ahead`, `clock-corrected`, `clock-unbelievable`,
    -- `author-not-helper`, `code-mapped`, `code-ended`.
    flags               TEXT    NOT NULL,
    -- The record that this one corrects; NULL for a first one.
    corrects            BLOB    CONSTRAINT visit_corrects_other CHECK (corrects <> id),
    -- A correction that says it never took place.
    is_retraction       INTEGER NOT NULL CONSTRAINT visit_retraction_corrects CHECK
        (is_retraction = 0 OR (is_retraction = 1 AND corrects IS NOT NULL AND is_counted = 0)),
    -- The householder, the author and the companions as they were called when it was recorded, a line each.
    names               TEXT    NOT NULL,
    batch_id            BLOB    CONSTRAINT visit_batch_length CHECK (length(batch_id) = 16),
    -- Keyed hash of the body that made it, so that a repeated one is known.
    content_hash        BLOB    NOT NULL CONSTRAINT visit_content_hash_length CHECK (length(content_hash) = 32),
    CONSTRAINT visit_of_one CHECK ((household_number IS NULL) <> (village_id IS NULL)),
    CONSTRAINT visit_place_whole CHECK ((latitude IS NULL) = (longitude IS NULL)
        AND (accuracy_metres IS NULL OR latitude IS NOT NULL)),
    CONSTRAINT visit_counted_with_day CHECK (is_counted = 0 OR counted_on IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX visit_id ON visit (id);
CREATE UNIQUE INDEX visit_corrects ON visit (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX visit_list ON visit (area_code, visit_number);
-- With what is counted of each, so that counting does not touch the rows themselves.
CREATE INDEX visit_household ON visit (household_number, counted_on, kind, is_counted, received_at, author_id);
CREATE INDEX visit_village ON visit (village_id) WHERE village_id IS NOT NULL;
CREATE INDEX visit_author ON visit (author_id, counted_on) WHERE author_id IS NOT NULL;
CREATE INDEX visit_of_batch ON visit (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX visit_recorded_by ON visit (recorded_by) WHERE recorded_by IS NOT NULL;
CREATE TRIGGER visit_no_update BEFORE UPDATE OF visit_number, id, household_number, village_id, kind, author_id, recorded_by,
    occurred_at, received_at, counted_on, purpose, diary_did, diary_saw, diary_thought, latitude, longitude,
    accuracy_metres, device, clock_offset_ms, corrects, is_retraction, names, batch_id, content_hash ON visit
BEGIN SELECT RAISE(ABORT, 'visit-append-only'); END;
CREATE TRIGGER visit_no_delete BEFORE DELETE ON visit BEGIN SELECT RAISE(ABORT, 'visit-append-only'); END;

-- Codes of a visit: the occasions (五必访, R063), the six helps (六帮, R085) and six ones (六个一, R084) given.
CREATE TABLE visit_mark (
    visit_number INTEGER NOT NULL REFERENCES visit (visit_number) ON DELETE RESTRICT, -- visits are never deleted
    list_key     TEXT    NOT NULL CONSTRAINT visit_mark_list_known CHECK (list_key IN ('visit-occasion', 'six-helps', 'six-ones')),
    code         TEXT    NOT NULL,
    PRIMARY KEY (visit_number, list_key, code)
) STRICT, WITHOUT ROWID;

-- Who came along: a cadre, or somebody known by name only.
CREATE TABLE visit_companion (
    visit_number INTEGER NOT NULL REFERENCES visit (visit_number) ON DELETE RESTRICT,
    position     INTEGER NOT NULL,
    cadre_id     BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    name         TEXT    CONSTRAINT visit_companion_name_length CHECK (length(name) BETWEEN 1 AND 60),
    CONSTRAINT visit_companion_of_one CHECK ((cadre_id IS NULL) <> (name IS NULL)),
    PRIMARY KEY (visit_number, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_companion_cadre ON visit_companion (cadre_id) WHERE cadre_id IS NOT NULL;

-- Concrete good deeds (实事, R068).
CREATE TABLE visit_deed (
    visit_number INTEGER NOT NULL REFERENCES visit (visit_number) ON DELETE RESTRICT,
    position     INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    result       TEXT    CONSTRAINT visit_deed_result_length CHECK (length(result) BETWEEN 1 AND 500),
    PRIMARY KEY (visit_number, position)
) STRICT, WITHOUT ROWID;

-- Gifts of condolence visits (慰问, R066).
CREATE TABLE visit_gift (
    visit_number INTEGER NOT NULL REFERENCES visit (visit_number) ON DELETE RESTRICT,
    position     INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    -- In thousandths of the unit, so that half a litre is a whole number.
    quantity_thousandths INTEGER NOT NULL CONSTRAINT visit_gift_quantity_positive CHECK (quantity_thousandths > 0),
    unit         TEXT    CONSTRAINT visit_gift_unit_length CHECK (length(unit) BETWEEN 1 AND 20),
    value_fen    INTEGER NOT NULL CONSTRAINT visit_gift_value_positive CHECK (value_fen >= 0),
    -- Out of whose pocket: code list gift-donor; and who that is, in words.
    donor        TEXT    NOT NULL,
    donor_name   TEXT    CONSTRAINT visit_gift_donor_length CHECK (length(donor_name) BETWEEN 1 AND 100),
    PRIMARY KEY (visit_number, position)
) STRICT, WITHOUT ROWID;

-- What has happened to a household, as a visit tells it (R063).
CREATE TABLE visit_event (
    visit_number INTEGER NOT NULL REFERENCES visit (visit_number) ON DELETE RESTRICT,
    position     INTEGER NOT NULL,
    kind         TEXT    NOT NULL CONSTRAINT visit_event_kind_known CHECK (kind IN
        ('birth', 'death', 'illness', 'dispute', 'difficulty')),
    happened_on  TEXT    NOT NULL CONSTRAINT visit_event_date CHECK (happened_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    note         TEXT    CONSTRAINT visit_event_note_length CHECK (length(note) BETWEEN 1 AND 500),
    PRIMARY KEY (visit_number, position)
) STRICT, WITHOUT ROWID;

-- Photos and signatures that will follow, known by their SHA-256.
CREATE TABLE visit_attachment (
    visit_number INTEGER NOT NULL REFERENCES visit (visit_number) ON DELETE RESTRICT,
    position     INTEGER NOT NULL,
    kind         TEXT    NOT NULL CONSTRAINT visit_attachment_kind_known CHECK (kind IN
        ('photo', 'household-signature', 'helper-signature')),
    sha256       BLOB    NOT NULL CONSTRAINT visit_attachment_hash_length CHECK (length(sha256) = 32),
    PRIMARY KEY (visit_number, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_attachment_hash ON visit_attachment (sha256);

-- Diaries, deeds, events and the names of those who met, a token for each character and each pair of neighbours, as the
-- index of names has them. Without positions: a longer question is met by all its pairs and then by the text itself.
CREATE VIRTUAL TABLE visit_text USING fts5 (
    text, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 0'
);
-- Segments of the index are merged when there are sixteen of a size, not four: what is written is written again half as
-- often, and a search looks into some tens of segments more.
INSERT INTO visit_text (visit_text, rank) VALUES ('automerge', 16);
INSERT INTO visit_text (visit_text, rank) VALUES ('crisismerge', 64);

-- What could not be taken as a visit and must not be lost: another content under an id that is known, and what was
-- written after the right to the village had gone. A person decides.
CREATE TABLE held_visit (
    id             BLOB    NOT NULL PRIMARY KEY CONSTRAINT held_visit_id_length CHECK (length(id) = 16),
    version        INTEGER NOT NULL CONSTRAINT held_visit_version_positive CHECK (version >= 1),
    visit_id       BLOB    NOT NULL CONSTRAINT held_visit_visit_length CHECK (length(visit_id) = 16),
    cause          TEXT    NOT NULL CONSTRAINT held_visit_cause_known CHECK (cause IN ('conflict', 'parked')),
    -- Why, as the answer said it.
    code           TEXT    NOT NULL,
    -- Of the household that it is about, with which it moves; NULL for a village's.
    household_number INTEGER REFERENCES household (household_number) ON DELETE RESTRICT,
    -- Who sees it: the place of the village that it is about.
    area_code      INTEGER NOT NULL CONSTRAINT held_visit_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    batch_id       BLOB    CONSTRAINT held_visit_batch_length CHECK (length(batch_id) = 16),
    user_id        BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    received_at    INTEGER NOT NULL,
    -- The body as it came, sealed: it may hold numbers of people.
    content_sealed BLOB    NOT NULL,
    content_hash   BLOB    NOT NULL CONSTRAINT held_visit_content_hash_length CHECK (length(content_hash) = 32),
    -- open; accepted: it became a visit; refused: a person said no; settled: the same content came in another way.
    state          TEXT    NOT NULL CONSTRAINT held_visit_state_known CHECK (state IN ('open', 'accepted', 'refused', 'settled')),
    decided_by     BLOB    REFERENCES user_account (id) ON DELETE RESTRICT,
    decided_at     INTEGER CONSTRAINT held_visit_decided_whole CHECK ((state = 'open') = (decided_at IS NULL)),
    reason         TEXT    CONSTRAINT held_visit_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    -- The visit that it became: its own id, or another one where that was taken.
    result_id      BLOB    CONSTRAINT held_visit_result_accepted CHECK (result_id IS NULL OR state IN ('accepted', 'settled'))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX held_visit_content ON held_visit (visit_id, content_hash);
CREATE INDEX held_visit_list ON held_visit (area_code, id);
CREATE INDEX held_visit_household ON held_visit (household_number) WHERE household_number IS NOT NULL;
CREATE INDEX held_visit_user ON held_visit (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX held_visit_decided ON held_visit (decided_by) WHERE decided_by IS NOT NULL;

-- Batches from tablets: enough to give the same answer again.
CREATE TABLE visit_batch (
    id           BLOB    NOT NULL PRIMARY KEY CONSTRAINT visit_batch_id_length CHECK (length(id) = 16),
    user_id      BLOB    NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
    mode         TEXT    NOT NULL CONSTRAINT visit_batch_mode_known CHECK (mode IN ('each', 'atomic')),
    item_count   INTEGER NOT NULL CONSTRAINT visit_batch_items_range CHECK (item_count BETWEEN 0 AND 1000),
    content_hash BLOB    NOT NULL CONSTRAINT visit_batch_content_hash_length CHECK (length(content_hash) = 32),
    -- The ids of the items in order, sixteen bytes each; zeros for one that has none that could be one.
    item_ids     BLOB    NOT NULL,
    -- What was answered of every item that is not a plain new visit, with its position: JSON.
    outcomes     TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,
    CONSTRAINT visit_batch_ids_whole CHECK (length(item_ids) = 16 * item_count)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_batch_user ON visit_batch (user_id);

-- What an ended code is called since.
CREATE TABLE code_successor (
    list_key       TEXT NOT NULL,
    code           TEXT NOT NULL,
    successor_code TEXT NOT NULL CONSTRAINT code_successor_other CHECK (successor_code <> code),
    PRIMARY KEY (list_key, code),
    FOREIGN KEY (list_key, code) REFERENCES code_value (list_key, code) ON DELETE RESTRICT,
    FOREIGN KEY (list_key, successor_code) REFERENCES code_value (list_key, code) ON DELETE RESTRICT
) STRICT, WITHOUT ROWID;
CREATE INDEX code_successor_successor ON code_successor (list_key, successor_code);

INSERT INTO code_list (key, zh, en) VALUES
    ('visit-kind', '联系方式', 'Kinds of contact'),
    ('visit-purpose', '走访目的', 'Purposes of visits'),
    ('visit-occasion', '五必访', 'Five occasions on which to visit'),
    ('six-helps', '六帮', 'Six helps'),
    ('six-ones', '六个一', 'Six ones'),
    ('gift-kind', '慰问物品', 'Gifts'),
    ('gift-donor', '慰问品来源', 'Who gave'),
    ('deed-kind', '实事类别', 'Kinds of good deeds'),
    ('household-event', '家庭事件', 'Events of a household');
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('visit-kind', 'home-visit', 1, '入户走访', 'Home visit', NULL, NULL),
    ('visit-kind', 'phone-call', 2, '电话联系', 'Phone call', NULL, NULL),
    ('visit-kind', 'condolence-visit', 3, '慰问走访', 'Condolence visit', NULL, NULL),
    ('visit-kind', 'survey', 4, '入户调查', 'Survey at home', NULL, NULL),
    ('visit-kind', 'meeting', 5, '座谈会', 'Meeting', NULL, NULL),
    ('visit-kind', 'other', 9, '其他', 'Other', NULL, NULL),
    ('visit-purpose', 'daily-contact', 1, '日常联系', 'Keeping in touch', NULL, NULL),
    ('visit-purpose', 'cause-analysis', 2, '分析致贫原因', 'Analysing causes of poverty', NULL, NULL),
    ('visit-purpose', 'policy-publicity', 3, '政策宣传', 'Explaining policy', NULL, NULL),
    ('visit-purpose', 'encouragement', 4, '思想帮扶', 'Encouragement', NULL, NULL),
    ('visit-purpose', 'planning', 5, '制定帮扶计划', 'Making a plan', NULL, NULL),
    ('visit-purpose', 'measure-follow-up', 6, '落实帮扶措施', 'Following up measures', NULL, NULL),
    ('visit-purpose', 'good-deed', 7, '办实事', 'Doing a good deed', NULL, NULL),
    ('visit-purpose', 'condolence', 8, '慰问', 'Condolence', NULL, NULL),
    ('visit-purpose', 'mediation', 9, '调解纠纷', 'Mediation', NULL, NULL),
    ('visit-purpose', 'other', 99, '其他', 'Other', NULL, NULL),
    ('visit-occasion', 'festival', 1, '传统佳节', 'Traditional festival', NULL, NULL),
    ('visit-occasion', 'busy-season', 2, '生产忙季', 'Busy season', NULL, NULL),
    ('visit-occasion', 'difficulty', 3, '有了困难', 'In difficulty', NULL, NULL),
    ('visit-occasion', 'life-event', 4, '生老病死', 'Birth, age, illness, death', NULL, NULL),
    ('visit-occasion', 'dispute', 5, '出现纠纷', 'Dispute', NULL, NULL),
    ('six-helps', 'policy', 1, '帮政策', 'Policy', NULL, NULL),
    ('six-helps', 'technology', 2, '帮技术', 'Technology', NULL, NULL),
    ('six-helps', 'project', 3, '帮项目', 'Project', NULL, NULL),
    ('six-helps', 'funds', 4, '帮资金', 'Funds', NULL, NULL),
    ('six-helps', 'sales', 5, '帮销路', 'Sales', NULL, NULL),
    ('six-helps', 'living', 6, '帮生活', 'Living', NULL, NULL),
    ('six-ones', 'road-to-wealth', 1, '一条致富路', 'A road to wealth', NULL, NULL),
    ('six-ones', 'new-project', 2, '一个新项目', 'A new project', NULL, NULL),
    ('six-ones', 'small-fund', 3, '一笔小资金', 'A small fund', NULL, NULL),
    ('six-ones', 'new-technology', 4, '一门新技术', 'A new technology', NULL, NULL),
    ('six-ones', 'good-variety', 5, '一个好品种', 'A good variety', NULL, NULL),
    ('six-ones', 'sales-channel', 6, '一条好销路', 'A sales channel', NULL, NULL),
    ('gift-kind', 'money', 1, '慰问金', 'Money', NULL, NULL),
    ('gift-kind', 'rice', 2, '大米', 'Rice', NULL, NULL),
    ('gift-kind', 'oil', 3, '食用油', 'Cooking oil', NULL, NULL),
    ('gift-kind', 'couplets', 4, '春联', 'Spring couplets', NULL, NULL),
    ('gift-kind', 'bedding', 5, '棉被', 'Bedding', NULL, NULL),
    ('gift-kind', 'clothing', 6, '衣物', 'Clothing', NULL, NULL),
    ('gift-kind', 'other', 99, '其他', 'Other', NULL, NULL),
    ('gift-donor', 'own', 1, '个人', 'The helper''s own money', NULL, NULL),
    ('gift-donor', 'unit', 2, '单位', 'The helper''s unit', NULL, NULL),
    ('gift-donor', 'enterprise', 3, '企业', 'An enterprise', NULL, NULL),
    ('gift-donor', 'society', 4, '社会捐赠', 'Society', NULL, NULL),
    ('deed-kind', 'documents', 1, '代办证件手续', 'Papers and procedures', NULL, NULL),
    ('deed-kind', 'medical', 2, '协助就医', 'Seeing a doctor', NULL, NULL),
    ('deed-kind', 'schooling', 3, '协助就学', 'Schooling', NULL, NULL),
    ('deed-kind', 'job', 4, '介绍就业', 'Finding a job', NULL, NULL),
    ('deed-kind', 'house-repair', 5, '修缮房屋', 'Repairing the house', NULL, NULL),
    ('deed-kind', 'water-electricity', 6, '解决水电', 'Water and electricity', NULL, NULL),
    ('deed-kind', 'selling', 7, '代销农产品', 'Selling produce', NULL, NULL),
    ('deed-kind', 'farm-work', 8, '帮干农活', 'Farm work', NULL, NULL),
    ('deed-kind', 'other', 99, '其他', 'Other', NULL, NULL),
    ('household-event', 'birth', 1, '出生', 'Birth', NULL, NULL),
    ('household-event', 'death', 2, '去世', 'Death', NULL, NULL),
    ('household-event', 'illness', 3, '患病', 'Illness', NULL, NULL),
    ('household-event', 'dispute', 4, '纠纷', 'Dispute', NULL, NULL),
    ('household-event', 'difficulty', 5, '困难', 'Difficulty', NULL, NULL);

INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000047', 1, 'visit.clock.tolerance', NULL, '10', 'minutes', '2000-01-01', NULL, 'Appendix B', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000048', 1, 'visit.late.bound', NULL, '1096', 'days', '2000-01-01', NULL, 'Appendix B', NULL, '2000-01-01', 0, 0, NULL);
