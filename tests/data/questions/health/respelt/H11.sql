-- One release by hospital and one over all, instead of grouping sets.
WITH t AS (SELECT column1 AS th FROM (VALUES (0.5), (1.0), (1.5), (2.0)) v),
each AS (
SELECT hosp AS hospital, th AS oldpeak_threshold, count(*) AS n,
       CASE WHEN sum(CASE WHEN num > 0 THEN 1 ELSE 0 END) < 11 THEN NULL ELSE round(avg(CASE WHEN num > 0 THEN CASE WHEN oldpeak >= th THEN 1.0 ELSE 0.0 END END), 3) END AS sensitivity,
       CASE WHEN sum(CASE WHEN num = 0 THEN 1 ELSE 0 END) < 11 THEN NULL ELSE round(avg(CASE WHEN num = 0 THEN CASE WHEN oldpeak < th THEN 1.0 ELSE 0.0 END END), 3) END AS specificity
FROM network.heart CROSS JOIN t WHERE oldpeak IS NOT NULL GROUP BY hosp, th HAVING count(*) >= 11),
whole AS (
SELECT 'ALL' AS hospital, th AS oldpeak_threshold, count(*) AS n,
       CASE WHEN sum(CASE WHEN num > 0 THEN 1 ELSE 0 END) < 11 THEN NULL ELSE round(avg(CASE WHEN num > 0 THEN CASE WHEN oldpeak >= th THEN 1.0 ELSE 0.0 END END), 3) END AS sensitivity,
       CASE WHEN sum(CASE WHEN num = 0 THEN 1 ELSE 0 END) < 11 THEN NULL ELSE round(avg(CASE WHEN num = 0 THEN CASE WHEN oldpeak < th THEN 1.0 ELSE 0.0 END END), 3) END AS specificity
FROM network.heart CROSS JOIN t WHERE oldpeak IS NOT NULL GROUP BY th HAVING count(*) >= 11)
SELECT * FROM each UNION ALL SELECT * FROM whole ORDER BY 1, 2;
