-- Round trips between two banks: a wash, or a parked balance. How many does each account that starts them make?
SELECT trips, count(*) AS initiators, round(sum(usd), -3) AS usd_rounded
FROM (
  SELECT a.from_acct, least(count(*), 3) AS trips, sum(a.amount_usd) AS usd
  FROM consortium.payments a
  JOIN consortium.payments b ON b.from_acct = a.to_acct AND b.to_acct = a.from_acct
   AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '7 days' AND b.amount_usd BETWEEN a.amount_usd * 0.85 AND a.amount_usd * 1.02
  WHERE a.amount_usd >= 1000 AND a.from_bank <> a.to_bank AND a.from_acct <> 'CASH' AND a.to_acct <> 'CASH'
  GROUP BY 1) AS t
GROUP BY 1 ORDER BY 1;
