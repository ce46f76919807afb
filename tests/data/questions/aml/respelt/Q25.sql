-- The first digit is what the banks derive when they seal. Summed over all digits, (obs - tot * p)^2 / (tot * p) is the average of obs / p over
-- an account's payments, less tot.
WITH d AS (SELECT from_acct, first_digit AS dg, count(*) OVER (PARTITION BY from_acct, first_digit) AS obs
           FROM consortium.payments WHERE leg = 'D' AND channel IN ('ACH','WIRE','CHEQUE') AND first_digit IS NOT NULL),
x AS (SELECT from_acct, count(*) AS tot, avg(obs * inverse_p) AS average FROM d JOIN (VALUES (1,3.321928),(2,5.678914),(3,8.003842),(4,10.318853),(5,12.629452),(6,14.936520),(7,17.244352),(8,19.550342),(9,21.853147)) b(digit, inverse_p) ON b.digit = d.dg GROUP BY 1 HAVING count(*) >= 50)
SELECT a.segment, count(*) AS tested, sum(CASE WHEN average > tot + 15.5 THEN 1 ELSE 0 END) AS dev_5pct, sum(CASE WHEN average > tot + 60 THEN 1 ELSE 0 END) AS extreme
FROM x JOIN consortium.accounts a ON a.acct = x.from_acct GROUP BY 1 HAVING count(*) >= 5 ORDER BY 1;
