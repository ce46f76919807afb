-- Scatter-gather through mules at several banks
WITH e AS (SELECT from_acct, to_acct, from_bank, to_bank, ts, amount_usd FROM consortium.payments
           WHERE amount_usd >= 400 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND channel <> 'CARD'),
sg AS (
  SELECT a.from_acct AS src, b.to_acct AS sink, a.from_bank AS src_bank, b.to_bank AS sink_bank,
         count(DISTINCT a.to_acct) AS mules, count(DISTINCT a.to_bank) AS mule_banks, sum(a.amount_usd) AS usd
  FROM e a JOIN e b ON b.from_acct = a.to_acct AND b.to_acct <> a.from_acct
   AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '2 days' AND b.amount_usd BETWEEN a.amount_usd * 0.85 AND a.amount_usd
  GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT a.to_acct) >= 3 AND count(DISTINCT a.to_bank) >= 2)
SELECT mule_banks, count(*) AS schemes, sum(mules) AS mules, round(sum(usd), -3) AS usd_rounded
FROM sg GROUP BY 1 HAVING sum(mules) >= 5 ORDER BY 1;
