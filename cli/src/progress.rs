//! Progress on stderr, and only if somebody is looking.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A spinner with a message and a count.
pub(crate) fn spinner(unit: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new_spinner();
    let template = format!("{{spinner}} {{msg}} [{{elapsed}}] {{human_pos}} {unit}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Turns a spinner into a bar that fills while rows are counted up to a total.
pub(crate) fn count_to(bar: &ProgressBar, total: u64, message: &str) {
    let template =
        "{spinner} {msg} [{wide_bar}] {human_pos} of {human_len} rows, {per_sec}, {eta} left";
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
