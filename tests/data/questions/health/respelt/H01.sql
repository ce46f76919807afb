-- "No earlier event" is asked of the first one; bands begin at whole grains of the year of birth.
WITH gi AS (SELECT hosp, person_id, min(condition_start_date) AS first FROM network.condition_occurrence WHERE condition_concept_id IN (4027663, 192671) GROUP BY 1, 2)
SELECT p.hosp, CASE p.gender_concept_id WHEN 8507 THEN 'M' WHEN 8532 THEN 'F' ELSE 'U' END AS sex,
       CASE WHEN p.year_of_birth >= 1970 THEN '<50' WHEN p.year_of_birth >= 1955 THEN '50-64' ELSE '65+' END AS age_band,
       CASE WHEN count(DISTINCT p.person_id) BETWEEN 1 AND 10 THEN NULL ELSE count(DISTINCT p.person_id) END AS eligible
FROM network.person p JOIN network.drug_exposure d ON d.hosp = p.hosp AND d.person_id = p.person_id AND d.drug_concept_id IN (1118084, 1124300)
LEFT JOIN gi ON gi.hosp = p.hosp AND gi.person_id = p.person_id
WHERE EXISTS (SELECT 1 FROM network.condition_occurrence c WHERE c.hosp = p.hosp AND c.person_id = p.person_id AND c.condition_concept_id = 80180)
  AND (gi.first IS NULL OR gi.first >= d.drug_exposure_start_date)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
