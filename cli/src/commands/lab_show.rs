//! What is no answer: tables, columns and explanations, for people and for programs.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use engine::{ApprovedQuestion, Explanation, VisibleTable};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{self, Format};

fn texts(
    columns: &[(&str, Vec<String>)],
    format: Format,
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    let fields = columns
        .iter()
        .map(|(name, _)| Field::new(*name, DataType::Utf8, true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let arrays = columns
        .iter()
        .map(|(_, values)| Arc::new(StringArray::from_iter_values(values)) as ArrayRef);
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect())
        .map_err(std::io::Error::other)?;
    output::write(format, &schema, &[batch], out)
}

/// `SHOW TABLES`.
pub(crate) fn tables(
    tables: &[VisibleTable],
    format: Format,
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    let of = |get: fn(&VisibleTable) -> &String| tables.iter().map(|t| get(t).clone()).collect();
    let columns = [
        ("table", of(|t| &t.name)),
        ("owner", of(|t| &t.owner)),
        ("kind", of(|t| &t.kind)),
    ];
    texts(&columns, format, out)
}

/// `SHOW COLUMNS`, `DESCRIBE`.
pub(crate) fn columns(
    table: &VisibleTable,
    format: Format,
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    let columns = [
        (
            "column",
            table.columns.iter().map(|c| c.name.clone()).collect(),
        ),
        (
            "type",
            table.columns.iter().map(|c| c.kind.clone()).collect(),
        ),
        (
            "uses",
            table.columns.iter().map(|c| c.uses.join(", ")).collect(),
        ),
    ];
    texts(&columns, format, out)
}

/// `SHOW APPROVED`.
pub(crate) fn approved(
    questions: &[ApprovedQuestion],
    format: Format,
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    let of = |get: fn(&ApprovedQuestion) -> String| questions.iter().map(get).collect();
    let columns = [
        ("name", of(|q| q.name.clone())),
        ("call", of(|q| q.call.clone())),
        ("parameters", of(parameters)),
        ("answers", of(|q| q.answers.clone())),
        ("approved_by", of(|q| q.approved_by.join(", "))),
        ("missing", of(|q| q.missing.join(", "))),
    ];
    texts(&columns, format, out)
}

fn parameters(question: &ApprovedQuestion) -> String {
    let each = question.parameters.iter();
    let words = each.map(|(name, values)| format!("{name}: {}", values.join(" and ")));
    words.collect::<Vec<_>>().join("; ")
}

/// `EXPLAIN POLICY`.
pub(crate) fn explanation(
    explanation: &Explanation,
    format: Format,
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    if format.is_for_machines() {
        writeln!(out, "{}", as_json(explanation))
    } else {
        write!(out, "{}", in_words(explanation))
    }
}

fn as_json(explanation: &Explanation) -> Value {
    let mut value = json!(explanation);
    if let (Some(denial), Some(object)) = (&explanation.denial, value.as_object_mut()) {
        let failure = Failure::from(denial.clone());
        if let Ok(Value::Object(fields)) = serde_json::to_value(&failure) {
            object.extend(fields);
        }
    }
    value
}

fn in_words(explanation: &Explanation) -> String {
    let mut lines = vec![format!("verdict: {}", explanation.verdict)];
    if let Some(mode) = explanation.mode {
        lines.push(format!("mode: {mode}"));
    }
    if let Some(denial) = &explanation.denial {
        lines.push(format!("{}: {}", denial.code, denial.message));
        if let Some(rule) = &denial.rule {
            lines.push(format!("rule: {}:{}", rule.file, rule.line));
        }
        if let Some(help) = &denial.help {
            lines.push(format!("help: {help}"));
        }
        if let Some(instead) = &denial.instead {
            lines.push(format!("allowed: {instead}"));
        }
    }
    for column in &explanation.columns {
        lines.push(format!(
            "column {}.{}: {} ({}:{})",
            column.table,
            column.column,
            if column.uses.is_empty() {
                "counted only".to_owned()
            } else {
                column.uses.join(", ")
            },
            column.file,
            column.line
        ));
    }
    lines.extend(explanation.restrictions.iter().map(|rows| {
        format!(
            "rows {}: {} uses only some of them ({}:{})",
            rows.table, rows.party, rows.file, rows.line
        )
    }));
    lines.extend(
        explanation
            .thresholds
            .iter()
            .map(|words| format!("threshold {words}")),
    );
    lines.extend(explanation.note.iter().map(|note| format!("note: {note}")));
    lines.push(String::new());
    lines.join("\n")
}
