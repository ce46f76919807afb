-- What leaves is how many left a site on a day, and of which sex; risk sets are summed up over that.
WITH c AS MATERIALIZED (SELECT inst, days, sex, event, count(*) AS leaving FROM trials.ncctg_lung WHERE inst IS NOT NULL GROUP BY 1, 2, 3, 4),
b AS (SELECT inst, days, sum(event * leaving) AS d, sum(CASE WHEN sex = 2 THEN event * leaving ELSE 0 END) AS d1, sum(leaving) AS l, sum(CASE WHEN sex = 2 THEN leaving ELSE 0 END) AS l1 FROM c GROUP BY 1, 2),
rs AS (SELECT inst, d, d1, sum(l) OVER w AS n, sum(l1) OVER w AS n1 FROM b WINDOW w AS (PARTITION BY inst ORDER BY days DESC)),
s AS (SELECT sum(d1 - CAST(d * n1 AS DOUBLE) / n) AS o_minus_e, sum(CASE WHEN n > 1 THEN CAST(d AS DOUBLE) * n1 * (n - n1) * (n - d) / (CAST(n AS DOUBLE) * n * (n - 1)) ELSE 0 END) AS v, count(DISTINCT inst) AS sites, sum(d) AS events FROM rs WHERE d > 0)
SELECT sites, events, round(o_minus_e, 2) AS o_minus_e, round(v, 2) AS v, round(o_minus_e * o_minus_e / v, 3) AS chi2_1df FROM s WHERE events >= 11;
