//! What is not proved is refused with its code, and says what to write instead.

use super::world::{SILENT, World, ask};

/// A question, and what its refusal says.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "SELECT count(*) n FROM (SELECT person, row_number() OVER (PARTITION BY person ORDER BY id) r FROM bank_a.t) WHERE r = 1",
        "E_MODE",
        "rows that are equal",
    ),
    (
        "SELECT count(*) n FROM bank_a.t x JOIN bank_a.t y ON x.ref = y.ref",
        "E_MODE",
        "two people of bank_a",
    ),
    (
        "SELECT x.country, count(*) n FROM bank_a.t x JOIN bank_b.t y ON x.ref = y.ref GROUP BY x.country",
        "E_MODE",
        "any number of another's",
    ),
    (
        "SELECT avg(y.amount) n FROM bank_a.t x JOIN bank_b.t y ON x.ref = y.ref",
        "E_MODE",
        "any number of another's",
    ),
    (
        "SELECT v.c, count(*) n FROM bank_a.t x JOIN bank_b.t y ON x.ref = y.ref JOIN (VALUES ('LU'), ('DE'), ('FR')) v(c) ON x.country = v.c GROUP BY v.c",
        "E_MODE",
        "any number of another's",
    ),
    (
        "SELECT count(*) n FROM bank_a.t x WHERE x.ref IN (SELECT ref FROM bank_b.t WHERE amount > 10)",
        "E_MODE",
        "many people at once",
    ),
    (
        "SELECT count(*) n FROM bank_a.t t JOIN bank_b.s s ON t.person = s.person",
        "E_MODE",
        "bank_b.s is not",
    ),
    (
        "SELECT k, count(*) n FROM (SELECT person, count(*) k FROM (SELECT person FROM bank_a.t UNION ALL SELECT person FROM bank_b.t) GROUP BY person) GROUP BY k",
        "E_MODE",
        "merged into one",
    ),
    (
        "SELECT count(*) n FROM (SELECT person, sum(amount) OVER (PARTITION BY person ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) r FROM bank_a.t) WHERE r > 10",
        "E_MODE",
        "rows that are equal",
    ),
    (
        "SELECT count(*) n FROM (SELECT person, row_number() OVER (PARTITION BY person ORDER BY day) r FROM bank_a.t) WHERE r = 1",
        "E_MODE",
        "rows that are equal",
    ),
    (
        "SELECT count(*) n FROM (SELECT country, count(*) k FROM bank_a.t GROUP BY country) WHERE k > 10",
        "E_CROWD",
        "crowds of bank_a",
    ),
    (
        "SELECT count(*) n FROM (SELECT country, rank() OVER (PARTITION BY country ORDER BY day) r FROM bank_a.t) WHERE r = 1",
        "E_WINDOW",
        "PARTITION BY must contain",
    ),
    (
        "SELECT count(*) n FROM bank_a.people p LEFT JOIN bank_b.people q ON p.person = q.person",
        "E_MODE",
        "absent",
    ),
    (
        "SELECT count(*) n FROM bank_a.people p WHERE p.person NOT IN (SELECT person FROM bank_b.people)",
        "E_MODE",
        "absent",
    ),
    (
        "SELECT count(*) n FROM (SELECT person, avg(level) a FROM bank_a.people GROUP BY person) WHERE a > 1",
        "E_MODE",
        "order of everybody's rows",
    ),
    (
        "SELECT count(*) n FROM (SELECT * FROM bank_a.t ORDER BY amount LIMIT 10)",
        "E_LIMIT",
        "above the aggregates",
    ),
    (
        "SELECT count(*) n FROM bank_a.t WHERE amount > (SELECT avg(amount) FROM bank_a.t)",
        "E_SUBQUERY",
        "subquery",
    ),
    (
        "SELECT count(*) n FROM (SELECT person FROM bank_a.t UNION ALL SELECT x.person FROM bank_a.t x JOIN bank_b.t y ON x.person = y.person)",
        "E_MODE",
        "beside others",
    ),
    (
        "SELECT sum(sqrt(amount)) s FROM bank_a.t",
        "E_MODE",
        "how much one person adds",
    ),
    ("SELECT max(amount) m FROM bank_a.t", "E_AGG", "max"),
    (
        "SELECT person, count(*) n FROM bank_a.t GROUP BY person",
        "E_ROLE_DIM",
        "name the groups",
    ),
    ("SELECT amount FROM bank_a.t", "E_NOAGG", "rows"),
];

