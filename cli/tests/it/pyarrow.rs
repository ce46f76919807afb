//! Parquet's own key tools open what we seal, and we take what they seal.

use std::path::Path;

use serde_json::{Value, json};

use crate::python;
use crate::run::{PATIENTS, subrosa, world};

const SCRIPT: &str = "key_tools.py";

fn path(dir: &Path, below: &str) -> String {
    dir.join(below).to_str().unwrap().to_owned()
}

/// The source as rows of texts.
fn source(dir: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.join("w/clinic_a/visits.csv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let fields = names.iter().zip(line.split(','));
        fields
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect()
    };
    lines.map(|line| Value::Object(row(line))).collect()
}

#[test]
fn pyarrow_opens_our_files_with_the_partys_master_keys() {
    let Some(python) = python::interpreter() else {
        return;
    };
    let dir = world();
    assert_eq!(
        subrosa(dir.path(), &["table", "seal", "--world", "w"]).code,
        0
    );
    let keys = path(dir.path(), "w/.subrosa/keys/clinic_a");
    let mut rows = vec![json!({}); 60];
    for file in [
        "part-00000-00000.parquet",
        "part-00000-00000.hidden.parquet",
    ] {
        let file = path(
            dir.path(),
            &format!("w/.subrosa/store/clinic_a/visits/v1/{file}"),
        );
        let out = python::run(&python, SCRIPT, &["open", &file, &keys]).unwrap();
        for (row, line) in rows.iter_mut().zip(out.lines()) {
            let half: Value = serde_json::from_str(line).unwrap();
            let whole = row.as_object_mut().unwrap();
            whole.extend(half.as_object().unwrap().clone());
        }
        let other = path(dir.path(), "w/.subrosa/keys/clinic_b");
        let refused = python::run(&python, SCRIPT, &["open", &file, &other]);
        assert!(refused.is_err(), "another party's keys open {file}");
    }
    assert_eq!(rows, source(dir.path()));
}

/// A world whose first table pyarrow sealed.
fn sealed_by_pyarrow(python: &Path, configuration: &Value) -> tempfile::TempDir {
    let dir = world();
    let args = [
        "seal",
        &path(dir.path(), "w/clinic_a/visits.csv"),
        &path(dir.path(), "w/clinic_a/visits.parquet"),
        &path(dir.path(), "w/.subrosa/keys/clinic_a"),
        &configuration.to_string(),
    ];
    python::run(python, SCRIPT, &args).unwrap();
    let file = dir.path().join("w/collaboration.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("clinic_a/visits.csv", "clinic_a/visits.parquet");
    std::fs::write(file, text).unwrap();
    dir
}

fn ask(dir: &Path) -> crate::run::Ran {
    let args = ["lab", "w", "--as", "bob@clinic_b", "--format", "json"];
    subrosa(dir, &[&args[..], &["-c", PATIENTS]].concat())
}

fn configuration() -> Value {
    json!({
        "footer_key": "footer key",
        "column_keys": { "kc1": ["patient", "name"], "kc2": ["diagnosis"], "kc3": ["day", "cost"] },
    })
}

#[test]
fn a_table_that_pyarrow_sealed_answers() {
    let Some(python) = python::interpreter() else {
        return;
    };
    let clear = world();
    let expected = ask(clear.path());
    for change in [
        json!({}),
        json!({ "data_key_length_bits": 256 }),
        json!({ "double_wrapping": false }),
        json!({ "internal_key_material": false }),
        json!({ "column_keys": { "kc1": ["patient"] } }),
        json!({ "uniform_encryption": true, "column_keys": null }),
    ] {
        let mut whole = configuration();
        let changed = change.as_object().unwrap().clone();
        let whole_map = whole.as_object_mut().unwrap();
        whole_map.extend(changed);
        whole_map.retain(|_, value| !value.is_null());
        let dir = sealed_by_pyarrow(&python, &whole);
        let ran = ask(dir.path());
        assert_eq!(
            (ran.code, &ran.out),
            (0, &expected.out),
            "{change}: {}",
            ran.err
        );
    }
}

#[test]
fn a_footer_in_clear_is_refused() {
    let Some(python) = python::interpreter() else {
        return;
    };
    let mut plain = configuration();
    plain["plaintext_footer"] = json!(true);
    let dir = sealed_by_pyarrow(&python, &plain);
    let ran = ask(dir.path());
    assert_eq!(ran.code, 1);
    assert!(
        ran.err
            .contains("visits.parquet: has encrypted columns but its footer in clear"),
        "{}",
        ran.err
    );
}

#[test]
fn a_missing_or_wrong_master_key_is_named() {
    let Some(python) = python::interpreter() else {
        return;
    };
    let dir = sealed_by_pyarrow(&python, &configuration());
    let key = dir.path().join("w/.subrosa/keys/clinic_a/master/kc2.key");
    let other = key.with_file_name("kc1.key");
    std::fs::copy(other, &key).unwrap();
    let wrong = ask(dir.path());
    assert_eq!(wrong.code, 1, "{}", wrong.err);
    assert!(
        wrong
            .err
            .contains("was not sealed under the master key `kc2`"),
        "{}",
        wrong.err
    );
    std::fs::remove_file(&key).unwrap();
    let missing = ask(dir.path());
    assert_eq!(missing.code, 1, "{}", missing.err);
    assert!(
        missing
            .err
            .contains("master key `kc2`, which the party does not have"),
        "{}",
        missing.err
    );
}
