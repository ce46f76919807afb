SELECT 'BANK_A' AS src, e2e_id, ts, leg, from_bank, to_bank, from_acct, to_acct, amount, currency, amount_usd, channel, from_country, to_country, device_id, first_digit, is_round
FROM bank_a.transactions WHERE leg <> 'C'
UNION ALL
SELECT 'BANK_B' AS src, e2e_id, ts, leg, from_bank, to_bank, from_acct, to_acct, amount, currency, amount_usd, channel, from_country, to_country, device_id, first_digit, is_round
FROM bank_b.transactions WHERE leg <> 'C'
UNION ALL
SELECT 'BANK_C' AS src, e2e_id, ts, leg, from_bank, to_bank, from_acct, to_acct, amount, currency, amount_usd, channel, from_country, to_country, device_id, first_digit, is_round
FROM bank_c.transactions WHERE leg <> 'C'
UNION ALL
SELECT 'BANK_D' AS src, e2e_id, ts, leg, from_bank, to_bank, from_acct, to_acct, amount, currency, amount_usd, channel, from_country, to_country, device_id, first_digit, is_round
FROM bank_d.transactions WHERE leg <> 'C'
