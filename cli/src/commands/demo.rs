//! `subrosa demo`: what the program is for, told on one machine in about a minute.
//!
//! Every chapter does what it tells, through the same code as the other commands, and nothing that it says is fixed text where it could
//! have come out otherwise: counts, codes, digests and what is missing are read from what happened.

mod attested;
mod clear;
mod ending;
mod findings;
mod recall;
mod receipts;
mod refused;
mod sealed;
mod story;
mod tampered;
mod together;
mod withheld;
mod world;

use std::path::PathBuf;

use clap::Args;
use sample_data::four_banks;

use super::block_on;
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::report::Reporter;
use crate::world::{Answered, Outcome, Session, World};
use story::Story;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the world is made, or is already.
    #[arg(long, value_name = "DIR", default_value = "subrosa-demo")]
    dir: PathBuf,
    /// Scale of a new world: 1 is a million payments.
    #[arg(long)]
    sf: Option<f64>,
    /// Schemes of each kind that are planted in a new world.
    #[arg(long)]
    schemes: Option<u32>,
    /// `json`: the same facts as one object.
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    format: String,
    /// Leave a Flight SQL server up.
    #[arg(long)]
    serve: bool,
}

/// Runs `demo`.
pub(crate) fn run(args: &DemoArgs, reporter: &Reporter) -> Result<Exit, Failures> {
    if args.serve {
        let message = "`demo --serve` comes with the server, which this version does not have";
        return Err(Failure::new(Exit::Yours, "unsupported", message).into());
    }
    let mut story = Story::new(args.format == "json");
    world::make(args, &mut story)?;
    block_on(tell(args, reporter, &mut story))?;
    ending::tell(args, &mut story)?;
    story.end()?;
    Ok(Exit::Answered)
}

async fn tell(args: &DemoArgs, reporter: &Reporter, story: &mut Story) -> Result<(), Failures> {
    let world = sealed::tell(args, story).await?;
    let mut answers = attested::tell(&world, story).await?;
    answers.extend(together::tell(&world, story).await?);
    recall::tell(args, story).await?;
    answers.extend(withheld::tell(args, &world, story).await?);
    refused::tell(&world, reporter, story).await?;
    receipts::tell(&world, &answers, story)?;
    drop(world);
    tampered::tell(args, story).await
}

/// The text of a question that comes with the world.
fn question(name: &str) -> String {
    let found = four_banks::QUESTIONS
        .iter()
        .find(|(known, _)| *known == name);
    let text = found.map_or("", |(_, sql)| *sql);
    crate::statements::split(text)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// Asks as a principal; what is no answer is no part of this story.
async fn ask(world: &World, principal: &str, sql: &str) -> Result<Box<Answered>, Failure> {
    let session = Session::new(world, Some(principal), None, None)?;
    match session.ask(world, sql).await? {
        Outcome::Answer(answer) => Ok(answer),
        Outcome::Explanation(_)
        | Outcome::Tables(_)
        | Outcome::Columns(_)
        | Outcome::Approved(_) => Err(Failure::usage("the demo asks for answers only")),
    }
}
