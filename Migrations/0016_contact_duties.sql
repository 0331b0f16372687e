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
