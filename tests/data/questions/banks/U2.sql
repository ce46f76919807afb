-- Two-hop layering within two days, 90-100 % of the amount
SELECT t1.country, COUNT(DISTINCT t1.customer_id) AS senders, SUM(t1.amount) AS volume
FROM bank_a.transactions t1 JOIN bank_b.transactions t2 ON t2.account_id = t1.counterparty_account
WHERE t2.ts >= t1.ts AND t2.ts < t1.ts + INTERVAL '2 days' AND t2.amount >= t1.amount * 0.9 AND t2.amount <= t1.amount
GROUP BY t1.country;
