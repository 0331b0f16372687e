-- One rule for the places of a county leader whatever their order, and handovers that say since when somebody waits.

-- As in 0036_limits; where the numbers of the places differ that a county leader has on a day (R008), the smallest of
-- them counts: each place says how many its leader may have, and all of them hold.
DROP VIEW leader_excess;
CREATE VIEW leader_excess (duty_id, recorded_at, kind, day, places, most) AS
SELECT n.duty_id, n.recorded_at, n.kind, d.day,
    (SELECT count(*) FROM duty_term a WHERE a.cadre_id = n.cadre_id AND a.kind = n.kind AND a.superseded_at IS NULL
        AND a.valid_from <= d.day AND (a.valid_to IS NULL OR a.valid_to > d.day)) AS places,
    (SELECT min((SELECT CAST(q.value AS INTEGER) FROM parameter q LEFT JOIN division a ON a.id = q.division_id
            WHERE q.key = CASE n.kind WHEN 'leader-town' THEN 'quota.county-leader.town'
                ELSE 'quota.county-leader.village' END
            AND q.first_on <= d.day AND (q.end_on IS NULL OR q.end_on > d.day)
            AND (q.division_id IS NULL OR (a.successor_id IS NULL AND v.area_code BETWEEN a.area_code AND a.area_last))
            ORDER BY coalesce(a.level, 0) DESC LIMIT 1))
        FROM duty_term t JOIN division v ON v.id = t.division_id
        WHERE t.cadre_id = n.cadre_id AND t.kind = n.kind AND t.superseded_at IS NULL
            AND t.valid_from <= d.day AND (t.valid_to IS NULL OR t.valid_to > d.day)) AS most
FROM duty_term n
    JOIN (SELECT cadre_id, kind, valid_from AS day FROM duty_term WHERE superseded_at IS NULL
        UNION SELECT cadre_id, kind, valid_to FROM duty_term WHERE valid_to IS NOT NULL
        UNION SELECT t.cadre_id, t.kind, q.day FROM parameter_day q JOIN duty_term t ON t.superseded_at IS NULL
            WHERE q.key IN ('quota.county-leader.town', 'quota.county-leader.village')) d
        ON d.cadre_id = n.cadre_id AND d.kind = n.kind
WHERE n.kind IN ('leader-town', 'leader-village') AND n.superseded_at IS NULL
    AND d.day >= n.valid_from AND (n.valid_to IS NULL OR d.day < n.valid_to)
    AND NOT EXISTS (SELECT 1 FROM duty_term b WHERE b.duty_id = n.duty_id AND b.superseded_at = n.recorded_at
        AND b.cadre_id = n.cadre_id AND b.kind = n.kind AND b.valid_from <= d.day
        AND (b.valid_to IS NULL OR b.valid_to > d.day))
    AND places > most;

-- Whoever was left behind waits from the day of the handover; whom nobody helps and who awaits nobody was not told apart.
UPDATE handover SET outcome = json_set(outcome, '$.leftBehind', json((
        SELECT json_group_array(json_object('householdId', h.value, 'awaitingSince', handover.handed_on))
        FROM json_each(handover.outcome, '$.leftBehind') h)), '$.noLongerHelped', json('[]'))
WHERE outcome <> '{}';
