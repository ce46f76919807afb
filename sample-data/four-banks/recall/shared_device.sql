-- SHARED_DEVICE: RING
-- Accounts operated from a device that operates accounts of three or more people at two or more banks.
WITH devices AS (
  SELECT p.device_id FROM payments p JOIN accounts a ON a.acct = p.from_acct WHERE p.device_id IS NOT NULL
  GROUP BY 1 HAVING count(DISTINCT p.from_acct) >= 3 AND count(DISTINCT p.from_bank) >= 2 AND count(DISTINCT a.entity_hash) >= 3)
SELECT p.from_acct AS acct FROM payments p JOIN devices d ON d.device_id = p.device_id
