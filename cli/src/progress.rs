//! Progress on stderr, and only if somebody is looking.

use std::future::Future;
use std::io::IsTerminal;
use std::time::Duration;

use engine::Phase;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;

/// A spinner with a message and a count.
pub(crate) fn spinner(unit: &str) -> ProgressBar {
    drawn(&format!(
        "{{spinner}} {{msg}} [{{elapsed}}] {{human_pos}} {unit}"
    ))
}

fn drawn(template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() || crate::term::is_dumb() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Turns a spinner into a bar that fills while rows are counted up to a total.
pub(crate) fn count_to(bar: &ProgressBar, total: u64, message: &str) {
    let template = "{spinner} {msg} [{bar:20}] {human_pos} of {human_len} rows, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_length(total);
    bar.set_position(0);
    bar.set_message(message.to_owned());
}

/// Turns it back: how long what follows takes, nobody knows.
pub(crate) fn spin(bar: &ProgressBar, message: &str) {
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.set_message(message.to_owned());
}

/// Waits for a question and shows how far it has come.
pub(crate) async fn of_question<T>(asked: impl Future<Output = T>) -> T {
    let bar = drawn("{spinner} {msg} [{elapsed}]");
    let (watcher, mut phases) = watch::channel(Phase::Judging);
    bar.set_message(words(Phase::Judging));
    let mut asked = Box::pin(engine::watched(watcher, asked));
    let outcome = loop {
        tokio::select! {
            outcome = &mut asked => break outcome,
            Ok(()) = phases.changed() => bar.set_message(words(*phases.borrow())),
        }
    };
    bar.finish_and_clear();
    outcome
}

fn words(phase: Phase) -> &'static str {
    match phase {
        Phase::Judging => "judging the question",
        Phase::Unlocking => "admitted; asking the owners for keys",
        Phase::Running => "running",
        Phase::Sealing => "released; noting and sealing",
    }
}

/// A bar that counts towards a total.
pub(crate) fn bar(unit: &str, total: u64) -> ProgressBar {
    let bar = spinner(unit);
    let template = format!(
        "{{spinner}} {{msg}} [{{elapsed}}] {{bar:30}} {{human_pos}} of {{human_len}} {unit}, {{eta}} left"
    );
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.set_length(total);
    bar
}
