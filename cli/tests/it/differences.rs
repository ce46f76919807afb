//! `policy diff`: every example is really refused under the old version, and really let in under the new one.

use std::path::Path;

use serde_json::Value;

use crate::run::subrosa;

const WORLD: &str = r#"name = "differences"
[parties.bank_a]
analysts = ["analyst"]
[parties.bank_a.tables.t]
data = "t.csv"
policy = "t.policy.toml"
types = { amount = "decimal(18,2)" }
[parties.bank_b]
analysts = ["analyst"]
[parties.bank_b.tables.t]
data = "t.csv"
policy = "supposed.policy.toml"
types = { amount = "decimal(18,2)" }
[parties.somebody]
analysts = ["analyst"]
[engine]
purposes = ["aml", "fraud", "anything"]
"#;

const OFF: &str = "jitter = false\nhistory = \"off\"\nnoise = \"off\"\n";

/// Old and new version, how much is wider, and what of it no question shows.
const PAIRS: [(&str, &str, usize, &[&str]); 5] = [
    (
        "[columns]\nacct = { unit = \"acct\" }\nts = { filter = \"1 day\" }\namount = { filter = 1000 }\n",
        "[joins.acct]\nwith = [\"bank_b\"]\nmany = [\"bank_b\"]\ncrowds = [\"bank_b\"]\nnegation = true\n[columns]\nacct = { unit = \"acct\", join = \"acct\" }\nts = { filter = \"1 hour\", dimension = \"month\", compare = [\"bank_b\"] }\namount = { filter = 100, measure = [0, 50000] }\nchannel = { dimension = true, filter = [\"CARD\"] }\nflag = { filter = true }\nother = {}\n",
        16,
        &[],
    ),
    (
        "[access]\nask = [\"bank_b\"]\npurposes = [\"aml\"]\nuntil = 2025-06-01\nowner = \"policy\"\n[columns]\nacct = { unit = \"acct\" }\n",
        "[access]\nask = [\"bank_b\", \"somebody\"]\npurposes = [\"aml\", \"fraud\"]\n[columns]\nacct = { unit = \"acct\" }\n",
        5,
        &[],
    ),
    (
        "[access]\nask = [\"bank_b\"]\nreceive = [\"bank_b\"]\n[columns]\nacct = { unit = \"acct\" }\n",
        "[columns]\nacct = { unit = \"acct\" }\n",
        2,
        &[],
    ),
    (
        "mode = \"template\"\n[columns]\nacct = { unit = \"acct\" }\n\"ch*\" = {}\n",
        "[columns]\nacct = { unit = \"acct\" }\n\"ch*\" = { dimension = true }\n",
        2,
        &[],
    ),
    (
        "min_contributors = 10\n[columns]\nacct = { unit = \"acct\" }\nchannel = { dimension = true }\n",
        "min_contributors = 5\n[columns]\nacct = { unit = \"acct\" }\nchannel = { dimension = true }\n",
        1,
        &["groups of 5 to 9 of unit `acct`"],
    ),
];

fn text(rest: &str) -> String {
    let (disclosure, rest) = rest.split_at(rest.find('[').unwrap());
    format!("policy = 1\ntable = \"t\"\n[disclosure]\n{OFF}{disclosure}{rest}")
}

fn world() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let rows = (1..31).map(|n| {
        format!(
            "a{n},b{n},{n}000,2025-01-{:02} 10:00:00,CARD,yes,x\n",
            n % 27 + 1
        )
    });
    let rows = format!(
        "acct,other,amount,ts,channel,flag,chx\n{}",
        rows.collect::<String>()
    );
    std::fs::write(dir.path().join("t.csv"), rows).unwrap();
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    let nobody = "policy = 1\ntable = \"t\"\n[columns]\nacct = { unit = \"supposed\" }\n";
    std::fs::write(dir.path().join("supposed.policy.toml"), nobody).unwrap();
    dir
}

/// Whether the program lets an example in under the policy that is there.
fn let_in(dir: &Path, example: &Value) -> bool {
    let question = format!("EXPLAIN POLICY {}", example["sql"].as_str().unwrap());
    let given = |name| example[name].as_str().unwrap();
    let mut args = vec!["lab", ".", "--as", given("as"), "--to", given("to")];
    if let Some(purpose) = example["purpose"].as_str() {
        args.extend(["--purpose", purpose]);
    }
    args.extend(["--format", "json", "-c", &question]);
    let ran = subrosa(dir, &args);
    assert!(ran.code == 0, "{example}: {}", ran.err);
    ran.out.contains("\"verdict\":\"allow\"")
}

#[test]
fn every_example_is_refused_before_and_let_in_after() {
    for (old, new, wider, unshown) in PAIRS {
        let dir = world();
        let policy = dir.path().join("t.policy.toml");
        for (name, rest) in [("old.toml", old), ("new.toml", new)] {
            std::fs::write(dir.path().join(name), text(rest)).unwrap();
        }
        let args = [
            "policy", "diff", "old.toml", "new.toml", "--owner", "bank_a",
        ];
        let ran = subrosa(dir.path(), &[&args[..], &["--format", "json"]].concat());
        let diff: Value = serde_json::from_str(&ran.out).unwrap();
        if let Some(supposed) = diff["supposed"]["bank_b"].as_str() {
            std::fs::write(dir.path().join("supposed.policy.toml"), supposed).unwrap();
        }
        let differences = diff["differences"].as_array().unwrap();
        let widens = differences.iter().filter(|d| d["direction"] == "widens");
        let widens: Vec<&Value> = widens.collect();
        assert_eq!(widens.len(), wider, "{diff:#}");
        let says = |d: &&&Value| {
            d["example"]
                .is_null()
                .then(|| d["says"].as_str().unwrap().to_owned())
        };
        let without: Vec<String> = widens.iter().filter_map(|d| says(&d)).collect();
        assert_eq!(without, unshown, "{diff:#}");
        for (file, expected) in [("old.toml", false), ("new.toml", true)] {
            std::fs::copy(dir.path().join(file), &policy).unwrap();
            for difference in widens.iter().filter(|d| !d["example"].is_null()) {
                let found = let_in(dir.path(), &difference["example"]);
                assert_eq!(found, expected, "{file}: {difference}");
            }
        }
        let words = subrosa(dir.path(), &args).out;
        assert!(words.starts_with("newly possible (widens)"), "{words}");
    }
}

#[test]
fn what_narrows_is_said_so() {
    let dir = world();
    let (old, new, wider, _) = PAIRS[0];
    std::fs::write(dir.path().join("old.toml"), text(new)).unwrap();
    std::fs::write(dir.path().join("new.toml"), text(old)).unwrap();
    let args = ["policy", "diff", "old.toml", "new.toml", "--format", "json"];
    let ran = subrosa(dir.path(), &args);
    let diff: Value = serde_json::from_str(&ran.out).unwrap();
    let differences = diff["differences"].as_array().unwrap();
    assert_eq!(differences.len(), wider);
    assert!(
        differences.iter().all(|d| d["direction"] == "narrows"),
        "{diff:#}"
    );
}
