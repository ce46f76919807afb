SELECT b.country, m.t1, m.acct AS t2, b.customer_id AS t3
FROM (SELECT counterparty_account AS acct, array_agg(customer_id) AS t1 FROM bank_a.transactions
      WHERE ts >= TIMESTAMP '2025-01-01 00:00:00' AND ts < TIMESTAMP '2025-04-01 00:00:00'
      GROUP BY counterparty_account
      HAVING COUNT(DISTINCT customer_id) >= 5 AND SUM(amount) > 50000) m
JOIN bank_b.accounts b ON b.account_id = m.acct
-- ===
SELECT country, count(*) AS mules FROM r GROUP BY country
