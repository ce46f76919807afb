//! The state over boots, crashes and a host that tampers with it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use policy::number::Decimal;
use release::{Duties, PartyRule, Release, ReleaseSpec, Slot, Statistic, StatisticKind, TrackForm};
use seal::Seed;
use tokio::sync::Mutex;

use super::budget::Charge;
use super::{Keys, State};
use crate::refusal::Refusal;

fn keys(parties: &[(&str, u8)]) -> Keys {
    let seed = |byte| Seed::from_slice(&[byte; 32]).unwrap();
    let parties: BTreeMap<String, Seed> = parties
        .iter()
        .map(|(party, byte)| ((*party).to_owned(), seed(*byte)))
        .collect();
    Keys::new(seed(1), seed(2), parties)
}

const BOTH: &[(&str, u8)] = &[("bank_a", 3), ("bank_b", 4)];

fn open(folder: &Path, noted: Option<&(String, u64)>) -> Result<State, Refusal> {
    State::open(folder, keys(BOTH), noted)
}

fn charge(question: &str) -> Charge {
    Charge {
        table: "bank_a.t".to_owned(),
        party: "bank_b".to_owned(),
        period: "2026-11".to_owned(),
        question: question.to_owned(),
        statistics: 2,
    }
}

/// Two boots with a charge each; what was noted after each.
fn two_boots(folder: &Path) -> Vec<(String, u64)> {
    let mut noted: Vec<(String, u64)> = Vec::new();
    for question in ["first", "second"] {
        let mut state = open(folder, noted.last()).unwrap();
        state.charge(vec![charge(question)]).unwrap();
        noted.push(state.head());
    }
    noted
}

fn refused(result: Result<State, Refusal>) -> String {
    match result {
        Err(Refusal::Tampered(reason)) => reason,
        Err(other) => format!("{other:?}"),
        Ok(_) => "opened".to_owned(),
    }
}

#[test]
fn what_was_charged_is_there_after_the_next_boot() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    let state = open(folder.path(), noted.last()).unwrap();
    assert_eq!(state.spent(&charge("third")), 4);
    assert!(state.is_charged(&charge("first")) && !state.is_charged(&charge("third")));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_state_that_was_not_noted_yet_counts() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    assert_eq!(
        open(folder.path(), noted.first())
            .unwrap()
            .spent(&charge("third")),
        4
    );
    assert_eq!(
        open(folder.path(), None).unwrap().spent(&charge("third")),
        4
    );
}

#[test]
fn a_missing_or_older_state_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    std::fs::remove_file(folder.path().join("00000002.state")).unwrap();
    assert!(refused(open(folder.path(), noted.last())).contains("older than the ledger says"));
    std::fs::remove_file(folder.path().join("00000001.state")).unwrap();
    assert!(refused(open(folder.path(), noted.last())).contains("older than the ledger says"));
}

#[test]
fn every_changed_byte_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    for name in ["00000001.state", "00000002.state"] {
        let path = folder.path().join(name);
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len())
            .step_by(997)
            .chain([0, 16, 17, 30, whole.len() - 1])
        {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            let reason = refused(open(folder.path(), noted.last()));
            assert!(
                reason.contains(name) || reason.contains("older than"),
                "{name} byte {at}: {reason}"
            );
        }
        std::fs::write(&path, &whole).unwrap();
    }
    assert!(open(folder.path(), noted.last()).is_ok());
}

#[test]
fn files_of_another_place_do_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    let (one, two) = (
        folder.path().join("00000001.state"),
        folder.path().join("00000002.state"),
    );
    let (first, second) = (std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
    std::fs::write(&one, &second).unwrap();
    std::fs::write(&two, &first).unwrap();
    assert!(refused(open(folder.path(), noted.last())).contains("not where it belongs"));
}

#[test]
fn a_torn_end_is_cut_off_but_only_behind_what_was_noted() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    let path = folder.path().join("00000002.state");
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 5, 16, 18, 100, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(
            refused(open(folder.path(), noted.last())).contains("older than"),
            "{length} noted"
        );
        let state = open(folder.path(), noted.first()).unwrap();
        assert_eq!(state.spent(&charge("third")), 2, "{length}");
        let mut again = open(folder.path(), noted.first()).unwrap();
        again.charge(vec![charge("fourth")]).unwrap();
        let head = again.head();
        assert_eq!(
            open(folder.path(), Some(&head))
                .unwrap()
                .spent(&charge("third")),
            4,
            "{length}"
        );
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap().path();
            if !file.ends_with("00000001.state") {
                std::fs::remove_file(file).unwrap();
            }
        }
    }
}

