-- Structuring inside one bank
SELECT n_days, COUNT(*) AS customers FROM (SELECT customer_id, COUNT(DISTINCT date_trunc('day', ts)) AS n_days
  FROM bank_a.transactions WHERE amount >= 9000 AND amount < 10000 GROUP BY customer_id HAVING COUNT(*) >= 3) GROUP BY n_days;
