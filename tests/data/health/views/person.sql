SELECT 'A' AS hosp, person_id, gender_concept_id, year_of_birth FROM hospital_a.person
UNION ALL
SELECT 'B' AS hosp, person_id, gender_concept_id, year_of_birth FROM hospital_b.person
UNION ALL
SELECT 'C' AS hosp, person_id, gender_concept_id, year_of_birth FROM hospital_c.person
