//! A command line that does not parse, as a failure like any other.

use clap::error::{ContextKind, ContextValue};

use super::ErrorFormat;
use crate::failure::Failure;

/// What clap found wrong. Its own drawing is for people; programs get the sentence and the tip.
pub(crate) fn of_clap(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said: Vec<&str> = lines
        .by_ref()
        .take_while(|line| !line.starts_with("tip:") && !line.starts_with("Usage:"))
        .collect();
    let message = said.join(" ");
    let failure = Failure::usage(message.trim_start_matches("error: "));
    let suggested = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let near = suggested.into_iter().find_map(|kind| error.get(kind));
    match near.and_then(one) {
        Some(near) => failure.with_help(format!("did you mean `{near}`?")),
        None => failure.with_help("`--help` lists what may be given"),
    }
}

fn one(value: &ContextValue) -> Option<String> {
    match value {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _other => None,
    }
}

/// The error format of a command line that does not parse.
pub(crate) fn wanted(args: impl IntoIterator<Item = String>) -> ErrorFormat {
    let args: Vec<String> = args.into_iter().collect();
    let together = args.iter().any(|arg| arg == "--error-format=json");
    let apart = args
        .windows(2)
        .any(|pair| matches!(pair, [flag, value] if flag == "--error-format" && value == "json"));
    if together || apart {
        ErrorFormat::Json
    } else {
        ErrorFormat::Human
    }
}
