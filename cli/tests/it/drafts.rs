//! `policy draft --for`: what it drafts lets the question in, and nothing in it can be left out.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use toml::Table;

use crate::run::{Ran, subrosa};

const WORLD: &str = r#"name = "drafts"
[parties.north]
analysts = ["nina"]
[parties.north.tables.transactions]
data = "north/transactions.csv"
policy = "north/transactions.policy.toml"
[parties.south]
analysts = ["saul"]
[parties.south.tables.transactions]
data = "south/transactions.csv"
policy = "south/transactions.policy.toml"
[parties.south.tables.clients]
data = "south/clients.csv"
policy = "south/clients.policy.toml"
[engine]
purposes = ["aml"]
"#;

/// Each with who asks.
const QUESTIONS: [(&str, &str); 8] = [
    (
        "nina@north",
        "SELECT channel, count(*) AS n, sum(amount) AS total FROM south.transactions WHERE amount >= 9000 AND channel IN ('WIRE', 'CARD') GROUP BY channel",
    ),
    (
        "nina@north",
        "SELECT date_trunc('month', ts) AS month, count(DISTINCT from_acct) AS payers FROM south.transactions WHERE ts >= TIMESTAMP '2025-01-02 00:00:00' GROUP BY 1 ORDER BY 1",
    ),
    (
        "saul@south",
        "SELECT n.channel, count(*) AS hops FROM north.transactions n JOIN south.transactions s ON s.from_acct = n.to_acct AND s.ts > n.ts AND s.ts <= n.ts + INTERVAL '2 days' GROUP BY 1",
    ),
    (
        "nina@north",
        "SELECT payments, count(*) AS accounts FROM (SELECT from_acct, count(*) AS payments FROM south.transactions GROUP BY from_acct) AS t GROUP BY payments",
    ),
    (
        "nina@north",
        "SELECT country, count(*) AS clients FROM south.clients WHERE account_id IN (SELECT to_acct FROM north.transactions WHERE amount >= 5000) GROUP BY country",
    ),
    (
        "nina@north",
        "SELECT count(*) AS outsiders FROM south.clients c WHERE NOT EXISTS (SELECT 1 FROM north.transactions t WHERE t.to_acct = c.account_id)",
    ),
    (
        "nina@north",
        "SELECT count(*) AS firsts FROM (SELECT row_number() OVER (PARTITION BY from_acct ORDER BY ts) AS nth, amount FROM south.transactions) AS t WHERE nth = 1 AND amount >= 1000",
    ),
    ("nina@north", "SELECT count(*) AS n FROM south.clients"),
];

fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for party in ["north", "south"] {
        let mut rows = "from_acct,to_acct,amount,ts,channel\n".to_owned();
        for n in 0..40 {
            let channel = ["WIRE", "CARD", "ACH"][n % 3];
            let (from, to, amount, day) = (n % 13, n % 17, 1000 * (n % 11), n % 27 + 1);
            let ends = format!("a{from},a{to},{amount}");
            writeln!(rows, "{ends},2025-01-{day:02} 10:00:00,{channel}").unwrap();
        }
        std::fs::create_dir(dir.path().join(party)).unwrap();
        std::fs::write(dir.path().join(party).join("transactions.csv"), rows).unwrap();
    }
    let clients = (0..20).map(|n| format!("a{n},{}\n", ["LU", "DE"][n % 2]));
    let clients = format!("account_id,country\n{}", clients.collect::<String>());
    std::fs::write(dir.path().join("south/clients.csv"), clients).unwrap();
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    dir
}

fn draft(dir: &Path, sql: &str, asker: &str, more: &[&str]) -> Ran {
    std::fs::write(dir.join("q.sql"), sql).unwrap();
    let args = ["policy", "draft", ".", "--for", "q.sql", "--as", asker];
    subrosa(dir, &[&args[..], more].concat())
}

fn file(dir: &Path, table: &str) -> std::path::PathBuf {
    dir.join(format!("{}.policy.toml", table.replace('.', "/")))
}

/// Tables of which a question asks nothing still have policies.
fn others(dir: &Path) {
    for (table, unit) in [
        ("north.transactions", "from_acct"),
        ("south.transactions", "from_acct"),
        ("south.clients", "account_id"),
    ] {
        let name = table.split('.').nth(1).unwrap();
        let text =
            format!("policy = 1\ntable = \"{name}\"\n[columns]\n{unit} = {{ unit = \"acct\" }}\n");
        std::fs::write(file(dir, table), text).unwrap();
    }
}

/// Whether the program's own admission lets the question in.
fn admitted(dir: &Path, asker: &str, sql: &str) -> bool {
    let question = format!("EXPLAIN POLICY {sql}");
    let args = [
        "lab", ".", "--as", asker, "--format", "json", "-c", &question,
    ];
    let ran = subrosa(dir, &args);
    ran.code == 0 && ran.out.contains("\"verdict\":\"allow\"")
}

