WITH inn AS (SELECT a.entity_hash, sum(p.amount_usd) AS usd_in, array_agg(a.entity_hash) AS t1, array_agg(a.acct) AS t2, array_agg(nullif(p.from_acct, 'CASH')) AS t3, array_agg(nullif(p.to_acct, 'CASH')) AS t4, array_agg(p.device_id) AS t5
             FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.to_acct GROUP BY 1),
     dec AS (SELECT entity_hash, max(declared_monthly_usd) * 3 AS declared, count(DISTINCT bank) AS banks, array_agg(entity_hash) AS t6, array_agg(acct) AS t7 FROM consortium.accounts WHERE holder_type = 'P' GROUP BY 1)
SELECT banks, CASE WHEN usd_in < declared THEN 'a <1x' WHEN usd_in < declared * 3 THEN 'b 1-3x' WHEN usd_in < declared * 10 THEN 'c 3-10x' ELSE 'd >10x' END AS turnover_ratio, t1, t2, t3, t4, t5, t6, t7
FROM dec JOIN inn ON inn.entity_hash = dec.entity_hash WHERE declared > 0
-- ===
SELECT banks, turnover_ratio, count(*) AS entities FROM r GROUP BY 1, 2 HAVING count(*) >= 5
