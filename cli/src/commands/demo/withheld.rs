//! Chapter six: to a question that nobody has approved, numbers are off by a few, and a group that is too small is absent.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::json;

use super::clear::{Clear, counted};
use super::story::{Story, columns};
use super::{DemoArgs, ask};
use crate::failure::Failures;
use crate::world::World;

const SQL: &str =
    "SELECT segment, count(DISTINCT acct) AS accounts\nFROM bank_d.accounts GROUP BY segment";
const CLEAR: &str = "SELECT segment, count(DISTINCT acct) AS accounts FROM accounts GROUP BY segment ORDER BY accounts DESC, segment";

/// Asks for groups some of which are small, and shows which are missing; the answer's file.
pub(super) async fn tell(
    args: &DemoArgs,
    world: &World,
    story: &mut Story,
) -> Result<Vec<PathBuf>, Failures> {
    let answer = ask(world, "alice@bank_a", SQL).await?;
    let given: BTreeMap<String, i64> = counted(&answer.batches).into_iter().collect();
    let clear = Clear::of(&args.dir, &["bank_d"]).await?;
    let known = counted(&clear.rows(CLEAR).await?);
    story.chapter("What is left out")?;
    story.say("alice@bank_a asks about bank_d's customers:")?;
    story.show(SQL)?;
    let mut rows = vec![
        ["segment", "bank_d knows", "alice is told"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut absent = Vec::new();
    for (segment, count) in &known {
        let told = given
            .get(segment)
            .map_or_else(|| "(no such row)".to_owned(), ToString::to_string);
        if !given.contains_key(segment) {
            absent.push(json!({ "segment": segment, "accounts": count }));
        }
        rows.push(vec![segment.clone(), count.to_string(), told]);
    }
    story.show(&columns(&rows))?;
    story.line("")?;
    let verdict = if absent.is_empty() {
        "In a world of this size no group is small enough to be left out. What alice is told is off by a few, and stays so when she asks again: \
         one account more or less hardly shows."
    } else {
        "Nobody has approved this text, so what alice is told is off by a few, and stays so when she asks again: one account more or less \
         hardly shows. Groups of fewer than ten accounts are left out, without a trace: not as a zero, not as a star; and of those with hardly more \
         nobody knows whether they are. For all that alice can tell, bank_d has no such customers. What bank_d knows is read from its own \
         file by this demo; no answer holds it."
    };
    story.say(verdict)?;
    story.fact("withheld", json!({ "question": SQL, "absent": absent }));
    Ok(vec![answer.file])
}
