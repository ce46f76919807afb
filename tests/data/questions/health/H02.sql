-- Top comorbidities of a cohort (SMCQL / HealthLNK query 1)
SELECT k.concept_name, count(DISTINCT c.person_id) AS patients
FROM network.condition_occurrence c JOIN vocab.concept k ON k.concept_id = c.condition_concept_id
WHERE (c.person_id) IN (SELECT person_id FROM network.condition_occurrence WHERE condition_concept_id = 192671) AND c.condition_concept_id NOT IN (192671, 80180)
GROUP BY 1 HAVING count(DISTINCT c.person_id) >= 11 ORDER BY 2 DESC, 1 LIMIT 10;
