-- How well does ST depression under exercise tell who is ill? Sensitivity and specificity at four thresholds.
SELECT threshold, ill, healthy,
       round(1.0 * ill_above / ill, 3) AS sensitivity, round(1.0 * healthy_below / healthy, 3) AS specificity
FROM (
  SELECT th AS threshold,
         sum(CASE WHEN num > 0 THEN 1 ELSE 0 END) AS ill,
         sum(CASE WHEN num = 0 THEN 1 ELSE 0 END) AS healthy,
         sum(CASE WHEN num > 0 AND oldpeak >= th THEN 1 ELSE 0 END) AS ill_above,
         sum(CASE WHEN num = 0 AND oldpeak < th THEN 1 ELSE 0 END) AS healthy_below
  FROM network.heart CROSS JOIN (VALUES (0.5), (1.0), (1.5), (2.0)) AS t(th)
  WHERE oldpeak IS NOT NULL GROUP BY th) AS counts
ORDER BY threshold;
