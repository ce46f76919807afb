//! `kill -9` at any point: the next run works, and the ledger verifies.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::run::{PATIENTS, subrosa, world};

#[test]
fn killed_while_sealing_and_answering_nothing_is_lost() {
    let dir = world();
    for round in 0..25_u64 {
        let data = dir.path().join("w/clinic_a/visits.csv");
        let text = std::fs::read_to_string(&data).unwrap();
        std::fs::write(
            &data,
            format!("{text}clinic_a-{round},2026-01-01,flu,1.00,Somebody\n"),
        )
        .unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_subrosa"))
            .args(["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS])
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(4 * round + 2));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let ran = subrosa(
        dir.path(),
        &["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    for check in [
        &["ledger", "verify", "--world", "w"][..],
        &["contract", "verify", "--world", "w"],
        &["table", "verify", "clinic_a.visits", "--world", "w"],
    ] {
        let ran = subrosa(dir.path(), check);
        assert_eq!(ran.code, 0, "{check:?}: {}", ran.err);
    }
}
