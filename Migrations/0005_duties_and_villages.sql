-- Duties around villages (R006 to R010, R013, R044), and what a village is (R002, R003, R021, R045).
-- A head row carries identity, version and place; what is said of the record stands in interval tables, which keep what
-- was believed before and take days to come. A record without a believed row was taken back.

INSERT INTO code_list (key, zh, en) VALUES
    ('duty-kind', '职责类型', 'Kind of duty'),
    ('duty-end-reason', '职责结束原因', 'Why a duty ended'),
    ('village-kind', '村类型', 'Kind of village'),
    ('village-tag', '村标签', 'Tag of a village');

-- Kinds follow R006 to R010 and R013. 队长 and 驻村队员 are the flags of the national sheet of responsible persons (§2.1).
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('duty-kind', 'leader-town', 1, '县领导挂点镇', 'County leader''s town', NULL, NULL),
    ('duty-kind', 'leader-village', 2, '县领导帮扶村', 'County leader''s poor village', NULL, NULL),
    ('duty-kind', 'village-guarantee', 3, '单位包村', 'Unit guarantees a village', NULL, NULL),
    ('duty-kind', 'village-stationing', 4, '单位驻村帮扶', 'Unit stations people in a village', NULL, NULL),
    ('duty-kind', 'village-pairing', 5, '单位结对帮扶', 'Unit is paired with a village', NULL, NULL),
    ('duty-kind', 'first-secretary', 6, '第一书记', 'First secretary', NULL, NULL),
    ('duty-kind', 'party-secretary', 7, '党组织书记', 'Party secretary', NULL, NULL),
    ('duty-kind', 'team-leader', 8, '驻村工作队队长', 'Leader of a work team', NULL, NULL),
    ('duty-kind', 'team-member', 9, '驻村工作队队员', 'Member of a work team', NULL, NULL),
    ('duty-end-reason', 'term-expired', 1, '任期届满', 'The term is over', NULL, NULL),
    ('duty-end-reason', 'rotated', 2, '轮换', 'Rotation', NULL, NULL),
    ('duty-end-reason', 'transferred', 3, '调离', 'Transferred', NULL, NULL),
    ('duty-end-reason', 'promoted', 4, '提拔任用', 'Promoted', NULL, NULL),
    ('duty-end-reason', 'retired', 5, '退休', 'Retired', NULL, NULL),
    ('duty-end-reason', 'recalled', 6, '不胜任召回', 'Recalled as unfit', NULL, NULL),
    ('duty-end-reason', 'deceased', 7, '死亡', 'Died', NULL, NULL),
    ('duty-end-reason', 'unit-changed', 8, '单位调整', 'The unit was reorganized', NULL, NULL),
    ('duty-end-reason', 'village-exited', 9, '村已退出', 'The village has left poverty', NULL, NULL),
    ('duty-end-reason', 'team-ended', 10, '工作队撤销', 'The work team was dissolved', NULL, NULL),
    ('duty-end-reason', 'other', 11, '其他', 'Other', NULL, NULL),
    -- The first three are registered as poor; R002 names all but the last, which is the result of leaving (退出).
    ('village-kind', 'deep-poor', 1, '深度贫困村', 'Deeply poor village', NULL, NULL),
    ('village-kind', 'poor', 2, '贫困村', 'Poor village', NULL, NULL),
    ('village-kind', 'development-focus', 3, '扶贫开发重点村', 'Focus village of poverty alleviation', NULL, NULL),
    ('village-kind', 'weak-economy', 4, '经济薄弱村', 'Village with a weak economy', NULL, NULL),
    ('village-kind', 'ordinary', 5, '一般村', 'Ordinary village', NULL, NULL),
    ('village-kind', 'exited', 6, '已退出贫困村', 'Village that has left poverty', NULL, NULL),
    -- R045: which line of cadres fits.
    ('village-tag', 'weak', 1, '弱村', 'Weak leadership', NULL, NULL),
    ('village-tag', 'disorderly', 2, '乱村', 'Disorder', NULL, NULL),
    ('village-tag', 'poor', 3, '穷村', 'Poor economy', NULL, NULL),
    ('village-tag', 'industry', 4, '产业村', 'Industry to develop', NULL, NULL),
    ('village-tag', 'home', 5, '原籍村', 'Home of retired cadres', NULL, NULL);

