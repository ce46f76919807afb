//! Highlighting: keywords, strings, numbers and comments.

use nu_ansi_term::{Color, Style};
use reedline::{Highlighter, StyledText};

const KEYWORDS: &[&str] = &[
    "select",
    "from",
    "where",
    "group",
    "by",
    "having",
    "order",
    "limit",
    "join",
    "left",
    "right",
    "inner",
    "on",
    "and",
    "or",
    "not",
    "in",
    "exists",
    "between",
    "like",
    "is",
    "null",
    "case",
    "when",
    "then",
    "else",
    "end",
    "as",
    "with",
    "union",
    "all",
    "distinct",
    "count",
    "sum",
    "avg",
    "explain",
    "policy",
    "show",
    "tables",
    "describe",
    "over",
    "partition",
    "interval",
];

/// Paints SQL.
pub(super) struct Sql;

impl Highlighter for Sql {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut text = StyledText::new();
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let end = end_of_token(rest, first);
            let (token, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            text.push((style(token, first), token.to_owned()));
            rest = after;
        }
        text
    }
}

fn end_of_token(rest: &str, first: char) -> usize {
    if first == '\'' {
        return rest
            .get(1..)
            .and_then(|r| r.find('\''))
            .map_or(rest.len(), |at| at.saturating_add(2));
    }
    if rest.starts_with("--") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if first.is_alphanumeric() || first == '_' {
        return rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
    }
    first.len_utf8()
}

fn style(token: &str, first: char) -> Style {
    if token.starts_with("--") {
        Style::new().dimmed()
    } else if first == '\'' {
        Style::new().fg(Color::Green)
    } else if first.is_ascii_digit() {
        Style::new().fg(Color::Cyan)
    } else if KEYWORDS.contains(&token.to_lowercase().as_str()) {
        Style::new().fg(Color::Blue).bold()
    } else {
        Style::new()
    }
}
