-- Refused: ages leave in bands of ten years.
SELECT age, count(*) AS patients FROM network.heart GROUP BY age;
