SELECT count(DISTINCT date_trunc('day', ts)) AS n_days, customer_id AS t1, array_agg(counterparty_account) AS t2
FROM bank_a.transactions WHERE amount >= 9000 AND amount < 10000 GROUP BY customer_id HAVING count(*) >= 3
-- ===
SELECT n_days, count(*) AS customers FROM r GROUP BY n_days
