-- The most telling symptom is none: chest pain against disease. Where too few are ill, or too few healthy, the share is NULL.
SELECT CASE cp WHEN 1 THEN '1 typical angina' WHEN 2 THEN '2 atypical angina' WHEN 3 THEN '3 other pain' ELSE '4 no pain' END AS pain,
       count(*) AS patients, round(avg(CASE WHEN num > 0 THEN 1 ELSE 0 END), 2) AS ill
FROM network.heart GROUP BY 1 ORDER BY 1;
