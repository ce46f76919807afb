//! Numbers of which the question chose row by row which is added, and whom another column names: a fourteenth red team drew noise anew by
//! the one, and asked for single persons by the other.

use super::few;
use super::world::{Outcome, World, Written};

const PEOPLE: &str = r#"policy = 1
table = "people"
[disclosure]
min_contributors = 10
[columns]
person = { unit = "person" }
country = { dimension = true, filter = true }
x = { measure = [0, 1000] }
y = { measure = [0, 1000] }
f = { measure = [0, 1000] }
"#;

fn people() -> World {
    let row = |n: u64| {
        let country = if n.is_multiple_of(2) { "KY" } else { "LU" };
        let (x, y, f) = (101 + n * 37 % 899, n * 61 % 997 + 1, n * 17 % 400);
        format!("p{n},{country},{x}.37,{y}.50,{f}.25")
    };
    let table = Written {
        owner: "bank",
        name: "people",
        policy: PEOPLE.to_owned(),
        csv: ("person,country,x,y,f", (1..=60).map(row).collect()),
        more: r#"types = { x = "decimal(18,2)", y = "decimal(18,2)", f = "double" }"#,
    };
    World::written("ann@eve", &[table])
}

const WEIGHTS: &str =
    "bank.people p JOIN (VALUES ('LU', 1.0), ('KY', 1.000001)) v(c, w) ON v.c = p.country";

#[test]
fn each_choice_would_be_another_draw() {
    let refused = [
        format!("SELECT sum(p.x * v.w) AS v FROM {WEIGHTS}"),
        format!("SELECT avg(v.w) AS v FROM {WEIGHTS}"),
        format!("SELECT sum(s) AS v FROM (SELECT p.person, sum(v.w) AS s FROM {WEIGHTS} GROUP BY p.person)"),
        "SELECT sum(a) AS v FROM (SELECT person, avg(1.001 * x) AS a FROM bank.people GROUP BY person)".to_owned(),
        "SELECT sum(1.001 * sqrt(x)) AS v FROM bank.people".to_owned(),
        "SELECT sum(least(x, 500.01)) AS v FROM bank.people".to_owned(),
        "SELECT sum(greatest(x, y)) AS v FROM bank.people".to_owned(),
        "SELECT sum(coalesce(x, 500)) AS v FROM bank.people".to_owned(),
        "SELECT avg(greatest(least(x / y, 3.001), 0.5)) AS v FROM bank.people".to_owned(),
    ];
    let world = people();
    let answers = world.ask(&refused.each_ref().map(String::as_str));
    for (answer, sql) in answers.iter().zip(&refused) {
        let code = answer.code();
        assert_eq!(code, Some("E_MEASURE_EXPR"), "{sql}: {answer:?}");
    }
}

#[test]
fn what_leaves_no_choice_is_told() {
    let told = [
        "SELECT sum(greatest(x, 0)) AS v FROM bank.people",
        "SELECT sum(coalesce(x, 0)) AS v FROM bank.people",
        "SELECT sum(2 * a) AS v FROM (SELECT person, avg(x) AS a FROM bank.people GROUP BY person)",
        "SELECT sum(p.x * v.w) AS v FROM bank.people p CROSS JOIN (VALUES (2)) v(w)",
        "SELECT sum(p.x) AS v FROM bank.people p JOIN (VALUES ('LU', 1), ('KY', 2)) v(c, w) ON v.c = p.country",
        "SELECT sum(1.001 * f) AS v FROM bank.people",
        "SELECT avg(2 * x) AS v FROM bank.people",
    ];
    for (answer, sql) in people().ask(&told).iter().zip(told) {
        assert!(matches!(answer, Outcome::Answered(_)), "{sql}: {answer:?}");
        assert_ne!(few::told(answer), "[]", "{sql}");
    }
}

const PAYMENTS: &str = r#"policy = 1
table = "pay"
[disclosure]
min_contributors = 10
[columns]
payer = { unit = "person" }
payee = { unit = "person" }
n = { filter = true }
abroad = { filter = true }
"#;

/// A hundred pay nineteen of them; nine of these, and one more if she is abroad, take an arm. That all were counted says nothing of payers.
#[test]
fn people_in_another_column_are_others() {
    let row = |n: u64| {
        let to = [n, n * 7, n * 11].map(|to| to % 19 + 1);
        to.map(|to| format!("p{n},p{to},{n},{}", n.is_multiple_of(2)))
    };
    let table = Written {
        owner: "bank",
        name: "pay",
        policy: PAYMENTS.to_owned(),
        csv: ("payer,payee,n,abroad", (1..=100).flat_map(row).collect()),
        more: "",
    };
    let world = World::written("ann@eve", &[table]);
    let arm = |n: u64| {
        format!(
            "SELECT count(CASE WHEN n IN (1, 2, 3, 4, 5, 6, 7, 8, 9) OR (n = {n} AND abroad) THEN 1 ELSE 2 END) AS v FROM bank.pay"
        )
    };
    let all = "SELECT count(*) AS v FROM bank.pay".to_owned();
    let questions: Vec<String> = std::iter::once(all).chain((10..20).map(arm)).collect();
    let answers = world.ask(&questions.iter().map(String::as_str).collect::<Vec<_>>());
    let told: Vec<String> = answers.iter().map(few::told).collect();
    let some = told[1..].iter().filter(|told| *told != "[]").count();
    assert!(some < 3, "{some} of 10: {told:?}");
}
