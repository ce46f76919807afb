-- Sums stay exact: the logarithm is taken of a sum of decimals, not of floats.
WITH o AS (SELECT from_acct AS acct, count(*) AS n_out, ln(1 + sum(amount_usd)) AS l_out, count(DISTINCT to_acct) AS k_out FROM consortium.payments WHERE leg = 'D' GROUP BY 1),
     i AS (SELECT to_acct AS acct, count(*) AS n_in, ln(1 + sum(amount_usd)) AS l_in, count(DISTINCT from_acct) AS k_in FROM consortium.payments GROUP BY 1),
     x AS (SELECT CAST(ln(1.0 + o.n_out) AS DOUBLE) AS x1, o.l_out AS x2, ln(1.0 + o.k_out) AS x3, ln(1.0 + i.n_in) AS x4, i.l_in AS x5, ln(1.0 + i.k_in) AS x6, CASE WHEN f.acct IS NULL THEN 0.0 ELSE 1.0 END AS y
           FROM o JOIN i ON i.acct = o.acct JOIN consortium.accounts a ON a.acct = o.acct LEFT JOIN (SELECT DISTINCT acct FROM consortium.flagged) f ON f.acct = o.acct)
SELECT count(*) AS n, sum(x1) s1, sum(x2) s2, sum(x3) s3, sum(x4) s4, sum(x5) s5, sum(x6) s6, sum(y) sy,
 sum(x1*x1) x11, sum(x1*x2) x12, sum(x1*x3) x13, sum(x1*x4) x14, sum(x1*x5) x15, sum(x1*x6) x16, sum(x2*x2) x22, sum(x2*x3) x23, sum(x2*x4) x24, sum(x2*x5) x25, sum(x2*x6) x26,
 sum(x3*x3) x33, sum(x3*x4) x34, sum(x3*x5) x35, sum(x3*x6) x36, sum(x4*x4) x44, sum(x4*x5) x45, sum(x4*x6) x46, sum(x5*x5) x55, sum(x5*x6) x56, sum(x6*x6) x66,
 sum(x1*y) y1, sum(x2*y) y2, sum(x3*y) y3, sum(x4*y) y4, sum(x5*y) y5, sum(x6*y) y6 FROM x HAVING count(*) >= 100;
