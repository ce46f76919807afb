-- Calibration of a risk model by decile and hospital
WITH p AS (SELECT hosp, CASE WHEN num > 0 THEN 1.0 ELSE 0.0 END AS y, 1.0 / (1.0 + exp(-(-3.2 + 0.035 * age + 1.2 * sex + 1.1 * coalesce(exang, 0) + 0.7 * coalesce(oldpeak, 0) - 0.008 * coalesce(thalach, 140)))) AS mu FROM network.heart WHERE age IS NOT NULL)
SELECT hosp, CASE WHEN mu < 0.25 THEN 'a <25%' WHEN mu < 0.5 THEN 'b 25-50%' WHEN mu < 0.75 THEN 'c 50-75%' ELSE 'd >75%' END AS band, count(*) AS n, round(avg(mu), 3) AS predicted, round(avg(y), 3) AS observed, round(avg((y - mu) * (y - mu)), 3) AS brier
FROM p GROUP BY 1, 2 HAVING count(*) >= 11 ORDER BY 1, 2;