/// The policy without one grant; a list once without each of its elements.
fn without(text: &str, grant: &Value) -> Vec<String> {
    let document: Table = toml::from_str(text).unwrap();
    let (subject, key) = (
        grant["subject"].as_str().unwrap(),
        grant["key"].as_str().unwrap(),
    );
    let section = match key {
        "with" | "many" | "negation" => "joins",
        "noise" | "history" | "jitter" => "disclosure",
        _ => "columns",
    };
    let mut changed = Vec::new();
    let element = |key: &str| {
        let value = &document[section][subject].as_table()?.get(key)?;
        value.as_array().map(Vec::len)
    };
    let count = element(key).unwrap_or(1);
    for index in 0..count {
        let mut fewer = document.clone();
        let table = fewer[section].as_table_mut().unwrap();
        if key == "{}" {
            table.remove(subject).unwrap();
        } else {
            let rule = match section {
                "disclosure" => table,
                _ => table[subject].as_table_mut().unwrap(),
            };
            match rule.get_mut(key) {
                // a list of values is one grant
                Some(toml::Value::Array(list)) if key != "measure" => {
                    list.remove(index);
                    if list.is_empty() && key != "with" {
                        rule.remove(key);
                    }
                }
                _ => {
                    rule.remove(key).unwrap();
                }
            }
        }
        changed.push(toml::to_string(&fewer).unwrap());
    }
    changed
}

#[test]
fn what_is_drafted_lets_the_question_in_and_every_grant_is_needed() {
    let mut grants = 0;
    for (asker, sql) in QUESTIONS {
        let dir = world();
        let ran = draft(dir.path(), sql, asker, &["--format", "json"]);
        assert_eq!(ran.code, 0, "{sql}: {}", ran.err);
        let drafted: Value = serde_json::from_str(&ran.out).unwrap();
        others(dir.path());
        let tables = drafted["tables"].as_array().unwrap();
        for table in tables {
            let path = file(dir.path(), table["table"].as_str().unwrap());
            std::fs::write(path, table["policy"].as_str().unwrap()).unwrap();
        }
        assert!(admitted(dir.path(), asker, sql), "{sql}: {}", ran.out);
        for table in tables {
            let path = file(dir.path(), table["table"].as_str().unwrap());
            let text = table["policy"].as_str().unwrap();
            for grant in table["grants"].as_array().unwrap() {
                for fewer in without(text, grant) {
                    std::fs::write(&path, &fewer).unwrap();
                    assert!(
                        !admitted(dir.path(), asker, sql),
                        "{sql}: {grant}:\n{fewer}"
                    );
                    grants += 1;
                }
            }
            std::fs::write(&path, text).unwrap();
        }
    }
    assert!(grants >= 45, "{grants} grants were left out");
}

#[test]
fn what_no_grant_allows_is_said_as_the_guard_says_it() {
    let dir = world();
    for (sql, code, exit) in [
        ("SELECT amount FROM south.transactions", "E_NOAGG", 3),
        (
            "SELECT max(amount) AS m FROM south.transactions",
            "E_AGG",
            3,
        ),
        (
            "SELECT count(*) AS n FROM south.transactions WHERE from_acct = 'a1'",
            "E_KEY_EXPR",
            3,
        ),
        (
            "SELECT to_acct, count(*) AS n FROM south.transactions GROUP BY 1",
            "E_ROLE_DIM",
            3,
        ),
        (
            "SELECT count(nmae) AS n FROM south.transactions",
            "E_UNKNOWN",
            3,
        ),
        ("SELECT count(*) AS n FROM", "syntax", 1),
        ("SELECT 1; SELECT 2", "usage", 1),
    ] {
        let ran = draft(dir.path(), sql, "nina@north", &["--error-format", "json"]);
        let said: Value = serde_json::from_str(ran.err.lines().next().unwrap()).unwrap();
        assert_eq!(
            (said["code"].as_str(), ran.code),
            (Some(code), exit),
            "{sql}: {said}"
        );
        assert_eq!(ran.out, "");
    }
}

#[test]
fn files_are_written_whole_and_never_over_others_unasked() {
    let dir = world();
    let (asker, sql) = QUESTIONS[2];
    let ran = draft(dir.path(), sql, asker, &["--out", "drafts"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut names: Vec<String> = std::fs::read_dir(dir.path().join("drafts"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "north.transactions.policy.toml",
            "south.transactions.policy.toml"
        ]
    );
    let first = dir.path().join("drafts").join(&names[0]);
    std::fs::write(&first, "mine").unwrap();
    std::fs::remove_file(dir.path().join("drafts").join(&names[1])).unwrap();
    let again = draft(dir.path(), sql, asker, &["--out", "drafts"]);
    assert_eq!(again.code, 1, "{}", again.err);
    assert_eq!(std::fs::read_to_string(&first).unwrap(), "mine");
    assert!(!dir.path().join("drafts").join(&names[1]).exists());
    let forced = draft(dir.path(), sql, asker, &["--out", "drafts", "--force"]);
    assert_eq!(forced.code, 0, "{}", forced.err);
    let text = std::fs::read_to_string(&first).unwrap();
    assert!(text.contains("# join: without it E_JOIN"), "{text}");
}
