WITH base AS (
  SELECT *, date_bin(INTERVAL '5 days', ts, TIMESTAMP '2025-01-01 00:00:00') AS w FROM consortium.payments
  WHERE channel IN ('ACH','INSTANT','WIRE') AND amount_usd >= 500 AND to_acct <> 'CASH' AND from_acct <> 'CASH'),
win AS (
  SELECT to_bank, to_acct, w, count(DISTINCT from_acct) AS senders, sum(amount_usd) AS usd,
         array_agg(from_acct) AS t1, array_agg(to_acct) AS t2, array_agg(device_id) AS t3
  FROM base GROUP BY 1, 2, 3 HAVING count(DISTINCT from_acct) >= 5 AND count(DISTINCT from_bank) >= 3 AND sum(amount_usd) >= 25000)
SELECT to_bank AS collector_bank, CASE WHEN senders < 8 THEN '05-07' WHEN senders < 12 THEN '08-11' ELSE '12+' END AS fan_in,
       t1, t2, t3, to_acct, usd FROM win WHERE to_bank LIKE 'BNK%'
-- ===
SELECT collector_bank, fan_in, count(DISTINCT to_acct) AS collectors, count(*) AS windows, round(sum(usd), -3) AS usd_rounded
FROM r GROUP BY 1, 2 HAVING count(DISTINCT to_acct) >= 5
