//! Completion: tables, columns with what each may be used for, functions, keywords, commands.

use engine::VisibleTable;
use reedline::{Completer, CompletionResult, Span, Suggestion};

use super::backslash::COMMANDS;
use super::words::{FUNCTIONS, KEYWORDS};
use crate::statements::{Kind, tokens};

/// Completes what the principal may write.
pub(super) struct Names {
    tables: Vec<VisibleTable>,
}

/// What may stand somewhere, with a word about it.
type Word = (String, String);

impl Names {
    pub(super) fn new(visible: &[VisibleTable]) -> Self {
        Self {
            tables: visible.to_vec(),
        }
    }

    /// Everything that may stand at the end of a text, best first.
    fn words(&self, before: &str, prefix: &str, whole: &str) -> Vec<Word> {
        if before.trim_start().starts_with('\\') {
            return self.table_words();
        }
        if let Some((qualifier, _)) = prefix.rsplit_once('.')
            && let Some(table) = self.named(qualifier, whole)
        {
            let columns = columns(table).map(|(name, uses)| (format!("{qualifier}.{name}"), uses));
            return columns.collect();
        }
        if expects_table(before) {
            return self.table_words();
        }
        let mut words: Vec<Word> = self
            .mentioned(whole)
            .into_iter()
            .flat_map(columns)
            .collect();
        words.sort();
        words.dedup();
        words.extend(
            FUNCTIONS
                .iter()
                .map(|(name, about)| ((*name).to_owned(), (*about).to_owned())),
        );
        words.extend(
            KEYWORDS
                .iter()
                .map(|word| ((*word).to_owned(), String::new())),
        );
        words.extend(self.table_words());
        words
    }

    fn table_words(&self) -> Vec<Word> {
        let word = |table: &VisibleTable| (table.name.clone(), table.kind.clone());
        self.tables.iter().map(word).collect()
    }

    /// The tables that a question mentions; all of them while it mentions none.
    fn mentioned(&self, whole: &str) -> Vec<&VisibleTable> {
        let lower = whole.to_lowercase();
        let mentioned = self
            .tables
            .iter()
            .filter(|table| lower.contains(&table.name));
        let mentioned: Vec<_> = mentioned.collect();
        if mentioned.is_empty() {
            self.tables.iter().collect()
        } else {
            mentioned
        }
    }

    /// The table of a name or alias.
    fn named(&self, qualifier: &str, whole: &str) -> Option<&VisibleTable> {
        let by_name = |name: &str| {
            let mut tables = self.tables.iter();
            tables.find(|table| table.name.eq_ignore_ascii_case(name))
        };
        by_name(qualifier).or_else(|| by_name(&of_alias(whole, qualifier)?))
    }
}

fn columns(table: &VisibleTable) -> impl Iterator<Item = Word> {
    table.columns.iter().map(|column| {
        let uses = if column.uses.is_empty() {
            "counted only".to_owned()
        } else {
            column.uses.join(", ")
        };
        (quoted(&column.name), format!("{}: {uses}", column.kind))
    })
}

/// The name as SQL writes it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if starts && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Words and dotted names of a text, in lower case.
fn plain_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joined = false;
    for (kind, token) in tokens(text) {
        match kind {
            Kind::Word | Kind::Name if joined => {
                if let Some(last) = words.last_mut() {
                    last.push('.');
                    last.push_str(&token.to_lowercase());
                }
                joined = false;
            }
            Kind::Word | Kind::Name => words.push(token.to_lowercase()),
            Kind::Other if token == "." => joined = !words.is_empty(),
            Kind::Other => words.push(token.to_owned()),
            Kind::Blank
            | Kind::Comment
            | Kind::OpenComment
            | Kind::Number
            | Kind::Text
            | Kind::OpenText
            | Kind::Semicolon => {}
        }
    }
    words
}

/// The table that an alias stands for: `FROM t AS a`, `JOIN t a`.
fn of_alias(whole: &str, alias: &str) -> Option<String> {
    let words = plain_words(whole);
    let alias = alias.to_lowercase();
    words.windows(3).find_map(|three| match three {
        [table, a, _] if *a == alias => Some(table.clone()),
        [table, word, a] if word == "as" && *a == alias => Some(table.clone()),
        _other => None,
    })
}

