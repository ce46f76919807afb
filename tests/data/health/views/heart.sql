SELECT 'cleveland' AS hosp, age, sex, cp, thalach, exang, oldpeak, num FROM cleveland.patients
UNION ALL
SELECT 'hungarian' AS hosp, age, sex, cp, thalach, exang, oldpeak, num FROM hungarian.patients
UNION ALL
SELECT 'switzerland' AS hosp, age, sex, cp, thalach, exang, oldpeak, num FROM switzerland.patients
UNION ALL
SELECT 'va' AS hosp, age, sex, cp, thalach, exang, oldpeak, num FROM va_long_beach.patients
