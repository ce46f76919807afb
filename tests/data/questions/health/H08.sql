-- Log-rank test statistics, stratified by site
WITH t AS (SELECT inst, days, sex, event FROM trials.ncctg_lung WHERE inst IS NOT NULL),
ev AS (SELECT inst, days, sum(event) AS d, sum(CASE WHEN sex = 2 THEN event ELSE 0 END) AS d1 FROM t WHERE event = 1 GROUP BY 1, 2),
rs AS (SELECT e.inst, e.days, e.d, e.d1, count(*) AS n, sum(CASE WHEN t.sex = 2 THEN 1 ELSE 0 END) AS n1 FROM ev e JOIN t ON t.inst = e.inst AND t.days >= e.days GROUP BY 1, 2, 3, 4),
s AS (SELECT sum(d1 - CAST(d * n1 AS DOUBLE) / n) AS o_minus_e, sum(CASE WHEN n > 1 THEN CAST(d AS DOUBLE) * n1 * (n - n1) * (n - d) / (CAST(n AS DOUBLE) * n * (n - 1)) ELSE 0 END) AS v, count(DISTINCT inst) AS sites, sum(d) AS events FROM rs)
SELECT sites, events, round(o_minus_e, 2) AS o_minus_e, round(v, 2) AS v, round(o_minus_e * o_minus_e / v, 3) AS chi2_1df FROM s WHERE events >= 11;
