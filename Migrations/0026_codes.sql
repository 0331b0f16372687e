-- Codes are in kebab-case. The audit trail keeps the words of its day, because they are hashed.

-- Roles. A column's check cannot be changed, and the table cannot be dropped while others refer to it, so the column
-- is made anew; a column that is added cannot be NOT NULL, so triggers hold that.
ALTER TABLE user_account ADD COLUMN role_code TEXT CONSTRAINT user_account_role_known CHECK (role_code IN
    ('county-administrator', 'town-clerk', 'village-worker', 'tablet', 'province', 'auditor'));
UPDATE user_account SET role_code = CASE role WHEN 'countyAdministrator' THEN 'county-administrator'
    WHEN 'townClerk' THEN 'town-clerk' WHEN 'villageWorker' THEN 'village-worker' ELSE role END;
ALTER TABLE user_account DROP COLUMN role;
ALTER TABLE user_account RENAME COLUMN role_code TO role;
CREATE TRIGGER user_account_role_given BEFORE INSERT ON user_account WHEN NEW.role IS NULL
BEGIN SELECT RAISE(ABORT, 'user_account_role_given'); END;
CREATE TRIGGER user_account_role_kept BEFORE UPDATE OF role ON user_account WHEN NEW.role IS NULL
BEGIN SELECT RAISE(ABORT, 'user_account_role_given'); END;

-- What was written in camelCase or called otherwise than its path, and its code: only for this migration.
CREATE TEMP TABLE former_code (kind TEXT NOT NULL, former TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (kind, former)) STRICT;

-- Keys and units of parameters.
INSERT INTO former_code (kind, former, code) VALUES
    ('key', 'quota.countyLeader.town', 'quota.county-leader.town'),
    ('key', 'quota.countyLeader.village', 'quota.county-leader.village'),
    ('key', 'secondHelper.maxHouseholds', 'second-helper.max-households'),
    ('key', 'cadence.phone.perMonth', 'cadence.phone.per-month'),
    ('key', 'alarm.noVisit', 'alarm.no-visit'),
    ('key', 'villageProgramme.years', 'village-programme.years'),
    ('key', 'notice.fund.workingDays', 'notice.fund.working-days'),
    ('key', 'notice.project.workingDays', 'notice.project.working-days'),
    ('key', 'riskElimination.min', 'risk-elimination.min'),
    ('key', 'line.exitCheck', 'line.exit-check'),
    ('key', 'loan.micro.ageMin', 'loan.micro.age-min'),
    ('key', 'loan.micro.ageMax', 'loan.micro.age-max'),
    ('key', 'schoolingGrant.perTerm', 'schooling-grant.per-term'),
    ('key', 'schoolingGrant.perYear', 'schooling-grant.per-year'),
    ('key', 'project.managementFee.max', 'project.management-fee.max'),
    ('key', 'publicPost.ageFrom', 'public-post.age-from'),
    ('key', 'publicPost.ageBelow', 'public-post.age-below'),
    ('key', 'station.daysPerMonth', 'station.days-per-month'),
    ('key', 'exit.villageRate.max', 'exit.village-rate.max'),
    ('key', 'exit.villageRate.west.max', 'exit.village-rate.west.max'),
    ('key', 'house.minArea', 'house.min-area'),
    ('key', 'contact.duties.monthsBack', 'contact.duties.months-back'),
    ('key', 'occasion.festival.daysBefore', 'occasion.festival.days-before'),
    ('key', 'occasion.festival.daysAfter', 'occasion.festival.days-after'),
    ('key', 'day.birth.firstYear', 'day.birth.first-year'),
    ('key', 'day.firstYear', 'day.first-year'),
    ('key', 'day.yearsAhead', 'day.years-ahead'),
    ('unit', 'timesPerMonth', 'times-per-month'),
    ('unit', 'timesPerYear', 'times-per-year'),
    ('unit', 'workingDays', 'working-days'),
    ('unit', 'daysPerMonth', 'days-per-month'),
    ('unit', 'squareMetres', 'square-metres');
