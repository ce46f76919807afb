-- Inter-bank flow matrix and leg reconciliation
WITH d AS (SELECT e2e_id, from_bank, to_bank, amount_usd FROM consortium.payments WHERE leg = 'D'),
     c AS (SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_a.transactions WHERE leg = 'C' UNION ALL
           SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_b.transactions WHERE leg = 'C' UNION ALL
           SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_c.transactions WHERE leg = 'C' UNION ALL
           SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_d.transactions WHERE leg = 'C')
SELECT coalesce(d.from_bank, c.from_bank) AS from_bank, coalesce(d.to_bank, c.to_bank) AS to_bank,
       count(*) AS payments, sum(d.amount_usd) AS value_usd,
       sum(CASE WHEN c.e2e_id IS NULL OR d.e2e_id IS NULL OR c.amount_usd <> d.amount_usd THEN 1 ELSE 0 END) AS broken_legs
FROM (SELECT * FROM d WHERE from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank) d
FULL OUTER JOIN c ON c.e2e_id = d.e2e_id
GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 1, 2;
