//! A value far outside its bounds, and a payee who is nobody: however a question is nested, neither shows.

use std::fmt::Write as _;

use super::world::World;

const POLICY: &str = r#"
policy = 1
table = "payments"

[disclosure]
min_contributors = 3
jitter = false
history = "off"
noise = "off"

[columns]
payer = { unit = "person" }
payee = { unit = "account", absent = ["CASH"] }
country = { filter = true, dimension = true }
day = { filter = true, dimension = true }
amount = { measure = [0, 500], filter = true }
fee = { measure = [0, 10] }
"#;

/// Ten payers with two payments each; one payment and its fee are far too high. Half are paid in cash.
fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    put(
        "collaboration.toml",
        "name = \"bounds\"\n[parties.regulator]\nanalysts = [\"rita\"]\n\
         [parties.bank.tables.payments]\ndata = \"payments.csv\"\npolicy = \"payments.policy.toml\"\n",
    );
    put("payments.policy.toml", POLICY);
    let mut rows = "payer,payee,country,day,amount,fee\n".to_owned();
    for n in 0..20 {
        let payee = if n % 2 == 0 {
            "CASH".into()
        } else {
            format!("a{}", n % 3)
        };
        let country = if n < 10 { "LU" } else { "DE" };
        let (amount, fee) = if n == 7 {
            (9_000_000, 70_000)
        } else {
            (100 + n, n % 5)
        };
        writeln!(
            rows,
            "p{},{payee},{country},{},{amount},{fee}",
            n % 10,
            n / 10
        )
        .unwrap();
    }
    put("payments.csv", &rows);
    World::new(dir, "rita@regulator")
}

fn answers(world: &World, statements: &[&str]) -> Vec<String> {
    let told = |(sql, outcome): (&&str, super::world::Outcome)| match outcome {
        super::world::Outcome::Answered(line) => line,
        super::world::Outcome::Refused(code) => panic!("{sql}: {code}"),
    };
    statements
        .iter()
        .zip(world.ask(statements))
        .map(told)
        .collect()
}

/// Each adds three times the clamped amounts, in its own words.
const TRIPLED: [&str; 9] = [
    "SELECT sum(amount * 3) AS s FROM bank.payments",
    "SELECT sum(x) AS s FROM (SELECT amount * 3 AS x FROM bank.payments)",
    "SELECT sum(y) AS s FROM (SELECT x + x AS y FROM (SELECT amount * 1.5 AS x FROM bank.payments) AS q) AS r",
    "SELECT sum(x) AS s FROM (SELECT CASE WHEN amount >= 0 THEN amount * 3 ELSE 0 END AS x FROM bank.payments)",
    "SELECT sum(x) AS s FROM (SELECT payer, max(y) AS x FROM (SELECT payer, day, amount * 3 AS y FROM bank.payments) GROUP BY payer, day)",
    "SELECT sum(x) AS s FROM (SELECT payer, day, amount * 3 AS x FROM bank.payments GROUP BY 1, 2, 3)",
    "SELECT sum(x) AS s FROM (SELECT amount * 3 AS x FROM bank.payments WHERE country = 'LU' UNION ALL SELECT amount * 3 FROM bank.payments WHERE country = 'DE')",
    "SELECT sum(3 * x) AS s FROM (SELECT amount AS x FROM bank.payments WHERE country = 'LU' UNION ALL SELECT amount * 1 FROM bank.payments WHERE country = 'DE')",
    "SELECT sum(m) AS s FROM (SELECT sum(x) OVER (PARTITION BY payer, day) AS m FROM (SELECT payer, day, amount * 3 AS x FROM bank.payments))",
];

#[test]
fn a_value_beyond_its_bounds_counts_as_the_bound_however_deep_it_is_computed() {
    let world = world();
    let clamped: u32 = (0..20).filter(|n| *n != 7).map(|n| 100 + n).sum::<u32>() + 500;
    let expected = f64::from(clamped * 3);
    for (sql, told) in TRIPLED.iter().zip(answers(&world, &TRIPLED)) {
        let rows: serde_json::Value = serde_json::from_str(&told).unwrap();
        let sum = rows[0]["s"].to_string();
        let sum: f64 = sum.trim_matches('"').parse().unwrap();
        assert!(
            (sum - expected).abs() < 1e-6,
            "{sql}: {sum} is not {expected}"
        );
    }
}

