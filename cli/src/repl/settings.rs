//! What the backslash commands change.

use std::path::PathBuf;

use crate::output::Format;

/// Whether answers are one block a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Expanded {
    Off,
    On,
    /// When a table is wider than the terminal.
    #[default]
    Auto,
}

/// A file that answers go to.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    /// What was written into it so far.
    pub(super) written: Vec<u8>,
}

/// What the backslash commands change, and what the last question came to.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) timing: bool,
    pub(super) expanded: Expanded,
    pub(super) format: Format,
    pub(super) target: Option<Target>,
    pub(super) last_question: Option<String>,
    pub(super) last_answer: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timing: false,
            expanded: Expanded::default(),
            format: Format::Table,
            target: None,
            last_question: None,
            last_answer: None,
        }
    }
}

/// `on`, `off`, or the other way round.
pub(super) fn switched(argument: &str, now: bool) -> Option<bool> {
    match argument {
        "" => Some(!now),
        "on" => Some(true),
        "off" => Some(false),
        _other => None,
    }
}
