-- Diagnostic accuracy of a threshold rule at four hospitals
SELECT coalesce(hosp, 'ALL') AS hospital, th AS oldpeak_threshold, count(*) AS n,
       CASE WHEN sum(CASE WHEN num > 0 THEN 1 ELSE 0 END) < 11 THEN NULL ELSE round(avg(CASE WHEN num > 0 THEN CASE WHEN oldpeak >= th THEN 1.0 ELSE 0.0 END END), 3) END AS sensitivity,
       CASE WHEN sum(CASE WHEN num = 0 THEN 1 ELSE 0 END) < 11 THEN NULL ELSE round(avg(CASE WHEN num = 0 THEN CASE WHEN oldpeak < th THEN 1.0 ELSE 0.0 END END), 3) END AS specificity
FROM network.heart CROSS JOIN (SELECT column1 AS th FROM (VALUES (0.5), (1.0), (1.5), (2.0)) v) t
WHERE oldpeak IS NOT NULL GROUP BY GROUPING SETS ((hosp, th), (th)) HAVING count(*) >= 11 ORDER BY 1, 2;
