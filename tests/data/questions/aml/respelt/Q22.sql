-- One release a band: sums may pick rows, they may not name groups.
WITH inn AS (SELECT a.entity_hash, sum(p.amount_usd) AS usd_in FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.to_acct GROUP BY 1),
     dec AS (SELECT entity_hash, max(declared_monthly_usd) * 3 AS declared, count(DISTINCT bank) AS banks FROM consortium.accounts WHERE holder_type = 'P' GROUP BY 1),
     both AS (SELECT banks, usd_in, declared FROM dec JOIN inn ON inn.entity_hash = dec.entity_hash WHERE declared > 0)
SELECT banks, 'a <1x' AS turnover_ratio, count(*) AS entities FROM both WHERE usd_in < declared GROUP BY 1 HAVING count(*) >= 5
UNION ALL SELECT banks, 'b 1-3x', count(*) FROM both WHERE usd_in >= declared AND usd_in < declared * 3 GROUP BY 1 HAVING count(*) >= 5
UNION ALL SELECT banks, 'c 3-10x', count(*) FROM both WHERE usd_in >= declared * 3 AND usd_in < declared * 10 GROUP BY 1 HAVING count(*) >= 5
UNION ALL SELECT banks, 'd >10x', count(*) FROM both WHERE usd_in >= declared * 10 GROUP BY 1 HAVING count(*) >= 5
ORDER BY 1, 2;
