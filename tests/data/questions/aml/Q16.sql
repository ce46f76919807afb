-- Dormant-account reactivation
WITH act AS (
  SELECT to_acct AS acct, ts, amount_usd AS cr, CAST(0 AS DECIMAL(18,2)) AS dr FROM consortium.payments WHERE to_bank LIKE 'BNK%'
  UNION ALL SELECT from_acct, ts, CAST(0 AS DECIMAL(18,2)), amount_usd FROM consortium.payments WHERE from_bank LIKE 'BNK%'),
g AS (SELECT a.acct, a.ts, a.cr, lag(a.ts) OVER (PARTITION BY a.acct ORDER BY a.ts) AS prev_ts FROM act a),
wake AS (SELECT g.acct, min(g.ts) AS woke FROM g JOIN consortium.accounts c ON c.acct = g.acct
         WHERE (g.prev_ts IS NULL AND g.ts > TIMESTAMP '2025-01-01 00:00:00' + INTERVAL '60 days' AND c.opened_on < DATE '2024-07-01') OR g.ts > g.prev_ts + INTERVAL '60 days' GROUP BY 1),
s AS (SELECT w.acct, sum(a.cr) AS cr, sum(a.dr) AS dr, count(*) AS n FROM wake w JOIN act a ON a.acct = w.acct AND a.ts BETWEEN w.woke AND w.woke + INTERVAL '3 days' GROUP BY 1 HAVING count(*) >= 4 AND sum(a.cr) >= 10000)
SELECT count(*) AS reactivated, sum(CASE WHEN dr >= cr * 0.8 THEN 1 ELSE 0 END) AS emptied, round(sum(cr), -3) AS usd_rounded FROM s HAVING count(*) >= 3;
