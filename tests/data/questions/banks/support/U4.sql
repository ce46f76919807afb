SELECT date_trunc('month', ts) AS m, customer_id AS t1, counterparty_account AS t2
FROM (SELECT customer_id, counterparty_account, ts, count(*) OVER (PARTITION BY customer_id, counterparty_account
      ORDER BY ts RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW) AS c FROM bank_a.transactions) WHERE c >= 5
-- ===
SELECT m, count(*) AS bursts FROM r GROUP BY 1
