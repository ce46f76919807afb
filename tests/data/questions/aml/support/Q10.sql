WITH e AS (SELECT from_acct, from_bank, to_acct, to_bank, ts, amount_usd, device_id FROM consortium.payments
           WHERE amount_usd >= 1000 AND channel <> 'CARD' AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%'),
l AS (SELECT a.to_acct AS mid, date_bin(INTERVAL '4 days', a.ts, TIMESTAMP '2025-01-01 00:00:00') AS w, count(DISTINCT a.from_bank) AS b_src, count(DISTINCT b.to_bank) AS b_dst,
             array_agg(a.from_acct) AS t1, array_agg(a.to_acct) AS t2, array_agg(a.device_id) AS t3,
             array_agg(b.from_acct) AS t4, array_agg(b.to_acct) AS t5, array_agg(b.device_id) AS t6
      FROM e a JOIN e b ON b.from_acct = a.to_acct AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '4 days' AND b.to_acct <> a.from_acct
      GROUP BY 1, 2 HAVING count(DISTINCT a.from_acct) >= 3 AND count(DISTINCT b.to_acct) >= 3)
SELECT b_src, b_dst, t1, t2, t3, t4, t5, t6, mid FROM l
-- ===
SELECT b_src, b_dst, count(DISTINCT mid) AS layer_accounts FROM r GROUP BY 1, 2 HAVING count(DISTINCT mid) >= 5
