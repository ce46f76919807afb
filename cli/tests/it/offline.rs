//! What works with no engine: answers, ledger, contract, tables, policies.

use crate::run::{PATIENTS, subrosa, world};

#[test]
fn answers_ledger_contract_and_tables_verify_offline() {
    let dir = world();
    let asked = subrosa(
        dir.path(),
        &["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS],
    );
    assert_eq!(asked.code, 0);
    let answers = dir.path().join("w/.subrosa/answers");
    let answer = std::fs::read_dir(answers)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let answer = answer.to_str().unwrap();
    for args in [
        &["answer", "verify", answer, "--world", "w"][..],
        &["ledger", "verify", "--world", "w"],
        &["ledger", "prove", "1", "--world", "w"],
        &["contract", "verify", "--world", "w"],
        &["contract", "show", "--world", "w"],
        &["table", "verify", "clinic_a.visits", "--world", "w"],
        &["table", "inspect", "clinic_a.visits", "--world", "w"],
    ] {
        let ran = subrosa(dir.path(), args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        assert!(!ran.out.is_empty());
    }
    let opened = subrosa(
        dir.path(),
        &[
            "answer", "open", answer, "--world", "w", "--party", "clinic_b", "--format", "csv",
        ],
    );
    assert_eq!(opened.out, asked.out);
    let other = subrosa(
        dir.path(),
        &[
            "answer", "open", answer, "--world", "w", "--party", "clinic_a",
        ],
    );
    assert_eq!(other.code, 4);
}

#[test]
fn the_owner_gets_its_table_back_hidden_columns_included() {
    let dir = world();
    assert_eq!(subrosa(dir.path(), &["lab", "w", "--status"]).code, 0);
    let args = [
        "table",
        "open",
        "clinic_a.visits",
        "--world",
        "w",
        "-o",
        "back.parquet",
    ];
    assert_eq!(subrosa(dir.path(), &args).code, 0);
    let file = std::fs::File::open(dir.path().join("back.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 1_000);
    let batch = reader.unwrap().next().unwrap().unwrap();
    assert_eq!(batch.num_rows(), 60);
    assert!(batch.column_by_name("name").is_some());
}

#[test]
fn no_value_of_a_hidden_column_is_found_outside_the_sources() {
    let dir = world();
    assert_eq!(
        subrosa(
            dir.path(),
            &["lab", "w", "--as", "bob@clinic_b", "-c", PATIENTS]
        )
        .code,
        0
    );
    let mut folders = vec![dir.path().join("w/.subrosa")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for secret in ["Patient 7", "clinic_a-007"] {
                let found = bytes
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes());
                assert!(!found, "{} holds {secret}", path.display());
            }
        }
    }
    assert!(files > 10);
}

#[test]
fn policies_are_linted_formatted_explained_and_compared() {
    let dir = world();
    let policy = "w/clinic_a/visits.policy.toml";
    assert_eq!(subrosa(dir.path(), &["policy", "lint", policy]).code, 0);
    assert_eq!(subrosa(dir.path(), &["policy", "explain", policy]).code, 0);
    assert_eq!(
        subrosa(dir.path(), &["policy", "diff", policy, policy]).out,
        "the two policies say the same\n"
    );
    std::fs::write(dir.path().join("bad.toml"), "policy = 1\ntabel = \"x\"\n").unwrap();
    assert_eq!(subrosa(dir.path(), &["policy", "lint", "bad.toml"]).code, 1);
}

#[test]
fn what_comes_later_says_so() {
    let dir = world();
    for command in ["broker", "engine", "sql", "gateway", "schedule"] {
        let ran = subrosa(dir.path(), &[command]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.starts_with("unsupported"));
    }
}
