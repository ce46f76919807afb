//! `policy lint`: files alone, or a world's policies with the columns of their data.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;
use policy::document::PolicyDocument;
use policy::house::HouseRules;
use policy::ident::{PartyId, Purpose};
use policy::lint::{Known, lint_within};
use policy::problem::Problem;
use policy::resolve::ColumnShape;

use super::text;
use crate::args::ReportArgs;
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::house;
use crate::report::Reporter;
use crate::say;
use crate::world::Collaboration;

/// Arguments of `policy lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// Policy files, or worlds.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The table's data, whose columns the policy must fit.
    #[arg(long, value_name = "DATA")]
    data: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// A policy with where its data is, if that is known.
struct Subject {
    policy: PathBuf,
    data: Option<PathBuf>,
    world: Option<PathBuf>,
    contract: Option<Rc<Names>>,
}

/// What a world calls its parties and purposes.
struct Names {
    parties: BTreeSet<PartyId>,
    purposes: BTreeSet<Purpose>,
}

/// Runs `policy lint`: everything that is found is told.
pub(super) fn run(args: &LintArgs, reporter: &Reporter) -> Result<Exit, Failures> {
    if args.data.is_some() && args.files.len() > 1 {
        return Err(Failure::usage("`--data` goes with one policy").into());
    }
    let mut exit = Exit::Answered;
    let mut found: Vec<Problem> = Vec::new();
    let mut failed = |failures: Failures| {
        for failure in failures {
            exit = exit.max(failure.exit);
            reporter.show(&failure);
        }
    };
    let mut policies = 0_usize;
    for file in &args.files {
        match subjects(file, args.data.as_ref()) {
            Err(failures) => failed(failures),
            Ok(subjects) => {
                for subject in subjects {
                    policies = policies.saturating_add(1);
                    match problems(&subject) {
                        // what house rules say is found once for each policy
                        Ok(more) => more.into_iter().for_each(|problem| {
                            if !found.contains(&problem) {
                                found.push(problem);
                            }
                        }),
                        Err(failures) => failed(failures),
                    }
                }
            }
        }
    }
    let errors = found.iter().filter(|problem| problem.is_error()).count();
    let warnings = found.len().saturating_sub(errors);
    let json = args.report.is_json();
    for problem in found {
        tell(problem, json, reporter);
    }
    if !json {
        say::line(&format!(
            "{}, {}, {}",
            say::count(policies, "policy", "policies"),
            say::count(errors, "error", "errors"),
            say::count(warnings, "warning", "warnings")
        ));
    }
    Ok(if errors > 0 {
        exit.max(Exit::Yours)
    } else {
        exit
    })
}

fn subjects(file: &Path, data: Option<&PathBuf>) -> Result<Vec<Subject>, Failures> {
    if !file.is_dir() {
        return Ok(vec![Subject {
            policy: file.to_owned(),
            data: data.cloned(),
            world: None,
            contract: None,
        }]);
    }
    let world = Collaboration::read(file).map_err(failure::all)?;
    let names = Rc::new(Names {
        parties: world
            .parties
            .iter()
            .map(|(party, _)| party.clone())
            .collect(),
        purposes: world.purposes.clone(),
    });
    let subject = |table: &crate::world::WorldTable| Subject {
        policy: table.policy.clone(),
        data: Some(table.data.clone()),
        world: Some(file.to_owned()),
        contract: Some(Rc::clone(&names)),
    };
    Ok(world.tables.values().map(subject).collect())
}

fn problems(subject: &Subject) -> Result<Vec<Problem>, Failures> {
    let shown = subject.policy.display().to_string();
    let (text, world) = (text(&subject.policy)?, subject.world.as_deref());
    if HouseRules::are(&text) {
        return Ok(house::problems(&subject.policy, &text, world));
    }
    let document = PolicyDocument::parse(&shown, &text);
    let document = match document.and_then(|d| house::extended(d, &subject.policy, world)) {
        Ok(document) => document,
        Err(problems) => return Ok(problems),
    };
    let columns: Option<Vec<ColumnShape>> = match &subject.data {
        Some(data) => Some(connectors::columns_of(data).map_err(failure::of_connector)?),
        None => None,
    };
    let known = subject.contract.as_deref().map(|names| Known {
        parties: &names.parties,
        purposes: &names.purposes,
    });
    Ok(lint_within(&document, columns.as_deref(), known))
}

fn tell(problem: Problem, json: bool, reporter: &Reporter) {
    if json {
        say::line(&serde_json::to_string(&problem).unwrap_or_default());
        return;
    }
    let word = if problem.is_error() {
        "error"
    } else {
        "warning"
    };
    let mut failure = Failure::from(problem);
    failure.code = format!("{word}[{}]", failure.code);
    say::line(&reporter.on_stdout().human(&failure));
    say::line("");
}
