-- Refused: a row about one patient never leaves.
SELECT age, sex, num FROM cleveland.heart WHERE num = 4;
