-- People whom several banks flagged, each without knowing of the others.
SELECT banks, count(*) AS people
FROM (SELECT entity_hash, count(DISTINCT src) AS banks FROM consortium.flagged GROUP BY 1 HAVING count(DISTINCT src) >= 2) AS p
GROUP BY 1 ORDER BY 1;
