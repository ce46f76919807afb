-- One device operating accounts at several banks
SELECT banks, CASE WHEN accts < 6 THEN '3-5' WHEN accts < 10 THEN '6-9' ELSE '10+' END AS accounts_per_device, count(*) AS devices, sum(accts) AS accounts, round(sum(usd), -3) AS usd_rounded
FROM (SELECT p.device_id, count(DISTINCT p.from_acct) AS accts, count(DISTINCT p.from_bank) AS banks, count(DISTINCT a.entity_hash) AS entities, sum(p.amount_usd) AS usd
      FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.from_acct
      WHERE p.device_id IS NOT NULL GROUP BY 1 HAVING count(DISTINCT p.from_acct) >= 3 AND count(DISTINCT p.from_bank) >= 2 AND count(DISTINCT a.entity_hash) >= 3) t
GROUP BY 1, 2 ORDER BY 1, 2;
