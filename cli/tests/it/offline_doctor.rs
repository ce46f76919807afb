//! `doctor` and `attest`: what is wrong is told with its remedy; what is right is told too.

use serde_json::Value;

use crate::run::{PATIENTS, subrosa, world};

fn checks(dir: &std::path::Path) -> (Vec<Value>, i32) {
    let ran = subrosa(dir, &["doctor", "--world", "w", "--format", "json"]);
    (serde_json::from_str(&ran.out).unwrap(), ran.code)
}

fn check<'a>(checks: &'a [Value], name: &str) -> &'a Value {
    checks.iter().find(|check| check["check"] == name).unwrap()
}

fn asked() -> tempfile::TempDir {
    let dir = world();
    let args = ["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS];
    assert_eq!(subrosa(dir.path(), &args).code, 0);
    dir
}

#[test]
fn a_world_that_is_well() {
    let dir = asked();
    let (found, code) = checks(dir.path());
    assert_eq!(code, 0);
    for name in [
        "version", "clock", "world", "policies", "keys", "contract", "ledger", "store",
    ] {
        assert_eq!(check(&found, name)["status"], "ok", "{name}");
    }
    let tee = check(&found, "tee");
    assert_eq!(tee["status"], "warning");
    assert!(tee["found"].as_str().unwrap().contains("UNATTESTED"));
    let in_words = subrosa(dir.path(), &["doctor", "--world", "w"]);
    let last = in_words.out.lines().last().unwrap();
    assert!(last.starts_with("0 errors, 1 warning"), "{}", in_words.out);
}

#[test]
fn a_key_that_others_read() {
    use std::os::unix::fs::PermissionsExt;
    let dir = asked();
    let key = dir.path().join("w/.subrosa/keys/clinic_a/identity.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let (found, code) = checks(dir.path());
    let keys = check(&found, "keys");
    assert_eq!((code, &keys["status"]), (1, &Value::from("error")));
    assert!(keys["remedy"].as_str().unwrap().starts_with("chmod"));
}

#[test]
fn a_policy_and_a_world_that_do_not_parse() {
    let dir = asked();
    let policy = dir.path().join("w/clinic_a/visits.policy.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace("dimension", "dimensoin")).unwrap();
    let (found, code) = checks(dir.path());
    assert_eq!(
        (code, &check(&found, "policies")["status"]),
        (1, &Value::from("error"))
    );
    std::fs::write(dir.path().join("w/collaboration.toml"), "nam = \"x\"\n").unwrap();
    let (found, code) = checks(dir.path());
    assert_eq!(
        (code, &check(&found, "world")["status"]),
        (1, &Value::from("error"))
    );
}

#[test]
fn a_contract_that_was_tampered_with() {
    let dir = asked();
    let file = dir.path().join("w/.subrosa/contract/v1.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("lab = true", "lab = false")).unwrap();
    let (found, code) = checks(dir.path());
    assert_eq!(
        (code, &check(&found, "contract")["status"]),
        (4, &Value::from("error"))
    );
}

#[test]
fn a_store_that_cannot_be_written() {
    let dir = world();
    let file = dir.path().join("w/collaboration.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let taken = dir.path().join("taken");
    std::fs::write(&taken, "a file").unwrap();
    let store = format!("\n[store]\nurl = \"file://{}\"\n", taken.display());
    std::fs::write(&file, text + &store).unwrap();
    let (found, code) = checks(dir.path());
    let store = check(&found, "store");
    assert_eq!((code, &store["status"]), (2, &Value::from("error")));
}

#[test]
fn evidence_is_kept_shown_and_verified_again() {
    let dir = asked();
    let show = subrosa(dir.path(), &["attest", "show", "--world", "w"]);
    assert_eq!(show.code, 0, "{}", show.err);
    assert!(show.out.contains("UNATTESTED"), "{}", show.out);
    let verify = ["attest", "verify", "--world", "w", "--format", "json"];
    let verified = subrosa(dir.path(), &verify);
    let object: Value = serde_json::from_str(&verified.out).unwrap();
    assert_eq!(
        (&object["verified"], &object["attested"]),
        (&true.into(), &false.into())
    );
    let file = dir.path().join("w/.subrosa/state/clinic_a/evidence.json");
    let good = std::fs::read_to_string(&file).unwrap();
    let nonce = serde_json::from_str::<Value>(&good).unwrap()["transcript"]["nonce"].clone();
    let nonce = nonce.as_str().unwrap();
    let other = nonce.replace(['0', '1'], "2");
    for bad in [
        good.replace(nonce, &other),
        good.replace("\"debug\": false", "\"debug\": true"),
        "{}".to_owned(),
    ] {
        assert_ne!(bad, good);
        std::fs::write(&file, bad).unwrap();
        assert_eq!(subrosa(dir.path(), &verify).code, 4);
    }
}