-- A season for each crop.
INSERT INTO former_code (kind, former, code)
    SELECT DISTINCT 'key', key, replace(key, '.busySeason.', '.busy-season.')
    FROM (SELECT key FROM parameter UNION SELECT key FROM parameter_history UNION SELECT key FROM campaign_parameter)
    WHERE key LIKE 'occasion.busySeason.%';
UPDATE parameter SET key = f.code FROM former_code f WHERE f.kind = 'key' AND f.former = parameter.key;
UPDATE parameter_history SET key = f.code FROM former_code f WHERE f.kind = 'key' AND f.former = parameter_history.key;
UPDATE campaign_parameter SET key = f.code FROM former_code f WHERE f.kind = 'key' AND f.former = campaign_parameter.key;
UPDATE parameter SET unit = f.code FROM former_code f WHERE f.kind = 'unit' AND f.former = parameter.unit;
UPDATE parameter_history SET unit = f.code FROM former_code f WHERE f.kind = 'unit' AND f.former = parameter_history.unit;

-- Entities: the last fixed part of their record's path.
INSERT INTO former_code (kind, former, code) VALUES
    ('entity', 'division', 'divisions'), ('entity', 'group', 'groups'), ('entity', 'partner', 'partners'),
    ('entity', 'user', 'users'), ('entity', 'token', 'tokens'), ('entity', 'parameter', 'parameters'),
    ('entity', 'household', 'households'), ('entity', 'member', 'members'), ('entity', 'organization', 'organizations'),
    ('entity', 'cadre', 'cadres'), ('entity', 'helper', 'helpers'), ('entity', 'duty', 'duties'),
    ('entity', 'team', 'work-teams'), ('entity', 'village', 'villages'), ('entity', 'pairing', 'pairings'),
    ('entity', 'handover', 'handovers'), ('entity', 'run', 'pairing-runs'), ('entity', 'partnership', 'partnerships'),
    ('entity', 'campaign', 'campaigns'), ('entity', 'card', 'contact-cards'), ('entity', 'visit', 'visits'),
    ('entity', 'heldVisit', 'held-visits'), ('entity', 'proposal', 'change-proposals'), ('entity', 'need', 'needs'),
    ('entity', 'activity', 'activities'), ('entity', 'festival', 'festivals'), ('entity', 'job', 'imports');
UPDATE change SET entity = f.code FROM former_code f WHERE f.kind = 'entity' AND f.former = change.entity;
UPDATE job_record SET entity = f.code FROM former_code f WHERE f.kind = 'entity' AND f.former = job_record.entity;
UPDATE judgement SET entity = f.code FROM former_code f WHERE f.kind = 'entity' AND f.former = judgement.entity;
UPDATE partner_id SET entity = f.code FROM former_code f WHERE f.kind = 'entity' AND f.former = partner_id.entity;

-- The check of a table that nobody refers to changes with the table.
ALTER TABLE pairing_run_input RENAME TO pairing_run_input_former;
CREATE TABLE pairing_run_input (
    run_id      BLOB    NOT NULL,
    division_id BLOB    NOT NULL,
    entity      TEXT    NOT NULL CONSTRAINT pairing_run_input_entity_known CHECK (entity IN
        ('households', 'cadres', 'villages', 'parameters')),
    -- 24 octets for each record in the order of ids: the id, and 8 octets of a hash over all that the engine reads.
    entries     BLOB    NOT NULL CONSTRAINT pairing_run_input_whole CHECK (length(entries) % 24 = 0),
    PRIMARY KEY (run_id, division_id, entity),
    FOREIGN KEY (run_id, division_id) REFERENCES pairing_run_part (run_id, division_id) ON DELETE CASCADE -- it belongs to its part
) STRICT, WITHOUT ROWID;
INSERT INTO pairing_run_input (run_id, division_id, entity, entries)
    SELECT i.run_id, i.division_id, f.code, i.entries
    FROM pairing_run_input_former i JOIN former_code f ON f.kind = 'entity' AND f.former = i.entity;
DROP TABLE pairing_run_input_former;

DROP TABLE former_code;
