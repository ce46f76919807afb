WITH t AS (SELECT p.device_id, count(DISTINCT p.from_acct) AS accts, count(DISTINCT p.from_bank) AS banks, sum(p.amount_usd) AS usd,
                  array_agg(p.device_id) AS t1, array_agg(nullif(p.from_acct, 'CASH')) AS t2, array_agg(nullif(p.to_acct, 'CASH')) AS t3, array_agg(a.acct) AS t4, array_agg(a.entity_hash) AS t5
      FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.from_acct
      WHERE p.device_id IS NOT NULL GROUP BY 1 HAVING count(DISTINCT p.from_acct) >= 3 AND count(DISTINCT p.from_bank) >= 2 AND count(DISTINCT a.entity_hash) >= 3)
SELECT banks, CASE WHEN accts < 6 THEN '3-5' WHEN accts < 10 THEN '6-9' ELSE '10+' END AS accounts_per_device, t1, t2, t3, t4, t5, accts, usd FROM t
-- ===
SELECT banks, accounts_per_device, count(*) AS devices, sum(accts) AS accounts, round(sum(usd), -3) AS usd_rounded FROM r GROUP BY 1, 2
