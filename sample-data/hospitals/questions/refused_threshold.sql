-- Refused: Zurich lets ages be compared by the decade only.
SELECT count(*) AS patients FROM network.heart WHERE age < 55;
