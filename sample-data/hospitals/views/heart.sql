SELECT 'cleveland' AS hosp, age, sex, cp, trestbps, chol, fbs, restecg, thalach, exang, oldpeak, slope, num
FROM cleveland.heart
UNION ALL
SELECT 'budapest' AS hosp, age, sex, cp, trestbps, chol, fbs, restecg, thalach, exang, oldpeak, slope, num
FROM budapest.heart
UNION ALL
SELECT 'zurich' AS hosp, age, sex, cp, trestbps, chol, fbs, restecg, thalach, exang, oldpeak, slope, num
FROM zurich.heart
UNION ALL
SELECT 'long_beach' AS hosp, age, sex, cp, trestbps, chol, fbs, restecg, thalach, exang, oldpeak, slope, num
FROM long_beach.heart
