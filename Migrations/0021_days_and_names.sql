-- Days that are stated lie within plausible years (R020, R022), and names are stored in one form.

INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000070', 1, 'day.birth.firstYear', NULL, '1900', 'years', '2000-01-01', NULL, 'R020', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000071', 1, 'day.firstYear', NULL, '1949', 'years', '2000-01-01', NULL, 'R022', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000072', 1, 'day.yearsAhead', NULL, '30', 'years', '2000-01-01', NULL, 'R022', NULL, '2000-01-01', 0, 0, NULL);

-- Whoever comes new was born in a year that can be. What is stored already stays as it is, and may be taken back to.
CREATE TRIGGER member_birth_plausible BEFORE INSERT ON member WHEN NEW.birth_date < '1900-01-01'
BEGIN SELECT RAISE(ABORT, 'implausible-day'); END;
