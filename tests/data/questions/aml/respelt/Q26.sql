-- Whether an amount is round is what the banks derive when they seal.
WITH pr AS (SELECT from_acct, to_acct, from_bank, to_bank, count(*) AS n, sum(is_round) AS round_n, sum(amount_usd) AS usd
            FROM consortium.payments WHERE channel IN ('WIRE','ACH') AND amount_usd >= 4000 AND from_bank LIKE 'BNK%' AND to_bank LIKE 'BNK%' AND from_bank <> to_bank GROUP BY 1, 2, 3, 4)
SELECT count(*) AS account_pairs, count(DISTINCT from_bank) AS banks, sum(n) AS payments, round(sum(usd), -3) AS usd_rounded FROM pr WHERE round_n >= 3 AND round_n >= n * 0.8;
