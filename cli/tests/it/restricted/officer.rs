//! What an officer is told of restrictions: where they are wrong, what they keep, and what a new policy changes.

use super::world::{Made, ONLY, Row, World};
use crate::run::subrosa;

const VIPS: &[Row] = &[("v1", "LU", "10.00", "0"), ("v2", "LU", "10.00", "1")];

const ERRORS: &str = r#"policy: `t` has no column `rsk`
   --> ./bank/t.policy.toml:10:9
   |
10 | where = "rsk <> 'vip'"
   |         ^^^^^^^^^^^^^^
  = help: did you mean `risk`?

policy: this is no condition, but a value of type Decimal128(23, 2)
   --> ./bank/t.policy.toml:10:9
   |
10 | where = "amount + n"
   |         ^^^^^^^^^^^^
  = help: write one SQL predicate over the table's own columns

policy: Invalid function 'unheard_of'.
   --> ./bank/t.policy.toml:10:9
   |
10 | where = "unheard_of(risk)"
   |         ^^^^^^^^^^^^^^^^^^
  = help: write one SQL predicate over the table's own columns

policy: [[rows.only]] restricts dsk, which is not in the contract
  --> ./bank/t.policy.toml:9:9
  |
9 | party = "dsk"
  |         ^^^^^
  = help: did you mean `desk`?

policy: [[rows.only]] needs `party` and `where`
  --> ./bank/t.policy.toml:8:1
  |
8 | [[rows.only]]
  | ^^^^^^^^^^^^^
  = help: name a party, or "*" for those not named, and the rows it may see

policy: not SQL: Expected: an expression, found: EOF
   --> ./bank/t.policy.toml:10:18
   |
10 | where = "risk <> "
   |                  ^
  = help: write one SQL expression over the table's own columns
"#;

fn with(only: &'static str) -> Made {
    Made {
        only: Some(only),
        ..Made::of(VIPS)
    }
}

fn wrong(only: &'static str) -> String {
    let world = with(only).world();
    let sql = "SELECT count(*) FROM bank.t";
    let args = ["lab", ".", "--as", "dan@desk", "-c", sql];
    let ran = subrosa(world.path(), &args);
    assert_eq!(ran.code, 1, "{}", ran.err);
    ran.err
}

#[test]
fn what_is_wrong_is_shown_in_the_policy() {
    let errors = [
        "[[rows.only]]\nparty = \"desk\"\nwhere = \"rsk <> 'vip'\"\n",
        "[[rows.only]]\nparty = \"desk\"\nwhere = \"amount + n\"\n",
        "[[rows.only]]\nparty = \"desk\"\nwhere = \"unheard_of(risk)\"\n",
        "[[rows.only]]\nparty = \"dsk\"\nwhere = \"risk <> 'vip'\"\n",
        "[[rows.only]]\nparty = \"desk\"\n",
        "[[rows.only]]\nparty = \"desk\"\nwhere = \"risk <> \"\n",
    ]
    .map(wrong);
    assert_eq!(errors.join("\n"), ERRORS);
}

#[test]
fn a_public_table_keeps_no_row_from_anybody() {
    let world = Made::of(&[]).world();
    let policy = format!(
        "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 1\n{ONLY}[columns]\nn = {{}}\n"
    );
    world.put("bank/t.policy.toml", &policy);
    let ran = subrosa(world.path(), &["policy", "lint", "bank/t.policy.toml"]);
    assert_eq!(ran.code, 1);
    let said =
        "`t` is public, so no party can be kept from rows of it\n  --> bank/t.policy.toml:6:9\n";
    assert!(ran.out.contains(said), "{}", ran.out);
}

fn sealed(world: &World) -> (String, String) {
    let ran = subrosa(world.path(), &["table", "seal"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    (ran.out.lines().next().unwrap().to_owned(), ran.err)
}

#[test]
fn another_condition_seals_anew_and_another_party_does_not() {
    let world = Made::of(VIPS).world();
    let (first, remarks) = sealed(&world);
    assert_eq!(first, "bank.t  version 1  42 rows  sealed");
    let remark = "bank.t: `[[rows.only]]` with risk <> 'vip' keeps 40 of 42 rows";
    assert!(remarks.contains(remark), "{remarks}");
    let count = |world: &World, asker: &str, to: &str| {
        world.answer(asker, to, "SELECT count(*) AS n FROM bank.t")
    };
    assert_eq!(count(&world, "dan@desk", "desk"), "n\n40\n");
    assert_eq!(count(&world, "rita@regulator", "regulator"), "n\n42\n");
    with("[[rows.only]]\nparty = \"regulator\"\nwhere = \"risk <> 'vip'\"\n").write(&world);
    assert_eq!(sealed(&world).0, "bank.t  version 1  42 rows  unchanged");
    assert_eq!(count(&world, "dan@desk", "desk"), "n\n42\n");
    assert_eq!(count(&world, "rita@regulator", "regulator"), "n\n40\n");
    with("[[rows.only]]\nparty = \"regulator\"\nwhere = \"n < 1 AND 1 / (n - 1) < 0\"\n")
        .write(&world);
    let (again, remarks) = sealed(&world);
    assert_eq!(again, "bank.t  version 2  42 rows  sealed");
    assert!(remarks.contains("keeps 21 of 42 rows"), "{remarks}");
    assert_eq!(count(&world, "rita@regulator", "regulator"), "n\n21\n");
    with("").write(&world);
    assert_eq!(sealed(&world).0, "bank.t  version 3  42 rows  sealed");
    assert_eq!(count(&world, "rita@regulator", "regulator"), "n\n42\n");
}

#[test]
fn a_restriction_is_explained_compared_and_linted() {
    let world = Made::of(VIPS).world();
    let old = std::fs::read_to_string(world.path().join("bank/t.policy.toml")).unwrap();
    world.put("old.toml", &old);
    world.put("none.toml", &old.replace(ONLY, ""));
    world.put("other.toml", &old.replace("<> 'vip'", "= 'no'"));
    let diff = |new: &str| subrosa(world.path(), &["policy", "diff", "old.toml", new]).out;
    let gone = diff("none.toml");
    assert!(
        gone.contains("desk sees other rows than those with risk <> 'vip'"),
        "{gone}"
    );
    assert!(
        diff("other.toml").contains("desk sees rows with risk = 'no' instead of risk <> 'vip'")
    );
    let explained = subrosa(world.path(), &["policy", "explain", "old.toml"]).out;
    assert!(
        explained.contains("for desk, only rows with risk <> 'vip'"),
        "{explained}"
    );
    let linted = subrosa(world.path(), &["policy", "lint", "."]);
    assert_eq!(linted.code, 0, "{}", linted.out);
    world.put(
        "bank/t.policy.toml",
        &old.replace("party = \"desk\"", "party = \"dsk\""),
    );
    let linted = subrosa(world.path(), &["policy", "lint", "."]);
    assert_eq!(linted.code, 1);
    assert!(
        linted.out.contains("the contract knows no party `dsk`"),
        "{}",
        linted.out
    );
}
