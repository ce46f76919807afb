//! What stands beside an earlier answer, with everything that a policy owes by default: a thirteenth red team asked for single persons so.

use super::few;
use super::world::{Outcome, World, Written};

const PEOPLE: &str = r#"policy = 1
table = "people"
[disclosure]
min_contributors = 10
[columns]
person = { unit = "person", join = "person" }
n = { filter = true }
country = { dimension = true, filter = true }
x = { measure = [0, 1000] }
y = { measure = [0, 1000000] }
z = { measure = [0, 1000000] }
"#;

/// A hundred people, one row each; who is abroad.
fn people(abroad: impl Fn(u64) -> bool) -> World {
    let row = |n: u64| {
        let country = if abroad(n) { "KY" } else { "LU" };
        let (x, y, z) = (101 + n * 37 % 899, Y.of(n), Z.of(n));
        format!("p{n},{n},{country},{x}.37,{y},{z}")
    };
    let types = r#"types = { x = "decimal(18,2)", y = "decimal(18,6)", z = "decimal(18,6)" }"#;
    let table = Written {
        owner: "bank",
        name: "people",
        policy: PEOPLE.to_owned(),
        csv: ("person,n,country,x,y,z", (1..=100).map(row).collect()),
        more: types,
    };
    World::written("ann@eve", &[table])
}

/// Amounts of six digits behind the point, by person.
struct Amounts(u64, u64);

const Y: Amounts = Amounts(10_000_000_003, 7_919_000_017);
const Z: Amounts = Amounts(10_000_000_007, 6_007_000_031);

impl Amounts {
    fn of(&self, n: u64) -> String {
        let v = self.0 + n * self.1;
        format!("{}.{:06}", v % 90_000 + 5_000, v % 999_983)
    }

    fn squares(&self) -> f64 {
        let each = (1..=100).map(|n| self.of(n).parse::<f64>().unwrap());
        each.map(|v| v * v).sum()
    }
}

/// The number that is told.
fn number(answer: &Outcome) -> f64 {
    let told = few::told(answer);
    let digits = told.trim_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap()
}

/// All are counted; then nine, and one more if she is abroad, take an arm.
#[test]
fn whoever_takes_an_arm_is_judged_as_if_nothing_had_been_told() {
    let world = people(|n| n % 2 == 0);
    let arm = |n: u64| {
        format!(
            "SELECT count(CASE WHEN n IN (1, 2, 3, 4, 5, 6, 7, 8, 9) OR (n = {n} AND country = 'KY') THEN 1 ELSE 2 END) AS v FROM bank.people"
        )
    };
    let all = "SELECT count(*) AS v FROM bank.people".to_owned();
    let questions: Vec<String> = std::iter::once(all).chain((10..40).map(arm)).collect();
    let answers = world.ask(&questions.iter().map(String::as_str).collect::<Vec<_>>());
    let told: Vec<String> = answers.iter().map(few::told).collect();
    assert_ne!(told[0], "[]");
    let some = told[1..].iter().filter(|told| *told != "[]").count();
    assert!(some < 4, "{some} of 30: {told:?}");
}

/// What is cut off behind some digits is no multiple of what was told: each divisor would be another draw.
#[test]
fn what_is_divided_is_divided_when_it_is_told() {
    let questions = [
        "SELECT sum(x / 1.001) AS v FROM bank.people",
        "SELECT sum(s) AS v FROM (SELECT person, sum(x) / 3 AS s FROM bank.people GROUP BY person)",
        "SELECT avg(sqrt(2 * x)) AS v FROM bank.people",
        "SELECT sum(CASE WHEN n < 50 THEN x / 7 END) AS v FROM bank.people",
    ];
    let world = people(|_| false);
    for (answer, sql) in world.ask(&questions).iter().zip(questions) {
        assert!(
            matches!(answer, Outcome::Refused(code) if code == "E_MEASURE_EXPR"),
            "{sql}: {answer:?}"
        );
    }
    let same = ["sum(x) * 1.5", "sum(x * 1.5)", "sum(1.5 * x)"];
    let same = same.map(|sum| format!("SELECT {sum} AS v FROM bank.people"));
    let answers = world.ask(&same.each_ref().map(String::as_str));
    let told: Vec<f64> = answers.iter().map(number).collect();
    let alike = told.iter().all(|v| (v - told[0]).abs() < 0.01);
    assert!(told[0] > 0.0 && alike, "{told:?}");
}

/// Squares of six digits behind the point: their products fit no number of 128 bits, and one person's factor fitted all.
#[test]
fn sums_of_large_squares_are_their_own() {
    let questions = ["y * y", "z * z"].map(|x| format!("SELECT sum({x}) AS v FROM bank.people"));
    let answers = people(|_| false).ask(&questions.each_ref().map(String::as_str));
    for (answer, expected) in answers.iter().zip([Y.squares(), Z.squares()]) {
        let told = number(answer);
        let far = (told / expected - 1.0).abs();
        assert!(far < 0.5, "{told} for {expected}");
    }
}

const MERGED: &str = r#"policy = 1
table = "t"
[disclosure]
min_contributors = 5
pool = ["OTHER"]
[joins.person]
with = ["OTHER"]
many = ["OTHER"]
negation = true
[columns]
person = { unit = "person", join = "person" }
n = { filter = true }
x = { measure = [0, 1000] }
"#;

/// Rows of two banks under one name: a multiple of what was told is told as that, and draws nothing anew.
#[test]
fn a_multiple_over_merged_rows_is_that_multiple() {
    let table = |owner, other, people: std::ops::Range<u32>| {
        let rows = people.flat_map(|n| [10, 13].map(|x| format!("p{n},{n},{}", x + n)));
        Written {
            owner,
            name: "t",
            policy: MERGED.replace("OTHER", other),
            csv: ("person,n,x", rows.collect()),
            more: "",
        }
    };
    let world = World::written(
        "ann@eve",
        &[table("a", "b", 1..41), table("b", "a", 31..71)],
    );
    let merged = "(SELECT person, sum(x) AS x FROM (SELECT person, n, x FROM a.t UNION ALL SELECT person, n, x FROM b.t) u GROUP BY person) m";
    let sum = |factor: i32| format!("sum({factor} * x) / {factor} AS s{factor}");
    let sums: Vec<String> = (1..20).map(sum).collect();
    let answers = world.ask(&[&format!("SELECT {} FROM {merged}", sums.join(", "))]);
    let told = few::told(&answers[0]);
    let cells = told.split(',').map(|cell| cell.rsplit(':').next().unwrap());
    let values = cells.map(|cell| cell.trim_end_matches(['}', ']']).parse::<f64>().unwrap());
    let values: Vec<f64> = values.collect();
    let alike = values.iter().all(|v| (v - values[0]).abs() < 1.0);
    assert!(alike, "{told}");
}
