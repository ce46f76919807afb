-- Refused: amounts may be compared by the hundred, not by the cent.
SELECT count(DISTINCT from_acct) AS payers
FROM bank_b.transactions WHERE amount = 9999.37;
