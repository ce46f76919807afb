-- First digits of amounts by channel: amounts that people made up do not follow Benford's law.
SELECT substr(CAST(CAST(round(amount * 100, 0) AS BIGINT) AS VARCHAR), 1, 1) AS first_digit, count(*) AS payments
FROM consortium.payments
WHERE channel = $channel AND amount >= 1
GROUP BY 1
