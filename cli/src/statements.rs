//! A text of several statements, cut at `;` outside of quotes and comments.

mod lexer;

use std::sync::Arc;

pub(crate) use lexer::{Kind, tokens};

/// What is typed rather than read has no other name.
pub(crate) const YOURS: &str = "your question";

/// Where a statement stands in the text that it was cut from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The text's name as people know it.
    pub(crate) name: Arc<str>,
    /// The whole text.
    pub(crate) text: Arc<str>,
    /// Lines before the statement.
    pub(crate) lines: usize,
    /// Characters before it on its first line.
    pub(crate) columns: usize,
}

/// One statement; places in it count from its own start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) origin: Origin,
}

impl Statement {
    /// A statement that is a text of its own.
    pub(crate) fn alone(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            origin: Origin {
                name: YOURS.into(),
                text: sql.into(),
                lines: 0,
                columns: 0,
            },
        }
    }
}

/// The statements of a text, without their semicolons.
pub(crate) fn split(text: &str) -> Vec<String> {
    cut(YOURS, text).into_iter().map(|part| part.sql).collect()
}

/// The statements of a text, each with its place.
pub(crate) fn cut(name: &str, text: &str) -> Vec<Statement> {
    let whole = Whole {
        name: name.into(),
        text: text.into(),
    };
    let mut statements = Vec::new();
    let mut start = 0_usize;
    let mut at = 0_usize;
    for (kind, token) in tokens(text) {
        let end = at.saturating_add(token.len());
        if kind == Kind::Semicolon {
            statements.extend(whole.statement(start, at));
            start = end;
        }
        at = end;
    }
    statements.extend(whole.statement(start, text.len()));
    statements
}

/// Whether a text ends inside a statement: more is to come.
pub(crate) fn is_open(text: &str) -> bool {
    let mut open = false;
    for (kind, _) in tokens(text) {
        match kind {
            Kind::Semicolon => open = false,
            Kind::Blank | Kind::Comment => {}
            Kind::OpenComment
            | Kind::Word
            | Kind::Number
            | Kind::Text
            | Kind::OpenText
            | Kind::Name
            | Kind::Other => open = true,
        }
    }
    open
}

struct Whole {
    name: Arc<str>,
    text: Arc<str>,
}

impl Whole {
    fn statement(&self, start: usize, end: usize) -> Option<Statement> {
        let part = self.text.get(start..end)?;
        if !is_open(part) {
            return None;
        }
        let blank = part.len().saturating_sub(part.trim_start().len());
        let before = self.text.get(..start.saturating_add(blank))?;
        let line = before.rsplit('\n').next().unwrap_or("");
        Some(Statement {
            sql: part.trim().to_owned(),
            origin: Origin {
                name: Arc::clone(&self.name),
                text: Arc::clone(&self.text),
                lines: before.matches('\n').count(),
                columns: line.chars().count(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, is_open, split};

    #[test]
    fn semicolons_in_quotes_and_comments_cut_nothing() {
        let found = split("SELECT ';' -- a;b\n; /* ; */ SELECT \"a;b\"; -- rest\n;");
        assert_eq!(found, ["SELECT ';' -- a;b", "/* ; */ SELECT \"a;b\""]);
    }

    #[test]
    fn nor_in_dollars_escapes_and_nested_comments() {
        let kept = [
            "SELECT $$a;b$$",
            "SELECT $t$a;$b$;$t$",
            "SELECT E'it\\';s'",
            "SELECT 'it'';s'",
            "SELECT `a;b`",
            "SELECT /* a /* ; */ ; */ 1",
            "SELECT a$b, $1",
        ];
        assert_eq!(split(&kept.join(";")), kept);
    }

    #[test]
    fn a_statement_is_open_until_its_semicolon() {
        for open in [
            "SELECT 1",
            "SELECT ';",
            "SELECT $$;",
            "SELECT 1; /* ;",
            "SELECT 1; x",
        ] {
            assert!(is_open(open), "{open}");
        }
        for closed in [
            "SELECT 1;",
            "-- only a comment",
            "",
            " /* ; */ ",
            "SELECT 1; -- more",
        ] {
            assert!(!is_open(closed), "{closed}");
        }
    }

    #[test]
    fn a_statement_knows_where_it_stood() {
        let found = cut("t", "SELECT 1;\n\n  é; SELECT 2\n");
        let places: Vec<_> = found
            .iter()
            .map(|s| (s.origin.lines, s.origin.columns))
            .collect();
        assert_eq!(places, [(0, 0), (2, 2), (2, 5)]);
    }
}
