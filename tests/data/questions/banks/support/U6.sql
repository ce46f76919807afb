SELECT t1.customer_id AS t1, t1.counterparty_account AS t2, t2.customer_id AS t3, t2.counterparty_account AS t4, r.customer_id AS t5
FROM bank_a.transactions t1
JOIN bank_b.transactions t2 ON t2.account_id = t1.counterparty_account
JOIN bank_a.accounts r ON r.account_id = t2.counterparty_account WHERE r.country = 'LU'
-- ===
SELECT count(DISTINCT t1) AS originators FROM r HAVING count(*) > 0
