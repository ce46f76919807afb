//! What the demo says: lines as it goes along, or facts as one object at its end.

use std::io::{IsTerminal, Write};

use serde_json::{Map, Value};

use crate::failure::{Failure, Failures};

/// Widest text that reads well.
const WIDEST: usize = 100;
/// Width where nobody says how wide it is.
const USUAL: usize = 80;
/// How far a chapter's text stands from the margin.
const INDENT: &str = "   ";

/// The story as told so far.
#[derive(Debug)]
pub(super) struct Story {
    json: bool,
    width: usize,
    bold: bool,
    chapters: usize,
    facts: Map<String, Value>,
    begun: std::time::Instant,
}

impl Story {
    pub(super) fn new(json: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let columns = crossterm::terminal::size().map_or(USUAL, |(columns, _)| columns.into());
        Self {
            json,
            width: if terminal {
                columns.clamp(40, WIDEST)
            } else {
                USUAL
            },
            bold: terminal && std::env::var_os("NO_COLOR").is_none(),
            chapters: 0,
            facts: Map::new(),
            begun: std::time::Instant::now(),
        }
    }

    /// A fact, for the object.
    pub(super) fn fact(&mut self, name: &str, value: Value) {
        self.facts.insert(name.to_owned(), value);
    }

    /// Seconds since the beginning.
    pub(super) fn seconds(&self) -> u64 {
        self.begun.elapsed().as_secs()
    }

    /// Begins a chapter.
    pub(super) fn chapter(&mut self, title: &str) -> Result<(), Failures> {
        self.chapters = self.chapters.saturating_add(1);
        let heading = format!("{}. {title}", self.chapters);
        let shown = if self.bold {
            nu_ansi_term::Style::new().bold().paint(heading).to_string()
        } else {
            heading
        };
        self.line("")?;
        self.line(&shown)
    }

    /// A paragraph, broken into lines.
    pub(super) fn say(&self, text: &str) -> Result<(), Failures> {
        let room = self.width.saturating_sub(INDENT.len());
        wrapped(text, room)
            .iter()
            .try_for_each(|line| self.line(&format!("{INDENT}{line}")))
    }

    /// Lines as they are, after an empty one.
    pub(super) fn show(&self, text: &str) -> Result<(), Failures> {
        self.line("")?;
        self.lines(text)
    }

    /// Lines as they are.
    pub(super) fn lines(&self, text: &str) -> Result<(), Failures> {
        text.lines()
            .try_for_each(|line| self.line(format!("{INDENT}{line}").trim_end()))
    }

    /// A line that stands at the margin. Nobody reading is an end, not a silence.
    pub(super) fn line(&self, text: &str) -> Result<(), Failures> {
        if self.json {
            return Ok(());
        }
        print(text)
    }

    /// Prints the object, if that is what was asked for.
    pub(super) fn end(self) -> Result<(), Failures> {
        if self.json {
            print(&Value::Object(self.facts).to_string())
        } else {
            Ok(())
        }
    }
}

fn print(text: &str) -> Result<(), Failures> {
    writeln!(std::io::stdout().lock(), "{text}")
        .map_err(|error| Failure::io(std::path::Path::new("standard output"), &error).into())
}

/// Words in lines of at most `room` characters, unless a word is longer.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Columns that are as wide as they must be: the first to the left, the others to the right.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(at, (cell, width))| {
            let blank = " ".repeat(width.saturating_sub(cell.chars().count()));
            if at == 0 {
                format!("{cell}{blank}")
            } else {
                format!("{blank}{cell}")
            }
        });
        cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `1 250` for 1250.
pub(super) fn number(value: impl Into<u64>) -> String {
    let digits = value.into().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{columns, number, wrapped};

    #[test]
    fn words_are_kept_and_lines_are_short() {
        let text = "one two three four";
        let lines = wrapped(text, 9);
        assert_eq!(lines, ["one two", "three", "four"]);
        assert_eq!(wrapped("longer-than-that x", 4), ["longer-than-that", "x"]);
    }

    #[test]
    fn numbers_are_grouped_and_columns_align() {
        assert_eq!(
            (number(999_u64), number(1_000_u64), number(1_234_567_u64)),
            ("999".into(), "1 000".into(), "1 234 567".into())
        );
        let rows = [vec!["a".into(), "10".into()], vec!["bc".into(), "9".into()]];
        assert_eq!(columns(&rows), "a    10\nbc    9");
    }
}
