-- Kaplan-Meier life table by arm in 180-day bins
WITH b AS (SELECT arm, days / 180 AS bin, sum(event) AS d, count(*) AS leaving FROM trials.actg175 GROUP BY 1, 2),
r AS (SELECT arm, bin, d, sum(leaving) OVER (PARTITION BY arm ORDER BY bin DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS at_risk FROM b)
SELECT arm, bin * 180 AS from_day, CASE WHEN d BETWEEN 1 AND 10 THEN NULL ELSE d END AS events, at_risk,
       round(exp(sum(ln(1.0 - CAST(d AS DOUBLE) / at_risk)) OVER (PARTITION BY arm ORDER BY bin ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)), 3) AS survival
FROM r WHERE at_risk >= 11 ORDER BY arm, bin;
