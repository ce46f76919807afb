-- Drug after diagnosis (SMCQL "aspirin count" query 3)
SELECT count(DISTINCT m.person_id) AS diagnosed, count(DISTINCT CASE WHEN d.person_id IS NOT NULL THEN m.person_id END) AS treated
FROM (SELECT person_id, min(condition_start_date) AS dx FROM network.condition_occurrence WHERE condition_concept_id IN (317576, 4329847, 313217, 381316) GROUP BY 1) m
LEFT JOIN network.drug_exposure d ON d.person_id = m.person_id AND d.drug_concept_id IN (19059056, 19075601) AND d.drug_exposure_start_date >= m.dx
HAVING count(DISTINCT m.person_id) >= 11;
