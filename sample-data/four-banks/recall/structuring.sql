-- STRUCTURING: SMURF
-- Accounts of people with four or more cash deposits just below 10 000 within ten days, at two or more banks.
WITH dep AS (
  SELECT a.entity_hash, p.to_bank, p.ts, p.amount_usd FROM payments p JOIN accounts a ON a.acct = p.to_acct
  WHERE p.channel = 'CASH_IN' AND p.amount_usd >= 7000 AND p.amount_usd < 10000),
r AS (SELECT entity_hash, to_bank, count(*) OVER w AS n10, sum(amount_usd) OVER w AS usd10
      FROM dep WINDOW w AS (PARTITION BY entity_hash ORDER BY ts RANGE BETWEEN INTERVAL '10 days' PRECEDING AND CURRENT ROW)),
people AS (SELECT entity_hash FROM r GROUP BY 1 HAVING max(n10) >= 4 AND max(usd10) >= 10000 AND count(DISTINCT to_bank) >= 2)
SELECT a.acct FROM accounts a JOIN people ON people.entity_hash = a.entity_hash
