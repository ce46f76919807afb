-- Stacked layers (three-layer bipartite)
WITH e AS (SELECT from_acct, from_bank, to_acct, to_bank, ts, amount_usd FROM consortium.payments
           WHERE amount_usd >= 1000 AND channel <> 'CARD' AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%'),
l AS (SELECT a.to_acct AS mid, date_bin(INTERVAL '4 days', a.ts, TIMESTAMP '2025-01-01 00:00:00') AS w,
             count(DISTINCT a.from_acct) AS k_src, count(DISTINCT b.to_acct) AS k_dst, count(DISTINCT a.from_bank) AS b_src, count(DISTINCT b.to_bank) AS b_dst
      FROM e a JOIN e b ON b.from_acct = a.to_acct AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '4 days' AND b.to_acct <> a.from_acct
      GROUP BY 1, 2 HAVING count(DISTINCT a.from_acct) >= 3 AND count(DISTINCT b.to_acct) >= 3)
SELECT b_src, b_dst, count(DISTINCT mid) AS layer_accounts FROM l GROUP BY 1, 2 HAVING count(DISTINCT mid) >= 5 ORDER BY 1, 2;
