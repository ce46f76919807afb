-- The same at one threshold, hospital by hospital. Zurich has eight healthy patients: fewer than eleven.
SELECT hosp, ill, healthy,
       round(1.0 * ill_above / ill, 3) AS sensitivity, round(1.0 * healthy_below / healthy, 3) AS specificity
FROM (
  SELECT hosp,
         sum(CASE WHEN num > 0 THEN 1 ELSE 0 END) AS ill,
         sum(CASE WHEN num = 0 THEN 1 ELSE 0 END) AS healthy,
         sum(CASE WHEN num > 0 AND oldpeak >= 1 THEN 1 ELSE 0 END) AS ill_above,
         sum(CASE WHEN num = 0 AND oldpeak < 1 THEN 1 ELSE 0 END) AS healthy_below
  FROM network.heart WHERE oldpeak IS NOT NULL GROUP BY hosp) AS counts
ORDER BY hosp;
