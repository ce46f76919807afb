//! Long answers go through the pager, if there is one and somebody is looking.

use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use crate::{say, term};

/// Shows a text, page by page if it is longer than the terminal.
pub(super) fn page(text: &str) {
    let text = text.trim_end();
    if text.is_empty() {
        return;
    }
    let (_, lines) = term::size();
    let long = text.lines().count() >= lines;
    let wanted = std::io::stdout().is_terminal() && !term::is_dumb() && long;
    let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    if !wanted || pager.trim().is_empty() || !through(&pager, text) {
        say::line(text);
    }
}

fn through(pager: &str, text: &str) -> bool {
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "SRFX");
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut stdin) = child.stdin.take() {
        let _closed_early = stdin.write_all(text.as_bytes());
        let _closed_early = stdin.write_all(b"\n");
    }
    child.wait().is_ok()
}
