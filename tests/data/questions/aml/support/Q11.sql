WITH dep AS (
  SELECT a.entity_hash, a.acct, p.from_acct, p.to_acct, p.device_id, p.to_bank, p.ts, p.amount_usd FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.to_acct
  WHERE p.channel = 'CASH_IN' AND p.amount_usd >= 7000 AND p.amount_usd < 10000),
r AS (SELECT *, count(*) OVER w AS n10, sum(amount_usd) OVER w AS usd10
      FROM dep WINDOW w AS (PARTITION BY entity_hash ORDER BY ts RANGE BETWEEN INTERVAL '10 days' PRECEDING AND CURRENT ROW)),
ent AS (SELECT entity_hash, max(n10) AS max_n, max(usd10) AS max_usd, count(DISTINCT to_bank) AS banks,
               array_agg(entity_hash) AS t1, array_agg(acct) AS t2, array_agg(nullif(from_acct, 'CASH')) AS t3, array_agg(to_acct) AS t4, array_agg(device_id) AS t5
        FROM r GROUP BY 1 HAVING max(n10) >= 4 AND max(usd10) >= 10000 AND count(DISTINCT to_bank) >= 2)
SELECT banks, t1, t2, t3, t4, t5, max_n, max_usd FROM ent
-- ===
SELECT banks, count(*) AS entities, round(avg(max_n), 1) AS avg_deposits_10d, round(sum(max_usd), -3) AS usd_rounded FROM r GROUP BY 1 HAVING count(*) >= 2
