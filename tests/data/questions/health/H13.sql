-- ROC curve points in score deciles
WITH s AS (SELECT CASE WHEN num > 0 THEN 1 ELSE 0 END AS y, 0.05 * age + 0.9 * coalesce(exang, 0) + 0.6 * coalesce(oldpeak, 0) + 0.8 * sex + 0.7 * CASE WHEN cp = 4 THEN 1 ELSE 0 END - 0.02 * coalesce(thalach, 140) AS score FROM network.heart WHERE age IS NOT NULL),
t AS (SELECT y, score, ntile(10) OVER (ORDER BY score DESC) AS dec FROM s),
g AS (SELECT dec, min(score) AS cut, sum(y) AS p, count(*) - sum(y) AS n FROM t GROUP BY 1)
SELECT dec, round(cut, 2) AS cut_off, round(CAST(sum(p) OVER w AS DOUBLE) / sum(p) OVER (), 3) AS tpr, round(CAST(sum(n) OVER w AS DOUBLE) / sum(n) OVER (), 3) AS fpr
FROM g WINDOW w AS (ORDER BY dec ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) ORDER BY dec;
