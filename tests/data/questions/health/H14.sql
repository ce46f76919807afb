-- One IRLS step of a federated logistic regression
WITH b AS (SELECT -4.0 AS b0, 0.03 AS b1, 1.0 AS b2, 0.8 AS b3, 0.6 AS b4, -0.01 AS b5),
x AS (SELECT 1.0 AS x0, age AS x1, CAST(sex AS DOUBLE) AS x2, CAST(exang AS DOUBLE) AS x3, oldpeak AS x4, thalach AS x5, CASE WHEN num > 0 THEN 1.0 ELSE 0.0 END AS y FROM network.heart WHERE exang IS NOT NULL AND oldpeak IS NOT NULL AND thalach IS NOT NULL),
p AS (SELECT x.*, 1.0 / (1.0 + exp(-(b0 + b1 * x1 + b2 * x2 + b3 * x3 + b4 * x4 + b5 * x5))) AS mu FROM x CROSS JOIN b)
SELECT count(*) AS n, sum(y - mu) g0, sum((y - mu) * x1) g1, sum((y - mu) * x2) g2, sum((y - mu) * x3) g3, sum((y - mu) * x4) g4, sum((y - mu) * x5) g5,
 sum(mu*(1-mu)) h00, sum(mu*(1-mu)*x1) h01, sum(mu*(1-mu)*x2) h02, sum(mu*(1-mu)*x3) h03, sum(mu*(1-mu)*x4) h04, sum(mu*(1-mu)*x5) h05,
 sum(mu*(1-mu)*x1*x1) h11, sum(mu*(1-mu)*x1*x2) h12, sum(mu*(1-mu)*x1*x3) h13, sum(mu*(1-mu)*x1*x4) h14, sum(mu*(1-mu)*x1*x5) h15,
 sum(mu*(1-mu)*x2*x2) h22, sum(mu*(1-mu)*x2*x3) h23, sum(mu*(1-mu)*x2*x4) h24, sum(mu*(1-mu)*x2*x5) h25, sum(mu*(1-mu)*x3*x3) h33, sum(mu*(1-mu)*x3*x4) h34, sum(mu*(1-mu)*x3*x5) h35,
 sum(mu*(1-mu)*x4*x4) h44, sum(mu*(1-mu)*x4*x5) h45, sum(mu*(1-mu)*x5*x5) h55,
 -sum(y * ln(mu) + (1 - y) * ln(1 - mu)) AS neg_log_lik FROM p HAVING count(*) >= 100;
