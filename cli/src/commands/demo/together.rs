//! Chapter four: the same questions, asked of all four banks and by each bank of itself.

use std::path::PathBuf;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use serde_json::json;

use super::findings::{BANKS, FINDINGS};
use super::story::{Story, columns};
use super::{ask, question};
use crate::failure::Failures;
use crate::progress;
use crate::world::{Answered, World};

/// Asks every question of everybody; the answers' files.
pub(super) async fn tell(world: &World, story: &mut Story) -> Result<Vec<PathBuf>, Failures> {
    story.chapter("What they find together, and what each finds alone")?;
    let mut rows = vec![heading()];
    let (mut found, mut files, mut note) = (Vec::new(), Vec::new(), None);
    let bar = progress::spinner("questions");
    for finding in FINDINGS {
        bar.set_message(finding.about);
        let sql = question(finding.name);
        let together = ask(world, "alice@bank_a", &sql).await?;
        bar.inc(1);
        let total = sum(&together, finding.column);
        let mut alone = Vec::new();
        for (bank, analyst) in BANKS {
            let answer = ask(world, analyst, &of_one(&sql, bank)).await?;
            bar.inc(1);
            alone.push(sum(&answer, finding.column));
            files.push(answer.file);
        }
        let mut row = vec![finding.about.to_owned(), total.to_string()];
        row.extend(alone.iter().map(ToString::to_string));
        rows.push(row);
        found.push(json!({ "question": finding.name, "counts": finding.column, "together": total, "alone": alone }));
        note = note.or(together.receipt.note);
        files.push(together.file);
    }
    bar.finish_and_clear();
    story.say(
        "Six questions, in SQL, over the view consortium.payments that all four signed. Their officers have read and approved these texts, so \
         the answers are exact. Then each bank asks the same of its own ledger, without any restriction: columns A to D.",
    )?;
    story.show(&columns(&rows))?;
    story.line("")?;
    let note = note.unwrap_or_default();
    story.say(&format!(
        "The joint answers are counts and rounded sums; no account was named. Each came with the same note: {note}."
    ))?;
    story.fact("found", json!(found));
    story.fact("note", json!(note));
    Ok(files)
}

fn heading() -> Vec<String> {
    ["", "together", "A", "B", "C", "D"]
        .map(str::to_owned)
        .to_vec()
}

/// The question about one bank's own tables.
fn of_one(sql: &str, bank: &str) -> String {
    let flagged = format!("(SELECT '{bank}' AS src, entity_hash FROM {bank}.flagged) AS f");
    sql.replace("consortium.payments", &format!("{bank}.transactions"))
        .replace("consortium.accounts", &format!("{bank}.accounts"))
        .replace("consortium.flagged", &flagged)
}

/// The sum of a column of counts.
fn sum(answer: &Answered, column: &str) -> i64 {
    let columns = answer
        .batches
        .iter()
        .filter_map(|batch| batch.column_by_name(column));
    let counts = columns.filter_map(|column| cast(column, &DataType::Int64).ok());
    counts
        .map(|counts| {
            counts
                .as_primitive::<Int64Type>()
                .iter()
                .flatten()
                .sum::<i64>()
        })
        .sum()
}
