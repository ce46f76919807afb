SELECT acct, bank, entity_hash, holder_type, segment, country, opened_on, kyc_risk, declared_monthly_usd
FROM bank_a.accounts
UNION ALL
SELECT acct, bank, entity_hash, holder_type, segment, country, opened_on, kyc_risk, declared_monthly_usd
FROM bank_b.accounts
UNION ALL
SELECT acct, bank, entity_hash, holder_type, segment, country, opened_on, kyc_risk, declared_monthly_usd
FROM bank_c.accounts
UNION ALL
SELECT acct, bank, entity_hash, holder_type, segment, country, opened_on, kyc_risk, declared_monthly_usd
FROM bank_d.accounts
