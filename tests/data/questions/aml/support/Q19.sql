SELECT p.from_country AS corridor, date_trunc('month', p.ts) AS month, p.src AS part, nullif(p.from_acct, 'CASH') AS t1, nullif(p.to_acct, 'CASH') AS t2, p.device_id AS t3, p.src, p.from_acct, p.amount_usd
FROM consortium.payments p JOIN ref.country_risk r ON r.country = p.from_country AND r.risk >= 4 WHERE p.leg = 'X' AND p.channel = 'WIRE'
-- ===
WITH f AS (SELECT src, month, corridor, count(*) AS n, count(DISTINCT from_acct) AS senders, sum(amount_usd) AS usd FROM r GROUP BY 1, 2, 3)
SELECT corridor, month, sum(n) AS payments, sum(senders) AS senders, round(sum(usd), -3) AS usd_rounded, round(CAST(max(usd) AS DOUBLE) / CAST(sum(usd) AS DOUBLE), 2) AS top_bank_share
FROM f GROUP BY 1, 2 HAVING sum(senders) >= 5 AND max(usd) <= sum(usd) * 0.80