INSERT INTO code_alias (list_key, label, code) VALUES
    ('duty-kind', '挂点镇', 'leader-town'),
    ('duty-kind', '挂点', 'leader-town'),
    ('duty-kind', '帮扶贫困村', 'leader-village'),
    ('duty-kind', '定点联系村', 'leader-village'),
    ('duty-kind', '包村', 'village-guarantee'),
    ('duty-kind', '驻村帮扶', 'village-stationing'),
    ('duty-kind', '结对帮扶', 'village-pairing'),
    ('duty-kind', '驻村第一书记', 'first-secretary'),
    ('duty-kind', '书记', 'party-secretary'),
    ('duty-kind', '党委书记', 'party-secretary'),
    ('duty-kind', '党支部书记', 'party-secretary'),
    ('duty-kind', '队长', 'team-leader'),
    ('duty-kind', '工作队长', 'team-leader'),
    ('duty-kind', '队员', 'team-member'),
    ('duty-kind', '驻村队员', 'team-member'),
    ('duty-end-reason', '调动', 'transferred'),
    ('duty-end-reason', '召回', 'recalled'),
    ('village-kind', '建档立卡贫困村', 'poor'),
    ('village-kind', '省定贫困村', 'poor'),
    ('village-kind', '重点村', 'development-focus'),
    ('village-kind', '非贫困村', 'ordinary'),
    ('village-kind', '贫困退出村', 'exited'),
    ('village-kind', '出列村', 'exited'),
    ('village-tag', '弱', 'weak'),
    ('village-tag', '软弱涣散村', 'weak'),
    ('village-tag', '乱', 'disorderly'),
    ('village-tag', '穷', 'poor'),
    ('village-tag', '产业', 'industry'),
    ('village-tag', '原籍', 'home');

