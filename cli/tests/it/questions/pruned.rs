//! A question about one branch of a view is asked of that branch's owner alone.

use super::few::told;
use super::world::World;

const TABLE: &str = r#"policy = 1
table = "t"
[disclosure]
mode = "ASK"
min_contributors = 2
jitter = false
history = "off"
noise = "off"
[columns]
person = { unit = "person", join = "person" }
amount = { measure = [0, 1000], filter = true }
[joins.person]
with = ["a", "b"]
many = ["a", "b"]
"#;

const WORLD: &str = r#"name = "views"
[parties.regulator]
analysts = ["rita"]
[parties.a.tables.t]
data = "a/t.csv"
policy = "a/t.policy.toml"
[parties.b.tables.t]
data = "b/t.csv"
policy = "b/t.policy.toml"
[engine]
purposes = ["aml"]
[views]
"both.t" = "both.sql"
"both.names" = "names.sql"
"#;

/// Bank b answers approved questions only.
fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    for (bank, mode) in [("a", "statistical"), ("b", "template")] {
        std::fs::create_dir(dir.path().join(bank)).unwrap();
        let rows = "person,amount\np1,1\np2,2\np3,3\n";
        std::fs::write(dir.path().join(bank).join("t.csv"), rows).unwrap();
        let policy = TABLE.replace("ASK", mode);
        std::fs::write(dir.path().join(bank).join("t.policy.toml"), policy).unwrap();
    }
    let branch = |bank: &str| format!("SELECT '{bank}' AS bank, person, amount FROM {bank}.t");
    let view = format!("{} UNION ALL {}", branch("a"), branch("b"));
    std::fs::write(dir.path().join("both.sql"), view).unwrap();
    let names = "SELECT 'a' AS code, person FROM a.t UNION ALL SELECT 'b' AS code, person FROM b.t";
    std::fs::write(dir.path().join("names.sql"), names).unwrap();
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    World::new(dir, "rita@regulator")
}

fn ask(statements: &[&str]) -> Vec<String> {
    world().ask(statements).iter().map(told).collect()
}

#[test]
fn only_the_branches_that_rows_can_come_from_are_asked() {
    let one = [
        "SELECT count(*) AS v FROM both.t WHERE bank = 'a'",
        "SELECT count(*) AS v FROM both.t WHERE bank IN ('a', 'c') AND amount > 0",
        "SELECT count(*) AS v FROM (SELECT bank AS x, amount FROM both.t) q WHERE 'a' = x",
        "WITH p AS (SELECT * FROM both.t WHERE amount > 0) SELECT count(*) AS v FROM p WHERE p.bank = 'a'",
        "SELECT sum(n) AS v FROM (SELECT person, count(*) n FROM both.t WHERE bank = 'a' GROUP BY 1)",
        "SELECT count(*) AS v FROM both.t t JOIN both.names m ON m.person = t.person AND m.code = t.bank WHERE t.bank = 'a'",
    ];
    for (sql, outcome) in one.iter().zip(ask(&one)) {
        assert_eq!(outcome, r#"[{"v":3}]"#, "{sql}");
    }
}

#[test]
fn a_branch_that_may_have_rows_is_asked() {
    let both = [
        "SELECT count(*) AS v FROM both.t",
        "SELECT count(*) AS v FROM both.t WHERE bank = 'b'",
        "SELECT count(*) AS v FROM both.t WHERE bank = 'a' OR amount > 2",
        "SELECT count(*) AS v FROM both.t WHERE bank <> 'a'",
        "SELECT count(*) AS v FROM both.t WHERE bank IN ('a', 'b')",
        "SELECT count(*) AS v FROM both.t WHERE bank = 'c'",
        "SELECT count(*) AS v FROM both.t WHERE upper(bank) = 'A'",
    ];
    for (sql, outcome) in both.iter().zip(ask(&both)) {
        assert_eq!(outcome, "E_TEMPLATE", "{sql}");
    }
}
