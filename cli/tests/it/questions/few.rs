//! Ways that were found to ask about one or two people among thirty: worlds with one and with two of them look the same.

use std::fmt::Write as _;

pub(crate) use super::world::{Outcome, World};

/// Thirty persons of three payments each, of whom so many have one large payment to KY.
pub(crate) fn world(few: usize) -> World {
    let dir = tempfile::tempdir().unwrap();
    let bank = dir.path().join("bank");
    std::fs::create_dir(&bank).unwrap();
    let mut rows = "person,country,amount,secret,n,fee,ts,week,monday\n".to_owned();
    for person in 0..30 {
        for payment in 0..3 {
            let day = format!("2025-0{}-1{payment} 10:00:00", payment + 1);
            let special = payment == 0 && person < few;
            let rest = if special {
                "KY,9500.00,777.77,90,3".to_owned()
            } else {
                format!("LU,{}00.00,100.00,{payment},0", payment + 1)
            };
            writeln!(rows, "p{person},{rest},{day},{day},{day}").unwrap();
        }
    }
    std::fs::write(bank.join("t.csv"), rows).unwrap();
    std::fs::write(bank.join("t.policy.toml"), POLICY).unwrap();
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    World::new(dir, "rita@regulator")
}

const POLICY: &str = r#"policy = 1
table = "t"
[disclosure]
min_contributors = 5
jitter = false
history = "off"
noise = "off"
[columns]
person = { unit = "person" }
country = { filter = true, dimension = true }
amount = { measure = [0, 300000], filter = 1000 }
secret = { measure = [0, 10000] }
n = { measure = [0, 100000], filter = true }
fee = { measure = [0, 1000] }
ts = { filter = "1 day", dimension = "month" }
week = { filter = "7 days" }
monday = { filter = "1 week" }
"#;

const WORLD: &str = r#"name = "few"
[parties.regulator]
analysts = ["rita"]
[parties.bank.tables.t]
data = "bank/t.csv"
policy = "bank/t.policy.toml"
types = { amount = "decimal(18,2)", secret = "decimal(18,2)" }
[engine]
purposes = ["aml"]
"#;

