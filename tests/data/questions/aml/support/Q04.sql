SELECT least(a.from_bank, a.to_bank) AS bank_1, greatest(a.from_bank, a.to_bank) AS bank_2, date_trunc('month', a.ts) AS month,
       concat(a.src, b.src) AS part, a.from_acct AS t1, a.to_acct AS t2, a.device_id AS t3, b.from_acct AS t4, b.to_acct AS t5, b.device_id AS t6,
       a.from_acct, a.amount_usd
FROM consortium.payments a
JOIN consortium.payments b ON b.from_acct = a.to_acct AND b.to_acct = a.from_acct
 AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '7 days' AND b.amount_usd BETWEEN a.amount_usd * 0.85 AND a.amount_usd * 1.02
WHERE a.amount_usd >= 1000 AND a.from_bank <> a.to_bank AND a.from_acct <> 'CASH' AND a.to_acct <> 'CASH'
-- ===
SELECT bank_1, bank_2, month, count(*) AS cycles, count(DISTINCT from_acct) AS initiators, round(sum(amount_usd), -3) AS usd_rounded
FROM r GROUP BY 1, 2, 3 HAVING count(DISTINCT from_acct) >= 5
