-- Who can help: organizations (R006, R015), cadres (R004, R005) and other helpers (R016, R017).
-- The row holds what is so today; …_history what was so or was believed before; dated facts stand in interval tables,
-- which also take days to come. Kept columns (rank, post_state, linked_division_id, area_code of a cadre) are those of
-- the day, rewritten when the day turns.

CREATE TABLE organization (
    id            BLOB    NOT NULL PRIMARY KEY CONSTRAINT organization_id_length CHECK (length(id) = 16),
    version       INTEGER NOT NULL CONSTRAINT organization_version_positive CHECK (version >= 1),
    -- Where it is at home: a county bureau in its county, a town's office in its town.
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    area_code     INTEGER NOT NULL CONSTRAINT organization_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    name          TEXT    NOT NULL CONSTRAINT organization_name_length CHECK (length(name) BETWEEN 1 AND 100),
    kind          TEXT    NOT NULL,
    level         TEXT    NOT NULL,
    -- Unified social credit code (GB 32100), checked by the program; schools of a village may have none.
    credit_code   TEXT    CONSTRAINT organization_credit_code_length CHECK (length(credit_code) = 18),
    parent_id     BLOB    CONSTRAINT organization_parent_other CHECK (parent_id <> id)
                          REFERENCES organization (id) ON DELETE RESTRICT,
    contact_name  TEXT    CONSTRAINT organization_contact_length CHECK (length(contact_name) BETWEEN 1 AND 60),
    phone_sealed  BLOB,
    phone_hash    BLOB    CONSTRAINT organization_phone_hash_length CHECK (phone_hash IS NULL OR length(phone_hash) = 32),
    phone_mask    TEXT    CONSTRAINT organization_phone_whole CHECK
        ((phone_mask IS NULL) = (phone_sealed IS NULL) AND (phone_mask IS NULL) = (phone_hash IS NULL)),
    ended_on      TEXT    CONSTRAINT organization_ended_date CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_from    TEXT    NOT NULL,
    recorded_at   INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known; NULL for imported ones.
    content_hash  BLOB    CONSTRAINT organization_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX organization_division ON organization (division_id);
CREATE INDEX organization_parent ON organization (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX organization_list ON organization (area_code, id);
CREATE UNIQUE INDEX organization_credit_code ON organization (credit_code) WHERE credit_code IS NOT NULL AND ended_on IS NULL;
-- Two living organizations of one name at one home cannot be told apart in a file.
CREATE UNIQUE INDEX organization_name ON organization (division_id, name) WHERE ended_on IS NULL;
-- A file names a cadre's organization by its name alone.
CREATE INDEX organization_by_name ON organization (name) WHERE ended_on IS NULL;

CREATE TABLE organization_history (
    id            BLOB    NOT NULL REFERENCES organization (id) ON DELETE RESTRICT,
    version       INTEGER NOT NULL,
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    level         TEXT    NOT NULL,
    credit_code   TEXT,
    parent_id     BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    contact_name  TEXT,
    phone_mask    TEXT,
    ended_on      TEXT,
    valid_from    TEXT    NOT NULL,
    valid_to      TEXT    CONSTRAINT organization_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT organization_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX organization_history_organization ON organization_history (id, valid_from);
CREATE INDEX organization_history_division ON organization_history (division_id);
CREATE INDEX organization_history_parent ON organization_history (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE cadre (
    id                 BLOB    NOT NULL PRIMARY KEY CONSTRAINT cadre_id_length CHECK (length(id) = 16),
    version            INTEGER NOT NULL CONSTRAINT cadre_version_positive CHECK (version >= 1),
    organization_id    BLOB    NOT NULL REFERENCES organization (id) ON DELETE RESTRICT,
    -- Where he is seen: the place of the linked town or village today, else of the organization's home.
    area_code          INTEGER NOT NULL CONSTRAINT cadre_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    name               TEXT    NOT NULL CONSTRAINT cadre_name_length CHECK (length(name) BETWEEN 1 AND 60),
    sex                TEXT,
    position_title     TEXT    CONSTRAINT cadre_position_title_length CHECK (length(position_title) BETWEEN 1 AND 100),
    identity_sealed    BLOB,
    -- The same keyed hash as a member's: a cadre who is a member of a registered household is found by it.
    identity_hash      BLOB    CONSTRAINT cadre_identity_hash_length CHECK (identity_hash IS NULL OR length(identity_hash) = 32),
    identity_mask      TEXT    CONSTRAINT cadre_identity_whole CHECK
        ((identity_mask IS NULL) = (identity_sealed IS NULL) AND (identity_mask IS NULL) = (identity_hash IS NULL)),
    phone_sealed       BLOB,
    phone_hash         BLOB    CONSTRAINT cadre_phone_hash_length CHECK (phone_hash IS NULL OR length(phone_hash) = 32),
    phone_mask         TEXT    CONSTRAINT cadre_phone_whole CHECK
        ((phone_mask IS NULL) = (phone_sealed IS NULL) AND (phone_mask IS NULL) = (phone_hash IS NULL)),
    line               TEXT,
    home_village_id    BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    is_county_leader   INTEGER NOT NULL CONSTRAINT cadre_county_leader_flag CHECK (is_county_leader IN (0, 1)),
    -- Kept: what the interval tables say of the day in setting 'kept-day'.
    rank               TEXT,
    post_state         TEXT,
    -- Where that division has a successor, the end of its successors.
    linked_division_id BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- The day on which he left the register for good (death, an entry made in error).
    ended_on           TEXT    CONSTRAINT cadre_ended_date CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_from         TEXT    NOT NULL,
    recorded_at        INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    content_hash       BLOB    CONSTRAINT cadre_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_organization ON cadre (organization_id, area_code, id);
CREATE INDEX cadre_home_village ON cadre (home_village_id) WHERE home_village_id IS NOT NULL;
CREATE INDEX cadre_linked_division ON cadre (linked_division_id) WHERE linked_division_id IS NOT NULL;
CREATE INDEX cadre_list ON cadre (area_code, id);
CREATE INDEX cadre_list_rank ON cadre (rank, area_code, id);
CREATE UNIQUE INDEX cadre_phone_living ON cadre (phone_hash) WHERE phone_hash IS NOT NULL AND ended_on IS NULL;
CREATE UNIQUE INDEX cadre_identity_living ON cadre (identity_hash) WHERE identity_hash IS NOT NULL AND ended_on IS NULL;

CREATE TABLE cadre_history (
    id               BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    version          INTEGER NOT NULL,
    organization_id  BLOB    NOT NULL REFERENCES organization (id) ON DELETE RESTRICT,
    name             TEXT    NOT NULL,
    sex              TEXT,
    position_title   TEXT,
    identity_hash    BLOB,
    identity_mask    TEXT,
    phone_mask       TEXT,
    line             TEXT,
    home_village_id  BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    is_county_leader INTEGER NOT NULL,
    ended_on         TEXT,
    valid_from       TEXT    NOT NULL,
    valid_to         TEXT    CONSTRAINT cadre_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at      INTEGER NOT NULL,
    superseded_at    INTEGER CONSTRAINT cadre_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX cadre_history_cadre ON cadre_history (id, valid_from);
CREATE INDEX cadre_history_organization ON cadre_history (organization_id);
CREATE INDEX cadre_history_home_village ON cadre_history (home_village_id) WHERE home_village_id IS NOT NULL;

-- The rank decides the quota from its day (R005, R040).
CREATE TABLE cadre_rank (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    rank          TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_rank_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_rank_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_rank_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cadre_rank_once BEFORE INSERT ON cadre_rank
WHEN EXISTS (SELECT 1 FROM cadre_rank o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-ranks-on-one-day'); END;

CREATE TABLE cadre_post (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    post_state    TEXT    NOT NULL,
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_post_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_post_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_post_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cadre_post_once BEFORE INSERT ON cadre_post
WHEN EXISTS (SELECT 1 FROM cadre_post o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-post-states-on-one-day'); END;

-- Where he helps: a town for the upper two ranks, else a village (R040).
CREATE TABLE cadre_link (
    cadre_id      BLOB    NOT NULL REFERENCES cadre (id) ON DELETE RESTRICT,
    -- A town or a village, also after it has ended: the link then means its successor.
    division_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    valid_from    TEXT    NOT NULL CONSTRAINT cadre_link_from_date CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_to      TEXT    CONSTRAINT cadre_link_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at   INTEGER NOT NULL,
    superseded_at INTEGER CONSTRAINT cadre_link_superseded_after CHECK (superseded_at IS NULL OR superseded_at > recorded_at),
    PRIMARY KEY (cadre_id, valid_from, recorded_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX cadre_link_division ON cadre_link (division_id);
CREATE TRIGGER cadre_link_once BEFORE INSERT ON cadre_link
WHEN EXISTS (SELECT 1 FROM cadre_link o WHERE o.cadre_id = NEW.cadre_id AND o.superseded_at IS NULL
    AND (o.valid_to IS NULL OR o.valid_to > NEW.valid_from) AND (NEW.valid_to IS NULL OR o.valid_from < NEW.valid_to))
    AND NEW.superseded_at IS NULL
BEGIN SELECT RAISE(ABORT, 'two-links-on-one-day'); END;

-- People who help without being on the payroll (R016, R017).
CREATE TABLE helper (
    id              BLOB    NOT NULL PRIMARY KEY CONSTRAINT helper_id_length CHECK (length(id) = 16),
    version         INTEGER NOT NULL CONSTRAINT helper_version_positive CHECK (version >= 1),
    -- The division that is served: usually a village or a town.
    division_id     BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    area_code       INTEGER NOT NULL CONSTRAINT helper_area_digits CHECK (area_code BETWEEN 100000000000 AND 999999999999),
    -- Who sends him; a social-work station for a social worker.
    organization_id BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    kind            TEXT    NOT NULL,
    name            TEXT    NOT NULL CONSTRAINT helper_name_length CHECK (length(name) BETWEEN 1 AND 60),
    -- One or more, joined by ';', which none of them holds.
    skills          TEXT    CONSTRAINT helper_skills_length CHECK (length(skills) BETWEEN 1 AND 1300),
    -- Hours of service so far, as the helper's organization counts them.
    service_hours   INTEGER CONSTRAINT helper_service_hours_range CHECK (service_hours BETWEEN 0 AND 100000),
    phone_sealed    BLOB,
    phone_hash      BLOB    CONSTRAINT helper_phone_hash_length CHECK (phone_hash IS NULL OR length(phone_hash) = 32),
    phone_mask      TEXT    CONSTRAINT helper_phone_whole CHECK
        ((phone_mask IS NULL) = (phone_sealed IS NULL) AND (phone_mask IS NULL) = (phone_hash IS NULL)),
    ended_on        TEXT    CONSTRAINT helper_ended_date CHECK (ended_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    valid_from      TEXT    NOT NULL,
    recorded_at     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    content_hash    BLOB    CONSTRAINT helper_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX helper_division ON helper (division_id);
CREATE INDEX helper_organization ON helper (organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX helper_list ON helper (area_code, id);

CREATE TABLE helper_history (
    id              BLOB    NOT NULL REFERENCES helper (id) ON DELETE RESTRICT,
    version         INTEGER NOT NULL,
    division_id     BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    organization_id BLOB    REFERENCES organization (id) ON DELETE RESTRICT,
    kind            TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    skills          TEXT,
    service_hours   INTEGER,
    phone_mask      TEXT,
    ended_on        TEXT,
    valid_from      TEXT    NOT NULL,
    valid_to        TEXT    CONSTRAINT helper_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at     INTEGER NOT NULL,
    superseded_at   INTEGER CONSTRAINT helper_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX helper_history_helper ON helper_history (id, valid_from);
CREATE INDEX helper_history_division ON helper_history (division_id);
CREATE INDEX helper_history_organization ON helper_history (organization_id) WHERE organization_id IS NOT NULL;

-- Code lists (§2.1, sheet of helpers and handbook; R005, R006, R015 to R017). The ranks stand in the order of the ladder.
INSERT INTO code_list (key, zh, en) VALUES
    ('organization-kind', '单位类型', 'Kind of organization'),
    ('organization-level', '隶属关系', 'Level of an organization'),
    ('cadre-rank', '职级', 'Rank of a cadre'),
    ('post-state', '在岗状态', 'Post state'),
    ('cadre-line', '条线', 'Line of a cadre'),
    ('helper-kind', '其他帮扶力量类型', 'Kind of helper');

INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('organization-kind', 'state-organ', 1, '国家机关', 'State organ', NULL, NULL),
    ('organization-kind', 'social-body', 2, '社会团体', 'Mass organization', NULL, NULL),
    ('organization-kind', 'university', 3, '高等院校', 'University or college', NULL, NULL),
    ('organization-kind', 'state-enterprise', 4, '国有企业', 'State enterprise', NULL, NULL),
    ('organization-kind', 'eastern-partner', 5, '东部对口帮扶省市', 'Partner in the east', NULL, NULL),
    ('organization-kind', 'designated-institution', 6, '定点机构', 'Designated central institution', NULL, NULL),
    ('organization-kind', 'village-committee', 7, '村民自治组织', 'Village committee', NULL, NULL),
    ('organization-kind', 'public-institution', 8, '事业单位', 'Public institution', NULL, NULL),
    ('organization-kind', 'private-enterprise', 9, '民营企业', 'Private enterprise', NULL, NULL),
    ('organization-kind', 'social-organization', 10, '社会组织', 'Social organization', NULL, NULL),
    ('organization-kind', 'school', 11, '学校', 'School', NULL, NULL),
    ('organization-kind', 'hospital', 12, '医院', 'Hospital', NULL, NULL),
    ('organization-kind', 'army', 13, '军队武警', 'Army or armed police', NULL, NULL),
    ('organization-kind', 'social-work-station', 14, '社会工作站', 'Social-work station', NULL, NULL),
    ('organization-level', 'central', 1, '中央', 'Central', NULL, NULL),
    ('organization-level', 'provincial', 2, '省', 'Province', NULL, NULL),
    ('organization-level', 'municipal', 3, '市', 'City', NULL, NULL),
    ('organization-level', 'district', 4, '区', 'District', NULL, NULL),
    ('organization-level', 'county', 5, '县', 'County', NULL, NULL),
    ('organization-level', 'subdistrict', 6, '街道', 'Subdistrict', NULL, NULL),
    ('organization-level', 'town', 7, '镇', 'Town', NULL, NULL),
    ('organization-level', 'township', 8, '乡', 'Township', NULL, NULL),
    ('organization-level', 'residents-committee', 9, '居委会', 'Residents'' committee', NULL, NULL),
    ('organization-level', 'village-committee', 10, '村委会', 'Village committee', NULL, NULL),
    ('organization-level', 'army', 11, '军队', 'Army', NULL, NULL),
    ('organization-level', 'other', 12, '其他', 'Other', NULL, NULL),
    ('cadre-rank', 'department', 1, '厅级', 'Department level', NULL, NULL),
    ('cadre-rank', 'division', 2, '处级', 'Division level', NULL, NULL),
    ('cadre-rank', 'section', 3, '正科级', 'Section head', NULL, NULL),
    ('cadre-rank', 'deputy-section', 4, '副科级', 'Deputy section head', NULL, NULL),
    ('cadre-rank', 'middle', 5, '中层', 'Middle level of a unit', NULL, NULL),
    ('cadre-rank', 'ordinary', 6, '一般', 'Ordinary', NULL, NULL),
    ('post-state', 'in-post', 1, '在岗', 'In post', NULL, NULL),
    ('post-state', 'seconded', 2, '挂职', 'Seconded', NULL, NULL),
    ('post-state', 'retired', 3, '退休', 'Retired', NULL, NULL),
    ('post-state', 'moved', 4, '调离', 'Moved to another unit', NULL, NULL),
    ('post-state', 'left', 5, '离职', 'Left', NULL, NULL),
    ('cadre-line', 'party-government', 1, '党政', 'Party and government', NULL, NULL),
    ('cadre-line', 'political-legal', 2, '政法', 'Politics and law', NULL, NULL),
    ('cadre-line', 'economic', 3, '经济', 'Economy', NULL, NULL),
    ('cadre-line', 'technical', 4, '技术', 'Technical', NULL, NULL),
    ('cadre-line', 'veteran', 5, '离休', 'Veteran cadres in retirement', NULL, NULL),
    ('helper-kind', 'technical-envoy', 1, '科技特派员', 'Technical envoy', NULL, NULL),
    ('helper-kind', 'volunteer', 2, '志愿者', 'Volunteer', NULL, NULL),
    ('helper-kind', 'social-worker', 3, '社会工作者', 'Social worker', NULL, NULL),
    ('helper-kind', 'lead-farmer', 4, '创业致富带头人', 'Lead farmer', NULL, NULL),
    ('helper-kind', 'professional-farmer', 5, '职业农民', 'Professional farmer', NULL, NULL),
    ('helper-kind', 'doctoral-team', 6, '博士服务团成员', 'Member of a doctoral service team', NULL, NULL),
    ('helper-kind', 'western-light', 7, '西部之光访问学者', 'Visiting scholar of Western Light', NULL, NULL),
    ('helper-kind', 'village-official', 8, '村官', 'Graduate village official', NULL, NULL),
    ('helper-kind', 'rural-teacher', 9, '乡村教师', 'Rural teacher', NULL, NULL),
    ('helper-kind', 'other', 10, '其他', 'Other', NULL, NULL);

-- §2.1 counts 职务级别 in finer steps; the ladder of quotas has six.
INSERT INTO code_alias (list_key, label, code) VALUES
    ('organization-kind', '机关', 'state-organ'),
    ('organization-kind', '党政机关', 'state-organ'),
    ('organization-kind', '行政机关', 'state-organ'),
    ('organization-kind', '机关单位', 'state-organ'),
    ('organization-kind', '群团组织', 'social-body'),
    ('organization-kind', '人民团体', 'social-body'),
    ('organization-kind', '高校', 'university'),
    ('organization-kind', '高等学校', 'university'),
    ('organization-kind', '国企', 'state-enterprise'),
    ('organization-kind', '国有及国有控股企业', 'state-enterprise'),
    ('organization-kind', '东部协作单位', 'eastern-partner'),
    ('organization-kind', '定点单位', 'designated-institution'),
    ('organization-kind', '定点帮扶单位', 'designated-institution'),
    ('organization-kind', '定点扶贫单位', 'designated-institution'),
    ('organization-kind', '村委会', 'village-committee'),
    ('organization-kind', '村民委员会', 'village-committee'),
    ('organization-kind', '事业', 'public-institution'),
    ('organization-kind', '民企', 'private-enterprise'),
    ('organization-kind', '私营企业', 'private-enterprise'),
    ('organization-kind', '企业', 'private-enterprise'),
    ('organization-kind', '社会服务机构', 'social-organization'),
    ('organization-kind', '民间组织', 'social-organization'),
    ('organization-kind', '中小学', 'school'),
    ('organization-kind', '卫生院', 'hospital'),
    ('organization-kind', '医疗机构', 'hospital'),
    ('organization-kind', '军队', 'army'),
    ('organization-kind', '武警', 'army'),
    ('organization-kind', '部队', 'army'),
    ('organization-kind', '社工站', 'social-work-station'),
    ('organization-level', '中直', 'central'),
    ('organization-level', '中央单位', 'central'),
    ('organization-level', '中央直属', 'central'),
    ('organization-level', '省直', 'provincial'),
    ('organization-level', '省级', 'provincial'),
    ('organization-level', '自治区', 'provincial'),
    ('organization-level', '自治区直', 'provincial'),
    ('organization-level', '市直', 'municipal'),
    ('organization-level', '市级', 'municipal'),
    ('organization-level', '市/地区', 'municipal'),
    ('organization-level', '地区', 'municipal'),
    ('organization-level', '地市', 'municipal'),
    ('organization-level', '区直', 'district'),
    ('organization-level', '区级', 'district'),
    ('organization-level', '县直', 'county'),
    ('organization-level', '县级', 'county'),
    ('organization-level', '街道办', 'subdistrict'),
    ('organization-level', '街道办事处', 'subdistrict'),
    ('organization-level', '乡镇', 'town'),
    ('organization-level', '乡(镇)', 'town'),
    ('organization-level', '镇级', 'town'),
    ('organization-level', '乡级', 'township'),
    ('organization-level', '民族乡', 'township'),
    ('organization-level', '居民委员会', 'residents-committee'),
    ('organization-level', '社区', 'residents-committee'),
    ('organization-level', '社区居委会', 'residents-committee'),
    ('organization-level', '村', 'village-committee'),
    ('organization-level', '村级', 'village-committee'),
    ('organization-level', '村民委员会', 'village-committee'),
    ('organization-level', '部队', 'army'),
    ('organization-level', '武警', 'army'),
    ('cadre-rank', '厅局级', 'department'),
    ('cadre-rank', '厅局级正', 'department'),
    ('cadre-rank', '厅局级副', 'department'),
    ('cadre-rank', '正厅级', 'department'),
    ('cadre-rank', '副厅级', 'department'),
    ('cadre-rank', '正厅', 'department'),
    ('cadre-rank', '副厅', 'department'),
    ('cadre-rank', '厅', 'department'),
    ('cadre-rank', '县处级', 'division'),
    ('cadre-rank', '县处级正', 'division'),
    ('cadre-rank', '县处级副', 'division'),
    ('cadre-rank', '正处级', 'division'),
    ('cadre-rank', '副处级', 'division'),
    ('cadre-rank', '正处', 'division'),
    ('cadre-rank', '副处', 'division'),
    ('cadre-rank', '处', 'division'),
    ('cadre-rank', '乡科级正', 'section'),
    ('cadre-rank', '正科', 'section'),
    ('cadre-rank', '科级正', 'section'),
    ('cadre-rank', '乡科级副', 'deputy-section'),
    ('cadre-rank', '副科', 'deputy-section'),
    ('cadre-rank', '科级副', 'deputy-section'),
    ('cadre-rank', '中层干部', 'middle'),
    ('cadre-rank', '中层正职', 'middle'),
    ('cadre-rank', '中层副职', 'middle'),
    ('cadre-rank', '一般干部', 'ordinary'),
    ('cadre-rank', '科员级', 'ordinary'),
    ('cadre-rank', '科员', 'ordinary'),
    ('cadre-rank', '办事员级', 'ordinary'),
    ('cadre-rank', '办事员', 'ordinary'),
    ('cadre-rank', '未定职', 'ordinary'),
    ('post-state', '在职', 'in-post'),
    ('post-state', '在编在岗', 'in-post'),
    ('post-state', '在岗在职', 'in-post'),
    ('post-state', '挂职锻炼', 'seconded'),
    ('post-state', '借调', 'seconded'),
    ('post-state', '已退休', 'retired'),
    ('post-state', '调出', 'moved'),
    ('post-state', '已调离', 'moved'),
    ('post-state', '辞职', 'left'),
    ('post-state', '已离职', 'left'),
    ('cadre-line', '党政机关', 'party-government'),
    ('cadre-line', '党群', 'party-government'),
    ('cadre-line', '政法系统', 'political-legal'),
    ('cadre-line', '经济部门', 'economic'),
    ('cadre-line', '专业技术', 'technical'),
    ('cadre-line', '业务', 'technical'),
    ('cadre-line', '离休干部', 'veteran'),
    ('cadre-line', '老干部', 'veteran'),
    ('helper-kind', '科技特派', 'technical-envoy'),
    ('helper-kind', '科技特派人员', 'technical-envoy'),
    ('helper-kind', '志愿服务者', 'volunteer'),
    ('helper-kind', '社工', 'social-worker'),
    ('helper-kind', '驻村社工', 'social-worker'),
    ('helper-kind', '致富带头人', 'lead-farmer'),
    ('helper-kind', '创业带头人', 'lead-farmer'),
    ('helper-kind', '致富能手', 'lead-farmer'),
    ('helper-kind', '新型职业农民', 'professional-farmer'),
    ('helper-kind', '高素质农民', 'professional-farmer'),
    ('helper-kind', '博士服务团', 'doctoral-team'),
    ('helper-kind', '西部之光', 'western-light'),
    ('helper-kind', '大学生村官', 'village-official'),
    ('helper-kind', '支教教师', 'rural-teacher');
