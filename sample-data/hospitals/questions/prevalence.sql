-- How many of the patients sent for angiography are ill, by sex and age band? Where too few are ill, the count is NULL.
SELECT CASE WHEN sex = 1 THEN 'men' ELSE 'women' END AS sex, age / 10 * 10 AS age_from, count(*) AS patients,
       sum(CASE WHEN num > 0 THEN 1 ELSE 0 END) AS ill
FROM network.heart GROUP BY 1, 2 ORDER BY 1, 2;
