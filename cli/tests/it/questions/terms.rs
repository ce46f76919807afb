//! What few add by one term of a sum does not hide among what everybody adds by another.

use super::few::{told, world};

/// Each told how many of the few there are, or what is theirs.
const ATTACKS: [(&str, &str); 41] = [
    (
        "a number less a fee that is it",
        "SELECT sum(3 - fee) AS v FROM bank.t",
    ),
    (
        "the same in inner groups",
        "SELECT sum(x) AS v FROM (SELECT person, sum(3 - fee) x FROM bank.t GROUP BY 1)",
    ),
    (
        "the same further down",
        "SELECT sum(x) AS v FROM (SELECT 3 - fee AS x FROM bank.t)",
    ),
    (
        "the same of a mean in a window",
        "SELECT sum(1 - w) AS v FROM (SELECT avg(fee) OVER (PARTITION BY person) w FROM bank.t)",
    ),
    (
        "one less a difference",
        "SELECT sum(1 - (m - k)) AS v FROM (SELECT person, count(*) m, count(c) k FROM (SELECT person, CASE WHEN country = 'LU' THEN n END c FROM bank.t) GROUP BY 1)",
    ),
    (
        "a term that cancels out but for them",
        "SELECT sum(secret * (n - 1) + 1) AS v FROM bank.t",
    ),
    (
        "the same further down",
        "SELECT sum(x) AS v FROM (SELECT secret * (n - 1) + 1 AS x FROM bank.t)",
    ),
    (
        "the same in inner groups",
        "SELECT sum(x) AS v FROM (SELECT person, sum(secret * (n - 1) + 1) x FROM bank.t GROUP BY 1)",
    ),
    (
        "a literal that is a column",
        "SELECT sum((m - k) * 1000 + w) AS v FROM (SELECT person, count(*) m, count(c) k, 1 w FROM (SELECT person, CASE WHEN country = 'LU' THEN n END c FROM bank.t) GROUP BY 1)",
    ),
    ("a one beside a fee", "SELECT sum(fee + 1) AS v FROM bank.t"),
    (
        "the same by a factor",
        "SELECT sum((fee + 0.5) * 2) AS v FROM bank.t",
    ),
    ("the same of a mean", "SELECT avg(fee + 1) AS v FROM bank.t"),
    (
        "the same of a deviation",
        "SELECT stddev(fee + 1) AS v FROM bank.t",
    ),
    (
        "the same in a product",
        "SELECT sum(amount * (fee + 1)) AS v FROM bank.t",
    ),
    (
        "the same in a CASE",
        "SELECT sum(CASE WHEN n >= 0 THEN fee + 1 END) AS v FROM bank.t",
    ),
    (
        "the same under FILTER",
        "SELECT sum(fee + 1) FILTER (WHERE n >= 0) AS v FROM bank.t",
    ),
    (
        "the same further down",
        "SELECT sum(x) AS v FROM (SELECT fee + 1 AS x FROM bank.t)",
    ),
    (
        "the same in a maximum",
        "SELECT sum(m) AS v FROM (SELECT person, max(fee + 1) m FROM bank.t GROUP BY 1)",
    ),
    (
        "the same in a key",
        "SELECT sum(x) AS v FROM (SELECT person, n, sum(fee) + 1 AS x FROM bank.t GROUP BY 1, 2)",
    ),
    (
        "the same in a window",
        "SELECT sum(w) AS v FROM (SELECT sum(fee + 1) OVER (PARTITION BY person) w FROM bank.t)",
    ),
    (
        "the same one row before",
        "SELECT sum(w) AS v FROM (SELECT lag(fee + 1) OVER (PARTITION BY person ORDER BY ts DESC) w FROM bank.t)",
    ),
    (
        "what an arm leaves out",
        "SELECT sum((m - k) * 1000 + 1) AS v FROM (SELECT person, count(*) m, count(c) k FROM (SELECT person, CASE WHEN country = 'LU' THEN n END c FROM bank.t) GROUP BY 1)",
    ),
    (
        "the same in another order",
        "SELECT sum(m * 1000 + 1 - k * 1000) AS v FROM (SELECT person, count(*) m, count(c) k FROM (SELECT person, CASE WHEN country = 'LU' THEN n END c FROM bank.t) GROUP BY 1)",
    ),
    (
        "a weight that is mostly nothing",
        "SELECT sum(s * (c - 1) + 1) AS v FROM (SELECT person, max(secret) s, count(DISTINCT country) c FROM bank.t GROUP BY 1)",
    ),
    (
        "zeros that take an arm beside a one",
        "SELECT sum(CASE WHEN country = 'KY' OR n = 0 THEN n * 1000 ELSE n END + 1) AS v FROM bank.t",
    ),
    (
        "the same further down",
        "SELECT sum(x + 1) AS v FROM (SELECT CASE WHEN country = 'KY' OR n = 0 THEN n * 1000 ELSE n END AS x FROM bank.t)",
    ),
    (
        "a term that another branch of a union gives everybody",
        "SELECT sum(1 + x) AS v FROM (SELECT fee AS x FROM bank.t UNION ALL SELECT 1 FROM bank.t)",
    ),
    (
        "the same beside a term that all have",
        "SELECT sum(secret * 0 + n * 0 + 7 * x) AS v FROM (SELECT secret, n, fee AS x FROM bank.t UNION ALL SELECT secret, n, 1 FROM bank.t)",
    ),
    (
        "the same in inner groups",
        "SELECT sum(y) AS v FROM (SELECT person, sum(1 + x) y FROM (SELECT person, fee AS x FROM bank.t UNION ALL SELECT person, 1 FROM bank.t) GROUP BY 1)",
    ),
    (
        "the same further down",
        "SELECT sum(x) AS v FROM (SELECT x + 1 AS x FROM (SELECT fee x FROM bank.t UNION ALL SELECT 1 FROM bank.t))",
    ),
    (
        "the same crosswise",
        "SELECT sum(x + y) AS v FROM (SELECT fee x, 1 y FROM bank.t UNION ALL SELECT 1, fee FROM bank.t)",
    ),
    (
        "the same of the largest of each person",
        "SELECT sum(1 + x) AS v FROM (SELECT max(fee) AS x FROM bank.t GROUP BY person UNION ALL SELECT 1 FROM bank.t)",
    ),
    (
        "the same by recursion",
        "WITH RECURSIVE h AS (SELECT person, fee AS x, 1 AS depth FROM bank.t UNION ALL SELECT h.person, 1 AS x, h.depth + 1 FROM h WHERE h.depth < 2) SELECT sum(1 + x) AS v FROM h",
    ),
    (
        "the same of a spread",
        "SELECT var_pop(1 + x) AS v FROM (SELECT fee x FROM bank.t UNION ALL SELECT 1 FROM bank.t)",
    ),
    (
        "the same of the row before",
        "SELECT sum(l + 1) AS v FROM (SELECT lag(x) OVER (PARTITION BY person ORDER BY ts) l FROM (SELECT person, ts, fee x FROM bank.t UNION ALL SELECT person, ts, 1 FROM bank.t))",
    ),
    (
        "a weight of a list that another branch of a union gives everybody",
        "SELECT sum(v.w + 1) AS v FROM (SELECT 90 AS f FROM bank.t UNION ALL SELECT n FROM bank.t) u JOIN (VALUES (90, 5), (0, 0), (1, 0), (2, 0)) v(f, w) ON v.f = u.f",
    ),
    (
        "the same of a name in a list",
        "SELECT sum(CASE WHEN v.f = 90 THEN 5 ELSE 0 END + 1) AS v FROM (SELECT 90 AS f FROM bank.t UNION ALL SELECT n FROM bank.t) u JOIN (VALUES (90, 'x'), (0, 'y'), (1, 'z'), (2, 'y')) v(f, w) ON v.f = u.f",
    ),
    (
        "the same further down",
        "SELECT sum(x) AS v FROM (SELECT v.w + 1 AS x FROM (SELECT 90 AS f FROM bank.t UNION ALL SELECT n FROM bank.t) u JOIN (VALUES (90, 5), (0, 0), (1, 0), (2, 0)) v(f, w) ON v.f = u.f)",
    ),
    (
        "the same in inner groups",
        "SELECT sum(x) AS v FROM (SELECT person, sum(v.w + 1) AS x FROM (SELECT person, 90 AS f FROM bank.t UNION ALL SELECT person, n FROM bank.t) u JOIN (VALUES (90, 5), (0, 0), (1, 0), (2, 0)) v(f, w) ON v.f = u.f GROUP BY 1)",
    ),
    (
        "the same of a mean",
        "SELECT avg(v.w + 1) AS v FROM (SELECT 90 AS f FROM bank.t UNION ALL SELECT n FROM bank.t) u JOIN (VALUES (90, 5), (0, 0), (1, 0), (2, 0)) v(f, w) ON v.f = u.f",
    ),
    (
        "the same beside a count",
        "SELECT sum(v.w + g.c) AS v FROM (SELECT person, 90 AS f FROM bank.t UNION ALL SELECT person, n FROM bank.t) u JOIN (VALUES (90, 5), (0, 0), (1, 0), (2, 0)) v(f, w) ON v.f = u.f JOIN (SELECT person, count(*) AS c FROM bank.t GROUP BY 1) g ON g.person = u.person",
    ),
];

