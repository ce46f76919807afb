SELECT k.concept_name, c.hosp AS part, c.person_id AS t1, s.people AS t2, c.person_id
FROM network.condition_occurrence c JOIN vocab.concept k ON k.concept_id = c.condition_concept_id
JOIN (SELECT person_id, array_agg(person_id) AS people FROM network.condition_occurrence WHERE condition_concept_id = 192671 GROUP BY 1) s ON s.person_id = c.person_id
WHERE c.condition_concept_id NOT IN (192671, 80180)
-- ===
SELECT concept_name, count(DISTINCT person_id) AS patients FROM r GROUP BY 1 HAVING count(DISTINCT person_id) >= 11 ORDER BY 2 DESC, 1 LIMIT 10
