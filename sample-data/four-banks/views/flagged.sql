SELECT 'BANK_A' AS src, acct, entity_hash, reason, flagged_on
FROM bank_a.flagged
UNION ALL
SELECT 'BANK_B' AS src, acct, entity_hash, reason, flagged_on
FROM bank_b.flagged
UNION ALL
SELECT 'BANK_C' AS src, acct, entity_hash, reason, flagged_on
FROM bank_c.flagged
UNION ALL
SELECT 'BANK_D' AS src, acct, entity_hash, reason, flagged_on
FROM bank_d.flagged
