-- Chains: money that passes through three banks' accounts within a day each, nine tenths of it every time.
WITH e AS (SELECT from_acct, to_acct, ts, amount_usd FROM consortium.payments
           WHERE amount_usd >= 5000 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank AND channel <> 'CARD'),
chains AS (
  SELECT e1.from_acct AS start, count(*) AS chains, sum(e1.amount_usd) AS usd FROM e e1
  JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
   AND e2.amount_usd BETWEEN e1.amount_usd * 0.9 AND e1.amount_usd AND e2.to_acct <> e1.from_acct
  JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
   AND e3.amount_usd BETWEEN e2.amount_usd * 0.9 AND e2.amount_usd AND e3.to_acct <> e1.from_acct
  GROUP BY 1)
SELECT count(*) AS starters, sum(chains) AS chains, round(sum(usd), -3) AS usd_rounded FROM chains;
