-- High-risk corridor flows
WITH f AS (SELECT p.src, date_trunc('month', p.ts) AS month, p.from_country AS corridor, count(*) AS n, count(DISTINCT p.from_acct) AS senders, sum(p.amount_usd) AS usd
           FROM consortium.payments p JOIN ref.country_risk r ON r.country = p.from_country AND r.risk >= 4 WHERE p.leg = 'X' AND p.channel = 'WIRE' GROUP BY 1, 2, 3)
SELECT corridor, month, sum(n) AS payments, sum(senders) AS senders, round(sum(usd), -3) AS usd_rounded, round(CAST(max(usd) AS DOUBLE) / CAST(sum(usd) AS DOUBLE), 2) AS top_bank_share
FROM f GROUP BY 1, 2 HAVING sum(senders) >= 5 AND max(usd) <= sum(usd) * 0.80 ORDER BY 1, 2;
