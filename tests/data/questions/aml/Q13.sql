-- Rapid pass-through (mule) accounts
WITH hop AS (
  SELECT i.to_acct AS m, i.to_bank AS bank, i.e2e_id, i.amount_usd AS usd_in, o.amount_usd AS usd_out, extract(epoch FROM (o.ts - i.ts)) / 3600.0 AS dwell_h
  FROM consortium.payments i JOIN consortium.payments o ON o.from_acct = i.to_acct AND o.ts > i.ts AND o.ts <= i.ts + INTERVAL '24 hours'
   AND o.amount_usd BETWEEN i.amount_usd * 0.90 AND i.amount_usd AND o.to_bank <> o.from_bank AND o.to_acct <> i.from_acct
  WHERE i.amount_usd >= 3000 AND i.to_bank LIKE 'BNK%' AND i.from_bank <> i.to_bank AND i.from_acct <> 'CASH')
SELECT h.bank, a.segment, count(DISTINCT h.m) AS mules, count(*) AS hops, round(approx_percentile_cont(h.dwell_h, 0.5), 1) AS median_dwell_h, round(sum(h.usd_in), -3) AS usd_rounded
FROM hop h JOIN consortium.accounts a ON a.acct = h.m GROUP BY 1, 2 HAVING count(DISTINCT h.m) >= 5 ORDER BY 1, 2;
