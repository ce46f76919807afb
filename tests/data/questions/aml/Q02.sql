-- Cross-bank fan-in (collector accounts)
WITH win AS (
  SELECT to_bank, to_acct, date_bin(INTERVAL '5 days', ts, TIMESTAMP '2025-01-01 00:00:00') AS w,
         count(DISTINCT from_acct) AS senders, count(DISTINCT from_bank) AS banks,
         sum(amount_usd) AS usd, min(amount_usd) AS min_usd
  FROM consortium.payments
  WHERE channel IN ('ACH','INSTANT','WIRE') AND amount_usd >= 500 AND to_acct <> 'CASH' AND from_acct <> 'CASH'
  GROUP BY 1, 2, 3 HAVING count(DISTINCT from_acct) >= 5 AND count(DISTINCT from_bank) >= 3 AND sum(amount_usd) >= 25000)
SELECT to_bank AS collector_bank, CASE WHEN senders < 8 THEN '05-07' WHEN senders < 12 THEN '08-11' ELSE '12+' END AS fan_in,
       count(DISTINCT to_acct) AS collectors, count(*) AS windows, round(sum(usd), -3) AS usd_rounded
FROM win WHERE to_bank LIKE 'BNK%' GROUP BY 1, 2 HAVING count(DISTINCT to_acct) >= 5 ORDER BY 1, 2;
