WITH i AS (SELECT to_acct AS h, to_bank AS hb, date_bin(INTERVAL '7 days', ts, TIMESTAMP '2025-01-01 00:00:00') AS w, count(DISTINCT from_acct) AS k_in, count(DISTINCT from_bank) AS b_in, sum(amount_usd) AS usd_in,
                  array_agg(from_acct) AS t1, array_agg(nullif(to_acct, 'CASH')) AS t2, array_agg(device_id) AS t3
           FROM consortium.payments WHERE amount_usd >= 500 AND channel <> 'CARD' AND from_acct <> 'CASH' AND to_acct <> 'CASH' GROUP BY 1, 2, 3 HAVING count(DISTINCT from_acct) >= 4),
     o AS (SELECT from_acct AS h, date_bin(INTERVAL '7 days', ts, TIMESTAMP '2025-01-01 00:00:00') AS w, count(DISTINCT to_acct) AS k_out, count(DISTINCT to_bank) AS b_out, sum(amount_usd) AS usd_out,
                  array_agg(nullif(from_acct, 'CASH')) AS t4, array_agg(to_acct) AS t5, array_agg(device_id) AS t6
           FROM consortium.payments WHERE amount_usd >= 500 AND channel <> 'CARD' AND to_acct <> 'CASH' AND from_acct <> 'CASH' GROUP BY 1, 2 HAVING count(DISTINCT to_acct) >= 4)
SELECT i.hb AS hub_bank, t1, t2, t3, t4, t5, t6, i.h, k_in, k_out, CAST(usd_out AS DOUBLE) / CAST(usd_in AS DOUBLE) AS through
FROM i JOIN o ON o.h = i.h AND (o.w = i.w OR o.w = i.w + INTERVAL '7 days')
WHERE usd_out BETWEEN usd_in * 0.80 AND usd_in * 1.02 AND b_in + b_out >= 4
-- ===
SELECT hub_bank, count(DISTINCT h) AS hubs, round(avg(k_in), 1) AS avg_in, round(avg(k_out), 1) AS avg_out, round(avg(through), 2) AS pass_through FROM r GROUP BY 1
