//! What the terminal can show: colours, how wide, whether it moves its cursor at all.

use std::io::IsTerminal;

/// Columns assumed of a terminal that does not say.
const COLUMNS: usize = 80;

/// Whether colours are wanted on a stream: a terminal that has them, and no `NO_COLOR`.
pub(crate) fn has_colors(stream: &impl IsTerminal) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !refused && !is_dumb()
}

/// Whether the terminal only prints.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb" || term.is_empty())
}

/// Columns and lines of the terminal.
pub(crate) fn size() -> (usize, usize) {
    let (columns, lines) = crossterm::terminal::size().unwrap_or((0, 0));
    let or = |found: u16, other: usize| match usize::from(found) {
        0 => other,
        found => found,
    };
    (or(columns, COLUMNS), or(lines, 24))
}
