//! What a crowd has is said by the outermost aggregate alone: not by which rows of a list are found in it, nor by whether it has any.

use super::few::{self, told};
use super::world::{World, Written, exact};

/// A list with a weight beside each value reads out, bit by bit, what is there of one person.
#[test]
fn a_list_is_not_looked_up_in_a_crowd() {
    let list = "(VALUES ('LU', 1), ('KY', 1000)) AS v(k, w)";
    let refused = [
        format!("SELECT sum(v.w) AS v FROM {list} WHERE v.k IN (SELECT country FROM bank.t)"),
        format!(
            "SELECT sum(v.w) AS v FROM {list} WHERE EXISTS (SELECT 1 FROM bank.t WHERE bank.t.country = v.k)"
        ),
        format!(
            "SELECT count(*) AS v FROM (SELECT k FROM {list} INTERSECT SELECT country FROM bank.t)"
        ),
        format!("SELECT sum(v.w) AS v FROM {list} LEFT SEMI JOIN bank.t ON v.k = bank.t.country"),
        format!(
            "SELECT sum(v.w) AS v FROM {list} WHERE EXISTS (SELECT 1 FROM bank.t WHERE country = 'KY')"
        ),
        "SELECT count(*) AS v FROM bank.t WHERE EXISTS (SELECT 1 FROM bank.t WHERE country = 'KY')"
            .to_owned(),
        format!("SELECT sum(v.w) AS v FROM {list} WHERE v.k NOT IN (SELECT country FROM bank.t)"),
    ];
    let statements: Vec<&str> = refused.iter().map(String::as_str).collect();
    for (sql, outcome) in refused.iter().zip(few::world(1).ask(&statements)) {
        let code = outcome.code().unwrap_or("answered");
        assert!(code.starts_with("E_"), "{code}: {sql}");
    }
}

/// EXISTS over rows of the question's own is true or not: however many these are, no row is there twice.
#[test]
fn exists_over_a_list_repeats_nothing() {
    let list = |rows: usize| {
        let rows = (0..rows).map(|row| format!("({row})"));
        format!("(VALUES {}) AS v(x)", rows.collect::<Vec<_>>().join(", "))
    };
    let all = |condition: &str| format!("SELECT count(*) AS v FROM bank.t WHERE {condition}");
    let asked = [
        all(&format!("EXISTS (SELECT 1 FROM {})", list(2))),
        all(&format!("EXISTS (SELECT 1 FROM {} WHERE x > 1)", list(64))),
        all(&format!("EXISTS (SELECT 1 FROM {} WHERE x > 99)", list(64))),
        all(&format!(
            "NOT EXISTS (SELECT 1 FROM {} WHERE x > 99)",
            list(64)
        )),
    ];
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    let answers: Vec<String> = few::world(7).ask(&statements).iter().map(told).collect();
    let all = "[{\"v\":90}]";
    assert_eq!(answers, [all, all, "[]", all]);
    let weighed = |rows: usize| {
        format!(
            "SELECT count(*) AS v FROM (SELECT country, row_number() OVER (PARTITION BY person, n ORDER BY ts) AS r FROM bank.t WHERE EXISTS (SELECT 1 FROM {})) WHERE r = 1 OR country = 'KY'",
            list(rows)
        )
    };
    let (one, two) = (weighed(1), weighed(64));
    let [one, two] = [1, 2].map(|few| {
        few::world(few)
            .ask(&[&one, &two])
            .iter()
            .map(told)
            .collect::<Vec<_>>()
    });
    assert_eq!(one, two);
    assert_eq!(one[0], one[1]);
}

/// Where only agreed values may be asked for, a list of others asks for them too.
#[test]
fn a_list_holds_agreed_values() {
    let rows =
        (0..60).map(|person| format!("p{person},{},{}", ["A", "B", "C"][person % 3], person % 4));
    let codes = Written {
        owner: "bank",
        name: "t",
        policy: exact(
            "person = { unit = \"person\" }\ncode = { filter = [\"A\", \"B\"] }\nnum = { filter = [1, 2], measure = [0, 10] }",
        ),
        csv: ("person,code,num", rows.collect()),
        more: "",
    };
    let world = World::written("rita@regulator", &[codes]);
    let counted = |rest: &str| format!("SELECT count(*) AS n FROM bank.t {rest}");
    let refused = [
        counted("JOIN (VALUES ('C')) v(k) ON v.k = t.code"),
        counted("WHERE code IN (SELECT k FROM (VALUES ('C')) v(k))"),
        counted("WHERE code IN (SELECT k FROM (VALUES ('A'), ('C')) v(k))"),
        counted("LEFT JOIN (VALUES ('C')) v(k) ON v.k = t.code WHERE v.k IS NULL"),
        counted("WHERE num IN (SELECT k FROM (VALUES (3)) v(k))"),
        counted("WHERE NOT EXISTS (SELECT 1 FROM (VALUES (0), (1), (2)) v(k) WHERE v.k = t.num)"),
    ];
    let agreed = [
        counted("JOIN (VALUES ('A')) v(k) ON v.k = t.code"),
        counted("WHERE code IN (SELECT k FROM (VALUES ('A'), ('B')) v(k))"),
        counted("WHERE num IN (SELECT k FROM (VALUES (1)) v(k))"),
    ];
    let statements: Vec<&str> = refused.iter().chain(&agreed).map(String::as_str).collect();
    let answers: Vec<String> = world.ask(&statements).iter().map(told).collect();
    for (sql, answer) in refused.iter().zip(&answers) {
        assert!(answer.starts_with("E_"), "{answer}: {sql}");
    }
    let [a, both, ones] = [20, 40, 15].map(|n| format!("[{{\"n\":{n}}}]"));
    assert_eq!(answers[refused.len()..], [a, both, ones]);
}