#[test]
fn one_and_two_of_few_look_the_same() {
    let statements: Vec<&str> = ATTACKS.iter().map(|(_, sql)| *sql).collect();
    let [one, two] = [1, 2].map(|few| world(few).ask(&statements));
    let mut wrong = Vec::new();
    for (((how, sql), one), two) in ATTACKS.iter().zip(&one).zip(&two) {
        let (one, two) = (told(one), told(two));
        if one != two || one.starts_with("E_") || one == "failed" {
            wrong.push(format!("{how}: {one} {two}\n{sql}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sums whose terms enough people have, or nobody.
const ANSWERED: [&str; 12] = [
    "SELECT sum(x) AS v FROM (SELECT sum(secret + amount) OVER (PARTITION BY person) AS x FROM bank.t) g",
    "SELECT sum(x) AS v FROM (SELECT sum(secret + amount) OVER (PARTITION BY person ORDER BY ts) AS x FROM bank.t) g",
    "SELECT sum(x) AS v FROM (SELECT avg(100 - n) OVER (PARTITION BY person) AS x FROM bank.t) g",
    "SELECT sum(x) AS v FROM (SELECT avg(secret + 3) OVER (PARTITION BY person) AS x FROM bank.t) g",
    "SELECT sum(x) AS v FROM (SELECT sum(ln(1 + amount)) OVER (PARTITION BY person) AS x FROM bank.t) g",
    "SELECT sum(amount - secret) AS v FROM bank.t",
    "SELECT sum(amount + 1) AS v FROM bank.t",
    "SELECT sum((amount - 50) * n) AS v FROM bank.t",
    "SELECT sum(amount - fee) AS v FROM bank.t",
    "SELECT sum(m - k + 1) AS v FROM (SELECT person, max(amount) m, min(amount) k FROM bank.t GROUP BY 1)",
    "SELECT sum(x) AS v FROM (SELECT person, sum(amount + secret) x FROM bank.t GROUP BY 1)",
    "SELECT sum(m) AS v FROM (SELECT person, max(amount + secret) m FROM bank.t GROUP BY 1)",
];

#[test]
fn sums_of_what_many_have_are_answered() {
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

/// Whether a value is there is not a matter of what it adds: who counts values owes nothing for their terms.
#[test]
fn values_are_counted_whatever_they_add() {
    let nothing = "(SELECT person, max(amount - amount) AS m FROM bank.t GROUP BY person)";
    let counted = format!(
        "SELECT sum(c) AS v FROM (SELECT person, count(m) AS c FROM {nothing} GROUP BY person)"
    );
    let answers = world(2).ask(&[&counted]);
    assert_eq!(told(&answers[0]), "[{\"v\":30}]");
}
