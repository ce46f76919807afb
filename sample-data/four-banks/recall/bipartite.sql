-- BIPARTITE: LAYER0
-- Pairs of accounts at two banks that pay two or more of the same accounts within two days.
WITH e AS (SELECT DISTINCT from_acct, from_bank, to_acct, date_bin(INTERVAL '48 hours', ts, TIMESTAMP '2025-01-01 00:00:00') AS w
           FROM payments WHERE amount_usd >= 500 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND channel <> 'CARD'),
cap AS (SELECT to_acct, w FROM e GROUP BY 1, 2 HAVING count(*) BETWEEN 2 AND 30),
pairs AS (
  SELECT a.from_acct AS one, b.from_acct AS other, a.w
  FROM e a JOIN cap ON cap.to_acct = a.to_acct AND cap.w = a.w
  JOIN e b ON b.to_acct = a.to_acct AND b.w = a.w AND b.from_acct <> a.from_acct AND b.from_bank <> a.from_bank
  GROUP BY 1, 2, 3 HAVING count(*) >= 2)
SELECT one AS acct FROM pairs
