-- Whose need is more pressing when not everybody can be helped, and how long after lifting help goes on (R041, R046):
-- our own defaults, for everywhere.
INSERT INTO parameter (id, version, key, division_id, value, unit, first_on, end_on, document_number, recorded_by,
    valid_from, recorded_at, created_at, content_hash) VALUES
    (x'00000000000070008000000000000101', 1, 'pairing.consolidation.months', NULL, '12', 'months', '2000-01-01', NULL, 'R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000102', 1, 'pairing.need.order', NULL, '["state","depth","labour"]', 'codes', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000103', 1, 'pairing.need.state.registered', NULL, '1', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000104', 1, 'pairing.need.state.returned', NULL, '1', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000105', 1, 'pairing.need.state.monitored', NULL, '1', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000106', 1, 'pairing.need.state.preparing', NULL, '2', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000107', 1, 'pairing.need.state.consolidation', NULL, '3', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000108', 1, 'pairing.need.state.lifted', NULL, '4', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'00000000000070008000000000000109', 1, 'pairing.need.depth.deep', NULL, '1', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000010a', 1, 'pairing.need.depth.moderate', NULL, '2', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000010b', 1, 'pairing.need.depth.slight', NULL, '3', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000010c', 1, 'pairing.need.depth.unknown', NULL, '4', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000010d', 1, 'pairing.need.labour.none', NULL, '1', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL),
    (x'0000000000007000800000000000010e', 1, 'pairing.need.labour.present', NULL, '2', 'place', '2000-01-01', NULL, 'R041; R046', NULL, '2000-01-01', 0, 0, NULL);

-- How many towns and villages a county leader has is policy (R008): the program holds it, as it holds quotas.
DROP TRIGGER duty_term_leader_town;
DROP TRIGGER duty_term_leader_village;
