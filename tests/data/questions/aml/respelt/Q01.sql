-- FULL JOIN spelt as the rows with a left leg and the right legs that have none.
WITH d AS (SELECT e2e_id, from_bank, to_bank, amount_usd FROM consortium.payments
           WHERE leg = 'D' AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank),
     c AS (SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_a.transactions WHERE leg = 'C' UNION ALL
           SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_b.transactions WHERE leg = 'C' UNION ALL
           SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_c.transactions WHERE leg = 'C' UNION ALL
           SELECT e2e_id, from_bank, to_bank, amount_usd FROM bank_d.transactions WHERE leg = 'C'),
     legs AS (
       SELECT d.from_bank, d.to_bank, d.amount_usd AS sent, CASE WHEN c.e2e_id IS NULL OR c.amount_usd <> d.amount_usd THEN 1 ELSE 0 END AS broken
       FROM d LEFT JOIN c ON c.e2e_id = d.e2e_id
       UNION ALL
       SELECT c.from_bank, c.to_bank, NULL, 1 FROM c WHERE NOT EXISTS (SELECT 1 FROM d WHERE d.e2e_id = c.e2e_id))
SELECT from_bank, to_bank, count(*) AS payments, sum(sent) AS value_usd, sum(broken) AS broken_legs
FROM legs GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 1, 2;
