-- Duties of contact (R060 to R063): which calls and visits each household is owed in which period, and what was done.

-- One duty: a calendar period of a cadence rule, the days around a festival, a busy season, or the days after an event.
-- Kept from status history, parameters, occasions and visits; `jiedui check` recounts them. Whose duty it is, is not
-- kept: it lies on whoever helps the household on the day that is asked for.
CREATE TABLE contact_duty (
    household_number INTEGER NOT NULL REFERENCES household (household_number) ON DELETE RESTRICT,
    kind             TEXT    NOT NULL CONSTRAINT contact_duty_kind_known CHECK (kind IN
        ('phone', 'visit', 'festival', 'busy-season', 'life-event', 'dispute', 'difficulty')),
    -- The festival, crop or event; empty for phone and visit.
    subject          TEXT    NOT NULL,
    period_start     TEXT    NOT NULL,
    -- Its last day.
    period_end       TEXT    NOT NULL CONSTRAINT contact_duty_period_order CHECK (period_end >= period_start),
    required         INTEGER NOT NULL CONSTRAINT contact_duty_required_positive CHECK (required >= 1),
    -- Contacts within the period that count for it.
    contacts         INTEGER NOT NULL CONSTRAINT contact_duty_contacts_positive CHECK (contacts >= 0),
    -- The day on which it was done: that of the last required contact of the period, else that of the first contact
    -- after it, which makes up for what was missed. NULL while it is not done.
    done_on          TEXT    CONSTRAINT contact_duty_done_after CHECK (done_on >= period_start),
    PRIMARY KEY (household_number, period_end, kind, subject, period_start)
) STRICT, WITHOUT ROWID;
-- What is open, longest first, and what is open of one household: few rows, however long the history.
CREATE INDEX contact_duty_open ON contact_duty (period_end, household_number) WHERE done_on IS NULL;
CREATE INDEX contact_duty_open_household ON contact_duty (household_number, done_on, period_end, required, contacts)
    WHERE done_on IS NULL;
-- What was made up for: a contact that is told late may have done so earlier.
CREATE INDEX contact_duty_late ON contact_duty (household_number, done_on) WHERE done_on > period_end;

-- Sums over the duties of a village, for each period.
CREATE TABLE contact_figure (
    village_id   BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- ended, never deleted
    period_end   TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    period_start TEXT    NOT NULL,
    duties       INTEGER NOT NULL CONSTRAINT contact_figure_duties_positive CHECK (duties >= 0),
    done         INTEGER NOT NULL CONSTRAINT contact_figure_done_within CHECK (done BETWEEN 0 AND duties),
    PRIMARY KEY (village_id, period_end, kind, subject, period_start)
) STRICT, WITHOUT ROWID;

