-- Means and spreads of what was measured. Zurich measured no cholesterol, so it has no row.
SELECT hosp, count(chol) AS measured, round(avg(chol), 1) AS mean, round(stddev(chol), 1) AS deviation
FROM network.heart GROUP BY hosp ORDER BY hosp;
