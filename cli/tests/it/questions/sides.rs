//! What few of one owner's people add to rows that are merged with another owner's does not hide among what the other adds.

use super::few::told;
use super::world::{World, Written, exact};

const POLICY: &str = r#"person = { unit = "person", join = "person" }
fee = { measure = [0, 1000], filter = true }
n = { measure = [0, 1000], filter = true }
[joins.person]
with = ["a", "b"]
many = ["a", "b"]
negation = true
"#;

/// Two banks with the same thirty persons, so many of whom paid a fee at bank a.
fn world(few: usize) -> World {
    let bank = |owner, paying: usize| {
        let fee = |person: usize, n: usize| 3 * usize::from(n == 1 && person < paying);
        let each = |person: usize| [1, 2].map(|n| format!("p{person},{},{n}", fee(person, n)));
        Written {
            owner,
            name: "t",
            policy: exact(POLICY),
            csv: ("person,fee,n", (0..30).flat_map(each).collect()),
            more: "",
        }
    };
    World::written("rita@regulator", &[bank("a", few), bank("b", 0)])
}

fn both(a: &str, b: &str) -> String {
    format!("(SELECT person, {a} AS x FROM a.t UNION ALL SELECT person, {b} FROM b.t)")
}

#[test]
fn a_few_at_one_bank_do_not_hide_behind_the_other() {
    let merged = |sum: &str, b: &str| {
        let rows = both("fee", b);
        format!("SELECT sum(x) AS v FROM (SELECT person, {sum} AS x FROM {rows} GROUP BY 1)")
    };
    let window = |call: &str| {
        let rows = both("fee", "1");
        format!("SELECT sum(w) AS v FROM (SELECT {call} OVER (PARTITION BY person) w FROM {rows})")
    };
    let attacks = [
        merged("sum(x)", "1"),
        merged("sum(x)", "n"),
        merged("avg(x)", "1"),
        merged("sum(x * 100)", "1"),
        merged("sum(x) + 1", "1"),
        merged("sum(CASE WHEN x > 0 THEN x END)", "n").replace("fee AS x", "n - n + fee AS x"),
        merged("sum(x)", "1").replace("sum(x) AS v", "var_pop(x) AS v"),
        window("sum(x)"),
        window("avg(x)"),
    ];
    let statements: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let [one, two] = [1, 2].map(|few| world(few).ask(&statements));
    for ((sql, one), two) in attacks.iter().zip(&one).zip(&two) {
        assert_eq!(told(one), told(two), "{sql}");
    }
}

/// Bank b knows its thirty people; what is told of those alone who are not among bank a's few would say how few they are.
#[test]
fn beside_whom_few_stand_is_not_told() {
    let both = "(SELECT person, n AS x FROM a.t WHERE fee > 0 UNION ALL SELECT person, 1 FROM b.t)";
    let attacks = [
        format!("SELECT sum(x) AS v FROM (SELECT person, sum(x) AS x FROM {both} GROUP BY 1)"),
        format!("SELECT count(*) AS v FROM (SELECT person, sum(x) AS x FROM {both} GROUP BY 1)"),
        format!("SELECT count(DISTINCT person) AS v FROM (SELECT DISTINCT person FROM {both})"),
        format!("SELECT avg(w) AS v FROM (SELECT sum(x) OVER (PARTITION BY person) w FROM {both})"),
        format!(
            "SELECT w AS v, count(*) AS n FROM (SELECT 1 AS w, max(x) OVER (PARTITION BY person) FROM {both}) GROUP BY 1"
        ),
        "SELECT count(*) AS v FROM (SELECT DISTINCT person FROM (SELECT person FROM b.t WHERE person IN (SELECT person FROM a.t WHERE fee > 0) UNION ALL SELECT person FROM b.t))".to_owned(),
        "SELECT count(*) AS v FROM (SELECT DISTINCT person FROM (SELECT b.person FROM b.t b JOIN a.t a ON a.person = b.person WHERE a.fee > 0 UNION ALL SELECT person FROM b.t))".to_owned(),
    ];
    let statements: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let [one, four, many] = [1, 4, 7].map(|few| world(few).ask(&statements));
    for (((sql, one), four), many) in attacks.iter().zip(&one).zip(&four).zip(&many) {
        assert_eq!(told(one), told(four), "{sql}");
        assert_ne!(told(one), told(many), "{sql}");
    }
}

/// Without consent to negation no condition may tell those apart who are at one bank alone.
#[test]
fn what_more_rows_could_undo_is_refused_however_it_is_written() {
    let both = "(SELECT person, n AS x, fee FROM a.t WHERE fee > 0 UNION ALL SELECT person, 1, fee FROM b.t)";
    let having = |condition: &str| {
        format!(
            "SELECT count(*) AS v FROM (SELECT person FROM {both} GROUP BY 1 HAVING {condition})"
        )
    };
    let grouped = format!("(SELECT person, max(fee) AS f FROM {both} GROUP BY 1)");
    let attacks = [
        having("max(x) = 1"),
        having("max(x) IS NULL"),
        having("NOT (sum(x) IS NOT NULL)"),
        having("CAST(max(fee) AS VARCHAR) LIKE '0%'"),
        format!(
            "SELECT count(*) AS v FROM (SELECT lag(x, 2) OVER (PARTITION BY person ORDER BY fee) l FROM {both}) WHERE l IS NULL"
        ),
        format!("SELECT count(*) AS v FROM {grouped} g JOIN (VALUES (0), (1)) w(z) ON w.z = g.f"),
        format!(
            "SELECT count(*) AS v FROM {grouped} g WHERE f IN (SELECT z FROM (VALUES (0)) w(z))"
        ),
    ];
    let statements: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let world = world(1);
    for bank in ["a", "b"] {
        let file = world.path().join(bank).join("t.policy.toml");
        std::fs::write(file, exact(POLICY).replace("negation = true\n", "")).unwrap();
    }
    for (sql, outcome) in attacks.iter().zip(world.ask(&statements)) {
        let code = outcome.code().unwrap_or("answered");
        assert!(["E_NEGATION", "E_FN"].contains(&code), "{code}: {sql}");
    }
}

#[test]
fn what_many_add_at_each_is_told() {
    let merged = format!(
        "SELECT sum(x) AS v FROM (SELECT person, sum(x) AS x FROM {} GROUP BY 1)",
        both("n", "1")
    );
    let nobody = format!(
        "SELECT sum(x) AS v FROM (SELECT person, sum(x) AS x FROM {} GROUP BY 1)",
        both("n", "0")
    );
    let window = format!(
        "SELECT sum(w) AS v FROM (SELECT sum(x) OVER (PARTITION BY person) w FROM {})",
        both("n", "n")
    );
    let apart = format!("SELECT sum(x) AS v FROM {}", both("n", "fee"));
    let three = format!(
        "SELECT sum(x) AS v FROM (SELECT person, sum(x) AS x FROM (SELECT * FROM {} UNION ALL SELECT person, n FROM b.t) GROUP BY 1)",
        both("n", "1")
    );
    let asked = [merged.as_str(), &nobody, &window, &apart, &three];
    let found: Vec<String> = world(0).ask(&asked).iter().map(told).collect();
    assert_eq!(
        found,
        [
            r#"[{"v":150}]"#,
            r#"[{"v":90}]"#,
            r#"[{"v":720}]"#,
            r#"[{"v":90}]"#,
            r#"[{"v":240}]"#
        ]
    );
}
