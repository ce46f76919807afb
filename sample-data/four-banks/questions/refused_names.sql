-- Refused: an account may be followed, never shown.
SELECT to_acct, count(*) AS payments
FROM consortium.payments GROUP BY to_acct;
