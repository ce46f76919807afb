-- Refused: the oldest patient is one patient.
SELECT max(age) AS oldest FROM network.heart;
