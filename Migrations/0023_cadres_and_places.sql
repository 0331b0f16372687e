-- A cadre is cadreId and a village has its names beside its code, also in what is kept as JSON and told as it is kept.

-- A member is renamed as text: within a value the quotes would be escaped.
UPDATE handover SET outcome = replace(replace(outcome, '"helperId":', '"cadreId":'), '"fromId":', '"fromCadreId":');
-- A merge patch takes away what is null in it.
UPDATE handover SET outcome = json_set(outcome, '$.shortages', json((
    SELECT json_group_array(json(json_patch(s.value, json_object('helpers', NULL, 'cadres', s.value ->> 'helpers',
        'villages', CASE WHEN s.value ->> 'villages' IS NOT NULL THEN json((
            SELECT json_group_array(json_object('villageCode', v.value,
                'villageName', (SELECT d.name FROM division d WHERE d.code = CAST(v.value AS INTEGER)
                    ORDER BY d.ended_on IS NOT NULL LIMIT 1),
                'townName', (SELECT t.name FROM division d JOIN division t ON t.id = d.parent_id
                    WHERE d.code = CAST(v.value AS INTEGER) ORDER BY d.ended_on IS NOT NULL LIMIT 1)))
            FROM json_each(s.value, '$.villages') v)) END))))
    FROM json_each(handover.outcome, '$.shortages') s)))
WHERE json_array_length(outcome, '$.shortages') > 0;

UPDATE pairing_run SET options = replace(options, '"helperId":', '"cadreId":');

-- Villages are an array of objects now, no longer codes joined by ';'.
UPDATE pairing_shortage SET villages = (
    SELECT json_group_array(json_object('villageCode', v.value,
        'villageName', (SELECT d.name FROM division d WHERE d.code = CAST(v.value AS INTEGER)
            ORDER BY d.ended_on IS NOT NULL LIMIT 1),
        'townName', (SELECT t.name FROM division d JOIN division t ON t.id = d.parent_id
            WHERE d.code = CAST(v.value AS INTEGER) ORDER BY d.ended_on IS NOT NULL LIMIT 1)))
    FROM json_each('["' || replace(pairing_shortage.villages, ';', '","') || '"]') v)
WHERE villages <> '';
UPDATE pairing_shortage SET villages = '[]' WHERE villages = '';
UPDATE pairing_shortage SET data = replace(data, '"helperIds":', '"cadreIds":');
UPDATE pairing_shortage SET data = json_set(data, '$.cure.relinks', json((
    SELECT json_group_array(json(json_patch(r.value, json_object('helperId', NULL, 'from', NULL, 'to', NULL,
        'cadreId', r.value ->> 'helperId',
        'cadreName', (SELECT c.name FROM cadre c WHERE lower(hex(c.id)) = replace(r.value ->> 'helperId', '-', '')),
        'linkedAreaCode', r.value ->> 'from',
        'linkedAreaName', (SELECT d.name FROM division d WHERE d.code = CAST(r.value ->> 'from' AS INTEGER)
            ORDER BY d.ended_on IS NOT NULL LIMIT 1),
        'villageCode', r.value ->> 'to',
        'villageName', (SELECT d.name FROM division d WHERE d.code = CAST(r.value ->> 'to' AS INTEGER)
            ORDER BY d.ended_on IS NOT NULL LIMIT 1),
        'townName', (SELECT t.name FROM division d JOIN division t ON t.id = d.parent_id
            WHERE d.code = CAST(r.value ->> 'to' AS INTEGER) ORDER BY d.ended_on IS NOT NULL LIMIT 1)))))
    FROM json_each(pairing_shortage.data, '$.cure.relinks') r)))
WHERE json_array_length(data, '$.cure.relinks') > 0;

UPDATE pairing_run_part SET answer = json_set(answer, '$.areaName', (SELECT name FROM division WHERE id = division_id))
WHERE answer IS NOT NULL;
