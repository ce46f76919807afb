-- Refused: rows do not leave, however few are asked for.
SELECT * FROM bank_b.flagged LIMIT 1;