-- What is not done of all the periods of a village: without the periods that are not over, it is what is overdue, so
-- that a sum over the county takes as long after many years as after one.
CREATE TABLE contact_backlog (
    village_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- ended, never deleted
    kind       TEXT    NOT NULL,
    open       INTEGER NOT NULL CONSTRAINT contact_backlog_open_positive CHECK (open >= 0),
    PRIMARY KEY (village_id, kind)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER contact_figure_added AFTER INSERT ON contact_figure
BEGIN
    INSERT INTO contact_backlog (village_id, kind, open) VALUES (NEW.village_id, NEW.kind, NEW.duties - NEW.done)
    ON CONFLICT (village_id, kind) DO UPDATE SET open = open + excluded.open;
END;
CREATE TRIGGER contact_figure_changed AFTER UPDATE OF duties, done ON contact_figure
WHEN NEW.duties - NEW.done <> OLD.duties - OLD.done
BEGIN
    UPDATE contact_backlog SET open = open + (NEW.duties - NEW.done) - (OLD.duties - OLD.done)
    WHERE village_id = NEW.village_id AND kind = NEW.kind;
END;
-- A village that owes nothing can be taken back.
CREATE TRIGGER contact_figure_removed AFTER DELETE ON contact_figure
WHEN NOT EXISTS (SELECT 1 FROM contact_figure f WHERE f.village_id = OLD.village_id AND f.kind = OLD.kind)
BEGIN
    DELETE FROM contact_backlog WHERE village_id = OLD.village_id AND kind = OLD.kind;
END;

-- The last visit that each helper made himself or came along to: half a year without one is an alarm.
CREATE TABLE cadre_contact (
    cadre_id      BLOB NOT NULL PRIMARY KEY REFERENCES cadre (id) ON DELETE CASCADE, -- nothing without its cadre
    last_visit_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000049', 1, 'contact.duties.monthsBack', NULL, '12', 'months', '2000-01-01', NULL, 'R060 R061', NULL, '2000-01-01', 0, 0, NULL);

-- Festivals by year. Those of the lunar calendar are listed, not computed.
CREATE TABLE festival (
    code TEXT NOT NULL,
    year INTEGER NOT NULL CONSTRAINT festival_year_range CHECK (year BETWEEN 2000 AND 2100),
    day  TEXT NOT NULL CONSTRAINT festival_date CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    PRIMARY KEY (code, year)
) STRICT, WITHOUT ROWID;
CREATE INDEX festival_day ON festival (day);

INSERT INTO code_list (key, zh, en) VALUES
    ('festival', '传统佳节', 'Traditional festivals'),
    ('crop', '农作物', 'Crops');
INSERT INTO code_value (list_key, code, position, zh, en, valid_from, valid_to) VALUES
    ('festival', 'spring-festival', 1, '春节', 'Spring Festival', NULL, NULL),
    ('festival', 'lantern-festival', 2, '元宵节', 'Lantern Festival', NULL, NULL),
    ('festival', 'third-month-third', 3, '三月三', 'Third day of the third month', NULL, NULL),
    ('festival', 'qingming', 4, '清明节', 'Qingming', NULL, NULL),
    ('festival', 'dragon-boat', 5, '端午节', 'Dragon Boat Festival', NULL, NULL),
    ('festival', 'mid-autumn', 6, '中秋节', 'Mid-Autumn Festival', NULL, NULL),
    ('festival', 'double-ninth', 7, '重阳节', 'Double Ninth Festival', NULL, NULL),
    ('crop', 'rice-early', 1, '早稻', 'Early rice', NULL, NULL),
    ('crop', 'rice-single', 2, '一季稻', 'Single-crop rice', NULL, NULL),
    ('crop', 'rice-late', 3, '晚稻', 'Late rice', NULL, NULL),
    ('crop', 'wheat', 4, '小麦', 'Wheat', NULL, NULL),
    ('crop', 'maize', 5, '玉米', 'Maize', NULL, NULL),
    ('crop', 'rapeseed', 6, '油菜', 'Rapeseed', NULL, NULL),
    ('crop', 'potato', 7, '马铃薯', 'Potatoes', NULL, NULL),
    ('crop', 'peanut', 8, '花生', 'Peanuts', NULL, NULL),
    ('crop', 'cotton', 9, '棉花', 'Cotton', NULL, NULL),
    ('crop', 'sugarcane', 10, '甘蔗', 'Sugar cane', NULL, NULL),
    ('crop', 'tea', 11, '茶叶', 'Tea', NULL, NULL),
    ('crop', 'tobacco', 12, '烟叶', 'Tobacco', NULL, NULL),
    ('crop', 'silkworm', 13, '蚕桑', 'Silkworms', NULL, NULL),
    ('crop', 'citrus', 14, '柑橘', 'Citrus fruit', NULL, NULL),
    ('crop', 'peach', 15, '桃', 'Peaches', NULL, NULL),
    ('crop', 'strawberry', 16, '草莓', 'Strawberries', NULL, NULL),
    ('crop', 'vegetables', 17, '蔬菜', 'Vegetables', NULL, NULL);

-- As the lunar calendar of the national standard gives them; two computations and the new moons agree.
INSERT INTO festival (code, year, day) VALUES
    ('spring-festival', 2015, '2015-02-19'), ('lantern-festival', 2015, '2015-03-05'),
    ('qingming', 2015, '2015-04-05'), ('third-month-third', 2015, '2015-04-21'), ('dragon-boat', 2015, '2015-06-20'),
    ('mid-autumn', 2015, '2015-09-27'), ('double-ninth', 2015, '2015-10-21'),
    ('spring-festival', 2016, '2016-02-08'), ('lantern-festival', 2016, '2016-02-22'),
    ('qingming', 2016, '2016-04-04'), ('third-month-third', 2016, '2016-04-09'), ('dragon-boat', 2016, '2016-06-09'),
    ('mid-autumn', 2016, '2016-09-15'), ('double-ninth', 2016, '2016-10-09'),
    ('spring-festival', 2017, '2017-01-28'), ('lantern-festival', 2017, '2017-02-11'),
    ('third-month-third', 2017, '2017-03-30'), ('qingming', 2017, '2017-04-04'), ('dragon-boat', 2017, '2017-05-30'),
    ('mid-autumn', 2017, '2017-10-04'), ('double-ninth', 2017, '2017-10-28'),
    ('spring-festival', 2018, '2018-02-16'), ('lantern-festival', 2018, '2018-03-02'),
    ('qingming', 2018, '2018-04-05'), ('third-month-third', 2018, '2018-04-18'), ('dragon-boat', 2018, '2018-06-18'),
    ('mid-autumn', 2018, '2018-09-24'), ('double-ninth', 2018, '2018-10-17'),
    ('spring-festival', 2019, '2019-02-05'), ('lantern-festival', 2019, '2019-02-19'),
    ('qingming', 2019, '2019-04-05'), ('third-month-third', 2019, '2019-04-07'), ('dragon-boat', 2019, '2019-06-07'),
    ('mid-autumn', 2019, '2019-09-13'), ('double-ninth', 2019, '2019-10-07'),
    ('spring-festival', 2020, '2020-01-25'), ('lantern-festival', 2020, '2020-02-08'),
    ('third-month-third', 2020, '2020-03-26'), ('qingming', 2020, '2020-04-04'), ('dragon-boat', 2020, '2020-06-25'),
    ('mid-autumn', 2020, '2020-10-01'), ('double-ninth', 2020, '2020-10-25'),
    ('spring-festival', 2021, '2021-02-12'), ('lantern-festival', 2021, '2021-02-26'),
    ('qingming', 2021, '2021-04-04'), ('third-month-third', 2021, '2021-04-14'), ('dragon-boat', 2021, '2021-06-14'),
    ('mid-autumn', 2021, '2021-09-21'), ('double-ninth', 2021, '2021-10-14'),
    ('spring-festival', 2022, '2022-02-01'), ('lantern-festival', 2022, '2022-02-15'),
    ('third-month-third', 2022, '2022-04-03'), ('qingming', 2022, '2022-04-05'), ('dragon-boat', 2022, '2022-06-03'),
    ('mid-autumn', 2022, '2022-09-10'), ('double-ninth', 2022, '2022-10-04'),
    ('spring-festival', 2023, '2023-01-22'), ('lantern-festival', 2023, '2023-02-05'),
    ('qingming', 2023, '2023-04-05'), ('third-month-third', 2023, '2023-04-22'), ('dragon-boat', 2023, '2023-06-22'),
    ('mid-autumn', 2023, '2023-09-29'), ('double-ninth', 2023, '2023-10-23'),
    ('spring-festival', 2024, '2024-02-10'), ('lantern-festival', 2024, '2024-02-24'),
    ('qingming', 2024, '2024-04-04'), ('third-month-third', 2024, '2024-04-11'), ('dragon-boat', 2024, '2024-06-10'),
    ('mid-autumn', 2024, '2024-09-17'), ('double-ninth', 2024, '2024-10-11'),
    ('spring-festival', 2025, '2025-01-29'), ('lantern-festival', 2025, '2025-02-12'),
    ('third-month-third', 2025, '2025-03-31'), ('qingming', 2025, '2025-04-04'), ('dragon-boat', 2025, '2025-05-31'),
    ('mid-autumn', 2025, '2025-10-06'), ('double-ninth', 2025, '2025-10-29'),
    ('spring-festival', 2026, '2026-02-17'), ('lantern-festival', 2026, '2026-03-03'),
    ('qingming', 2026, '2026-04-05'), ('third-month-third', 2026, '2026-04-19'), ('dragon-boat', 2026, '2026-06-19'),
    ('mid-autumn', 2026, '2026-09-25'), ('double-ninth', 2026, '2026-10-18'),
    ('spring-festival', 2027, '2027-02-06'), ('lantern-festival', 2027, '2027-02-20'),
    ('qingming', 2027, '2027-04-05'), ('third-month-third', 2027, '2027-04-09'), ('dragon-boat', 2027, '2027-06-09'),
    ('mid-autumn', 2027, '2027-09-15'), ('double-ninth', 2027, '2027-10-08'),
    ('spring-festival', 2028, '2028-01-26'), ('lantern-festival', 2028, '2028-02-09'),
    ('third-month-third', 2028, '2028-03-28'), ('qingming', 2028, '2028-04-04'), ('dragon-boat', 2028, '2028-05-28'),
    ('mid-autumn', 2028, '2028-10-03'), ('double-ninth', 2028, '2028-10-26'),
    ('spring-festival', 2029, '2029-02-13'), ('lantern-festival', 2029, '2029-02-27'),
    ('qingming', 2029, '2029-04-04'), ('third-month-third', 2029, '2029-04-16'), ('dragon-boat', 2029, '2029-06-16'),
    ('mid-autumn', 2029, '2029-09-22'), ('double-ninth', 2029, '2029-10-16'),
    ('spring-festival', 2030, '2030-02-03'), ('lantern-festival', 2030, '2030-02-17'),
    ('third-month-third', 2030, '2030-04-05'), ('qingming', 2030, '2030-04-05'), ('dragon-boat', 2030, '2030-06-05'),
    ('mid-autumn', 2030, '2030-09-12'), ('double-ninth', 2030, '2030-10-05'),
    ('spring-festival', 2031, '2031-01-23'), ('lantern-festival', 2031, '2031-02-06'),
    ('third-month-third', 2031, '2031-03-25'), ('qingming', 2031, '2031-04-05'), ('dragon-boat', 2031, '2031-06-24'),
    ('mid-autumn', 2031, '2031-10-01'), ('double-ninth', 2031, '2031-10-24'),
    ('spring-festival', 2032, '2032-02-11'), ('lantern-festival', 2032, '2032-02-25'),
    ('qingming', 2032, '2032-04-04'), ('third-month-third', 2032, '2032-04-12'), ('dragon-boat', 2032, '2032-06-12'),
    ('mid-autumn', 2032, '2032-09-19'), ('double-ninth', 2032, '2032-10-12'),
    ('spring-festival', 2033, '2033-01-31'), ('lantern-festival', 2033, '2033-02-14'),
    ('third-month-third', 2033, '2033-04-02'), ('qingming', 2033, '2033-04-04'), ('dragon-boat', 2033, '2033-06-01'),
    ('mid-autumn', 2033, '2033-09-08'), ('double-ninth', 2033, '2033-10-01'),
    ('spring-festival', 2034, '2034-02-19'), ('lantern-festival', 2034, '2034-03-05'),
    ('qingming', 2034, '2034-04-05'), ('third-month-third', 2034, '2034-04-21'), ('dragon-boat', 2034, '2034-06-20'),
    ('mid-autumn', 2034, '2034-09-27'), ('double-ninth', 2034, '2034-10-20'),
    ('spring-festival', 2035, '2035-02-08'), ('lantern-festival', 2035, '2035-02-22'),
    ('qingming', 2035, '2035-04-05'), ('third-month-third', 2035, '2035-04-10'), ('dragon-boat', 2035, '2035-06-10'),
    ('mid-autumn', 2035, '2035-09-16'), ('double-ninth', 2035, '2035-10-09');

INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000050', 1, 'occasion.festivals', NULL, '["spring-festival","dragon-boat","mid-autumn"]', 'codes', '2000-01-01', NULL, 'R063', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000051', 1, 'occasion.festival.daysBefore', NULL, '7', 'days', '2000-01-01', NULL, 'R063', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000052', 1, 'occasion.festival.daysAfter', NULL, '7', 'days', '2000-01-01', NULL, 'R063', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000053', 1, 'occasion.event.days', NULL, '15', 'days', '2000-01-01', NULL, 'R063', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000054', 1, 'bulletin.laggard', NULL, '800', 'permille', '2000-01-01', NULL, 'R065', NULL, '2000-01-01', 0, 0, NULL);
