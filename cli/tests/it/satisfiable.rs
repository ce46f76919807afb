//! `contract verify`: what was signed and can never be answered is pointed out.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::run::{subrosa, world as sound};

const WORLD: &str = r#"name = "ring"
[parties.north]
analysts = ["nina"]
[parties.north.tables.ring]
data = "ring.csv"
policy = "ring.policy.toml"
[parties.south]
analysts = ["saul"]
[parties.south.tables.others]
data = "ring.csv"
policy = "others.policy.toml"
[parties.mute]
[engine]
purposes = ["aml", "audit"]
[views]
"both.sides" = "view.sql"
"#;

const OFF: &str = "jitter = false\nhistory = \"off\"\nnoise = \"off\"\n";

/// Eight members, of whom the first has three rows.
fn world(ring: &str, others: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut rows = "person,kind\np0,x\np0,x\n".to_owned();
    for n in 0..8 {
        writeln!(rows, "p{n},x").unwrap();
    }
    std::fs::write(dir.path().join("ring.csv"), rows).unwrap();
    std::fs::write(dir.path().join("collaboration.toml"), WORLD).unwrap();
    let view =
        "SELECT person, kind FROM north.ring UNION ALL SELECT person, kind FROM south.others";
    std::fs::write(dir.path().join("view.sql"), view).unwrap();
    std::fs::write(
        dir.path().join("q.sql"),
        "SELECT count(*) AS n FROM north.ring",
    )
    .unwrap();
    for (table, text) in [("ring", ring), ("others", others)] {
        let columns = "[columns]\nperson = { unit = \"person\", join = \"person\" }\nkind = { dimension = true }\n";
        let text = format!("policy = 1\ntable = \"{table}\"\n{text}{columns}");
        std::fs::write(dir.path().join(format!("{table}.policy.toml")), text).unwrap();
    }
    dir
}

fn found(dir: &Path, world: &str) -> Vec<String> {
    let status = subrosa(dir, &["lab", world, "--status"]);
    assert_eq!(status.code, 0, "{}", status.err);
    let args = ["contract", "verify", "--world", world, "--format", "json"];
    let ran = subrosa(dir, &args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    let found = all["unanswerable"].as_array().unwrap();
    found
        .iter()
        .map(|f| f["message"].as_str().unwrap().to_owned())
        .collect()
}

fn disclosure(k: u32) -> String {
    format!("[disclosure]\nmin_contributors = {k}\n{OFF}")
}

#[test]
fn a_ring_of_eight_under_a_k_of_25_is_pointed_out_and_answers_nothing() {
    let dir = world(&disclosure(25), &disclosure(8));
    let found = found(dir.path(), ".");
    let says =
        "no value over north.ring can leave: it takes 25 of unit `person`, and there are 8 at most";
    assert_eq!(found, [says]);
    let ask = |table: &str| {
        let sql = format!("SELECT kind, count(*) AS n FROM {table} GROUP BY kind");
        let args = ["lab", ".", "--format", "json", "-c", &sql, "--as"];
        let asker = if table == "north.ring" {
            "saul@south"
        } else {
            "nina@north"
        };
        let ran = subrosa(dir.path(), &[&args[..], &[asker]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        serde_json::from_str::<Value>(&ran.out).unwrap()
    };
    assert_eq!(ask("north.ring").as_array().unwrap().len(), 0);
    assert_eq!(
        ask("south.others").as_array().unwrap().len(),
        1,
        "eight do for a k of 8"
    );
}

#[test]
fn what_a_pool_reaches_is_not_pointed_out() {
    let pool = |k, other: &str| format!("{}pool = [\"{other}\"]\n", disclosure(k));
    let enough = world(&pool(16, "south"), &pool(8, "north"));
    assert_eq!(found(enough.path(), "."), Vec::<String>::new());
    let short = world(&pool(17, "south"), &pool(8, "north"));
    assert!(found(short.path(), ".")[0].contains("there are 16 at most"));
    let alone = world(&pool(16, "south"), &disclosure(8));
    let found = found(alone.path(), ".");
    assert!(
        found
            .iter()
            .any(|says| says.contains("there are 8 at most")),
        "{found:?}"
    );
}

#[test]
fn names_days_and_purposes_that_shut_everybody_out_are_pointed_out() {
    let k = disclosure(5);
    let joins = |other: &str| format!("[joins.person]\nwith = [\"{other}\"]\n");
    let cases = [
        (
            format!("[access]\nask = [\"mute\"]\n{k}"),
            "nobody can ask north.ring",
        ),
        (
            format!("[access]\nuntil = 2020-01-31\n{k}"),
            "its last day was 2020-01-31",
        ),
        (
            format!("[access]\npurposes = [\"audit\"]\n{k}{}", joins("south")),
            "no question can link north.ring with south.others on `person`: their policies have no purpose in common",
        ),
        (
            format!("[access]\npurposes = [\"audit\"]\n{k}"),
            "no question can read the view both.sides: their policies have no purpose in common",
        ),
        (
            format!("[access]\nask = [\"mute\"]\n{k}"),
            "no question can read the view both.sides: no party may ask all of them",
        ),
        (
            format!("{k}[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nmin_contributors = 9\n"),
            "`q` can have no answer: it takes 9 of unit `person` of north.ring, and there are 8 at most",
        ),
    ];
    for (ring, says) in cases {
        let others = format!(
            "[access]\npurposes = [\"aml\"]\nask = [\"north\"]\n{k}{}",
            joins("north")
        );
        let others = if says.contains("no party") {
            others.replace("\"north\"]\n[d", "\"south\"]\n[d")
        } else {
            others
        };
        let dir = world(&ring, &others);
        let found = found(dir.path(), ".");
        assert!(
            found.iter().any(|message| message.contains(says)),
            "{says}: {found:?}"
        );
    }
}

#[test]
fn nothing_is_pointed_out_in_a_sound_world() {
    let dir = sound();
    assert_eq!(found(dir.path(), "w"), Vec::<String>::new());
}
