-- The recursion unrolled to its depth, over exact amounts.
WITH e AS (
  SELECT from_acct, to_acct, from_bank, to_bank, ts, amount_usd AS usd FROM consortium.payments
  WHERE amount_usd >= 5000 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank AND channel <> 'CARD'),
chain AS (
  SELECT e1.from_acct AS start_acct, e1.usd AS start_usd, 3 AS depth FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
    AND e2.usd >= e1.usd * 0.90 AND e2.usd <= e1.usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
    AND e3.usd >= e2.usd * 0.90 AND e3.usd <= e2.usd AND e3.to_acct <> e1.from_acct
  UNION ALL
  SELECT e1.from_acct AS start_acct, e1.usd AS start_usd, 4 AS depth FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
    AND e2.usd >= e1.usd * 0.90 AND e2.usd <= e1.usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
    AND e3.usd >= e2.usd * 0.90 AND e3.usd <= e2.usd AND e3.to_acct <> e1.from_acct
  JOIN e e4 ON e4.from_acct = e3.to_acct AND e4.ts > e3.ts AND e4.ts <= e3.ts + INTERVAL '24 hours'
    AND e4.usd >= e3.usd * 0.90 AND e4.usd <= e3.usd AND e4.to_acct <> e1.from_acct
  UNION ALL
  SELECT e1.from_acct AS start_acct, e1.usd AS start_usd, 5 AS depth FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
    AND e2.usd >= e1.usd * 0.90 AND e2.usd <= e1.usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
    AND e3.usd >= e2.usd * 0.90 AND e3.usd <= e2.usd AND e3.to_acct <> e1.from_acct
  JOIN e e4 ON e4.from_acct = e3.to_acct AND e4.ts > e3.ts AND e4.ts <= e3.ts + INTERVAL '24 hours'
    AND e4.usd >= e3.usd * 0.90 AND e4.usd <= e3.usd AND e4.to_acct <> e1.from_acct
  JOIN e e5 ON e5.from_acct = e4.to_acct AND e5.ts > e4.ts AND e5.ts <= e4.ts + INTERVAL '24 hours'
    AND e5.usd >= e4.usd * 0.90 AND e5.usd <= e4.usd AND e5.to_acct <> e1.from_acct
  UNION ALL
  SELECT e1.from_acct AS start_acct, e1.usd AS start_usd, 6 AS depth FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
    AND e2.usd >= e1.usd * 0.90 AND e2.usd <= e1.usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
    AND e3.usd >= e2.usd * 0.90 AND e3.usd <= e2.usd AND e3.to_acct <> e1.from_acct
  JOIN e e4 ON e4.from_acct = e3.to_acct AND e4.ts > e3.ts AND e4.ts <= e3.ts + INTERVAL '24 hours'
    AND e4.usd >= e3.usd * 0.90 AND e4.usd <= e3.usd AND e4.to_acct <> e1.from_acct
  JOIN e e5 ON e5.from_acct = e4.to_acct AND e5.ts > e4.ts AND e5.ts <= e4.ts + INTERVAL '24 hours'
    AND e5.usd >= e4.usd * 0.90 AND e5.usd <= e4.usd AND e5.to_acct <> e1.from_acct
  JOIN e e6 ON e6.from_acct = e5.to_acct AND e6.ts > e5.ts AND e6.ts <= e5.ts + INTERVAL '24 hours'
    AND e6.usd >= e5.usd * 0.90 AND e6.usd <= e5.usd AND e6.to_acct <> e1.from_acct
  UNION ALL
  SELECT e1.from_acct AS start_acct, e1.usd AS start_usd, 7 AS depth FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
    AND e2.usd >= e1.usd * 0.90 AND e2.usd <= e1.usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
    AND e3.usd >= e2.usd * 0.90 AND e3.usd <= e2.usd AND e3.to_acct <> e1.from_acct
  JOIN e e4 ON e4.from_acct = e3.to_acct AND e4.ts > e3.ts AND e4.ts <= e3.ts + INTERVAL '24 hours'
    AND e4.usd >= e3.usd * 0.90 AND e4.usd <= e3.usd AND e4.to_acct <> e1.from_acct
  JOIN e e5 ON e5.from_acct = e4.to_acct AND e5.ts > e4.ts AND e5.ts <= e4.ts + INTERVAL '24 hours'
    AND e5.usd >= e4.usd * 0.90 AND e5.usd <= e4.usd AND e5.to_acct <> e1.from_acct
  JOIN e e6 ON e6.from_acct = e5.to_acct AND e6.ts > e5.ts AND e6.ts <= e5.ts + INTERVAL '24 hours'
    AND e6.usd >= e5.usd * 0.90 AND e6.usd <= e5.usd AND e6.to_acct <> e1.from_acct
  JOIN e e7 ON e7.from_acct = e6.to_acct AND e7.ts > e6.ts AND e7.ts <= e6.ts + INTERVAL '24 hours'
    AND e7.usd >= e6.usd * 0.90 AND e7.usd <= e6.usd AND e7.to_acct <> e1.from_acct
  UNION ALL
  SELECT e1.from_acct AS start_acct, e1.usd AS start_usd, 8 AS depth FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
    AND e2.usd >= e1.usd * 0.90 AND e2.usd <= e1.usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
    AND e3.usd >= e2.usd * 0.90 AND e3.usd <= e2.usd AND e3.to_acct <> e1.from_acct
  JOIN e e4 ON e4.from_acct = e3.to_acct AND e4.ts > e3.ts AND e4.ts <= e3.ts + INTERVAL '24 hours'
    AND e4.usd >= e3.usd * 0.90 AND e4.usd <= e3.usd AND e4.to_acct <> e1.from_acct
  JOIN e e5 ON e5.from_acct = e4.to_acct AND e5.ts > e4.ts AND e5.ts <= e4.ts + INTERVAL '24 hours'
    AND e5.usd >= e4.usd * 0.90 AND e5.usd <= e4.usd AND e5.to_acct <> e1.from_acct
  JOIN e e6 ON e6.from_acct = e5.to_acct AND e6.ts > e5.ts AND e6.ts <= e5.ts + INTERVAL '24 hours'
    AND e6.usd >= e5.usd * 0.90 AND e6.usd <= e5.usd AND e6.to_acct <> e1.from_acct
  JOIN e e7 ON e7.from_acct = e6.to_acct AND e7.ts > e6.ts AND e7.ts <= e6.ts + INTERVAL '24 hours'
    AND e7.usd >= e6.usd * 0.90 AND e7.usd <= e6.usd AND e7.to_acct <> e1.from_acct
  JOIN e e8 ON e8.from_acct = e7.to_acct AND e8.ts > e7.ts AND e8.ts <= e7.ts + INTERVAL '24 hours'
    AND e8.usd >= e7.usd * 0.90 AND e8.usd <= e7.usd AND e8.to_acct <> e1.from_acct)
SELECT depth AS chain_length, count(*) AS chains, count(DISTINCT start_acct) AS start_accounts, round(sum(start_usd) / 1000) * 1000 AS usd_rounded
FROM chain GROUP BY 1 ORDER BY 1;
