//! `kill -9` at any point: the next run works, the ledger verifies, and nothing is half there.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use connectors::KeyFolder;

use crate::run::{PATIENTS, subrosa, world};

const ASK: &[&str] = &["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS];
const ROUNDS: u64 = 24;

/// Adds a row, so that the table is sealed anew.
fn change(dir: &Path, round: u64) {
    let data = dir.join("w/clinic_a/visits.csv");
    let text = std::fs::read_to_string(&data).unwrap();
    let row = format!("clinic_a-{round},2026-01-01,flu,1.00,Somebody\n");
    std::fs::write(&data, text + &row).unwrap();
}

/// Runs the program and kills it after a while.
fn kill_after(dir: &Path, delay: Duration) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_subrosa"))
        .args(ASK)
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A number below one that differs with every round and every run.
fn chance(round: u64) -> f64 {
    use std::hash::{BuildHasher, RandomState};
    f64::from(u16::try_from(RandomState::new().hash_one(round) & 0xffff).unwrap()) / 65_536.0
}

/// Every answer that has its name opens; every version up to the current one is whole or unnamed.
fn nothing_is_half_there(dir: &Path) {
    for check in [
        &["ledger", "verify", "--world", "w"][..],
        &["contract", "verify", "--world", "w"],
        &["table", "verify", "clinic_a.visits", "--world", "w"],
        &["table", "verify", "clinic_b.visits", "--world", "w"],
    ] {
        let ran = subrosa(dir, check);
        assert_eq!(ran.code, 0, "{check:?}: {}", ran.err);
    }
    let keys = |who: &str| {
        let folder = KeyFolder::new(dir.join("w/.subrosa/keys").join(who));
        folder.party().unwrap()
    };
    let (engine, recipient) = (
        keys("engine.lab").identity.public(),
        keys("clinic_b").recipient,
    );
    for entry in std::fs::read_dir(dir.join("w/.subrosa/answers")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "answer")
        {
            let bytes = std::fs::read(&path).unwrap();
            let opened = engine::open_answer(&bytes, &engine, &recipient);
            assert!(opened.is_ok(), "{}", path.display());
        }
    }
}

fn killed(dir: &Path, rounds: u64, seals: bool) {
    let begun = Instant::now();
    change(dir, 0);
    let ran = subrosa(dir, ASK);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let whole = begun.elapsed();
    for round in 1..=rounds {
        if seals {
            change(dir, round);
        }
        kill_after(dir, whole.mul_f64(1.1 * chance(round)));
        if round % 6 == 0 {
            let ran = subrosa(dir, ASK);
            assert_eq!(ran.code, 0, "round {round}: {}", ran.err);
            nothing_is_half_there(dir);
        }
    }
}

#[test]
fn killed_while_sealing_nothing_is_lost() {
    let dir = world();
    killed(dir.path(), ROUNDS, true);
    let ran = subrosa(dir.path(), &["lab", "w", "--status", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        status[0]["rows"],
        60 + 1 + ROUNDS,
        "every row that was added is sealed"
    );
    assert_eq!(status[1]["version"], 1);
}

#[test]
fn killed_while_answering_nothing_is_lost() {
    let dir = world();
    killed(dir.path(), ROUNDS, false);
    let ran = subrosa(dir.path(), &["lab", "w", "--status", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let versions = (&status[0]["version"], &status[1]["version"]);
    assert_eq!(versions, (&1.into(), &1.into()), "nothing is sealed anew");
}

#[test]
fn killed_the_first_time_it_runs() {
    for round in 0..8 {
        let dir = world();
        kill_after(dir.path(), Duration::from_millis(20 * round + 5));
        let ran = subrosa(dir.path(), ASK);
        assert_eq!(ran.code, 0, "round {round}: {}", ran.err);
        nothing_is_half_there(dir.path());
    }
}

#[test]
fn what_a_crash_leaves_beside_the_files_is_ignored() {
    let dir = world();
    assert_eq!(subrosa(dir.path(), ASK).code, 0);
    let made = dir.path().join("w/.subrosa");
    for staged in [
        "ledger/checkpoint.new",
        "keys/clinic_a/identity.new",
        "state/clinic_a/witness.new",
        "state/clinic_a/.tmpAbCdEf",
        "contract/.tmpAbCdEf",
        "answers/.tmpAbCdEf",
        "store/clinic_a/visits/v2/part-00000-00000.parquet",
        "store/clinic_a/visits/v2/part-00000-00000.parquet#1",
    ] {
        let path = made.join(staged);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "half a fi").unwrap();
    }
    let entries = made.join("ledger/entries.jsonl");
    let text = std::fs::read_to_string(&entries).unwrap();
    std::fs::write(&entries, text + "{\"index\":99,\"ti").unwrap();
    assert_eq!(subrosa(dir.path(), ASK).code, 0);
    change(dir.path(), 1);
    let ran = subrosa(dir.path(), ASK);
    assert_eq!(ran.code, 0, "{}", ran.err);
    nothing_is_half_there(dir.path());
}

/// State is replaced whole; half of it is no crash, and is not guessed at.
#[test]
fn state_that_is_cut_is_refused_by_name() {
    let dir = world();
    assert_eq!(subrosa(dir.path(), ASK).code, 0);
    for state in ["visits.json", "witness"] {
        let path = dir.path().join("w/.subrosa/state/clinic_a").join(state);
        let good = std::fs::read(&path).unwrap();
        for length in [0, 1, good.len() / 2] {
            std::fs::write(&path, &good[..length]).unwrap();
            let ran = subrosa(dir.path(), ASK);
            assert_eq!(
                (ran.code, ran.out.as_str()),
                (4, ""),
                "{state} {length}: {}",
                ran.err
            );
        }
        std::fs::write(&path, &good).unwrap();
    }
    let ran = subrosa(dir.path(), ASK);
    assert_eq!(ran.code, 0, "{}", ran.err);
}
