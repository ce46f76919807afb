-- Velocity by window, partitioned by the unit
SELECT date_trunc('month', ts) AS m, COUNT(*) AS bursts FROM (SELECT customer_id, ts, COUNT(*) OVER (PARTITION BY customer_id, counterparty_account
  ORDER BY ts RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW) AS c FROM bank_a.transactions) WHERE c >= 5 GROUP BY 1;
