-- Each bank's accounts carry the name that its flags carry, so that nothing is cut out of a bank's code.
WITH f AS (SELECT DISTINCT src, entity_hash FROM consortium.flagged),
     k AS (SELECT DISTINCT 'BANK_A' AS src, bank, entity_hash FROM bank_a.accounts UNION ALL
           SELECT DISTINCT 'BANK_B' AS src, bank, entity_hash FROM bank_b.accounts UNION ALL
           SELECT DISTINCT 'BANK_C' AS src, bank, entity_hash FROM bank_c.accounts UNION ALL
           SELECT DISTINCT 'BANK_D' AS src, bank, entity_hash FROM bank_d.accounts)
SELECT f.src AS flagging_bank, k.bank AS other_bank, count(*) AS customers_in_common, sum(CASE WHEN g.entity_hash IS NOT NULL THEN 1 ELSE 0 END) AS flagged_at_both
FROM f JOIN k ON k.entity_hash = f.entity_hash AND k.src <> f.src
LEFT JOIN f g ON g.entity_hash = f.entity_hash AND g.src = k.src
GROUP BY 1, 2 HAVING count(*) >= 5 ORDER BY 1, 2;
