-- Gateway accounts: high-risk inflow forwarded to another bank within a day
SELECT o.to_bank AS second_bank, count(DISTINCT o.to_acct) AS exposed_receivers, count(DISTINCT i.to_acct) AS gateways, round(sum(o.amount_usd), -3) AS usd_rounded
FROM consortium.payments i JOIN ref.country_risk r ON r.country = i.from_country AND r.risk >= 4
JOIN consortium.payments o ON o.from_acct = i.to_acct AND o.ts > i.ts AND o.ts <= i.ts + INTERVAL '24 hours' AND o.to_bank <> i.to_bank AND o.amount_usd BETWEEN i.amount_usd * 0.5 AND i.amount_usd
WHERE i.leg = 'X' AND i.amount_usd >= 2000 AND o.to_bank LIKE 'BNK%' GROUP BY 1 HAVING count(DISTINCT o.to_acct) >= 5 ORDER BY 1;
