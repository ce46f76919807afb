//! Chapter seven: questions that the policies refuse, with the line that decides and what would be allowed.

use serde_json::json;

use super::question;
use super::story::Story;
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::report::Reporter;
use crate::world::{Session, World};

/// Asks what is refused.
pub(super) async fn tell(
    world: &World,
    reporter: &Reporter,
    story: &mut Story,
) -> Result<(), Failures> {
    story.chapter("What is refused")?;
    story.say(
        "Refused before any data is touched, whoever asks: a refusal depends on the question and the policies, and says nothing about rows.",
    )?;
    let reporter = reporter.in_world(world.layout.root());
    let mut facts = Vec::new();
    for name in ["refused_names", "refused_amounts"] {
        let sql = question(name);
        let session = Session::new(world, Some("alice@bank_a"), None, None)?;
        match session.ask(world, &sql).await {
            Err(failure) if failure.exit == Exit::Denied => {
                let failure = failure.in_statement(1, &sql);
                let drawn = reporter.human(&failure);
                let (first, rest) = drawn.split_once('\n').unwrap_or((&drawn, ""));
                story.line("")?;
                story.say(first)?;
                story.lines(rest)?;
                facts.push(json!({ "question": sql, "refusal": failure }));
            }
            Err(failure) => return Err(failure.into()),
            Ok(_) => return Err(Failure::tampered(format!("{name} was not refused")).into()),
        }
    }
    story.fact("refused", json!(facts));
    Ok(())
}
