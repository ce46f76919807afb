-- Same person at two banks, risk disagreement
SELECT a.risk, b.risk AS risk_b, COUNT(DISTINCT a.customer_id) AS people FROM bank_a.accounts a JOIN bank_b.accounts b ON a.iban_hash = b.iban_hash GROUP BY 1, 2;
