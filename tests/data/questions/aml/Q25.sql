-- Benford first-digit deviation
WITH d AS (SELECT from_acct, CAST(substr(CAST(CAST(round(amount * 100, 0) AS BIGINT) AS VARCHAR), 1, 1) AS INT) AS dg FROM consortium.payments WHERE leg = 'D' AND channel IN ('ACH','WIRE','CHEQUE') AND amount >= 1),
n AS (SELECT from_acct, count(*) AS tot FROM d GROUP BY 1 HAVING count(*) >= 50),
b AS (SELECT column1 AS dg, column2 AS p FROM (VALUES (1,0.30103),(2,0.17609),(3,0.12494),(4,0.09691),(5,0.07918),(6,0.06695),(7,0.05799),(8,0.05115),(9,0.04576)) v),
c AS (SELECT n.from_acct, b.dg, b.p, n.tot, count(d.dg) AS obs FROM n CROSS JOIN b LEFT JOIN d ON d.from_acct = n.from_acct AND d.dg = b.dg GROUP BY 1, 2, 3, 4),
x AS (SELECT from_acct, sum((obs - tot * p) * (obs - tot * p) / (tot * p)) AS chi2 FROM c GROUP BY 1)
SELECT a.segment, count(*) AS tested, sum(CASE WHEN chi2 > 15.5 THEN 1 ELSE 0 END) AS dev_5pct, sum(CASE WHEN chi2 > 60 THEN 1 ELSE 0 END) AS extreme
FROM x JOIN consortium.accounts a ON a.acct = x.from_acct GROUP BY 1 HAVING count(*) >= 5 ORDER BY 1;
