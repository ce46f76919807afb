-- Turnover against declared income, summed over all banks of a customer
WITH inn AS (SELECT a.entity_hash, sum(p.amount_usd) AS usd_in FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.to_acct GROUP BY 1),
     dec AS (SELECT entity_hash, max(declared_monthly_usd) * 3 AS declared, count(DISTINCT bank) AS banks FROM consortium.accounts WHERE holder_type = 'P' GROUP BY 1)
SELECT banks, CASE WHEN usd_in < declared THEN 'a <1x' WHEN usd_in < declared * 3 THEN 'b 1-3x' WHEN usd_in < declared * 10 THEN 'c 3-10x' ELSE 'd >10x' END AS turnover_ratio, count(*) AS entities
FROM dec JOIN inn ON inn.entity_hash = dec.entity_hash WHERE declared > 0 GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 1, 2;
