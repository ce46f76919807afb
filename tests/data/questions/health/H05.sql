-- Adverse-event disproportionality (PRR / ROR signal scan)
WITH ex AS (SELECT person_id, drug_concept_id AS drug, min(drug_exposure_start_date) AS d0 FROM network.drug_exposure GROUP BY 1, 2),
ev AS (SELECT person_id, condition_concept_id AS ev, min(condition_start_date) AS e0 FROM network.condition_occurrence GROUP BY 1, 2),
n AS (SELECT count(*) AS n FROM network.person),
ab AS (SELECT ex.drug, ev.ev, count(*) AS a FROM ex JOIN ev ON ev.person_id = ex.person_id AND ev.e0 > ex.d0 AND ev.e0 <= ex.d0 + INTERVAL '365 days' GROUP BY 1, 2 HAVING count(*) >= 11),
dr AS (SELECT drug, count(*) AS nd FROM ex GROUP BY 1), vv AS (SELECT ev, count(*) AS ne FROM ev GROUP BY 1)
SELECT k1.concept_name AS drug, k2.concept_name AS event, a, round((CAST(a AS DOUBLE) / nd) / (CAST(ne - a AS DOUBLE) / (n - nd)), 2) AS prr
FROM ab JOIN dr ON dr.drug = ab.drug JOIN vv ON vv.ev = ab.ev CROSS JOIN n JOIN vocab.concept k1 ON k1.concept_id = ab.drug JOIN vocab.concept k2 ON k2.concept_id = ab.ev
WHERE ne - a >= 11 AND n - nd >= 11 AND (CAST(a AS DOUBLE) / nd) / (CAST(ne - a AS DOUBLE) / (n - nd)) >= 1.2 ORDER BY prr DESC LIMIT 20;
