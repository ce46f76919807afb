//! House rules of an organisation: inherited, enforced, and never widened by a policy that extends them.

use std::path::Path;

use serde_json::Value;

use crate::run::{Ran, subrosa};

const HOUSE: &str = "policy = 1\n\n[access]\nask = [\"bank\", \"regulator\"]\npurposes = [\"aml\"]\n\n\
     [disclosure]\nmin_contributors = 8\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n";

const POLICY: &str = "policy = 1\ntable = \"t\"\nextends = \"../house-rules.toml\"\n\
     [columns]\nperson = { unit = \"person\" }\ncountry = { dimension = true, filter = true }\n";

const WORLD: &str = r#"name = "house"
[parties.regulator]
analysts = ["rita"]
[parties.bank.tables.t]
data = "bank/t.csv"
policy = "bank/t.policy.toml"
[engine]
purposes = ["aml", "marketing"]
"#;

const ASKED: &str =
    "SELECT country, COUNT(DISTINCT person) AS n FROM bank.t GROUP BY country ORDER BY country";

/// A bank in a world with house rules, whose customers live in two countries: twenty and seven.
struct Bank(tempfile::TempDir);

impl Bank {
    fn new(house: &str, policy: &str) -> Self {
        let bank = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(bank.path().join("bank")).unwrap();
        let person = |n: u32| format!("p{n},{}\n", if n < 20 { "LU" } else { "KY" });
        let rows: String = (0..27).map(person).collect();
        bank.write("bank/t.csv", &format!("person,country\n{rows}"));
        bank.write("bank/t.policy.toml", policy);
        bank.write("house-rules.toml", house);
        bank.write("collaboration.toml", WORLD);
        bank
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Ran {
        subrosa(self.path(), args)
    }

    fn ask(&self, purpose: &str, sql: &str) -> Ran {
        let args = [
            "lab",
            ".",
            "--as",
            "rita@regulator",
            "--purpose",
            purpose,
            "--format",
            "json",
            "--error-format",
            "json",
            "-c",
            sql,
        ];
        self.run(&args)
    }

    /// The one error of starting the world, as JSON and as people read it.
    fn error(&self) -> (Value, String) {
        let json = self.run(&["--error-format", "json", "lab", ".", "--status"]);
        assert_eq!(json.code, 1, "{}", json.err);
        let ran = self.run(&["lab", ".", "--status"]);
        (
            serde_json::from_str(&json.err).unwrap_or_else(|e| panic!("{e}: {}", json.err)),
            ran.err,
        )
    }
}

fn error(house: &str, policy: &str) -> (Value, String) {
    Bank::new(house, policy).error()
}

fn rows(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    let answer: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let row = |row: &Value| serde_json::json!([row["country"], row["n"]]);
    answer.iter().map(row).collect()
}

#[test]
fn what_the_house_asks_holds_where_a_policy_says_nothing() {
    let bank = Bank::new(HOUSE, POLICY);
    let few = rows(&bank.ask("aml", ASKED));
    assert_eq!(
        few,
        serde_json::json!([["LU", 20]]),
        "seven are fewer than eight"
    );
    // who may ask for what is the house's too, and the refusal names its line
    let ran = bank.ask("marketing", ASKED);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let denial: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(denial["code"], "E_DENIED_ASKER");
    assert!(
        denial["rule"]["file"]
            .as_str()
            .unwrap()
            .ends_with("house-rules.toml"),
        "{denial}"
    );
    assert_eq!(denial["rule"]["line"], 5);
    let ran = bank.ask("aml", &format!("EXPLAIN POLICY {ASKED}"));
    assert!(
        ran.out
            .contains("at least 8 contributors (person) behind every value (house-rules.toml:8)"),
        "{}",
        ran.out
    );
    // a policy of its own k, narrower: its line, not the house's
    bank.write(
        "bank/t.policy.toml",
        &POLICY.replace(
            "[columns]",
            "[disclosure]\nmin_contributors = 21\n[columns]",
        ),
    );
    assert_eq!(rows(&bank.ask("aml", ASKED)), serde_json::json!([]));
    let ran = bank.ask("aml", &format!("EXPLAIN POLICY {ASKED}"));
    assert!(
        ran.out
            .contains("at least 21 contributors (person) behind every value\""),
        "{}",
        ran.out
    );
}

#[test]
fn a_wider_policy_is_refused_at_both_places() {
    let policy = POLICY.replace("[columns]", "[disclosure]\nmin_contributors = 5\n[columns]");
    let (json, shown) = error(HOUSE, &policy);
    assert_eq!(json["rule"]["file"], "./bank/t.policy.toml");
    assert_eq!(json["rule"]["line"], 5);
    assert_eq!(
        shown,
        "policy: `min_contributors` is 5: wider than house-rules.toml:8, which asks for 8\n  \
         --> ./bank/t.policy.toml:5:20\n  |\n5 | min_contributors = 5\n  |                    ^\n  \
         = help: write 8 or more, or drop the line and have what the house rules say\n"
    );
}

#[test]
fn a_change_of_the_house_rules_is_a_new_contract() {
    let bank = Bank::new(HOUSE, POLICY);
    let version = || {
        let ran = bank.run(&["contract", "verify", "--world", ".", "--format", "json"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        found["versions"].as_array().unwrap().len()
    };
    let sealed = |ran: Ran| {
        let status: Value = serde_json::from_str(&ran.out).unwrap();
        status[0]["version"].clone()
    };
    let start = || sealed(bank.run(&["lab", ".", "--status", "--format", "json"]));
    let table = start();
    assert_eq!(version(), 1);
    start();
    assert_eq!(version(), 1, "nothing has changed");
    bank.write(
        "house-rules.toml",
        &HOUSE.replace("min_contributors = 8", "min_contributors = 7"),
    );
    let verify = bank.run(&["contract", "verify", "--world", "."]);
    assert!(
        verify
            .out
            .contains("bank.t is under another policy in the contract"),
        "{}",
        verify.out
    );
    assert_eq!(start(), table, "the data are sealed as before");
    assert_eq!(version(), 2, "the owners sign what the house rules say now");
    assert_eq!(
        rows(&bank.ask("aml", ASKED)),
        serde_json::json!([["KY", 7], ["LU", 20]])
    );
}

#[test]
fn house_rules_are_files_of_the_world() {
    let extends = |file: &str| POLICY.replace("../house-rules.toml", file);
    let reason = |policy: &str| {
        let (json, shown) = error(HOUSE, policy);
        assert_eq!(json["rule"]["line"], 3, "{shown}");
        let quotes = ["root:", "country", "LU"]
            .iter()
            .any(|text| shown.contains(text));
        assert!(!quotes, "{shown}");
        json["message"].as_str().unwrap().to_owned()
    };
    let missing = reason(&extends("../house.toml"));
    assert!(
        missing.starts_with("the house rules ../house.toml cannot be read: No such file"),
        "{missing}"
    );
    for outside in ["../../../../../../../../etc/passwd", "../.."] {
        let found = reason(&extends(outside));
        assert!(
            found.contains("cannot be read: it lies outside /"),
            "{found}"
        );
    }
    let absolute = reason(&extends("/etc/passwd"));
    assert!(
        absolute.ends_with("it must be relative to the file that names it"),
        "{absolute}"
    );
    assert!(reason(&extends("..")).ends_with("it is no file"));
    // Whatever lies in the world, a message quotes none of its data.
    assert!(reason(&extends("t.csv")).ends_with("cannot be read: line 1 is no TOML"));
    assert!(reason(&extends("t.policy.toml")).ends_with("it extends itself in the end"));
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_no_file_outside() {
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("secret.toml");
    std::fs::write(&file, "policy = 1\nsecret = \"squirrel\"\n").unwrap();
    let bank = Bank::new(HOUSE, POLICY);
    std::fs::remove_file(bank.path().join("house-rules.toml")).unwrap();
    std::os::unix::fs::symlink(&file, bank.path().join("house-rules.toml")).unwrap();
    let (json, shown) = bank.error();
    assert!(
        json["message"]
            .as_str()
            .unwrap()
            .contains("it lies outside "),
        "{shown}"
    );
    assert!(!shown.contains("squirrel"));
    // one that stays inside is as good as the file
    std::fs::remove_file(bank.path().join("house-rules.toml")).unwrap();
    bank.write("real.toml", HOUSE);
    std::os::unix::fs::symlink("real.toml", bank.path().join("house-rules.toml")).unwrap();
    assert_eq!(
        rows(&bank.ask("aml", ASKED)),
        serde_json::json!([["LU", 20]])
    );
    // nor is anything read that is no file
    std::fs::remove_file(bank.path().join("house-rules.toml")).unwrap();
    let large = "#".repeat((1 << 20) + 1);
    bank.write("house-rules.toml", &large);
    let (json, _) = bank.error();
    assert!(
        json["message"]
            .as_str()
            .unwrap()
            .ends_with("it is larger than 1 MiB")
    );
}

#[test]
fn rules_extend_others_to_a_depth_and_never_in_a_circle() {
    let above = |name: &str| format!("policy = 1\nextends = \"{name}\"\n");
    let bank = Bank::new(&above("a.toml"), POLICY);
    bank.write("a.toml", &above("b.toml"));
    bank.write("b.toml", &above("house-rules.toml"));
    let (json, shown) = bank.error();
    assert_eq!(
        json["message"],
        "the house rules house-rules.toml cannot be read: it extends itself in the end"
    );
    assert!(shown.contains("b.toml:2:11"), "{shown}");
    // four above a policy
    bank.write("b.toml", &above("c.toml"));
    bank.write("c.toml", HOUSE);
    let answer = rows(&bank.ask("aml", ASKED));
    assert_eq!(answer, serde_json::json!([["LU", 20]]));
    let ran = bank.ask("aml", &format!("EXPLAIN POLICY {ASKED}"));
    assert!(ran.out.contains("(c.toml:8)"), "{}", ran.out);
    // and not five
    bank.write("c.toml", &above("d.toml"));
    bank.write("d.toml", HOUSE);
    let (json, shown) = bank.error();
    assert_eq!(
        json["message"],
        "the house rules d.toml cannot be read: more than 4 files of house rules stand above a policy"
    );
    assert!(shown.contains("c.toml:2:11"), "{shown}");
}

#[test]
fn approved_texts_are_files_of_the_world() {
    let approve = |sql: &str| format!("{POLICY}[[approve]]\nname = \"q\"\nsql = \"{sql}\"\n");
    let bank = Bank::new(HOUSE, POLICY);
    let passwd = "../../../../../../../../etc/passwd";
    bank.write("bank/t.policy.toml", &approve(passwd));
    let (json, shown) = bank.error();
    let message = json["message"].as_str().unwrap();
    assert!(
        message.starts_with(&format!(
            "the approved question `q`: {passwd} cannot be read: it lies outside /"
        )),
        "{message}"
    );
    assert!(
        shown.contains("t.policy.toml:9:7") && !shown.contains("root:"),
        "{shown}"
    );
    // nor does a file inside get into a contract, if it is no question
    bank.write("notes.txt", "root:x:0:0\n");
    bank.write("bank/t.policy.toml", &approve("../notes.txt"));
    assert_eq!(bank.run(&["contract", "new", "c", "-o", "c.toml"]).code, 0);
    let add = [
        "contract",
        "add",
        "c.toml",
        "--table",
        "bank.t",
        "--policy",
        "bank/t.policy.toml",
    ];
    let ran = bank.run(&add);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(
        !std::fs::read_to_string(bank.path().join("c.toml"))
            .unwrap()
            .contains("root")
    );
}

#[test]
fn an_approval_in_a_policy_without_house_rules_does_not_loosen_a_table_that_has_them() {
    let text = "SELECT t.country, COUNT(DISTINCT t.person) AS n FROM bank.t t JOIN bank.u u ON t.person = u.person GROUP BY t.country ORDER BY 1";
    let keyed = POLICY.replace(
        "unit = \"person\"",
        "unit = \"person\", join = \"p\", unique = true",
    );
    let bank = Bank::new(HOUSE, &keyed);
    let lax = keyed
        .replace("table = \"t\"\nextends = \"../house-rules.toml\"\n", "table = \"u\"\n")
        .replace("[columns]", "[disclosure]\nmin_contributors = 2\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n[columns]");
    let approve = "[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nmin_contributors = 2\n";
    bank.write("bank/q.sql", text);
    bank.write("bank/u.policy.toml", &format!("{lax}{approve}"));
    let table = "[parties.bank.tables.u]\ndata = \"bank/t.csv\"\npolicy = \"bank/u.policy.toml\"\n";
    bank.write("collaboration.toml", &format!("{WORLD}{table}"));
    let approved = "SELECT * FROM approved('q')";
    assert_eq!(
        rows(&bank.ask("aml", approved)),
        serde_json::json!([["LU", 20]])
    );
    // what is wrong with the house rules is told once
    bank.write(
        "bank/u.policy.toml",
        &format!("{lax}{approve}").replace(
            "[disclosure]",
            "extends = \"../house-rules.toml\"\n[disclosure]",
        ),
    );
    bank.write("house-rules.toml", &HOUSE.replace("jitter", "jiter"));
    let (json, _) = bank.error();
    assert_eq!(json["help"], "did you mean `jitter`?");
    bank.write("bank/u.policy.toml", &format!("{lax}{approve}"));
    // it is the house that keeps the seven back
    bank.write("house-rules.toml", &format!("{HOUSE}floor = 2\n"));
    assert_eq!(
        rows(&bank.ask("aml", approved)),
        serde_json::json!([["KY", 7], ["LU", 20]])
    );
}
