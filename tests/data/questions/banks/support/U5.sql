SELECT a.risk, b.risk AS risk_b, a.customer_id AS t1, b.customer_id AS t2 FROM bank_a.accounts a JOIN bank_b.accounts b ON a.iban_hash = b.iban_hash
-- ===
SELECT risk, risk_b, count(DISTINCT t1) AS people FROM r GROUP BY 1, 2
