SELECT 'A' AS hosp, person_id, drug_concept_id, drug_exposure_start_date FROM hospital_a.drug_exposure
UNION ALL
SELECT 'B' AS hosp, person_id, drug_concept_id, drug_exposure_start_date FROM hospital_b.drug_exposure
UNION ALL
SELECT 'C' AS hosp, person_id, drug_concept_id, drug_exposure_start_date FROM hospital_c.drug_exposure
