//! Whole files that are exchanged, rolled back, cut, emptied, removed, or written by somebody else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::encryption::encrypt::FileEncryptionProperties;
use parquet::file::properties::WriterProperties;

use super::{ask, files, name, refused};
use crate::run::{subrosa, world};

/// A world that was asked once, with a row more at clinic A for every version beyond the first.
fn asked(versions: u32) -> tempfile::TempDir {
    let dir = world();
    assert_eq!(ask(dir.path()), 0);
    let data = dir.path().join("w/clinic_a/visits.csv");
    for version in 2..=versions {
        let text = std::fs::read_to_string(&data).unwrap();
        let row = format!("clinic_a-{version},2026-01-01,flu,1.00,Somebody\n");
        std::fs::write(&data, text + &row).unwrap();
        assert_eq!(ask(dir.path()), 0);
    }
    dir
}

fn made(dir: &Path, below: &str) -> PathBuf {
    dir.join("w/.subrosa").join(below)
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(file, target).unwrap();
    }
}

/// Puts bytes in a file's place for one question.
fn instead(dir: &Path, file: &Path, bytes: &[u8], what: &str) {
    let good = std::fs::read(file).unwrap();
    std::fs::write(file, bytes).unwrap();
    refused(dir, &name(file), what);
    std::fs::write(file, good).unwrap();
}

const VISIBLE: &str = "store/clinic_a/visits/v1/part-00000-00000.parquet";
const HIDDEN: &str = "store/clinic_a/visits/v1/part-00000-00000.hidden.parquet";
const MANIFEST: &str = "store/clinic_a/visits/v1/manifest.json";

#[test]
fn files_of_the_same_table_and_of_others_and_of_other_versions() {
    let dir = asked(2);
    let current = VISIBLE.replace("/v1/", "/v2/");
    for other in [
        VISIBLE.to_owned(),
        HIDDEN.replace("/v1/", "/v2/"),
        VISIBLE.replace("clinic_a", "clinic_b"),
    ] {
        let bytes = std::fs::read(made(dir.path(), &other)).unwrap();
        instead(dir.path(), &made(dir.path(), &current), &bytes, &other);
    }
    let manifest = MANIFEST.replace("/v1/", "/v2/");
    for other in [
        MANIFEST.to_owned(),
        MANIFEST.replace("clinic_a", "clinic_b"),
    ] {
        let bytes = std::fs::read(made(dir.path(), &other)).unwrap();
        instead(dir.path(), &made(dir.path(), &manifest), &bytes, &other);
    }
    assert_eq!(ask(dir.path()), 0);
}

#[test]
fn what_is_cut_emptied_or_too_long() {
    let dir = asked(1);
    for file in [
        VISIBLE,
        MANIFEST,
        "contract/v1.toml",
        "contract/v1.signatures.toml",
    ] {
        let file = made(dir.path(), file);
        let good = std::fs::read(&file).unwrap();
        for length in [0, 1, 4, 11, good.len() / 2, good.len() - 8, good.len() - 1] {
            instead(
                dir.path(),
                &file,
                &good[..length],
                &format!("{length} bytes"),
            );
        }
        instead(
            dir.path(),
            &file,
            &[&good, &b"\0"[..]].concat(),
            "a byte more",
        );
    }
}

#[test]
fn what_is_removed() {
    let dir = asked(1);
    for file in [VISIBLE, MANIFEST, "contract/v1.signatures.toml"] {
        let file = made(dir.path(), file);
        let good = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        refused(dir.path(), &name(&file), "removed");
        std::fs::write(&file, good).unwrap();
    }
    assert_eq!(ask(dir.path()), 0);
}

/// A file with a column of the table, in clear, or encrypted by whoever has keys of their own.
fn parquet(properties: WriterProperties) -> Vec<u8> {
    let values: ArrayRef = Arc::new(StringArray::from(vec!["flu"; 60]));
    let batch = RecordBatch::try_from_iter([("diagnosis", values)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn files_in_clear_or_under_a_footer_in_clear_or_under_other_keys() {
    let dir = asked(1);
    let file = made(dir.path(), VISIBLE);
    let encrypted = |plain_footer| {
        let keys = FileEncryptionProperties::builder(vec![7; 32])
            .with_column_key("diagnosis", vec![8; 32])
            .with_plaintext_footer(plain_footer);
        WriterProperties::builder()
            .with_file_encryption_properties(keys.build().unwrap())
            .build()
    };
    for (properties, what) in [
        (WriterProperties::default(), "in clear"),
        (encrypted(true), "a footer in clear"),
        (encrypted(false), "other keys"),
    ] {
        instead(dir.path(), &file, &parquet(properties), what);
    }
}

#[test]
fn an_older_version_once_the_ledger_has_seen_a_newer() {
    let dir = asked(1);
    let kept = tempfile::tempdir().unwrap();
    copy(&dir.path().join("w"), kept.path());
    let data = dir.path().join("w/clinic_a/visits.csv");
    let text = std::fs::read_to_string(&data).unwrap();
    std::fs::write(&data, text + "clinic_a-2,2026-01-01,flu,1.00,Somebody\n").unwrap();
    assert_eq!(ask(dir.path()), 0);
    // Everything of the table is as it was, signed and sealed by its owner: only the ledger knows.
    for below in ["clinic_a/visits.csv", ".subrosa/state/clinic_a/visits.json"] {
        std::fs::copy(kept.path().join(below), dir.path().join("w").join(below)).unwrap();
    }
    refused(dir.path(), "clinic_a.visits", "rolled back");
}

#[test]
fn a_ledger_that_lost_entries() {
    let dir = asked(2);
    let ledger = made(dir.path(), "ledger");
    let (entries, checkpoint) = (ledger.join("entries.jsonl"), ledger.join("checkpoint"));
    let good = (
        std::fs::read(&entries).unwrap(),
        std::fs::read(&checkpoint).unwrap(),
    );
    let text = String::from_utf8(good.0.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without = |gone: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != gone);
        kept.map(|(_, line)| *line).collect::<String>().into_bytes()
    };
    let mut tries = vec![Vec::new(), good.0[..good.0.len() / 2].to_vec()];
    tries.extend((0..lines.len()).map(without));
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    tries.push(swapped.concat().into_bytes());
    tries.push(text.replacen("\"index\":1", "\"index\":01", 1).into_bytes());
    for entries_now in tries {
        std::fs::write(&entries, &entries_now).unwrap();
        refused(dir.path(), "ledger", "fewer entries");
        assert_eq!(
            subrosa(dir.path(), &["ledger", "verify", "--world", "w"]).code,
            4
        );
    }
    std::fs::write(&entries, &good.0).unwrap();
    std::fs::remove_file(&checkpoint).unwrap();
    refused(dir.path(), "ledger", "no checkpoint");
    std::fs::write(&checkpoint, &good.1).unwrap();
    assert_eq!(ask(dir.path()), 0);
}

#[test]
fn a_ledger_from_before_with_its_own_good_signatures() {
    let dir = asked(1);
    let kept = tempfile::tempdir().unwrap();
    copy(&made(dir.path(), "ledger"), kept.path());
    assert_eq!(ask(dir.path()), 0);
    std::fs::remove_dir_all(made(dir.path(), "ledger")).unwrap();
    copy(kept.path(), &made(dir.path(), "ledger"));
    refused(dir.path(), "ledger", "rolled back");
}
