//! Recursion that says how often it goes round is the joins that it stands for; any other is refused.

use std::fmt::Write as _;

use super::few::told;
use super::world::World;

const POLICY: &str = r#"policy = 1
table = "t"
[disclosure]
min_contributors = 3
jitter = false
history = "off"
noise = "off"
[columns]
payer = { unit = "account" }
payee = { unit = "account" }
amount = { measure = [0, 1000], filter = true }
"#;

const WORLD: &str = r#"name = "hops"
[parties.regulator]
analysts = ["rita"]
[parties.bank.tables.t]
data = "bank/t.csv"
policy = "bank/t.policy.toml"
[engine]
purposes = ["aml"]
"#;

/// Five chains of four payments, and one of five.
fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let bank = dir.path().join("bank");
    std::fs::create_dir(&bank).unwrap();
    let mut rows = "payer,payee,amount\n".to_owned();
    for chain in 0..5 {
        for hop in 0..(if chain == 0 { 5 } else { 4 }) {
            writeln!(rows, "a{chain}x{hop},a{chain}x{},{}", hop + 1, 100 - hop).unwrap();
        }
    }
    std::fs::write(bank.join("t.csv"), rows).unwrap();
    std::fs::write(bank.join("t.policy.toml"), POLICY).unwrap();
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    World::new(dir, "rita@regulator")
}

/// Hops from every payment on, by how many there were.
fn hops(start: &str, step: &str, bound: &str) -> String {
    format!(
        "WITH RECURSIVE h AS (SELECT payee AS at, amount, {start} AS depth FROM bank.t {step} \
         SELECT t.payee, t.amount, {bound}) \
         SELECT depth, count(*) AS n, sum(amount) AS s FROM h GROUP BY 1 ORDER BY 1"
    )
}

fn ask(statements: &[&str]) -> Vec<String> {
    world().ask(statements).iter().map(told).collect()
}

const JOINED: &str = "FROM h JOIN bank.t t ON t.payer = h.at";

#[test]
fn rounds_are_the_joins_that_they_stand_for() {
    let by_hand = "SELECT depth, count(*) AS n, sum(amount) AS s FROM (\
         SELECT 1 AS depth, amount FROM bank.t \
         UNION ALL SELECT 2, b.amount FROM bank.t a JOIN bank.t b ON b.payer = a.payee \
         UNION ALL SELECT 3, c.amount FROM bank.t a JOIN bank.t b ON b.payer = a.payee JOIN bank.t c ON c.payer = b.payee) \
         GROUP BY 1 ORDER BY 1";
    let spellings = [
        hops("1", "UNION ALL", &format!("h.depth + 1 AS depth {JOINED} WHERE h.depth < 3")),
        hops("1", "UNION ALL", &format!("1 + h.depth AS depth {JOINED} AND 2 >= h.depth")),
        hops("1", "UNION ALL", &format!("depth + 1 {JOINED} WHERE t.amount > 0 AND depth <= 2")),
        "WITH RECURSIVE h(at, amount, depth) AS (SELECT payee, amount, 1 FROM bank.t UNION ALL \
         SELECT t.payee, t.amount, r.depth + 1 FROM h AS r JOIN bank.t t ON t.payer = r.at WHERE r.depth < 3) \
         SELECT depth, count(*) AS n, sum(amount) AS s FROM h GROUP BY 1 ORDER BY 1"
            .to_owned(),
    ];
    let mut statements = vec![by_hand];
    statements.extend(spellings.iter().map(String::as_str));
    let told = ask(&statements);
    assert!(told[0].contains(r#""depth":3"#), "{}", told[0]);
    for (sql, outcome) in statements.iter().zip(&told) {
        assert_eq!(*outcome, told[0], "{sql}");
    }
}

#[test]
fn a_round_that_few_reach_is_withheld() {
    let sql = hops(
        "0",
        "UNION ALL",
        &format!("h.depth + 1 {JOINED} WHERE h.depth < 6"),
    );
    let told = ask(&[&sql]);
    assert!(told[0].contains(r#""depth":3,"n":6"#), "{}", told[0]);
    // Only the longest chain has five payments, and its six accounts are not in rows of three others.
    assert!(!told[0].contains(r#""depth":4"#), "{}", told[0]);
}

#[test]
fn what_does_not_say_how_often_it_goes_round_is_refused() {
    let endless = [
        hops("1", "UNION ALL", &format!("h.depth + 1 {JOINED}")),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth + 1 {JOINED} WHERE h.depth < 10"),
        ),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth + 2 {JOINED} WHERE h.depth < 3"),
        ),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth - 1 {JOINED} WHERE h.depth < 3"),
        ),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth + 1 {JOINED} WHERE h.depth < 3 OR t.amount > 5"),
        ),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth + 1 {JOINED} WHERE h.depth <> 3"),
        ),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth + 1 {JOINED} WHERE t.amount < 3"),
        ),
        hops(
            "amount",
            "UNION ALL",
            &format!("h.depth + 1 {JOINED} WHERE h.depth < 3"),
        ),
        hops(
            "1",
            "UNION",
            &format!("h.depth + 1 {JOINED} WHERE h.depth < 3"),
        ),
        hops(
            "1",
            "UNION ALL",
            &format!("h.depth + 1 {JOINED} JOIN h g ON g.at = h.at WHERE h.depth < 3"),
        ),
        // What is called `h.depth` here is not the last round's.
        hops(
            "1",
            "UNION ALL",
            "h.depth + 1 FROM bank.t t JOIN (SELECT at, depth - 1 AS depth FROM h) AS h ON t.payer = h.at WHERE h.depth < 3",
        ),
        hops(
            "1",
            "UNION ALL",
            "h.depth + 1 FROM bank.t t JOIN (SELECT at, 1 AS depth FROM h) h ON t.payer = h.at WHERE h.depth < 3",
        ),
    ];
    let statements: Vec<&str> = endless.iter().map(String::as_str).collect();
    for (sql, outcome) in statements.iter().zip(ask(&statements)) {
        assert_eq!(outcome, "E_RECURSION", "{sql}");
    }
}

/// Branches of a sum multiply in the sums above it.
#[test]
fn branches_that_nobody_can_follow_are_refused() {
    let mut rows = "SELECT payer, amount FROM bank.t".to_owned();
    for _ in 0..8 {
        rows = format!(
            "SELECT h.payer, sum(CASE WHEN h.amount >= 3 THEN h.amount + 1 WHEN h.amount >= 2 THEN h.amount + 2 ELSE h.amount END) AS amount \
             FROM ({rows}) h GROUP BY h.payer"
        );
    }
    let sql = format!("SELECT sum(amount) AS v FROM ({rows})");
    let told = ask(&[&sql]);
    assert!(told[0].starts_with("E_"), "{}", told[0]);
}
