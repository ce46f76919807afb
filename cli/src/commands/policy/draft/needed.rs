//! `policy draft WORLD --for FILE`: the least that lets one question in.

use std::path::{Path, PathBuf};

use clap::Args;
use engine::{Asked, Refusal};
use policy::draft::{Subject, Texts, Verdict, Wanted, propose};
use policy::ident::{PartyId, Principal, Purpose};

use super::{stand::Stand, write};
use crate::args::ReportArgs;
use crate::commands::block_on;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;
use crate::statements::{Statement, cut};
use crate::world::Collaboration;

/// Arguments of `policy draft --for`.
#[derive(Debug, Args)]
pub(super) struct NeededArgs {
    /// With `--for`: who asks, as NAME@PARTY; the first analyst of the first party unless given.
    #[arg(long = "as", value_name = "NAME@PARTY", requires = "question")]
    principal: Option<String>,
    /// With `--for`: what for; the world's only purpose unless given.
    #[arg(long, requires = "question")]
    purpose: Option<String>,
    /// With `--for`: the party that receives the answer; the asker's unless given.
    #[arg(long, value_name = "PARTY", requires = "question")]
    to: Option<String>,
    /// With `--for`: a folder for one file a table, instead of stdout.
    #[arg(long, value_name = "DIR", requires = "question")]
    out: Option<PathBuf>,
    /// Write over files that are there.
    #[arg(long, requires = "out")]
    force: bool,
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs `policy draft --for`.
pub(super) fn run(root: &Path, question: &Path, args: &NeededArgs) -> Result<Exit, Failures> {
    let statement = one(question)?;
    let sql = &statement.sql;
    let world = Collaboration::read_drafting(root).map_err(failure::all)?;
    let asked = asked(&world, args)?;
    let stand = Stand::of(&world)?;
    let name = question.file_name().unwrap_or_default().to_string_lossy();
    let proposal = block_on(async {
        let bare = stand.bare().map_err(Failure::from)?;
        let reading = bare.reading(sql, &asked).await;
        let reading = reading.map_err(|refusal| located(refusal, &statement))?;
        let read = |subject: &Subject| {
            let mut columns = reading.columns.iter();
            columns.any(|column| column.table == subject.table)
        };
        let mut subjects = stand.subjects();
        let tables = bare
            .tables(sql, &asked)
            .await
            .map_err(|refusal| located(refusal, &statement))?;
        subjects.retain(|subject| read(subject) || tables.contains(&subject.table));
        let wanted = Wanted {
            name: &name,
            asker: &asked.principal.party,
            recipient: &asked.recipient,
            purpose: asked.purpose.as_ref(),
            subjects: &subjects,
            reading: &reading,
        };
        let judge = async |texts: &Texts| match stand.judge(texts) {
            Err(refusal) => Verdict::Unfit(first_sentence(&refusal)),
            Ok(judge) => verdict(judge.admits(sql, &asked).await),
        };
        propose(&wanted, &judge)
            .await
            .map_err(|verdict| refused(verdict, &statement))
    })?;
    if args.report.is_json() {
        write::as_json(&proposal);
    } else if args.out.is_none() {
        write::show(&proposal.texts);
    }
    if let Some(folder) = &args.out {
        for path in write::files(&proposal.texts, folder, args.force)? {
            say::note(&format!("{} written", path.display()));
        }
    }
    Ok(Exit::Answered)
}

fn asked(world: &Collaboration, args: &NeededArgs) -> Result<Asked, Failure> {
    let wrong = |error: policy::ident::NameError| Failure::usage(error.to_string());
    let principal = match &args.principal {
        Some(text) => Principal::parse(text).map_err(wrong)?,
        None => world
            .first_principal()
            .ok_or_else(|| Failure::usage("the world has no analyst; add one to a party"))?,
    };
    let only = || {
        world
            .purposes
            .first()
            .filter(|_| world.purposes.len() == 1)
            .cloned()
    };
    let purpose = args
        .purpose
        .as_ref()
        .map(Purpose::new)
        .transpose()
        .map_err(wrong)?;
    let recipient = args
        .to
        .as_ref()
        .map(PartyId::new)
        .transpose()
        .map_err(wrong)?;
    Ok(Asked {
        recipient: recipient.unwrap_or_else(|| principal.party.clone()),
        purpose: purpose.or_else(only),
        principal,
        today: chrono::Utc::now().date_naive(),
    })
}

fn verdict(judged: Result<(), Refusal>) -> Verdict {
    match judged {
        Ok(()) => Verdict::Admitted,
        Err(Refusal::Denied(denial)) => Verdict::Refused(denial),
        Err(other) => Verdict::Unfit(first_sentence(&other)),
    }
}

/// What a planner suggests besides is about names that nobody asked for.
fn first_sentence(refusal: &Refusal) -> String {
    let said = refusal.to_string();
    let line = said.lines().next().unwrap_or_default();
    line.split(" Did you mean")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// What no grant can allow, in the words of the refusal.
fn refused(verdict: Verdict, statement: &Statement) -> Failures {
    let refusal = match verdict {
        Verdict::Refused(denial) => Refusal::Denied(denial),
        Verdict::Unfit(why) => Refusal::invalid(why),
        Verdict::Admitted => Refusal::invalid("nothing is to be granted"),
    };
    let mut failure = located(refusal, statement);
    // the rule is a line of a draft that nobody sees
    failure.rule = None;
    failure.into()
}

fn located(refusal: Refusal, statement: &Statement) -> Failure {
    Failure::from(refusal).of_statement(1, statement)
}

fn one(file: &Path) -> Result<Statement, Failure> {
    let text = super::super::text(file)?;
    let mut statements = cut(&file.display().to_string(), &text);
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (one, _) => {
            let number = statements.len().saturating_add(usize::from(one.is_some()));
            let message = format!("{}: holds {number} statements", file.display());
            Err(Failure::usage(message).with_help("`--for` takes a file with one question"))
        }
    }
}
