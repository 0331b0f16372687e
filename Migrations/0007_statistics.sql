-- Kept figures of households and people (R024, R027, R028, R033), written in the transaction of the record and equal to
-- a recount, which `jiedui check` makes.

-- A village's count of one value. Dimensions of households (all, status, attribute, cause, labour) count households and
-- the people who live in them; dimensions of members (sex, education, health, labour-capacity) count people and the
-- households in which such a person lives; birth-year and birth-date count people only, because ages move with the
-- calendar: an age band is a sum of whole years and, in the years at its ends, of days.
-- There is deliberately no CHECK on negative counts: a figure that is wrong must never refuse a household.
CREATE TABLE household_figure (
    village_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- a village is ended, never deleted
    dimension  TEXT    NOT NULL CONSTRAINT household_figure_dimension_known CHECK (dimension IN
        ('all', 'status', 'attribute', 'cause', 'labour', 'sex', 'education', 'health', 'labour-capacity',
         'birth-year', 'birth-date')),
    -- The code; empty where the register has none.
    code       TEXT    NOT NULL,
    households INTEGER NOT NULL,
    people     INTEGER NOT NULL,
    PRIMARY KEY (village_id, dimension, code)
) STRICT, WITHOUT ROWID;

-- The households that are there already.
INSERT INTO household_figure (village_id, dimension, code, households, people)
SELECT village_id, 'all', '', count(*), sum(member_count) FROM household GROUP BY village_id
UNION ALL SELECT village_id, 'status', status, count(*), sum(member_count) FROM household GROUP BY village_id, status
UNION ALL SELECT village_id, 'attribute', attribute, count(*), sum(member_count) FROM household
    GROUP BY village_id, attribute
UNION ALL SELECT village_id, 'cause', main_cause, count(*), sum(member_count) FROM household
    GROUP BY village_id, main_cause
UNION ALL SELECT village_id, 'labour', labour, count(*), sum(member_count) FROM household GROUP BY village_id, labour
UNION ALL SELECT h.village_id, 'sex', m.sex, count(DISTINCT m.household_number), count(*)
    FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
    GROUP BY h.village_id, m.sex
UNION ALL SELECT h.village_id, 'education', coalesce(m.education, ''), count(DISTINCT m.household_number), count(*)
    FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
    GROUP BY h.village_id, coalesce(m.education, '')
UNION ALL SELECT h.village_id, 'health', coalesce(m.health, ''), count(DISTINCT m.household_number), count(*)
    FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
    GROUP BY h.village_id, coalesce(m.health, '')
UNION ALL SELECT h.village_id, 'labour-capacity', coalesce(m.labour_capacity, ''), count(DISTINCT m.household_number),
        count(*)
    FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
    GROUP BY h.village_id, coalesce(m.labour_capacity, '')
UNION ALL SELECT h.village_id, 'birth-year', coalesce(substr(m.birth_date, 1, 4), ''), 0, count(*)
    FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
    GROUP BY h.village_id, coalesce(substr(m.birth_date, 1, 4), '')
UNION ALL SELECT h.village_id, 'birth-date', m.birth_date, 0, count(*)
    FROM member m JOIN household h ON h.household_number = m.household_number
    WHERE m.left_on IS NULL AND m.birth_date IS NOT NULL
    GROUP BY h.village_id, m.birth_date;
