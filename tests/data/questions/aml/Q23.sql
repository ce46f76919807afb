-- Private set intersection of flagged customers
WITH f AS (SELECT DISTINCT src, entity_hash FROM consortium.flagged),
     k AS (SELECT DISTINCT bank, entity_hash FROM consortium.accounts)
SELECT f.src AS flagging_bank, k.bank AS other_bank, count(*) AS customers_in_common, sum(CASE WHEN g.entity_hash IS NOT NULL THEN 1 ELSE 0 END) AS flagged_at_both
FROM f JOIN k ON k.entity_hash = f.entity_hash AND substr(k.bank, 4, 1) <> substr(f.src, 6, 1)
LEFT JOIN f g ON g.entity_hash = f.entity_hash AND substr(g.src, 6, 1) = substr(k.bank, 4, 1)
GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 1, 2;
