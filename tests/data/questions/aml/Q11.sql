-- Cross-bank cash structuring below the reporting threshold
WITH dep AS (
  SELECT a.entity_hash, p.to_bank, p.ts, p.amount_usd FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.to_acct
  WHERE p.channel = 'CASH_IN' AND p.amount_usd >= 7000 AND p.amount_usd < 10000),
r AS (SELECT entity_hash, to_bank, ts,
             count(*) OVER w AS n10, sum(amount_usd) OVER w AS usd10
      FROM dep WINDOW w AS (PARTITION BY entity_hash ORDER BY ts RANGE BETWEEN INTERVAL '10 days' PRECEDING AND CURRENT ROW)),
ent AS (SELECT entity_hash, max(n10) AS max_n, max(usd10) AS max_usd, count(DISTINCT to_bank) AS banks FROM r GROUP BY 1 HAVING max(n10) >= 4 AND max(usd10) >= 10000 AND count(DISTINCT to_bank) >= 2)
SELECT banks, count(*) AS entities, round(avg(max_n), 1) AS avg_deposits_10d, round(sum(max_usd), -3) AS usd_rounded FROM ent GROUP BY 1 HAVING count(*) >= 2 ORDER BY 1;
