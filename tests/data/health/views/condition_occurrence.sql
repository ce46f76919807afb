SELECT 'A' AS hosp, person_id, condition_concept_id, condition_start_date FROM hospital_a.condition_occurrence
UNION ALL
SELECT 'B' AS hosp, person_id, condition_concept_id, condition_start_date FROM hospital_b.condition_occurrence
UNION ALL
SELECT 'C' AS hosp, person_id, condition_concept_id, condition_start_date FROM hospital_c.condition_occurrence
