-- Two-hop round trips between banks
SELECT least(a.from_bank, a.to_bank) AS bank_1, greatest(a.from_bank, a.to_bank) AS bank_2, date_trunc('month', a.ts) AS month,
       count(*) AS cycles, count(DISTINCT a.from_acct) AS initiators, round(sum(a.amount_usd), -3) AS usd_rounded
FROM consortium.payments a
JOIN consortium.payments b ON b.from_acct = a.to_acct AND b.to_acct = a.from_acct
 AND b.ts > a.ts AND b.ts <= a.ts + INTERVAL '7 days' AND b.amount_usd BETWEEN a.amount_usd * 0.85 AND a.amount_usd * 1.02
WHERE a.amount_usd >= 1000 AND a.from_bank <> a.to_bank AND a.from_acct <> 'CASH' AND a.to_acct <> 'CASH'
GROUP BY 1, 2, 3 HAVING count(DISTINCT a.from_acct) >= 5 ORDER BY 1, 2, 3;