#[test]
fn what_is_not_proved_is_refused_and_says_why() {
    let dir = World::new(SILENT).write();
    let texts: Vec<&str> = REFUSED.iter().map(|(sql, _, _)| *sql).collect();
    let asked = ask(dir.path(), "rita@regulator", &texts);
    for ((sql, code, says), refusal) in REFUSED.iter().zip(&asked.refusals) {
        let (found, message, help) = refusal
            .as_ref()
            .unwrap_or_else(|| panic!("answered: {sql}"));
        assert_eq!(found, code, "{sql}: {message}");
        assert!(message.contains(says), "{sql}: {message}");
        assert!(!help.is_empty() || found != "E_MODE", "{sql}: no help");
    }
}

#[test]
fn approved_texts_are_not_answered_over_private_tables() {
    let mut world = World::new(SILENT);
    world.more[2] = "[[approve]]\nname = \"all\"\nsql = \"all-payments.sql\"\n";
    let dir = world.write();
    let sql = "SELECT count(*) AS n FROM bank_a.t";
    std::fs::write(dir.path().join("bank_a/all-payments.sql"), sql).unwrap();
    let asked = ask(
        dir.path(),
        "rita@regulator",
        &["SELECT * FROM approved('all')", sql],
    );
    assert_eq!(asked.code(0), Some("E_MODE"), "{:?}", asked.refusals);
    assert_eq!(asked.code(1), Some("E_MODE"), "{:?}", asked.refusals);
}

#[test]
fn two_units_of_one_party_are_not_mixed() {
    let mut world = World::new(SILENT);
    world.more[1] = "[derive]\nplace = { sql = \"country\", unit = \"place\" }\n";
    let dir = world.write();
    let file = dir.path().join("bank_a/t.policy.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace(
            "[disclosure.dp]\nunit = \"person\"",
            "[disclosure.dp]\nunit = \"place\"",
        ),
    )
    .unwrap();
    let sql = "SELECT count(*) n FROM bank_a.t t JOIN bank_a.people p ON t.person = p.person";
    let asked = ask(dir.path(), "rita@regulator", &[sql]);
    assert_eq!(asked.code(0), Some("E_MODE"), "{:?}", asked.refusals);
    assert!(
        asked.refusals[0]
            .as_ref()
            .unwrap()
            .1
            .contains("protects every"),
        "{:?}",
        asked.refusals
    );
}

#[test]
fn an_owner_asking_itself_is_plain_and_asking_with_others_is_not() {
    let dir = World::new(("1", "10")).write();
    let asked = ask(
        dir.path(),
        "anna@bank_a",
        &[
            "SELECT count(*) n FROM bank_a.t",
            "SELECT count(*) n FROM bank_a.people a JOIN bank_b.people b ON a.person = b.person",
        ],
    );
    let payments = World::new(("1", "10")).payments["bank_a"].len();
    assert_eq!(asked.number(0, "n").to_string(), payments.to_string());
    assert!(asked.answers[1].is_some(), "{:?}", asked.refusals);
    let explained = super::world::run(
        dir.path(),
        "rita@regulator",
        &["-c", "EXPLAIN POLICY SELECT count(*) n FROM bank_a.t"],
    );
    assert!(
        explained.out.contains("9 of 10 are left"),
        "its own account is charged too: {}",
        explained.out
    );
}

#[test]
fn one_person_in_two_spellings_is_refused() {
    let dir = World::new(SILENT).write();
    for file in ["bank_a/t.csv", "bank_a/people.csv"] {
        let path = dir.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let rows = format!("\n{rows}").replace(",p", ",").replace("\np", "\n");
        std::fs::write(&path, format!("{header}{rows}")).unwrap();
    }
    let world = dir.path().join("collaboration.toml");
    let text = std::fs::read_to_string(&world).unwrap();
    let policy = "policy = \"bank_a/people.policy.toml\"\n";
    let typed = text.replace(
        policy,
        &format!("{policy}types = {{ person = \"integer\" }}\n"),
    );
    std::fs::write(world, typed).unwrap();
    let sql = [
        "SELECT count(*) n FROM (SELECT country AS c FROM bank_a.t UNION ALL SELECT home FROM bank_a.people)",
        "SELECT count(*) n FROM bank_a.t",
        "SELECT count(*) n FROM bank_a.people",
    ];
    let asked = ask(dir.path(), "rita@regulator", &sql);
    assert_eq!(asked.code(0), Some("E_MODE"), "{:?}", asked.refusals);
    let message = &asked.refusals[0].as_ref().unwrap().1;
    assert!(message.contains("different types"), "{message}");
    assert_eq!(
        (asked.code(1), asked.code(2)),
        (None, None),
        "{:?}",
        asked.refusals
    );
}