/// Each told how many of the few there are, or what is theirs.
const ATTACKS: [(&str, &str); 58] = [
    (
        "a text cut off where theirs begins, read as a number",
        "SELECT count(c) AS v FROM (SELECT CAST(least(CAST(secret AS VARCHAR),'5x') AS DOUBLE) c FROM bank.t)",
    ),
    (
        "the same in inner groups",
        "SELECT sum((m-k)*1000+1) AS v FROM (SELECT person, count(*) m, count(c) k FROM (SELECT person, CAST(least(CAST(secret AS VARCHAR),'5x') AS DOUBLE) c FROM bank.t) GROUP BY 1)",
    ),
    (
        "the same under IS NULL",
        "SELECT count(*) AS v FROM bank.t WHERE CAST(least(CAST(n AS VARCHAR),'5x') AS DOUBLE) IS NOT NULL",
    ),
    (
        "a quotient that is cut off to nothing but for them",
        "SELECT sum((secret/700000000)*1000000000 + 1) AS v FROM bank.t",
    ),
    (
        "the same of a maximum",
        "SELECT sum(s/700000000*1000000000+1) AS v FROM (SELECT person, max(secret) s FROM bank.t GROUP BY 1)",
    ),
    (
        "a divisor that is cut off to zero but for them",
        "SELECT sum(k*1000+1) AS v FROM (SELECT person, count(c) k FROM (SELECT person, 1/(secret/640000000) c FROM bank.t) GROUP BY 1)",
    ),
    (
        "a share of a number that was scaled",
        "SELECT sum(greatest(least(s/(c*700000000), 1), 0)*1000000000+1) AS v FROM (SELECT person, max(secret) s, count(*) c FROM bank.t GROUP BY 1)",
    ),
    (
        "a share of a number in a count",
        "SELECT sum(greatest(least(c*0.05/s, 1), 0)*1000000000+1) AS v FROM (SELECT person, max(secret) s, count(*) c FROM bank.t GROUP BY 1)",
    ),
    (
        "a float that swallows all but theirs",
        "SELECT sum(CAST(s AS DOUBLE)+CAST(4503599627370496000 AS DOUBLE)-CAST(4503599627370496000 AS DOUBLE)+1) AS v FROM (SELECT person, max(secret) s FROM bank.t GROUP BY 1)",
    ),
    (
        "a float that is infinite for them",
        "SELECT sum(CAST(s AS FLOAT)*CAST(500000000000000000000000000000000000 AS FLOAT)*0+1) AS v FROM (SELECT person, max(secret) s FROM bank.t GROUP BY 1)",
    ),
    (
        "a literal with more digits than the rules hold",
        "SELECT count(c) AS v FROM (SELECT secret*20000000000000000000000000000000000000000000000000000000000000000000000.0 AS c FROM bank.t)",
    ),
    (
        "a wide decimal that does not hold theirs",
        "SELECT count(x) AS v FROM (SELECT CAST(n AS DECIMAL(40,39)) AS x FROM bank.t)",
    ),
    (
        "a decimal that does not hold their integer",
        "SELECT count(x) AS v FROM (SELECT CAST(n AS DECIMAL(38,37)) AS x FROM bank.t)",
    ),
    (
        "a sign that theirs lacks",
        "SELECT count(x) AS v FROM (SELECT CAST(10 - n AS BIGINT UNSIGNED) AS x FROM bank.t)",
    ),
    (
        "a quotient too large for the digits of its divisor",
        "SELECT count(x) AS v FROM (SELECT secret/1e-30 AS x FROM bank.t)",
    ),
    (
        "a remainder too large for the digits of its divisor",
        "SELECT count(x) AS v FROM (SELECT secret % CAST(1 AS DECIMAL(38,36)) AS x FROM bank.t)",
    ),
    (
        "a product off the grid at the end of its type",
        "SELECT count(*) AS v FROM bank.t WHERE amount * CAST(1 AS DECIMAL(38,34)) >= 0",
    ),
    (
        "more digits than a number has are no grid",
        "SELECT count(*) AS v FROM bank.t WHERE round(amount, 300) < 9400",
    ),
    (
        "rounding begins half a step below",
        "SELECT count(*) AS v FROM bank.t WHERE round(amount, -3) < 10000",
    ),
    (
        "a divisor chosen to be zero for them",
        "SELECT count(10 / (n - 90)) AS v FROM bank.t",
    ),
    (
        "the logarithm of what is less than zero for them",
        "SELECT sum(ln(80 - n)) AS v FROM bank.t",
    ),
    (
        "a quotient that is NULL for them",
        "SELECT count(*) AS v FROM bank.t WHERE 10 / (n - 90) IS NOT NULL",
    ),
    (
        "a quotient that is NULL for them, below another column",
        "SELECT count(*) AS v FROM bank.t WHERE 10 / (n - 90) <= n",
    ),
    (
        "a cast that does not fit for them",
        "SELECT count(x) AS v FROM (SELECT CAST(n + 100 AS TINYINT) AS x FROM bank.t)",
    ),
    (
        "amounts that cancel out move a variance",
        "SELECT var_pop(x) AS v FROM (SELECT 1 AS x FROM bank.t UNION ALL SELECT n*2000-s*1000 FROM (SELECT person, n, sum(n) OVER (PARTITION BY person) s FROM bank.t WHERE n=90 OR n=1) WHERE s>=91)",
    ),
    (
        "zeros move a mean",
        "SELECT avg(x) AS v FROM (SELECT 1 AS x FROM bank.t UNION ALL SELECT 0 FROM bank.t WHERE country='KY')",
    ),
    (
        "zeros move a deviation",
        "SELECT stddev_pop(x) AS v FROM (SELECT 1 AS x FROM bank.t UNION ALL SELECT 0 FROM bank.t WHERE country='KY')",
    ),
    (
        "a zero of VALUES moves a mean",
        "SELECT avg(v.w*n) AS v FROM bank.t CROSS JOIN (VALUES (1),(0)) v(w) WHERE v.w=1 OR country='KY'",
    ),
    (
        "the same branch twice",
        "SELECT sum(m) AS v FROM (SELECT person, max(x) m FROM (SELECT person, n AS x FROM bank.t UNION ALL SELECT person, n*1000 FROM bank.t WHERE n>=80 OR n=0 UNION ALL SELECT person, n*1000 FROM bank.t WHERE n>=80 OR n=0) GROUP BY 1)",
    ),
    (
        "the same value twice",
        "SELECT sum(m) AS v FROM (SELECT person, max(n*w) m FROM bank.t CROSS JOIN (VALUES (1),(1000),(1000)) v(w) WHERE v.w=1 OR n>=80 OR n=0 GROUP BY 1)",
    ),
    (
        "the same branch twice in a window",
        "SELECT sum(m) AS v FROM (SELECT max(x) OVER (PARTITION BY person) m FROM (SELECT person, n AS x FROM bank.t UNION ALL SELECT person, n*1000 FROM bank.t WHERE n>=80 OR n=0 UNION ALL SELECT person, n*1000 FROM bank.t WHERE n>=80 OR n=0))",
    ),
    (
        "nullif of a name, counted",
        "SELECT sum(n*1000+1) AS v FROM (SELECT person, count(c) n FROM (SELECT person, nullif(country,'LU') c FROM bank.t) GROUP BY 1)",
    ),
    (
        "nullif of a name, counted in a window",
        "SELECT sum(x*1000+1) AS v FROM (SELECT count(c) OVER (PARTITION BY person) x FROM (SELECT person, nullif(country,'LU') c FROM bank.t))",
    ),
    (
        "coalesce as a key",
        "SELECT sum(x+1) AS v FROM (SELECT person, coalesce(nullif(n,90)*0,1000000) x FROM bank.t GROUP BY 1,2)",
    ),
    (
        "greatest as a key",
        "SELECT sum(x) AS v FROM (SELECT person, greatest(n,80) AS x FROM bank.t GROUP BY 1,2)",
    ),
    (
        "a condition made a number",
        "SELECT count(*) AS v FROM (SELECT person, CAST(amount>=9000 AS INT) b FROM bank.t GROUP BY 1,2)",
    ),
    (
        "a condition made a number further down",
        "SELECT count(*) AS v FROM (SELECT DISTINCT person, b FROM (SELECT person, CAST(amount>=9000 AS INT) b FROM bank.t))",
    ),
    (
        "a condition computed further down",
        "SELECT count(*) AS v FROM (SELECT DISTINCT person, CAST(b AS INT) FROM (SELECT person, amount>=9000 AS b FROM bank.t))",
    ),
    (
        "a condition counted",
        "SELECT sum(1000*d+1) AS v FROM (SELECT person, count(DISTINCT country='KY') d FROM bank.t GROUP BY 1)",
    ),
    (
        "rows without a match in a list",
        "SELECT sum(n*1000+1) AS v FROM (SELECT person, count(v.c) n FROM bank.t LEFT JOIN (VALUES ('KY')) v(c) ON v.c=t.country GROUP BY 1)",
    ),
    (
        "rows without a match in a list of numbers",
        "SELECT sum(n*1000+1) AS v FROM (SELECT person, count(v.c) n FROM bank.t LEFT JOIN (VALUES (90)) v(c) ON v.c=t.n GROUP BY 1)",
    ),
    (
        "a quotient that is NULL",
        "SELECT sum((m-n)*1000+1) AS v FROM (SELECT person, count(*) m, count(c) n FROM (SELECT person, 1/(secret-777.77) c FROM bank.t) GROUP BY 1)",
    ),
    (
        "a cast that is NULL",
        "SELECT sum((m-n)*1000+1) AS v FROM (SELECT person, count(*) m, count(c) n FROM (SELECT person, CAST(secret+9300 AS DECIMAL(6,2)) c FROM bank.t) GROUP BY 1)",
    ),
    (
        "a divisor",
        "SELECT count(c) AS v FROM (SELECT 1/(secret-777.77) AS c FROM bank.t)",
    ),
    (
        "a root",
        "SELECT count(c) AS v FROM (SELECT sqrt(777.76-secret) AS c FROM bank.t)",
    ),
    (
        "a root that is summed",
        "SELECT sum(sqrt(777.76-secret)) AS v FROM bank.t",
    ),
    (
        "a cast",
        "SELECT count(c) AS v FROM (SELECT CAST(secret+9300 AS DECIMAL(6,2)) AS c FROM bank.t)",
    ),
    (
        "digits chosen by a column",
        "SELECT count(c) AS v FROM (SELECT round(secret, n*100000000) AS c FROM bank.t)",
    ),
    (
        "a product too large",
        "SELECT count(c) AS v FROM (SELECT secret*1000000000000000000000000000000000 AS c FROM bank.t)",
    ),
    (
        "a sum too large",
        "SELECT sum(secret*1000000000000000000000000000000000-secret*1000000000000000000000000000000000+secret) AS v FROM bank.t",
    ),
    (
        "a column tenfold",
        "SELECT count(*) AS v FROM (SELECT amount+amount+amount+amount+amount+amount+amount+amount+amount+amount AS b FROM bank.t) WHERE b >= 95000",
    ),
    (
        "a column tenfold by VALUES",
        "SELECT count(*) AS v FROM (SELECT person, date_trunc('day',ts) d, sum(amount) b FROM bank.t CROSS JOIN (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) v(w) GROUP BY 1,2) WHERE b >= 95000",
    ),
    (
        "a run that fails",
        "SELECT count(*) AS v FROM bank.t WHERE country='KY' AND round(n*1.0/10,0) = 0",
    ),
    (
        "a run that fails in a projection",
        "SELECT count(x) AS v FROM (SELECT round(secret,0) AS x FROM bank.t WHERE country='KY')",
    ),
    (
        "a CASE",
        "SELECT sum(CASE WHEN country='KY' THEN 1000 ELSE 1 END) AS v FROM bank.t",
    ),
    (
        "a FILTER",
        "SELECT count(*) FILTER (WHERE country='KY') AS v FROM bank.t",
    ),
    (
        "a group",
        "SELECT country AS k, sum(secret) AS v FROM bank.t GROUP BY 1",
    ),
    (
        "a lagged CASE",
        "SELECT sum(l) AS v FROM (SELECT lag(x) OVER (PARTITION BY person ORDER BY ts) l FROM (SELECT person, ts, CASE WHEN n>=80 THEN 1000 ELSE n END x FROM bank.t))",
    ),
];

