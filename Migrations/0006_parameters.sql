-- Policy as dated rows for each area (Appendix A, §2.5), and what was judged by which row.

-- A row says: in this area, from this day until before that one, the parameter has this value. The nearest area upwards
-- wins. Its facts are its own days, so valid_from is only the day on which the row was first stated, and the history
-- holds what was believed of it before: a row that another one ended, or that a correction cut.
CREATE TABLE parameter (
    id              BLOB    NOT NULL PRIMARY KEY CONSTRAINT parameter_id_length CHECK (length(id) = 16),
    version         INTEGER NOT NULL CONSTRAINT parameter_version_positive CHECK (version >= 1),
    -- A name of the program's catalogue, which holds type, unit and bounds.
    key             TEXT    NOT NULL CONSTRAINT parameter_key_length CHECK (length(key) BETWEEN 1 AND 60),
    -- NULL: everywhere.
    division_id     BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    -- JSON: a number, a word, or words.
    value           TEXT    NOT NULL,
    unit            TEXT    NOT NULL,
    first_on        TEXT    NOT NULL CONSTRAINT parameter_first_date CHECK (first_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    -- The first day on which it no longer holds; the first day itself where a correction has taken all of it back.
    end_on          TEXT    CONSTRAINT parameter_end_after CHECK (end_on IS NULL OR
        (end_on >= first_on AND end_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')),
    document_number TEXT    CONSTRAINT parameter_document_length CHECK (length(document_number) BETWEEN 1 AND 100),
    -- Who stated it; NULL for those that came with the program and for commands. No reference: it outlives the account.
    recorded_by     BLOB    CONSTRAINT parameter_recorded_by_length CHECK (recorded_by IS NULL OR length(recorded_by) = 16),
    valid_from      TEXT    NOT NULL,
    recorded_at     INTEGER NOT NULL,
    -- 0 for those that came with the program.
    created_at      INTEGER NOT NULL,
    -- Keyed hash of the body that made it, so that a repeated PUT is known; NULL for imported ones.
    content_hash    BLOB    CONSTRAINT parameter_content_hash_length CHECK (content_hash IS NULL OR length(content_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_key ON parameter (key, division_id, first_on);
CREATE INDEX parameter_division ON parameter (division_id) WHERE division_id IS NOT NULL;
CREATE TRIGGER parameter_once BEFORE INSERT ON parameter
WHEN EXISTS (SELECT 1 FROM parameter o WHERE o.key = NEW.key AND o.division_id IS NEW.division_id AND o.id <> NEW.id
    AND (o.end_on IS NULL OR (o.end_on > o.first_on AND o.end_on > NEW.first_on))
    AND (NEW.end_on IS NULL OR (NEW.end_on > NEW.first_on AND o.first_on < NEW.end_on)))
BEGIN SELECT RAISE(ABORT, 'parameter-overlaps'); END;
CREATE TRIGGER parameter_once_changed BEFORE UPDATE ON parameter
WHEN EXISTS (SELECT 1 FROM parameter o WHERE o.key = NEW.key AND o.division_id IS NEW.division_id AND o.id <> NEW.id
    AND (o.end_on IS NULL OR (o.end_on > o.first_on AND o.end_on > NEW.first_on))
    AND (NEW.end_on IS NULL OR (NEW.end_on > NEW.first_on AND o.first_on < NEW.end_on)))
BEGIN SELECT RAISE(ABORT, 'parameter-overlaps'); END;

CREATE TABLE parameter_history (
    id              BLOB    NOT NULL REFERENCES parameter (id) ON DELETE RESTRICT,
    version         INTEGER NOT NULL,
    key             TEXT    NOT NULL,
    division_id     BLOB    REFERENCES division (id) ON DELETE RESTRICT,
    value           TEXT    NOT NULL,
    unit            TEXT    NOT NULL,
    first_on        TEXT    NOT NULL,
    end_on          TEXT,
    document_number TEXT,
    recorded_by     BLOB,
    valid_from      TEXT    NOT NULL,
    valid_to        TEXT    CONSTRAINT parameter_history_order CHECK (valid_to IS NULL OR valid_to > valid_from),
    recorded_at     INTEGER NOT NULL,
    superseded_at   INTEGER CONSTRAINT parameter_history_superseded_after CHECK (superseded_at IS NULL OR superseded_at >= recorded_at)
) STRICT;
CREATE INDEX parameter_history_parameter ON parameter_history (id, valid_from);
CREATE INDEX parameter_history_key ON parameter_history (key);
CREATE INDEX parameter_history_division ON parameter_history (division_id) WHERE division_id IS NOT NULL;

-- What a rule found of a record on a day, and by which rows. Judgements are never changed: a later one of the same kind
-- and record stands beside it, and the latest is what is said now.
CREATE TABLE judgement (
    id          BLOB    NOT NULL PRIMARY KEY CONSTRAINT judgement_id_length CHECK (length(id) = 16),
    kind        TEXT    NOT NULL,
    -- No reference: it outlives what it names, as the audit trail does.
    entity      TEXT    NOT NULL,
    entity_id   BLOB    NOT NULL CONSTRAINT judgement_entity_length CHECK (length(entity_id) = 16),
    -- The village (or other division) whose parameters counted.
    division_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT,
    day         TEXT    NOT NULL CONSTRAINT judgement_day_date CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    result      TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX judgement_entity ON judgement (entity_id, kind, recorded_at);
CREATE INDEX judgement_division ON judgement (division_id, day);

-- No reference to the row: an import that is undone takes rows out, and what was judged by them stays said.
CREATE TABLE judgement_parameter (
    judgement_id BLOB    NOT NULL REFERENCES judgement (id) ON DELETE CASCADE, -- nothing without its judgement
    parameter_id BLOB    NOT NULL CONSTRAINT judgement_parameter_id_length CHECK (length(parameter_id) = 16),
    -- The row's version then.
    version      INTEGER NOT NULL,
    PRIMARY KEY (judgement_id, parameter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgement_parameter_parameter ON judgement_parameter (parameter_id);

-- Defaults, for everywhere; document_number says where each comes from. Values that are only in use in some places are
-- not among them, and a year whose sources disagree (the monitoring line of 2022) has no row until an area states one.
-- Money is in fen. The ids are the same in every installation, so that a file of them means the same rows.
INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000001', 1, 'quota.department', NULL, '8', 'households', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000002', 1, 'quota.department.scope', NULL, '"town"', 'codes', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000003', 1, 'quota.division', NULL, '6', 'households', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000004', 1, 'quota.division.scope', NULL, '"town"', 'codes', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000005', 1, 'quota.section', NULL, '5', 'households', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000006', 1, 'quota.section.scope', NULL, '"village"', 'codes', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000007', 1, 'quota.deputy-section', NULL, '3', 'households', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000008', 1, 'quota.deputy-section.scope', NULL, '"village"', 'codes', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000009', 1, 'quota.middle', NULL, '2', 'households', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000000a', 1, 'quota.middle.scope', NULL, '"village"', 'codes', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000000b', 1, 'quota.ordinary', NULL, '1', 'households', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000000c', 1, 'quota.ordinary.scope', NULL, '"village"', 'codes', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000000d', 1, 'quota.countyLeader.town', NULL, '1', 'towns', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000000e', 1, 'quota.countyLeader.village', NULL, '1', 'villages', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000000f', 1, 'secondHelper.maxHouseholds', NULL, '5', 'households', '2000-01-01', NULL, 'Appendix A §2.8', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000010', 1, 'cadence.phone.perMonth', NULL, '1', 'timesPerMonth', '2000-01-01', NULL, 'Appendix A [002] §2.8', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000011', 1, 'cadence.visit', NULL, '4', 'timesPerYear', '2000-01-01', NULL, 'Appendix A [002]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000012', 1, 'cadence.visit.unlifted', NULL, '12', 'timesPerYear', '2000-01-01', NULL, 'Appendix A [003]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000013', 1, 'cadence.visit.lifted', NULL, '4', 'timesPerYear', '2000-01-01', NULL, 'Appendix A [003]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000014', 1, 'alarm.noVisit', NULL, '180', 'days', '2000-01-01', NULL, 'Appendix A', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000015', 1, 'liability.years', NULL, '5', 'years', '2000-01-01', NULL, 'Appendix A [003]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000016', 1, 'villageProgramme.years', NULL, '3', 'years', '2000-01-01', NULL, 'Appendix A [001]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000017', 1, 'snapshot.period', NULL, '["ten-days","month"]', 'codes', '2000-01-01', NULL, 'Appendix A [003]', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000018', 1, 'cause.main', NULL, '1', 'causes', '2000-01-01', NULL, 'Appendix A §2.1', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000019', 1, 'cause.other.max', NULL, '2', 'causes', '2000-01-01', NULL, 'Appendix A §2.1', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000001a', 1, 'notice.identification', NULL, '5', 'days', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000001b', 1, 'notice.fund', NULL, '10', 'days', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000001c', 1, 'notice.fund.workingDays', NULL, '7', 'workingDays', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000001d', 1, 'notice.project', NULL, '10', 'days', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000001e', 1, 'notice.project.workingDays', NULL, '7', 'workingDays', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000001f', 1, 'notice.redact', NULL, '["identity-number","phone","bank-account","health"]', 'codes', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000020', 1, 'monitoring.deadline', NULL, '15', 'days', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000021', 1, 'measures.start.after', NULL, '1', 'months', '2000-01-01', NULL, 'Appendix A §2.6', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000022', 1, 'riskElimination.min', NULL, '2', 'months', '2000-01-01', NULL, 'Appendix A §2.6', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000023', 1, 'line.national', NULL, '230000', 'fen', '2010-01-01', '2011-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000024', 1, 'line.national', NULL, '273600', 'fen', '2013-01-01', '2014-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000025', 1, 'line.national', NULL, '280000', 'fen', '2014-01-01', '2015-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000026', 1, 'line.national', NULL, '285500', 'fen', '2015-01-01', '2016-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000027', 1, 'line.national', NULL, '295200', 'fen', '2016-01-01', '2017-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000028', 1, 'line.national', NULL, '295200', 'fen', '2017-01-01', '2018-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000029', 1, 'line.national', NULL, '299500', 'fen', '2018-01-01', '2019-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000002a', 1, 'line.national', NULL, '321800', 'fen', '2019-01-01', '2020-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000002b', 1, 'line.national', NULL, '400000', 'fen', '2020-01-01', '2021-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000002c', 1, 'line.exitCheck', NULL, '295200', 'fen', '2014-01-01', '2018-01-01', 'Appendix A §2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000002d', 1, 'line.monitoring', NULL, '500000', 'fen', '2020-01-01', '2021-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000002e', 1, 'line.monitoring', NULL, '600000', 'fen', '2021-01-01', '2022-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000002f', 1, 'line.monitoring', NULL, '750000', 'fen', '2023-01-01', '2024-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000030', 1, 'line.monitoring', NULL, '880000', 'fen', '2024-01-01', '2025-01-01', '§2.5', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000031', 1, 'loan.micro.maximum', NULL, '5000000', 'fen', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000032', 1, 'loan.micro.months', NULL, '36', 'months', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000033', 1, 'loan.micro.ageMin', NULL, '18', 'age', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000034', 1, 'loan.micro.ageMax', NULL, '65', 'age', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000035', 1, 'schoolingGrant.perTerm', NULL, '150000', 'fen', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000036', 1, 'schoolingGrant.perYear', NULL, '300000', 'fen', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000037', 1, 'project.gate', NULL, '["name","kind","construction-nature","place","schedule","responsible-unit","tasks","amount-and-sources","beneficiaries","performance-goal","participation"]', 'codes', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000038', 1, 'project.managementFee.max', NULL, '10', 'permille', '2000-01-01', NULL, 'Appendix A §2.7', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000039', 1, 'publicPost.ageFrom', NULL, '16', 'age', '2000-01-01', NULL, 'Appendix A §2.6', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000003a', 1, 'publicPost.ageBelow', NULL, '70', 'age', '2000-01-01', NULL, 'Appendix A §2.6', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000003b', 1, 'labour.none.below', NULL, '16', 'age', '2000-01-01', NULL, 'Appendix A §2.6', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000003c', 1, 'labour.capped.from', NULL, '60', 'age', '2000-01-01', NULL, 'Appendix A §2.6', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000003d', 1, 'station.daysPerMonth', NULL, '20', 'daysPerMonth', '2000-01-01', NULL, 'Appendix A §2.8', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000003e', 1, 'exit.villageRate.max', NULL, '20', 'permille', '2000-01-01', NULL, 'Appendix A §2.3', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000003f', 1, 'exit.villageRate.west.max', NULL, '30', 'permille', '2000-01-01', NULL, 'Appendix A §2.3', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000040', 1, 'house.minArea', NULL, '13', 'squareMetres', '2000-01-01', NULL, 'Appendix A §2.3', NULL, '2000-01-01', 0, 0, NULL);
