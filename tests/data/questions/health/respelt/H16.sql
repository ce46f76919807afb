-- The model's risk is what the hospitals derive when they seal.
SELECT hosp, CASE WHEN risk < 0.25 THEN 'a <25%' WHEN risk < 0.5 THEN 'b 25-50%' WHEN risk < 0.75 THEN 'c 50-75%' ELSE 'd >75%' END AS band, count(*) AS n,
 round(avg(risk), 3) AS predicted, round(avg(ill), 3) AS observed, round(avg((ill - risk) * (ill - risk)), 3) AS brier
FROM network.heart WHERE age IS NOT NULL GROUP BY 1, 2 HAVING count(*) >= 11 ORDER BY 1, 2;