fn expects_table(before: &str) -> bool {
    let words = plain_words(before);
    let last = words.last().map(String::as_str);
    matches!(last, Some("from" | "join" | "describe"))
}

impl Completer for Names {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let typed = line.get(..pos).unwrap_or(line);
        if typed.trim_start().starts_with('\\') && !typed.contains(' ') {
            let known = COMMANDS
                .iter()
                .filter(|command| command.name.starts_with(typed));
            let found = known.map(|command| {
                suggestion((command.name.to_owned(), command.help.to_owned()), (0, pos))
            });
            return CompletionResult::fresh(found.collect::<Vec<_>>());
        }
        let start = typed
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map_or(0, |at| {
                at.saturating_add(
                    typed
                        .get(at..)
                        .and_then(|t| t.chars().next())
                        .map_or(1, char::len_utf8),
                )
            });
        let (before, prefix) = typed.split_at_checked(start).unwrap_or((typed, ""));
        if prefix.is_empty() && !expects_table(before) && !before.trim_start().starts_with('\\') {
            return CompletionResult::fresh(Vec::new());
        }
        let lower = prefix.to_lowercase();
        let words = self.words(before, prefix, line).into_iter();
        let matching = words.filter(|(word, _)| word.to_lowercase().starts_with(&lower));
        let found = matching.map(|word| suggestion(word, (start, pos)));
        CompletionResult::fresh(found.collect::<Vec<_>>())
    }
}

fn suggestion((value, about): Word, (start, end): (usize, usize)) -> Suggestion {
    Suggestion {
        value,
        description: (!about.is_empty()).then_some(about),
        span: Span::new(start, end),
        append_whitespace: false,
        ..Suggestion::default()
    }
}

#[cfg(test)]
mod tests {
    use engine::{VisibleColumn, VisibleTable};
    use reedline::Completer;

    use super::Names;

    fn names() -> Names {
        let column = |name: &str, uses: &[&str]| VisibleColumn {
            name: name.to_owned(),
            kind: "VARCHAR".to_owned(),
            uses: uses.iter().map(|&u| u.to_owned()).collect(),
        };
        let table = |name: &str, columns| VisibleTable {
            name: name.to_owned(),
            owner: "o".to_owned(),
            kind: "protected".to_owned(),
            columns,
        };
        Names::new(&[
            table(
                "a.visits",
                vec![column("patient", &["unit p"]), column("Paid", &[])],
            ),
            table("b.bills", vec![column("payer", &["join j"])]),
        ])
    }

    fn offered(typed: &str) -> Vec<(String, String)> {
        let found = names().complete(typed, typed.len());
        let about =
            |s: &reedline::Suggestion| (s.value.clone(), s.description.clone().unwrap_or_default());
        found.suggestions().iter().map(about).collect()
    }

    fn values(typed: &str) -> Vec<String> {
        offered(typed).into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn a_column_tells_what_it_may_be_used_for() {
        let first = offered("SELECT pat").into_iter().next();
        let expected = ("patient".to_owned(), "VARCHAR: unit p".to_owned());
        assert_eq!(first, Some(expected));
    }

    #[test]
    fn tables_stand_behind_from_and_columns_are_those_of_tables_named() {
        assert_eq!(values("SELECT COUNT(*) FROM "), ["a.visits", "b.bills"]);
        assert_eq!(
            values("SELECT COUNT(*) FROM a.visits WHERE pa"),
            ["patient", "PARTITION BY"]
        );
        assert_eq!(values("SELECT 1 FROM a.visits v WHERE v.p"), ["v.patient"]);
        assert_eq!(values("SELECT 1 FROM b.bills AS b WHERE b."), ["b.payer"]);
        assert_eq!(values("\\can b"), ["b.bills"]);
        assert!(values("\\ti").contains(&"\\timing".to_owned()));
    }
}
