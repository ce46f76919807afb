-- Cochran-Armitage trend: number of NSAID courses against GI bleed
WITH e AS (SELECT p.person_id, count(d.person_id) AS k FROM network.person p LEFT JOIN network.drug_exposure d ON d.person_id = p.person_id AND d.drug_concept_id IN (19078461, 1115171, 1118084, 1124300, 19059056) GROUP BY 1),
o AS (SELECT DISTINCT person_id FROM network.condition_occurrence WHERE condition_concept_id = 192671),
g AS (SELECT CASE WHEN k <= 1 THEN 0 WHEN k <= 3 THEN 1 WHEN k <= 6 THEN 2 ELSE 3 END AS w, count(*) AS n, sum(CASE WHEN o.person_id IS NOT NULL THEN 1 ELSE 0 END) AS r FROM e LEFT JOIN o ON o.person_id = e.person_id GROUP BY 1),
t AS (SELECT w, n, r, sum(n) OVER () AS nn, sum(r) OVER () AS rr, sum(w * n) OVER () AS wn, sum(w * w * n) OVER () AS wwn, sum(w * r) OVER () AS wr FROM g)
SELECT w AS dose_group, n, CASE WHEN r BETWEEN 1 AND 10 THEN NULL ELSE r END AS events, round(CAST(r AS DOUBLE) / n, 4) AS risk,
       round((CAST(wr AS DOUBLE) * nn - CAST(rr AS DOUBLE) * wn) / sqrt(CAST(rr AS DOUBLE) * (nn - rr) * (CAST(wwn AS DOUBLE) * nn - CAST(wn AS DOUBLE) * wn) / nn), 2) AS trend_z FROM t ORDER BY w;
