-- Three-hop cycle back to the originating bank
SELECT COUNT(DISTINCT t1.customer_id) AS originators FROM bank_a.transactions t1
JOIN bank_b.transactions t2 ON t2.account_id = t1.counterparty_account
JOIN bank_a.accounts r ON r.account_id = t2.counterparty_account WHERE r.country = 'LU';
