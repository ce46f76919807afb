-- Refused: telephone numbers are hidden, so for others the column does not exist.
SELECT count(DISTINCT phone_hash) AS phones FROM bank_b.accounts;