#[test]
fn a_missing_seed_is_named_and_another_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let noted = two_boots(folder.path());
    let without = State::open(folder.path(), keys(&BOTH[..1]), noted.last());
    assert!(refused(without).contains("does not open without the seed of bank_b"));
    let other = State::open(
        folder.path(),
        keys(&[("bank_a", 3), ("bank_b", 9)]),
        noted.last(),
    );
    assert!(refused(other).contains("does not open with these seeds"));
    let joined = State::open(
        folder.path(),
        keys(&[("bank_a", 3), ("bank_b", 4), ("bank_c", 5)]),
        noted.last(),
    );
    assert_eq!(joined.unwrap().spent(&charge("third")), 4);
}

/// A question about how many these are.
fn count(entities: impl Iterator<Item = u64>) -> Release {
    let spec = ReleaseSpec {
        keys: Vec::new(),
        statistics: vec![Statistic {
            name: "n".to_owned(),
            kind: StatisticKind::CountRows,
            branches: Vec::new(),
            output: DataType::Int64,
        }],
        slots: vec![Slot {
            column: 0,
            form: TrackForm::Scalar,
            merged: false,
            same: Vec::new(),
            over: Vec::new(),
            displaces: false,
            k: vec![(0, 10)],
        }],
        parties: vec![PartyRule {
            name: "bank_a".to_owned(),
            exempt: false,
            pool: 0,
            dominance: 0,
        }],
    };
    let duties = Duties {
        jitter: true,
        history: true,
        noise: Some(Decimal::from(16)),
        spaces: vec!["person".to_owned()],
        cuts: vec![None],
    };
    let tracks: UInt64Array = entities
        .map(|entity| entity.wrapping_mul(0x9e37_79b9) & 0xff_ffff_ffff)
        .collect();
    let batch = RecordBatch::try_from_iter([("t", Arc::new(tracks) as _)]).unwrap();
    let mut release = Release::owing(spec, &batch.schema(), duties).unwrap();
    release.update(&batch).unwrap();
    release
}

fn told(state: &mut State, entities: impl Iterator<Item = u64>) -> i64 {
    let batch = state.finish(count(entities)).unwrap().into_batch();
    batch.column(0).as_primitive::<Int64Type>().value(0)
}

#[test]
fn sixty_four_near_questions_at_once_get_one_answer_and_so_does_the_next_boot() {
    let folder = tempfile::tempdir().unwrap();
    let state = Arc::new(Mutex::new(open(folder.path(), None).unwrap()));
    let threads: Vec<_> = (0..64_u64)
        .map(|without| {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                let people = (0..300).filter(move |entity| *entity != without);
                told(&mut state.blocking_lock(), people)
            })
        })
        .collect();
    let answers: BTreeSet<i64> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let noted = state.blocking_lock().head();
    assert_eq!(noted.1, 65, "a header, and a piece a question");
    drop(state);
    let mut next = open(folder.path(), Some(&noted)).unwrap();
    assert_eq!(BTreeSet::from([told(&mut next, 0..301)]), answers);
    let bytes = std::fs::read(folder.path().join("00000001.state")).unwrap();
    assert!(bytes.len() > 64 * 16 * 1024, "every piece is padded");
}

#[test]
fn outcomes_need_the_seeds_of_the_parties_they_are_about() {
    let folder = tempfile::tempdir().unwrap();
    let mut state = open(folder.path(), None).unwrap();
    let first = told(&mut state, 0..100);
    let noted = state.head();
    assert_eq!(
        told(&mut open(folder.path(), Some(&noted)).unwrap(), 3..101),
        first
    );
    std::fs::write(folder.path().join("00000002.state"), b"something else").unwrap();
    assert!(refused(open(folder.path(), Some(&noted))).contains("00000002.state"));
}
