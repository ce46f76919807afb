SELECT 'cleveland' AS hosp, age, sex, cp, thalach, exang, oldpeak, num,
    ill, risk, fit, fit_loss, x_age, x_sex, x_exang, x_thalach, weight, weight_age, weight_sex, weight_exang, weight_oldpeak, weight_thalach FROM cleveland.patients
UNION ALL
SELECT 'hungarian' AS hosp, age, sex, cp, thalach, exang, oldpeak, num,
    ill, risk, fit, fit_loss, x_age, x_sex, x_exang, x_thalach, weight, weight_age, weight_sex, weight_exang, weight_oldpeak, weight_thalach FROM hungarian.patients
UNION ALL
SELECT 'switzerland' AS hosp, age, sex, cp, thalach, exang, oldpeak, num,
    ill, risk, fit, fit_loss, x_age, x_sex, x_exang, x_thalach, weight, weight_age, weight_sex, weight_exang, weight_oldpeak, weight_thalach FROM switzerland.patients
UNION ALL
SELECT 'va' AS hosp, age, sex, cp, thalach, exang, oldpeak, num,
    ill, risk, fit, fit_loss, x_age, x_sex, x_exang, x_thalach, weight, weight_age, weight_sex, weight_exang, weight_oldpeak, weight_thalach FROM va_long_beach.patients