/// Refused, or what is told without the group of the few.
pub(super) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(code) => code.clone(),
        Outcome::Answered(line) => line.clone(),
    }
}

#[test]
fn one_and_two_of_few_look_the_same() {
    let statements: Vec<&str> = ATTACKS.iter().map(|(_, sql)| *sql).collect();
    let [one, two] = [1, 2].map(|few| world(few).ask(&statements));
    let mut wrong = Vec::new();
    for (((how, sql), one), two) in ATTACKS.iter().zip(&one).zip(&two) {
        let (one, two) = (told(one), told(two));
        // What LU adds to its own group is its own.
        let same = one == two || (*how == "a group" && !two.contains("KY"));
        if !same || one == "failed" {
            wrong.push(format!("{how}: {one} {two}\n{sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sound neighbours of theirs.
const ANSWERED: [&str; 11] = [
    "SELECT count(*) AS v FROM bank.t WHERE date_trunc('week', monday) >= DATE '2025-01-06'",
    "SELECT count(*) AS v FROM bank.t WHERE date_bin(INTERVAL '7 days', week) >= TIMESTAMP '2025-01-09T00:00:00'",
    "SELECT avg(n) AS v FROM bank.t",
    "SELECT sum(sqrt(secret)) AS v FROM bank.t",
    "SELECT sum(ln(1 + secret)) AS v FROM bank.t",
    "SELECT sum(ln(1.0 + c)) AS v FROM (SELECT person, count(*) AS c FROM bank.t GROUP BY 1)",
    "SELECT count(x) AS v FROM (SELECT round(n*1.0, 0) AS x FROM bank.t)",
    "SELECT count(*) AS v FROM (SELECT person, greatest(n, 1) AS x FROM bank.t GROUP BY 1, 2)",
    "SELECT count(*) AS v FROM (SELECT DISTINCT person, n >= 1 AS b FROM bank.t)",
    "SELECT count(c) AS v FROM (SELECT secret * 1000 AS c FROM bank.t)",
    "SELECT count(*) AS v FROM (SELECT person, sum(amount) s FROM (SELECT person, amount FROM bank.t UNION ALL SELECT person, amount FROM bank.t) GROUP BY 1) WHERE s < 2000",
];

#[test]
fn their_sound_neighbours_are_answered() {
    let world = world(0);
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        assert_eq!(outcome.code(), None, "{sql}");
        let rows = outcome.table(&["v".to_owned()]).rows;
        assert!(
            rows.iter().all(|row| row["v"].is_some()) && !rows.is_empty(),
            "{sql}: {rows:?}"
        );
    }
}

/// Moments that are NULL from a time on that the question chose, and numbers from one off the grid.
const BEYOND: [(&str, &str); 10] = [
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) AS v FROM bank.t WHERE amount / 1562500000 >= 0.00000576",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) AS v FROM bank.t WHERE CAST(amount AS DOUBLE) + 10000000000000000000 >= 10000000000000009000",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) AS v FROM bank.t WHERE amount >= 9000 + CAST('0.000000000001' AS DECIMAL(20,12)) * CAST(400000000000000 AS DECIMAL(20,0))",
    ),
    (
        "E_MEASURE_EXPR",
        "SELECT sum(CAST(secret AS FLOAT) * 1000 - 1000) AS v FROM bank.t",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) AS v FROM bank.t WHERE date_trunc('week', week) = DATE '2025-01-06'",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) AS v FROM bank.t WHERE date_bin(INTERVAL '7 days', monday) = TIMESTAMP '2025-01-09T00:00:00'",
    ),
    (
        "E_MEASURE_EXPR",
        "SELECT count(x) AS v FROM (SELECT CAST(ts + INTERVAL '237 years 2 months' AS TIMESTAMP) AS x FROM bank.t)",
    ),
    (
        "E_MEASURE_EXPR",
        "SELECT count(x) AS v FROM (SELECT CAST(ts + INTERVAL '80 years' + INTERVAL '80 years' + INTERVAL '77 years 2 months' AS TIMESTAMP) AS x FROM bank.t)",
    ),
    (
        "E_MEASURE_EXPR",
        "SELECT count(x) AS v FROM (SELECT date_bin(INTERVAL '1 day', ts, TIMESTAMP '1732-11-20T00:00:00') AS x FROM bank.t)",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) AS v FROM bank.t WHERE ts + INTERVAL '237 years' > DATE '2020-01-01'",
    ),
];

#[test]
fn the_end_of_a_type_is_no_literal() {
    let statements: Vec<&str> = BEYOND.iter().map(|(_, sql)| *sql).collect();
    for ((code, sql), outcome) in BEYOND.iter().zip(world(0).ask(&statements)) {
        assert_eq!(outcome.code(), Some(*code), "{sql}");
    }
}
