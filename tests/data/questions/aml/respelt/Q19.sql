-- One release by bank; what was folded by an outer aggregate is folded by windows above it.
WITH f AS (SELECT p.src, date_trunc('month', p.ts) AS month, p.from_country AS corridor, count(*) AS n, count(DISTINCT p.from_acct) AS senders, sum(p.amount_usd) AS usd
           FROM consortium.payments p JOIN ref.country_risk r ON r.country = p.from_country AND r.risk >= 4 WHERE p.leg = 'X' AND p.channel = 'WIRE' GROUP BY 1, 2, 3),
     g AS (SELECT corridor, month, sum(n) OVER c AS n, sum(senders) OVER c AS senders, sum(usd) OVER c AS usd, max(usd) OVER c AS top,
                  row_number() OVER (PARTITION BY corridor, month ORDER BY src) AS place
           FROM f WINDOW c AS (PARTITION BY corridor, month))
SELECT corridor, month, n AS payments, senders, round(usd, -3) AS usd_rounded, round(CAST(top AS DOUBLE) / CAST(usd AS DOUBLE), 2) AS top_bank_share
FROM g WHERE place = 1 AND senders >= 5 AND top <= usd * 0.80 ORDER BY 1, 2;
