-- Of a step's coefficients the hospitals derive everybody's fitted probability, weight and loss when they seal.
SELECT count(*) AS n, sum(ill - fit) g0, sum((ill - fit) * x_age) g1, sum((ill - fit) * x_sex) g2, sum((ill - fit) * x_exang) g3, sum((ill - fit) * oldpeak) g4, sum((ill - fit) * x_thalach) g5,
 sum(weight) h00, sum(weight_age) h01, sum(weight_sex) h02, sum(weight_exang) h03, sum(weight_oldpeak) h04, sum(weight_thalach) h05,
 sum(weight_age * x_age) h11, sum(weight_age * x_sex) h12, sum(weight_age * x_exang) h13, sum(weight_age * oldpeak) h14, sum(weight_age * x_thalach) h15,
 sum(weight_sex * x_sex) h22, sum(weight_sex * x_exang) h23, sum(weight_sex * oldpeak) h24, sum(weight_sex * x_thalach) h25,
 sum(weight_exang * x_exang) h33, sum(weight_exang * oldpeak) h34, sum(weight_exang * x_thalach) h35,
 sum(weight_oldpeak * oldpeak) h44, sum(weight_oldpeak * x_thalach) h45,
 sum(weight_thalach * x_thalach) h55,
 sum(fit_loss) AS neg_log_lik
FROM network.heart WHERE exang IS NOT NULL AND oldpeak IS NOT NULL AND thalach IS NOT NULL HAVING count(*) >= 100;
