SELECT t1.country, t1.customer_id AS t1, t1.counterparty_account AS t2, t2.customer_id AS t3, t2.counterparty_account AS t4, t1.amount
FROM bank_a.transactions t1 JOIN bank_b.transactions t2 ON t2.account_id = t1.counterparty_account
WHERE t2.ts >= t1.ts AND t2.ts < t1.ts + INTERVAL '2 days' AND t2.amount >= t1.amount * 0.9 AND t2.amount <= t1.amount
-- ===
SELECT country, count(DISTINCT t1) AS senders, sum(amount) AS volume FROM r GROUP BY country
