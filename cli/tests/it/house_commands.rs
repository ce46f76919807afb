//! House rules in the commands that read one policy: lint, explain, fmt, diff, seal, contracts.

use std::path::Path;

use serde_json::Value;

use crate::run::{Ran, subrosa};

const HOUSE: &str = "policy = 1\n\n[disclosure]\nmin_contributors = 8\njitter           = false\nnoise            = \"off\"\n";
const POLICY: &str = "policy = 1\ntable = \"t\"\nextends = \"../house-rules.toml\"\n[columns]\nid = { unit = \"person\" }\n";

/// Two folders, each with house rules and a policy below that extends them; no world.
struct Folders(tempfile::TempDir);

impl Folders {
    fn new() -> Self {
        let dir = Self(tempfile::tempdir().unwrap());
        for name in ["old", "new"] {
            std::fs::create_dir_all(dir.path().join(name).join("bank")).unwrap();
            dir.write(&format!("{name}/house-rules.toml"), HOUSE);
            dir.write(&format!("{name}/bank/t.policy.toml"), POLICY);
        }
        dir
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

    fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.out, ran.err);
        ran
    }
}

#[test]
fn a_policy_in_words_says_what_is_the_houses() {
    let ran = Folders::new().ok(&["policy", "explain", "new/bank/t.policy.toml"]);
    for line in [
        "groups with fewer than 8 contributors are left out (new/house-rules.toml:4)",
        "values are exact (new/house-rules.toml:6)",
        "the earlier answer is returned\n",
    ] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
}

#[test]
fn a_change_of_the_house_rules_is_a_difference_of_the_policy() {
    let folders = Folders::new();
    let diff = [
        "policy",
        "diff",
        "old/bank/t.policy.toml",
        "new/bank/t.policy.toml",
    ];
    assert!(
        folders
            .ok(&diff)
            .out
            .contains("the two policies say the same")
    );
    folders.write("new/house-rules.toml", &HOUSE.replace("= 8", "= 5"));
    let ran = folders.ok(&diff);
    assert!(
        ran.out
            .contains("newly possible (widens)\n  groups of 5 to 7 of unit `person`"),
        "{}",
        ran.out
    );
    folders.write(
        "new/bank/t.policy.toml",
        &POLICY.replace("../house", "../other"),
    );
    folders.write("new/other-rules.toml", HOUSE);
    let ran = folders.ok(&diff);
    let other = "it extends ../other-rules.toml instead of ../house-rules.toml";
    assert!(ran.out.contains(other), "{}", ran.out);
}

#[test]
fn lint_tells_what_the_house_says_at_its_line_and_what_is_wider() {
    let folders = Folders::new();
    let lint = |file: &str| folders.run(&["policy", "lint", file, "--format", "json"]);
    let ran = lint("new/bank/t.policy.toml");
    assert_eq!(ran.code, 0, "{}", ran.out);
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_noise = lines
        .iter()
        .find(|found| found["lint"] == "thresholds_alone")
        .unwrap();
    assert_eq!(of_noise["file"], "new/house-rules.toml", "{of_noise}");
    assert_eq!(of_noise["line"], 6);
    folders.write(
        "new/bank/t.policy.toml",
        &format!("{POLICY}[disclosure]\nmin_contributors = 7\n"),
    );
    let ran = lint("new/bank/t.policy.toml");
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("wider than new/house-rules.toml:4, which asks for 8"),
        "{}",
        ran.out
    );
    // house rules by themselves
    assert_eq!(lint("new/house-rules.toml").code, 0);
    folders.write(
        "new/group.toml",
        "policy = 1\n[disclosure]\nmin_contributors = 9\n",
    );
    folders.write(
        "new/house-rules.toml",
        &HOUSE.replacen("\n\n", "\nextends = \"group.toml\"\n", 1),
    );
    let ran = lint("new/house-rules.toml");
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("wider than new/group.toml:3, which asks for 9"),
        "{}",
        ran.out
    );
}

#[test]
fn house_rules_have_the_layout_of_policies() {
    let folders = Folders::new();
    folders.ok(&["policy", "fmt", "--check", "new/house-rules.toml"]);
    folders.write(
        "new/house-rules.toml",
        "policy = 1\n[disclosure]\nfloor=3\n[access]\nask=[]\n",
    );
    folders.ok(&["policy", "fmt", "new/house-rules.toml"]);
    let text = std::fs::read_to_string(folders.path().join("new/house-rules.toml")).unwrap();
    assert_eq!(
        text,
        "policy = 1\n\n[access]\nask = []\n\n[disclosure]\nfloor = 3\n"
    );
}

#[test]
fn a_table_without_a_world_is_sealed_and_signed_for_under_its_house_rules() {
    let folders = Folders::new();
    folders.write("t.csv", "id\na\nb\n");
    folders.ok(&["party", "new", "bank", "--home", "keys"]);
    let seal = [
        "table",
        "seal",
        "bank.t",
        "--data",
        "t.csv",
        "--policy",
        "new/bank/t.policy.toml",
        "--to",
        "store",
        "--home",
        "keys",
        "--contract",
        "c",
    ];
    folders.ok(&seal);
    // what the contract holds is of both files
    folders.ok(&["contract", "new", "c", "-o", "c.toml"]);
    folders.ok(&[
        "contract", "add", "c.toml", "--party", "bank", "--home", "keys",
    ]);
    let add = [
        "contract",
        "add",
        "c.toml",
        "--table",
        "bank.t",
        "--policy",
        "new/bank/t.policy.toml",
    ];
    folders.ok(&add);
    let again = folders.run(&add);
    assert!(again.err.contains("nothing was added"), "{}", again.err);
    folders.write("new/house-rules.toml", &format!("{HOUSE}# reviewed\n"));
    folders.ok(&add);
    // wider, or gone: neither sealed nor signed for
    for house in [
        HOUSE.replace("noise ", "dominance = 3\nnoise "),
        "not TOML".to_owned(),
    ] {
        folders.write("new/house-rules.toml", &house);
        folders.write(
            "new/bank/t.policy.toml",
            &format!("{POLICY}[disclosure]\ndominance = 2\n"),
        );
        assert_eq!(folders.run(&seal).code, 1);
        assert_eq!(folders.run(&add).code, 1);
    }
    // without a world, house rules lie in the folder above the policy's, or below it
    folders.write("far.toml", HOUSE);
    folders.write(
        "new/bank/t.policy.toml",
        &POLICY.replace("../house-rules.toml", "../../far.toml"),
    );
    let ran = folders.run(&seal);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("it lies outside ") && ran.err.contains("/new"),
        "{}",
        ran.err
    );
    // of a world it is the whole of it
    folders.write("collaboration.toml", "");
    folders.ok(&seal);
}
