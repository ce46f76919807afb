-- PASS_THROUGH: MULE
-- Accounts that start a chain of three payments between banks, each within a day and passing on nine tenths.
WITH e AS (SELECT from_acct, to_acct, ts, amount_usd FROM payments
           WHERE amount_usd >= 5000 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank AND channel <> 'CARD')
SELECT e1.from_acct AS acct FROM e e1
JOIN e e2 ON e2.from_acct = e1.to_acct AND e2.ts > e1.ts AND e2.ts <= e1.ts + INTERVAL '24 hours'
 AND e2.amount_usd BETWEEN e1.amount_usd * 0.9 AND e1.amount_usd AND e2.to_acct <> e1.from_acct
JOIN e e3 ON e3.from_acct = e2.to_acct AND e3.ts > e2.ts AND e3.ts <= e2.ts + INTERVAL '24 hours'
 AND e3.amount_usd BETWEEN e2.amount_usd * 0.9 AND e2.amount_usd AND e3.to_acct <> e1.from_acct
