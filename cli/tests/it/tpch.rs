//! The owner asks all 22 questions of TPC-H of its sealed tables: plain SQL, `DataFusion`'s answers.

use std::fs;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::Value;
use tests::tpch::{answers, questions, write_world};

use crate::run::subrosa;

/// Floats to nine digits, for they are added in any order; everything else exactly.
fn number(kind: &DataType, value: f64) -> String {
    if kind.is_floating() {
        format!("{value:.9e}")
    } else {
        format!("{value:?}")
    }
}

/// A cell as JSON has it: a number where one of fifteen digits holds it, else a text.
fn expected(kind: &DataType, text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let short = digits.trim_start_matches('0').len() <= 15;
    match text.parse() {
        Ok(value) if kind.is_numeric() && (short || kind.is_floating()) => number(kind, value),
        _text => text.to_owned(),
    }
}

fn rows_of(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let options = FormatOptions::new();
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cell = |column: &dyn Array| {
                if column.is_null(row) {
                    return "null".to_owned();
                }
                let format = ArrayFormatter::try_new(column, &options).unwrap();
                expected(column.data_type(), &format.value(row).to_string())
            };
            rows.push(batch.columns().iter().map(|c| cell(c.as_ref())).collect());
        }
    }
    rows
}

fn rows_in(line: &str, kinds: &[DataType]) -> Vec<Vec<String>> {
    let rows: Vec<Value> = serde_json::from_str(line).unwrap();
    let cell = |(value, kind): (&Value, &DataType)| match value {
        Value::Number(value) => number(kind, value.as_f64().unwrap()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| {
        let values = row.as_object().unwrap().values();
        values.zip(kinds).map(cell).collect()
    };
    rows.iter().map(row).collect()
}

fn kinds(batches: &[RecordBatch]) -> Vec<DataType> {
    let schema = batches.first().map(RecordBatch::schema);
    schema.map_or_else(Vec::new, |schema| {
        schema
            .fields()
            .iter()
            .map(|f| f.data_type().clone())
            .collect()
    })
}

#[test]
fn all_questions_equal_datafusions_answers_in_clear() {
    let dir = tempfile::tempdir().unwrap();
    write_world(dir.path(), 0.01);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let expected = runtime.block_on(answers(&dir.path().join("tpch"), &questions()));
    let file = dir.path().join("all.sql");
    fs::write(&file, questions().join(";\n")).unwrap();
    let args = [
        "lab",
        ".",
        "--format",
        "json",
        "--error-format",
        "json",
        "-f",
        "all.sql",
    ];
    let ran = subrosa(dir.path(), &args);
    assert_eq!((ran.err.as_str(), ran.code), ("", 0));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 22);
    for (index, (line, batches)) in lines.iter().zip(&expected).enumerate() {
        let mut ours = rows_in(line, &kinds(batches));
        let mut theirs = rows_of(batches);
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "question {}", index + 1);
    }
    let empty = expected.iter().filter(|b| rows_of(b).is_empty()).count();
    assert!(empty <= 4, "{empty} questions have no rows at this scale");
}