-- Work teams (R010): members are duties that name their team.
CREATE TABLE work_team (
    id           BLOB    NOT NULL PRIMARY KEY CONSTRAINT work_team_id_length CHECK (length(id) = 16),
    version      INTEGER NOT NULL CONSTRAINT work_team_version_positive CHECK (version >= 1),
    -- The place of its village in the current tree, or of the village that took over.
    area_code    INTEGER NOT NULL CONSTRAINT work_team_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    created_at   INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known; NULL for imported ones.
    content_hash BLOB    CONSTRAINT work_team_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_team_list ON work_team (area_code, id);

CREATE TABLE work_team_term (
    team_id       BLOB    NOT NULL REFERENCES work_team (id) ON DELETE RESTRICT,
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    name          TEXT    NOT NULL CONSTRAINT work_team_term_name_length CHECK (length(name) BETWEEN 1 AND 100),
    end_reason    TEXT,
    valid_from    TEXT    NOT NULL CONSTRAINT work_team_term_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT work_team_term_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT work_team_term_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (team_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_team_term_division ON work_team_term (division_id);
-- Two teams of one name in one village cannot be told apart in a file.
CREATE TRIGGER work_team_term_name_once BEFORE INSERT ON work_team_term
WHEN NEW.superseded_at IS NULL AND EXISTS (SELECT 1 FROM work_team_term o WHERE o.division_id = NEW.division_id
    AND o.name = NEW.name AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'team-name-taken'); END;

-- One row is one duty of one holder at one place.
CREATE TABLE duty (
    id           BLOB    NOT NULL PRIMARY KEY CONSTRAINT duty_id_length CHECK (length(id) = 16),
    version      INTEGER NOT NULL CONSTRAINT duty_version_positive CHECK (version >= 1),
    -- The level of its division: a town and its first village may share a place.
    level        INTEGER NOT NULL CONSTRAINT duty_level_known CHECK (level BETWEEN 1 AND 5),
    -- The place of its division in the current tree, or of the division that took over.
    area_code    INTEGER NOT NULL CONSTRAINT duty_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    created_at   INTEGER NOT NULL,
    content_hash BLOB    CONSTRAINT duty_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_list ON duty (area_code, id);

-- What is said of a duty: its days, and everything that can be corrected. One row is believed for a duty.
CREATE TABLE duty_term (
    duty_id                 BLOB    NOT NULL REFERENCES duty (id) ON DELETE RESTRICT,
    kind                    TEXT    NOT NULL,
    -- Stays when the division ends: the duty then belongs to its successor, where area_code of the head is.
    division_id             BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    organization_id         BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    cadre_id                BLOB    REFERENCES cadre (id) ON DELETE RESTRICT,
    -- A holder who is no registered cadre, such as a village's own secretary.
    holder_name             TEXT    CONSTRAINT duty_term_holder_length CHECK (length(holder_name) BETWEEN 1 AND 60),
    title                   TEXT    CONSTRAINT duty_term_title_length CHECK (length(title) BETWEEN 1 AND 100),
    sending_organization_id BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    team_id                 BLOB    REFERENCES work_team (id) ON DELETE RESTRICT,
    end_reason              TEXT,
    valid_from              TEXT    NOT NULL CONSTRAINT duty_term_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to                TEXT    CONSTRAINT duty_term_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at             INTEGER NOT NULL,
    superseded_at           INTEGER CONSTRAINT duty_term_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (duty_id, valid_from, recorded_at),
    CONSTRAINT duty_term_one_holder CHECK ((organization_id IS NOT NULL) + (cadre_id IS NOT NULL) + (holder_name IS NOT NULL) = 1),
    CONSTRAINT duty_term_team CHECK ((team_id IS NOT NULL) = (kind IN ('team-leader', 'team-member'))),
    CONSTRAINT duty_term_unit CHECK ((organization_id IS NOT NULL) = (kind IN ('village-guarantee', 'village-stationing', 'village-pairing')))
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_term_division ON duty_term (division_id, kind);
CREATE INDEX duty_term_organization ON duty_term (organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX duty_term_sending_organization ON duty_term (sending_organization_id) WHERE sending_organization_id IS NOT NULL;
CREATE INDEX duty_term_cadre ON duty_term (cadre_id) WHERE cadre_id IS NOT NULL;
CREATE INDEX duty_term_team ON duty_term (team_id) WHERE team_id IS NOT NULL;

-- A county leader has one town and one poor village on any day (R008).
CREATE TRIGGER duty_term_leader_town BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'leader-town'
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.cadre_id = NEW.cadre_id AND o.kind = NEW.kind AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'leader-has-town'); END;
CREATE TRIGGER duty_term_leader_village BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'leader-village'
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.cadre_id = NEW.cadre_id AND o.kind = NEW.kind AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'leader-has-village'); END;
-- Several units may hold a village, each once in each way (R006).
CREATE TRIGGER duty_term_unit_once BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.organization_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.organization_id = NEW.organization_id AND o.kind = NEW.kind
    AND o.division_id = NEW.division_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'unit-holds-village'); END;
-- One first secretary of a village, and one village of a first secretary (R009).
CREATE TRIGGER duty_term_first_secretary BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'first-secretary'
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.division_id = NEW.division_id AND o.kind = NEW.kind AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'village-has-first-secretary'); END;
CREATE TRIGGER duty_term_first_secretary_village BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'first-secretary'
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.cadre_id = NEW.cadre_id AND o.kind = NEW.kind AND o.superseded_at IS NULL
    AND o.division_id <> NEW.division_id
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'secretary-has-village'); END;
-- One party secretary of a division (R013).
CREATE TRIGGER duty_term_party_secretary BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'party-secretary'
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.division_id = NEW.division_id AND o.kind = NEW.kind AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'division-has-secretary'); END;
-- Nobody is twice in a team, also not as leader and member (R010).
CREATE TRIGGER duty_term_team_member BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.team_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.team_id = NEW.team_id AND o.superseded_at IS NULL
    AND (o.cadre_id = NEW.cadre_id OR o.holder_name = NEW.holder_name)
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'member-twice'); END;
CREATE TRIGGER duty_term_team_leader BEFORE INSERT ON duty_term
WHEN NEW.superseded_at IS NULL AND NEW.kind = 'team-leader'
    AND EXISTS (SELECT 1 FROM duty_term o WHERE o.team_id = NEW.team_id AND o.kind = NEW.kind AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'team-has-leader'); END;

