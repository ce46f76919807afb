-- FLAG_OVERLAP: FLAGGED
-- Accounts of people whom three or more banks flagged.
WITH people AS (SELECT entity_hash FROM flagged GROUP BY 1 HAVING count(DISTINCT src) >= 3)
SELECT a.acct FROM accounts a JOIN people ON people.entity_hash = a.entity_hash