#[test]
fn a_lagged_value_and_a_product_of_two_count_as_their_bounds() {
    let world = world();
    let same = [
        "SELECT sum(amount * fee) AS s FROM bank.payments",
        "SELECT sum(x) AS s FROM (SELECT amount * fee AS x FROM bank.payments)",
    ];
    let told = answers(&world, &same);
    assert_eq!(told[0], told[1]);
    let lagged = [
        "SELECT sum(2 * l) AS s FROM (SELECT lag(amount) OVER (PARTITION BY payer ORDER BY day) AS l FROM bank.payments)",
        "SELECT sum(l) AS s FROM (SELECT lag(x) OVER (PARTITION BY payer ORDER BY day) AS l FROM (SELECT payer, day, 2 * amount AS x FROM bank.payments))",
    ];
    let told = answers(&world, &lagged);
    assert_eq!(told[0], told[1]);
    let sum: u64 = (0..10)
        .map(|n| if n == 7 { 500 } else { 100 + n })
        .sum::<u64>()
        * 2;
    assert!(told[0].contains(&sum.to_string()), "{}", told[0]);
}

/// What is equal to a value is that value: a list of constants shows none that few have.
#[test]
fn a_constant_that_equals_a_value_beyond_its_bounds_does_not_show_it() {
    let world = world();
    let told = answers(
        &world,
        &[
            "SELECT sum(v.x) AS s FROM bank.payments t JOIN (VALUES (101), (102), (103), (104), (9000000)) v(x) ON v.x = t.amount",
            "SELECT sum(v.x) AS s FROM bank.payments t CROSS JOIN (VALUES (101), (102), (103), (104), (9000000)) v(x) WHERE v.x = t.amount",
        ],
    );
    assert!(told.iter().all(|told| told == "[]"), "{told:?}");
}

#[test]
fn branches_of_a_union_keep_their_own_bounds() {
    let world = world();
    let told = answers(
        &world,
        &[
            "SELECT sum(x) AS s FROM (SELECT amount AS x FROM bank.payments UNION ALL SELECT fee FROM bank.payments)",
            "SELECT sum(amount) + sum(fee) AS s FROM bank.payments",
            "SELECT sum(x) AS s FROM (SELECT amount AS x FROM bank.payments UNION ALL SELECT 1000 FROM bank.payments)",
            "SELECT sum(amount) + 20000 AS s FROM bank.payments",
        ],
    );
    assert_eq!(told[0], told[1]);
    assert_eq!(told[2], told[3]);
}

/// `CASH` equals `CASH`, but nobody meets nobody.
#[test]
fn rows_of_nobody_do_not_meet() {
    let world = world();
    let joined = |condition: &str| {
        format!(
            "SELECT sum(m) AS s FROM (SELECT t.payer, max(u.amount) AS m FROM bank.payments t JOIN bank.payments u ON t.payee = u.payee {condition} GROUP BY t.payer)"
        )
    };
    let (plain, without) = (joined(""), joined("WHERE t.payee <> 'CASH'"));
    let told = answers(
        &world,
        &[
            &plain,
            &without,
            &plain.replace("t.payee = u.payee", "t.payee IS NOT DISTINCT FROM u.payee"),
        ],
    );
    assert_ne!(told[0], "[]");
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

/// Predicates and keys see values as they stand, at whatever depth.
#[test]
fn a_condition_on_a_computed_value_is_not_clamped() {
    let world = world();
    let told = answers(
        &world,
        &[
            "SELECT count(*) AS n FROM bank.payments WHERE amount * 2 <= 1000",
            "SELECT count(*) AS n FROM (SELECT amount * 2 AS x FROM bank.payments) WHERE x <= 1000",
        ],
    );
    assert_eq!(told[0], told[1]);
    assert!(told[0].contains("19"), "{}", told[0]);
}

/// The rows of `CASH` are many people's: they make no row of an inner grouping, and are in no window.
#[test]
fn rows_under_a_key_that_is_nobody_make_no_group() {
    let world = world();
    let told = answers(
        &world,
        &[
            "SELECT sum(m) AS s FROM (SELECT payee, max(amount) AS m FROM bank.payments GROUP BY payee)",
            "SELECT count(*) AS n FROM (SELECT DISTINCT payee FROM bank.payments)",
            "SELECT count(*) AS n FROM (SELECT payee, row_number() OVER (PARTITION BY payee ORDER BY day) AS r FROM bank.payments)",
            // By payer, everybody is somebody.
            "SELECT sum(n) AS n FROM (SELECT payer, payee, count(*) AS n FROM bank.payments GROUP BY 1, 2)",
        ],
    );
    let most = |payee: u64| {
        let paid = (0..20).filter(|n| n % 2 == 1 && n % 3 == payee);
        paid.map(|n| if n == 7 { 500 } else { 100 + n })
            .max()
            .unwrap()
    };
    let sum: u64 = (0..3).map(most).sum();
    assert!(told[0].contains(&sum.to_string()), "{}", told[0]);
    assert!(told[1].contains('3'), "{}", told[1]);
    assert!(told[2].contains("10"), "{}", told[2]);
    assert!(told[3].contains("20"), "{}", told[3]);
}
