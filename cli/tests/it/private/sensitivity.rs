//! Remove one entity of one bank, and no answer changes by more than was declared.
//!
//! Nobody else counts in more groups than may count, so that the order by which groups count, which is new each time, decides
//! about nobody else.
//!
//! With so much epsilon that no noise is drawn, what is told is what the release computes before noise. The entity that is
//! removed has ten times as many rows as may count, to every country, with amounts far beyond the bounds of the policy.

use std::collections::BTreeMap;

use super::world::{Asked, SILENT, World, ask};

/// A question, and by column of its answer what one entity adds to a group at most.
type Case = (&'static str, &'static [(&'static str, f64)]);

/// One entity counts in two groups.
const GROUPS: f64 = 2.0;

const CASES: &[Case] = &[
    (
        "SELECT country AS k, count(*) n, sum(amount) s FROM bank_a.t GROUP BY country",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT country AS k, count(DISTINCT person) n, count(amount) m FROM bank_a.t GROUP BY country",
        &[("n", 1.0), ("m", 3.0)],
    ),
    (
        "SELECT 0 AS k, count(*) n, sum(amount) s FROM bank_a.t",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT 0 AS k, sum(amount * amount) s, sum(2 * amount + 1) l FROM bank_a.t",
        &[("s", 120_000.0), ("l", 1_203.0)],
    ),
    (
        "SELECT 0 AS k, sum(CASE WHEN country = 'LU' THEN amount ELSE 0 END) s, count(*) FILTER (WHERE amount > 1000) n FROM bank_a.t",
        &[("s", 600.0), ("n", 3.0)],
    ),
    // The same table twice: who is in both branches is one entity.
    (
        "SELECT country AS k, count(*) n, sum(amount) s FROM (SELECT person, country, amount FROM bank_a.t UNION ALL SELECT person, country, amount FROM bank_a.t) GROUP BY country",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT country AS k, count(*) n FROM (SELECT country, person FROM bank_a.t UNION ALL SELECT country, person FROM bank_a.t WHERE amount > 20 UNION ALL SELECT t.country, t.person FROM bank_a.t t JOIN bank_a.people p ON t.person = p.person) GROUP BY country",
        &[("n", 3.0)],
    ),
    // Two banks side by side, and joined on the person.
    (
        "SELECT country AS k, count(*) n, sum(amount) s FROM (SELECT country, amount FROM bank_a.t UNION ALL SELECT country, amount FROM bank_b.t) GROUP BY country",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT x.country AS k, count(*) n, sum(y.amount) s FROM bank_a.t x JOIN bank_b.t y ON x.person = y.person GROUP BY x.country",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT p.home AS k, count(*) n, sum(t.amount) s FROM bank_a.t t JOIN bank_a.people p ON t.person = p.person GROUP BY p.home",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT x.country AS k, count(*) n FROM bank_a.t x JOIN bank_a.t y ON x.person = y.person GROUP BY x.country",
        &[("n", 3.0)],
    ),
    (
        "SELECT x.country AS k, count(*) n FROM bank_a.t x, bank_a.t y WHERE x.person = y.person AND x.day < y.day GROUP BY x.country",
        &[("n", 3.0)],
    ),
    // Two banks joined on a key by which anybody meets anybody.
    (
        "SELECT 0 AS k, count(*) n, sum(y.amount) s FROM bank_a.t x JOIN bank_b.t y ON x.ref = y.ref",
        &[("n", 1.5), ("s", 300.0)],
    ),
    (
        "SELECT v.c AS k, count(*) n FROM bank_a.t x JOIN bank_b.t y ON x.ref = y.ref JOIN (VALUES ('LU'), ('DE')) v(c) ON x.country = v.c GROUP BY v.c",
        &[("n", 3.0)],
    ),
    // Rows that a list repeats.
    (
        "SELECT t.country AS k, count(*) n, sum(amount) s FROM bank_a.t t CROSS JOIN (VALUES (1), (2), (3), (4)) v(i) GROUP BY t.country",
        &[("n", 3.0), ("s", 600.0)],
    ),
    (
        "SELECT c.code AS k, count(*) n FROM bank_a.t t JOIN regulator.c c ON t.country = c.code GROUP BY c.code",
        &[("n", 3.0)],
    ),
    // Who is there, who is not.
    (
        "SELECT p.home AS k, count(*) n FROM bank_a.people p WHERE EXISTS (SELECT 1 FROM bank_a.t t WHERE t.person = p.person AND t.amount > 100) GROUP BY p.home",
        &[("n", 3.0)],
    ),
    (
        "SELECT p.home AS k, count(*) n FROM bank_a.people p WHERE p.person IN (SELECT person FROM bank_b.t WHERE amount > 0) GROUP BY p.home",
        &[("n", 3.0)],
    ),
    (
        "SELECT p.home AS k, count(*) n FROM bank_a.people p WHERE NOT EXISTS (SELECT 1 FROM bank_a.t t WHERE t.person = p.person AND t.amount > 100) GROUP BY p.home",
        &[("n", 3.0)],
    ),
    (
        "SELECT p.home AS k, count(*) n, count(t.amount) m FROM bank_a.people p LEFT JOIN bank_a.t t ON t.person = p.person GROUP BY p.home",
        &[("n", 3.0), ("m", 3.0)],
    ),
    // Merged by the person, and counted by what that makes.
    (
        "SELECT least(n, 2) AS k, count(*) c, sum(s) s FROM (SELECT person, count(*) n, sum(amount) s FROM bank_a.t GROUP BY person) GROUP BY least(n, 2)",
        &[("c", 1.0), ("s", 600.0)],
    ),
    (
        "SELECT country AS k, sum(n) n FROM (SELECT person, country, count(*) n FROM bank_a.t GROUP BY person, country) GROUP BY country",
        &[("n", 3.0)],
    ),
    (
        "SELECT country AS k, count(*) n FROM (SELECT DISTINCT person, country, id FROM bank_a.t) GROUP BY country",
        &[("n", 3.0)],
    ),
    // Windows over a person's rows.
    (
        "SELECT country AS k, count(*) n FROM (SELECT person, country, row_number() OVER (PARTITION BY person ORDER BY id) r FROM bank_a.t WHERE id IS NOT NULL) WHERE r <= 2 GROUP BY country",
        &[("n", 3.0)],
    ),
    (
        "SELECT country AS k, count(*) n, sum(r) s FROM (SELECT person, country, sum(amount) OVER (PARTITION BY person) r FROM bank_a.t) GROUP BY country",
        &[("n", 3.0), ("s", 1_800.0)],
    ),
    (
        "SELECT 0 AS k, count(*) n FROM (SELECT person, lag(amount) OVER (PARTITION BY person ORDER BY id) r FROM bank_a.t WHERE id IS NOT NULL) WHERE r > 20",
        &[("n", 3.0)],
    ),
];

/// Somebody with too much of everything at one bank, and in no more groups than count at the other.
fn base(of: &str) -> World {
    let mut world = World::new(SILENT);
    for bank in ["bank_a", "bank_b"] {
        let payments = world.payments.get_mut(bank).unwrap();
        for at in 0..30_u32 {
            let countries = if bank == of { 3 } else { 2 };
            let country = ["LU", "DE", "FR"][at as usize % countries];
            let amount = if at % 2 == 0 {
                "99999999999999.99"
            } else {
                "-99999999999999.99"
            };
            payments.push(("whale".to_owned(), country, amount.to_owned(), at));
        }
        let people = world.people.get_mut(bank).unwrap();
        people.push(("whale".to_owned(), "LU", 4));
    }
    world
}

fn answers(world: &World) -> Asked {
    let dir = world.write();
    let texts: Vec<&str> = CASES.iter().map(|(sql, _)| *sql).collect();
    ask(dir.path(), "rita@regulator", &texts)
}

/// By group and column what is told.
fn cells(asked: &Asked, at: usize) -> BTreeMap<(String, String), f64> {
    let rows = asked.answers[at].as_ref();
    let rows = rows.unwrap_or_else(|| panic!("{}: {:?}", CASES[at].0, asked.refusals[at]));
    let mut cells = BTreeMap::new();
    for row in rows {
        for (column, value) in row.iter().filter(|(column, _)| *column != "k") {
            cells.insert(
                (row["k"].to_string(), column.clone()),
                value.as_f64().unwrap(),
            );
        }
    }
    cells
}

#[test]
fn removing_one_entity_changes_no_answer_by_more_than_was_declared() {
    let mut wrong = Vec::new();
    let mut moved = vec![0.0_f64; CASES.len()];
    let cases = [("bank_a", "whale"), ("bank_b", "whale"), ("bank_a", "p7")];
    for (bank, who) in cases {
        let world = base(if who == "whale" { bank } else { "" });
        let (with, without) = (answers(&world), answers(&world.without(bank, who)));
        for (at, (sql, bounds)) in CASES.iter().enumerate() {
            let (with, without) = (cells(&with, at), cells(&without, at));
            let keys = with
                .keys()
                .chain(without.keys().filter(|key| !with.contains_key(*key)));
            let mut changed: BTreeMap<&str, f64> = BTreeMap::new();
            for key in keys {
                let of = |cells: &BTreeMap<_, f64>| cells.get(key).copied().unwrap_or(0.0);
                *changed.entry(key.1.as_str()).or_default() += (of(&with) - of(&without)).abs();
            }
            for (column, bound) in *bounds {
                let found = changed.get(column).copied().unwrap_or(0.0);
                if found > bound * GROUPS + 0.01 {
                    wrong.push(format!(
                        "{who} of {bank}: {column} moved by {found} in {sql}"
                    ));
                }
                moved[at] = moved[at].max(found);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // A test that nothing could fail would be none: one of them moves nearly every answer.
    let still: Vec<&str> = CASES
        .iter()
        .zip(&moved)
        .filter(|(_, moved)| **moved == 0.0)
        .map(|(case, _)| case.0)
        .collect();
    assert!(still.len() <= 3, "{still:#?}");
}
