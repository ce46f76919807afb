-- The recursion as it is, over exact amounts.
WITH RECURSIVE e AS (
  SELECT from_acct, to_acct, from_bank, to_bank, ts, amount_usd AS usd FROM consortium.payments
  WHERE amount_usd >= 5000 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank AND channel <> 'CARD'),
chain AS (
  SELECT from_acct AS start_acct, to_acct AS cur, ts AS last_ts, usd AS last_usd, usd AS start_usd, 1 AS depth FROM e
  UNION ALL
  SELECT c.start_acct, e.to_acct, e.ts, e.usd, c.start_usd, c.depth + 1
  FROM chain c JOIN e ON e.from_acct = c.cur WHERE e.ts > c.last_ts AND e.ts <= c.last_ts + INTERVAL '24 hours'
   AND e.usd >= c.last_usd * 0.90 AND e.usd <= c.last_usd AND e.to_acct <> c.start_acct AND c.depth < 8)
SELECT depth AS chain_length, count(*) AS chains, count(DISTINCT start_acct) AS start_accounts, round(sum(start_usd) / 1000) * 1000 AS usd_rounded
FROM chain WHERE depth >= 3 GROUP BY 1 ORDER BY 1;
