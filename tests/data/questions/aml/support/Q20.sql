SELECT o.to_bank AS second_bank, concat(i.src, o.src) AS part, nullif(i.from_acct, 'CASH') AS t1, nullif(i.to_acct, 'CASH') AS t2, i.device_id AS t3,
       nullif(o.from_acct, 'CASH') AS t4, nullif(o.to_acct, 'CASH') AS t5, o.device_id AS t6, o.to_acct, i.to_acct AS gateway, o.amount_usd
FROM consortium.payments i JOIN ref.country_risk r ON r.country = i.from_country AND r.risk >= 4
JOIN consortium.payments o ON o.from_acct = i.to_acct AND o.ts > i.ts AND o.ts <= i.ts + INTERVAL '24 hours' AND o.to_bank <> i.to_bank AND o.amount_usd BETWEEN i.amount_usd * 0.5 AND i.amount_usd
WHERE i.leg = 'X' AND i.amount_usd >= 2000 AND o.to_bank LIKE 'BNK%'
-- ===
SELECT second_bank, count(DISTINCT to_acct) AS exposed_receivers, count(DISTINCT gateway) AS gateways, round(sum(amount_usd), -3) AS usd_rounded FROM r GROUP BY 1 HAVING count(DISTINCT to_acct) >= 5
