//! Whether a reply is the one that its translation says.

use super::case::{Ask, Case, Policy};
use super::world::{Outcome, Reply};
use crate::questions::table::same;
use crate::run::subrosa;

/// What is wrong with a reply, in words.
pub(super) fn reply(case: &Case, ask: &Ask, reply: &Reply) -> Option<String> {
    let right = match (&reply.outcome, &ask.deny) {
        (Outcome::Answered(rows), None) => is_answer(ask, rows),
        (Outcome::Refused { code, message }, Some(deny)) => {
            code == deny && ask.says.iter().all(|says| message.contains(says))
        }
        (Outcome::Answered(_), Some(_)) | (Outcome::Refused { .. }, None) => false,
    };
    let noted = case.note.iter().all(|note| reply.notes.contains(note));
    (!right || !noted).then(|| {
        let (id, sql, outcome) = (&case.id, &ask.sql, &reply.outcome);
        format!("{id}: {sql}\n  {outcome:?}\n  notes as they should be: {noted}")
    })
}

fn is_answer(ask: &Ask, rows: &[Vec<String>]) -> bool {
    match (&ask.rows, ask.near.zip(ask.within)) {
        (Some(expected), None) => {
            let expected: Vec<Vec<String>> = expected.iter().map(|row| cells(row)).collect();
            expected.len() == rows.len() && expected.iter().zip(rows).all(|(a, b)| same_row(a, b))
        }
        (None, Some((near, within))) => {
            let cell = rows.first().and_then(|row| row.first());
            let number = cell.and_then(|cell| cell.parse::<f64>().ok());
            rows.len() == 1 && number.is_some_and(|number| (number - near).abs() <= within)
        }
        (Some(_), Some(_)) | (None, None) => panic!("{}: what is expected?", ask.sql),
    }
}

fn cells(row: &[toml::Value]) -> Vec<String> {
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    row.iter().map(text).collect()
}

fn same_row(expected: &[String], row: &[String]) -> bool {
    let mut cells = expected.iter().zip(row);
    expected.len() == row.len() && cells.all(|(a, b)| same(Some(a), Some(b)))
}

/// What is wrong with what is said of a case's policies, in words.
pub(super) fn policies(case: &Case) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let wrong = |Policy { text, refused }: &Policy| {
        std::fs::write(dir.path().join("t.policy.toml"), text).unwrap();
        let ran = subrosa(dir.path(), &["policy", "lint", "t.policy.toml"]);
        let right = ran.code == 1 && ran.out.contains(refused);
        (!right).then(|| {
            format!(
                "{}: {refused:?} expected, exit {}: {}",
                case.id, ran.code, ran.out
            )
        })
    };
    case.policy.iter().filter_map(wrong).collect()
}