-- The archive of a village (R002, R021): a row once anything is said of a village.
CREATE TABLE village (
    id          BLOB    NOT NULL PRIMARY KEY REFERENCES division (id) ON DELETE RESTRICT, -- the village's division
    -- A village of which nothing was said is version 1; the first word makes it 2.
    version     INTEGER NOT NULL CONSTRAINT village_version_positive CHECK (version >= 1),
    -- The village's place in the current tree, or that of the village that took over.
    area_code   INTEGER NOT NULL CONSTRAINT village_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    recorded_at INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX village_list ON village (area_code, id);

CREATE TABLE village_kind (
    village_id    BLOB    NOT NULL REFERENCES village (id) ON DELETE RESTRICT,
    kind          TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL CONSTRAINT village_kind_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT village_kind_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT village_kind_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (village_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER village_kind_once BEFORE INSERT ON village_kind
WHEN NEW.superseded_at IS NULL AND EXISTS (SELECT 1 FROM village_kind o WHERE o.village_id = NEW.village_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
BEGIN SELECT RAISE(ABORT, 'two-village-kinds-on-one-day'); END;

-- The year in which the village is to leave poverty (R002): plans change, so it is dated as well.
CREATE TABLE village_target (
    village_id       BLOB    NOT NULL REFERENCES village (id) ON DELETE RESTRICT,
    target_exit_year INTEGER NOT NULL CONSTRAINT village_target_year_range CHECK (target_exit_year BETWEEN 2000 AND 2100),
    valid_from       TEXT    NOT NULL CONSTRAINT village_target_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to         TEXT    CONSTRAINT village_target_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at      INTEGER NOT NULL,
    superseded_at    INTEGER CONSTRAINT village_target_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (village_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE village_tag (
    village_id    BLOB    NOT NULL REFERENCES village (id) ON DELETE RESTRICT,
    tag           TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL CONSTRAINT village_tag_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT village_tag_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT village_tag_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (village_id, tag, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;

-- A village in a year (R021, R003): the days are those of the calendar year.
CREATE TABLE village_profile (
    village_id                  BLOB    NOT NULL REFERENCES village (id) ON DELETE RESTRICT,
    household_count             INTEGER CONSTRAINT village_profile_households CHECK (household_count >= 0),
    -- Both denominators of the poverty headcount rate: 农业户籍人口 and 总人口.
    registered_rural_population INTEGER CONSTRAINT village_profile_rural CHECK (registered_rural_population >= 0),
    total_population            INTEGER CONSTRAINT village_profile_total CHECK (total_population >= 0),
    labour_population           INTEGER CONSTRAINT village_profile_labour CHECK (labour_population >= 0),
    -- Fen of the year.
    collective_income_fen       INTEGER,
    net_income_per_person_fen   INTEGER,
    -- Hundredths of a mu.
    farmland_hundredths_mu      INTEGER CONSTRAINT village_profile_farmland CHECK (farmland_hundredths_mu >= 0),
    hard_road                   INTEGER CONSTRAINT village_profile_hard_road CHECK (hard_road IN (0, 1)),
    groups_with_hard_road       INTEGER CONSTRAINT village_profile_groups CHECK (groups_with_hard_road >= 0),
    safe_water                  INTEGER CONSTRAINT village_profile_safe_water CHECK (safe_water IN (0, 1)),
    households_without_water    INTEGER CONSTRAINT village_profile_without_water CHECK (households_without_water >= 0),
    power                       INTEGER CONSTRAINT village_profile_power CHECK (power IN (0, 1)),
    broadband                   INTEGER CONSTRAINT village_profile_broadband CHECK (broadband IN (0, 1)),
    clinic                      INTEGER CONSTRAINT village_profile_clinic CHECK (clinic IN (0, 1)),
    main_industry               TEXT    CONSTRAINT village_profile_industry CHECK (length(main_industry) BETWEEN 1 AND 100),
    cooperative_count           INTEGER CONSTRAINT village_profile_cooperatives CHECK (cooperative_count >= 0),
    valid_from                  TEXT    NOT NULL CONSTRAINT village_profile_from_year CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-01-01'),
    valid_to                    TEXT    NOT NULL CONSTRAINT village_profile_order CHECK (valid_to > valid_from),
    recorded_at                 INTEGER NOT NULL,
    superseded_at               INTEGER CONSTRAINT village_profile_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (village_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
