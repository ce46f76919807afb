WITH f AS (SELECT src, entity_hash, array_agg(acct) AS accts FROM consortium.flagged GROUP BY 1, 2),
     k AS (SELECT bank, entity_hash, array_agg(acct) AS accts FROM consortium.accounts GROUP BY 1, 2)
SELECT f.src AS flagging_bank, k.bank AS other_bank, f.entity_hash AS t1, f.accts AS t2, k.entity_hash AS t3, k.accts AS t4, g.entity_hash AS t5, g.accts AS t6, g.entity_hash AS also
FROM f JOIN k ON k.entity_hash = f.entity_hash AND substr(k.bank, 4, 1) <> substr(f.src, 6, 1)
LEFT JOIN f g ON g.entity_hash = f.entity_hash AND substr(g.src, 6, 1) = substr(k.bank, 4, 1)
-- ===
SELECT flagging_bank, other_bank, count(*) AS customers_in_common, nullif(sum(CASE WHEN also IS NOT NULL THEN 1 ELSE 0 END), 0) AS flagged_at_both FROM r GROUP BY 1, 2 HAVING count(*) >= 5
