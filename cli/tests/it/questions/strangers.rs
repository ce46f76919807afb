//! A key of a union may name somebody of another owner: the rows of many people under it are still about a crowd.

use super::world::World;

/// So many accounts of one bank pay one shop that is no account of its own, but one of the other's, who asks. Both may trust
/// whom the other names.
fn world(payers: usize, trusting: bool) -> World {
    let dir = tempfile::tempdir().unwrap();
    for (party, table, keys, rows) in [
        (
            "bank",
            "events",
            "payee = { join = \"acct\" }\n",
            paid(payers),
        ),
        ("shops", "accounts", "", "acct\nshop\n".to_owned()),
    ] {
        let folder = dir.path().join(party);
        std::fs::create_dir(&folder).unwrap();
        let other = if party == "bank" { "shops" } else { "bank" };
        let k = if party == "bank" { 4 } else { 1 };
        let policy = format!(
            "policy = 1\ntable = \"{table}\"\n[disclosure]\nmin_contributors = {k}\njitter = false\nhistory = \"off\"\n\
             noise = \"off\"\n[joins.acct]\nwith = [\"{other}\"]\nmany = [\"{other}\"]\n\
             negation = true\n{}[columns]\n\
             acct = {{ unit = \"acct\", join = \"acct\" }}\n{keys}",
            if trusting {
                format!("crowds = [\"{other}\"]\n")
            } else {
                String::new()
            }
        );
        std::fs::write(folder.join(format!("{table}.policy.toml")), policy).unwrap();
        std::fs::write(folder.join(format!("{table}.csv")), rows).unwrap();
    }
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    World::new(dir, "sam@shops")
}

fn paid(payers: usize) -> String {
    let rows = (0..payers).map(|payer| format!("a{payer},shop\n"));
    std::iter::once("acct,payee\n".to_owned())
        .chain(rows)
        .collect()
}

const WORLD: &str = r#"name = "strangers"
[parties.bank.tables.events]
data = "bank/events.csv"
policy = "bank/events.policy.toml"
[parties.shops]
analysts = ["sam"]
[parties.shops.tables.accounts]
data = "shops/accounts.csv"
policy = "shops/accounts.policy.toml"
[engine]
purposes = ["aml"]
"#;

const BOTH: &str = "(SELECT acct FROM bank.events UNION ALL SELECT acct FROM shops.accounts)";

/// Each told how many pay the shop, exactly.
fn attacks() -> Vec<String> {
    let grouped = format!("(SELECT acct FROM {BOTH} AS b GROUP BY acct)");
    let paid = |both: &str| {
        format!(
            "(SELECT e.payee, count(*) AS n FROM bank.events e JOIN {both} u ON e.payee = u.acct GROUP BY e.payee)"
        )
    };
    let seen = format!(
        "(SELECT count(*) OVER (PARTITION BY e.payee) AS n FROM bank.events e JOIN {BOTH} u ON e.payee = u.acct)"
    );
    [paid(BOTH), paid(&grouped), seen]
        .iter()
        .flat_map(|rows| {
            [
                format!("SELECT count(*) AS shops FROM {rows} AS g WHERE n >= 6"),
                format!("SELECT n, count(*) AS shops FROM {rows} AS g GROUP BY n"),
            ]
        })
        .collect()
}

#[test]
fn a_crowd_under_a_name_that_another_owner_gave_is_no_row() {
    let attacks = attacks();
    let attacks: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let [five, six] = [5, 6].map(|payers| world(payers, false).ask(&attacks));
    for ((five, six), sql) in five.iter().zip(&six).zip(&attacks) {
        assert_eq!(format!("{five:?}"), format!("{six:?}"), "{sql}");
    }
}

/// What an owner that trusts the other gives: the number is compared, of rows that are grouped bank by bank too.
#[test]
fn an_owner_may_trust_whom_another_names() {
    let direct = "SELECT count(*) AS shops FROM (SELECT a.acct, count(*) AS n FROM bank.events e JOIN shops.accounts a ON e.payee = a.acct GROUP BY a.acct) AS g WHERE n >= 6";
    let seen = "SELECT count(*) AS payments FROM (SELECT count(*) OVER (PARTITION BY a.acct) AS n FROM bank.events e JOIN shops.accounts a ON e.payee = a.acct) AS g WHERE n >= 6";
    let mut asked = attacks();
    asked.extend([direct.to_owned(), seen.to_owned()]);
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let [five, six] = [5, 6].map(|payers| world(payers, true).ask(&asked));
    for ((five, six), sql) in five.iter().zip(&six).zip(&asked) {
        assert_ne!(format!("{five:?}"), format!("{six:?}"), "{sql}");
    }
    let refused = world(6, false).ask(&[direct, seen]);
    let refused: Vec<String> = refused
        .iter()
        .map(|outcome| format!("{outcome:?}"))
        .collect();
    assert!(
        refused[0].contains("E_CROWD") && refused[1].contains("E_WINDOW"),
        "{refused:?}"
    );
}
