-- SCATTER_GATHER: SOURCE, SINK
-- Accounts at both ends of money that is scattered over three or more accounts at two or more banks and gathered within two days.
WITH e AS (SELECT from_acct, to_acct, to_bank, ts, amount_usd FROM payments
           WHERE amount_usd >= 400 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND channel <> 'CARD'),
sg AS (
  SELECT a.from_acct AS src, b.to_acct AS sink
  FROM e a JOIN e b ON b.from_acct = a.to_acct AND b.to_acct <> a.from_acct
   AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '2 days' AND b.amount_usd BETWEEN a.amount_usd * 0.85 AND a.amount_usd
  GROUP BY 1, 2 HAVING count(DISTINCT a.to_acct) >= 3 AND count(DISTINCT a.to_bank) >= 2)
SELECT src AS acct FROM sg UNION SELECT sink FROM sg
