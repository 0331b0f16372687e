-- Kept figures of households and people (R024, R027, R028, R033), written in the transaction of the record and equal to
-- a recount, which `jiedui check` makes.

-- What a village's households and people are counted by. Dimensions of households (all, status, attribute, cause,
-- labour) count households and the people who live in them; dimensions of members (sex, education, health,
-- labour-capacity) count people and the households in which such a person lives; birth-date counts people only, because
-- ages move with the calendar.
CREATE TABLE household_figure (
    village_id BLOB    NOT NULL REFERENCES division (id) ON DELETE RESTRICT, -- a village is ended, never deleted
    dimension  TEXT    NOT NULL CONSTRAINT household_figure_dimension_known CHECK (dimension IN
        ('all', 'status', 'attribute', 'cause', 'labour', 'sex', 'education', 'health', 'labour-capacity',
         'birth-date')),
    -- `code:households:people`, joined by `;`, in the order of the codes; no code where the register has none. One row
    -- and not one for each code: a county has 130,000 of those, and an answer would read most of them.
    counts     TEXT    NOT NULL,
    PRIMARY KEY (village_id, dimension)
) STRICT, WITHOUT ROWID;

-- The households that are there already.
INSERT INTO household_figure (village_id, dimension, counts)
SELECT village_id, dimension, group_concat(code || ':' || households || ':' || people, ';') FROM (
    SELECT village_id, 'all' AS dimension, '' AS code, count(*) AS households, sum(member_count) AS people
        FROM household GROUP BY village_id
    UNION ALL SELECT village_id, 'status', status, count(*), sum(member_count) FROM household
        GROUP BY village_id, status
    UNION ALL SELECT village_id, 'attribute', attribute, count(*), sum(member_count) FROM household
        GROUP BY village_id, attribute
    UNION ALL SELECT village_id, 'cause', main_cause, count(*), sum(member_count) FROM household
        GROUP BY village_id, main_cause
    UNION ALL SELECT village_id, 'labour', labour, count(*), sum(member_count) FROM household
        GROUP BY village_id, labour
    UNION ALL SELECT h.village_id, 'sex', m.sex, count(DISTINCT m.household_number), count(*)
        FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
        GROUP BY h.village_id, m.sex
    UNION ALL SELECT h.village_id, 'education', coalesce(m.education, ''), count(DISTINCT m.household_number), count(*)
        FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
        GROUP BY h.village_id, coalesce(m.education, '')
    UNION ALL SELECT h.village_id, 'health', coalesce(m.health, ''), count(DISTINCT m.household_number), count(*)
        FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
        GROUP BY h.village_id, coalesce(m.health, '')
    UNION ALL SELECT h.village_id, 'labour-capacity', coalesce(m.labour_capacity, ''),
            count(DISTINCT m.household_number), count(*)
        FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
        GROUP BY h.village_id, coalesce(m.labour_capacity, '')
    UNION ALL SELECT h.village_id, 'birth-date', coalesce(m.birth_date, ''), 0, count(*)
        FROM member m JOIN household h ON h.household_number = m.household_number WHERE m.left_on IS NULL
        GROUP BY h.village_id, coalesce(m.birth_date, '')
    ORDER BY 1, 2, 3)
GROUP BY village_id, dimension;
