//! A ledger counts only under the signatures of the engine and of every party.

use crate::run::{PATIENTS, subrosa, world};

#[test]
fn a_checkpoint_that_lost_a_signature_is_refused() {
    let dir = world();
    let ask = ["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS];
    assert_eq!(subrosa(dir.path(), &ask).code, 0);
    let checkpoint = dir.path().join("w/.subrosa/ledger/checkpoint");
    let note = std::fs::read_to_string(&checkpoint).unwrap();
    for name in ["engine", "clinic_a", "clinic_b"] {
        let line = format!("\u{2014} {name} ");
        let kept: Vec<&str> = note.lines().filter(|l| !l.starts_with(&line)).collect();
        assert_eq!(kept.len() + 1, note.lines().count());
        std::fs::write(&checkpoint, kept.join("\n") + "\n").unwrap();
        let verify = subrosa(dir.path(), &["ledger", "verify", "--world", "w"]);
        assert_eq!(verify.code, 4, "{name}: {}", verify.err);
        assert_eq!(subrosa(dir.path(), &ask).code, 4, "{name}");
    }
    std::fs::write(&checkpoint, note).unwrap();
    assert_eq!(subrosa(dir.path(), &ask).code, 0);
}

#[test]
fn a_party_may_leave_and_its_old_signature_still_counts() {
    let dir = world();
    let ask = [
        "lab",
        "w",
        "--as",
        "alice@clinic_a",
        "-c",
        "SELECT COUNT(*) FROM clinic_a.visits",
    ];
    assert_eq!(subrosa(dir.path(), &ask).code, 0);
    let file = dir.path().join("w/collaboration.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once("[parties.clinic_b]").unwrap();
    let (_, after) = rest.split_once("[engine]").unwrap();
    std::fs::write(&file, format!("{before}[engine]{after}")).unwrap();
    let ran = subrosa(dir.path(), &ask);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        subrosa(dir.path(), &["ledger", "verify", "--world", "w"]).code,
        0
    );
}
