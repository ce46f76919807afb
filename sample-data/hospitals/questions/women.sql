-- Women by hospital. Zurich has ten and Long Beach six: neither appears.
SELECT hosp, count(*) AS women FROM network.heart WHERE sex = 0 GROUP BY hosp ORDER BY hosp;
