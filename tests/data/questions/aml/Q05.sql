-- Three-hop cycles across at least two banks
WITH e AS (SELECT from_acct, to_acct, from_bank, to_bank, ts, amount_usd FROM consortium.payments
           WHERE amount_usd >= 1000 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND channel <> 'CARD'),
c3 AS (
  SELECT e1.from_acct AS a1, e1.ts, e1.amount_usd,
         1 + CASE WHEN e2.from_bank <> e1.from_bank THEN 1 ELSE 0 END
           + CASE WHEN e3.from_bank <> e1.from_bank AND e3.from_bank <> e2.from_bank THEN 1 ELSE 0 END AS n_banks
  FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '4 days'
           AND e2.amount_usd BETWEEN e1.amount_usd * 0.8 AND e1.amount_usd * 1.05
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.to_acct = e1.from_acct AND e3.ts > e2.ts AND e3.ts <= e1.ts + INTERVAL '7 days'
           AND e3.amount_usd BETWEEN e2.amount_usd * 0.8 AND e2.amount_usd * 1.05
  WHERE e2.to_acct <> e1.from_acct)
SELECT n_banks, count(*) AS cycles, count(DISTINCT a1) AS initiators, approx_percentile_cont(CAST(amount_usd AS DOUBLE), 0.5) AS median_usd
FROM c3 WHERE n_banks >= 2 GROUP BY 1 HAVING count(*) >= 1 ORDER BY 1;
