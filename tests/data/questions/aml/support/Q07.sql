WITH e AS (SELECT from_acct, to_acct, from_bank, to_bank, ts, amount_usd, device_id FROM consortium.payments
           WHERE amount_usd >= 400 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND channel <> 'CARD'),
sg AS (
  SELECT a.from_acct AS src, b.to_acct AS sink, a.from_bank AS src_bank, b.to_bank AS sink_bank,
         count(DISTINCT a.to_acct) AS mules, count(DISTINCT a.to_bank) AS mule_banks, sum(a.amount_usd) AS usd,
         array_agg(a.from_acct) AS t1, array_agg(a.to_acct) AS t2, array_agg(a.device_id) AS t3,
         array_agg(b.from_acct) AS t4, array_agg(b.to_acct) AS t5, array_agg(b.device_id) AS t6
  FROM e a JOIN e b ON b.from_acct = a.to_acct AND b.to_acct <> a.from_acct
   AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '2 days' AND b.amount_usd BETWEEN a.amount_usd * 0.85 AND a.amount_usd
  GROUP BY 1, 2, 3, 4 HAVING count(DISTINCT a.to_acct) >= 3 AND count(DISTINCT a.to_bank) >= 2)
SELECT mule_banks, t1, t2, t3, t4, t5, t6, mules, usd FROM sg
-- ===
SELECT mule_banks, count(*) AS schemes, sum(mules) AS mules, round(sum(usd), -3) AS usd_rounded FROM r GROUP BY 1 HAVING sum(mules) >= 5
