//! A contract between files: drawn up, signed here and elsewhere, verified, followed by the next.

use std::path::Path;

use serde_json::Value;

use crate::run::{Ran, subrosa, world};

fn ok(dir: &Path, args: &[&str]) -> Ran {
    let ran = subrosa(dir, args);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap()
}

/// A contract of two members with keys, one table, not signed.
fn drawn_up() -> tempfile::TempDir {
    let dir = world();
    let policy = "w/clinic_a/visits.policy.toml";
    for args in [
        &["party", "new", "clinic_a", "--home", "a"][..],
        &["party", "new", "clinic_b", "--home", "b"],
        &[
            "contract",
            "new",
            "clinics",
            "--purpose",
            "research",
            "--lab",
            "-o",
            "c.toml",
        ],
        &[
            "contract",
            "add",
            "c.toml",
            "--party",
            "clinic_a",
            "--home",
            "a",
            "--analyst",
            "alice",
        ],
        &[
            "contract",
            "add",
            "c.toml",
            "--party",
            "clinic_b",
            "--home",
            "b",
            "--analyst",
            "bob",
        ],
        &[
            "contract",
            "add",
            "c.toml",
            "--table",
            "clinic_a.visits",
            "--policy",
            policy,
        ],
    ] {
        ok(dir.path(), args);
    }
    dir
}

#[test]
fn a_contract_is_in_force_once_its_owners_have_signed() {
    let dir = drawn_up();
    let unsigned = subrosa(dir.path(), &["contract", "verify", "c.toml"]);
    assert_eq!(unsigned.code, 4);
    assert!(
        unsigned.err.contains("clinic_a has not signed"),
        "{}",
        unsigned.err
    );
    ok(
        dir.path(),
        &[
            "contract", "sign", "c.toml", "--party", "clinic_a", "--home", "a",
        ],
    );
    ok(
        dir.path(),
        &[
            "contract", "sign", "c.toml", "--party", "clinic_b", "--home", "b",
        ],
    );
    let verified = ok(
        dir.path(),
        &["contract", "verify", "c.toml", "--format", "json"],
    );
    let signers = &json(&verified)["versions"][0]["signed_by"];
    assert_eq!(*signers, serde_json::json!(["clinic_a", "clinic_b"]));
    let others = [
        "contract", "sign", "c.toml", "--party", "clinic_b", "--home", "a",
    ];
    assert_eq!(subrosa(dir.path(), &others).code, 1);
}

#[test]
fn a_key_that_never_comes_here_signs_in_two_steps() {
    let dir = drawn_up();
    let prepared = ok(
        dir.path(),
        &[
            "contract",
            "sign",
            "c.toml",
            "--prepare",
            "--format",
            "json",
        ],
    );
    let message = hex::decode(json(&prepared)["message"].as_str().unwrap()).unwrap();
    let secret = std::fs::read_to_string(dir.path().join("a/identity.key")).unwrap();
    let signer = seal::IdentityKey::from_hex(secret.trim()).unwrap();
    let good = signer.sign(&message);
    let mut bad = good;
    bad[0] ^= 1;
    let give = |signature: &str| {
        let args = [
            "contract",
            "sign",
            "c.toml",
            "--party",
            "clinic_a",
            "--signature",
        ];
        subrosa(dir.path(), &[&args[..], &[signature]].concat())
    };
    assert_eq!(give("00").code, 1);
    assert_eq!(give("no-such-file").code, 1);
    let refused = give(&hex::encode(bad));
    assert_eq!(refused.code, 4, "{}", refused.err);
    assert!(!dir.path().join("c.signatures.toml").exists());
    std::fs::write(dir.path().join("sig.bin"), good).unwrap();
    assert_eq!(give("sig.bin").code, 0);
    assert_eq!(give(&hex::encode(good)).code, 0);
    ok(dir.path(), &["contract", "verify", "c.toml"]);
}

#[test]
fn a_changed_contract_is_another_and_must_be_signed_again() {
    let dir = drawn_up();
    ok(
        dir.path(),
        &[
            "contract", "sign", "c.toml", "--party", "clinic_a", "--home", "a",
        ],
    );
    let add = [
        "contract",
        "add",
        "c.toml",
        "--party",
        "clinic_b",
        "--analyst",
        "bea",
    ];
    let changed = ok(dir.path(), &add);
    assert!(changed.out.contains("bea"), "{}", changed.out);
    assert!(changed.err.contains("sign it again"), "{}", changed.err);
    assert_eq!(
        subrosa(dir.path(), &["contract", "verify", "c.toml"]).code,
        4
    );
    assert_eq!(subrosa(dir.path(), &add).code, 1, "nothing was added");
}

#[test]
fn nothing_is_written_that_leads_nowhere() {
    let dir = drawn_up();
    let before = std::fs::read(dir.path().join("c.toml")).unwrap();
    let policy = "w/clinic_a/visits.policy.toml";
    for (args, says) in [
        (
            &["--table", "clinic_c.visits", "--policy", policy][..],
            "clinic_c is not a member",
        ),
        (
            &["--table", "clinic_a.bills", "--policy", policy],
            "is the policy of `visits`",
        ),
        (&["--to", "clinic_c"], "clinic_c is not a member"),
        (&["--measurement", "sev-snp"], "is no measurement"),
        (&["--party", "clinic_c"], "is no member yet"),
    ] {
        let ran = subrosa(dir.path(), &[&["contract", "add", "c.toml"], args].concat());
        assert_eq!(ran.code, 1, "{args:?}");
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    }
    assert_eq!(std::fs::read(dir.path().join("c.toml")).unwrap(), before);
}

#[test]
fn the_next_version_follows_and_is_compared() {
    let dir = drawn_up();
    ok(
        dir.path(),
        &[
            "contract",
            "new",
            "--after",
            "c.toml",
            "--purpose",
            "billing",
            "-o",
            "d.toml",
        ],
    );
    let shown = ok(
        dir.path(),
        &["contract", "show", "d.toml", "--format", "json"],
    );
    let first = ok(
        dir.path(),
        &["contract", "show", "c.toml", "--format", "json"],
    );
    assert_eq!(json(&shown)["version"], 2);
    assert_eq!(json(&shown)["previous"], json(&first)["digest"]);
    let diff = ok(dir.path(), &["contract", "diff", "c.toml", "d.toml"]);
    assert!(diff.out.contains("billing"), "{}", diff.out);
}

#[test]
fn the_contract_of_a_world_is_shown_verified_and_compared() {
    let dir = world();
    ok(dir.path(), &["lab", "w", "--status"]);
    let file = dir.path().join("w/collaboration.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace("\"research\"", "\"research\", \"billing\""),
    )
    .unwrap();
    ok(dir.path(), &["lab", "w", "--status"]);
    let diff = ok(dir.path(), &["contract", "diff", "--world", "w"]);
    assert!(diff.out.contains("billing"), "{}", diff.out);
    let first = ok(
        dir.path(),
        &["contract", "diff", "--world", "w", "--at", "1"],
    );
    assert!(first.out.contains("nothing before it"));
    let all = json(&ok(
        dir.path(),
        &["contract", "verify", "--world", "w", "--format", "json"],
    ));
    assert_eq!(all["versions"].as_array().unwrap().len(), 2);
}
