//! Completion: tables, columns with what each may be used for, keywords.

use engine::VisibleTable;
use reedline::{Completer, CompletionResult, Span, Suggestion};

const KEYWORDS: &[&str] = &[
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT",
    "JOIN",
    "LEFT JOIN",
    "ON",
    "AND",
    "OR",
    "NOT",
    "IN",
    "EXISTS",
    "BETWEEN",
    "LIKE",
    "IS NULL",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "AS",
    "WITH",
    "UNION ALL",
    "DISTINCT",
    "COUNT(",
    "COUNT(DISTINCT ",
    "SUM(",
    "AVG(",
    "EXPLAIN POLICY",
    "SHOW TABLES",
    "DESCRIBE",
];

/// Completes names that the principal sees.
pub(super) struct Names {
    words: Vec<(String, String)>,
}

impl Names {
    pub(super) fn new(visible: &[VisibleTable]) -> Self {
        let mut words: Vec<(String, String)> = Vec::new();
        for table in visible {
            words.push((table.name.clone(), table.kind.clone()));
            for column in &table.columns {
                words.push((column.name.clone(), column.uses.join(", ")));
            }
        }
        words.sort();
        words.dedup();
        words.extend(
            KEYWORDS
                .iter()
                .map(|word| ((*word).to_owned(), String::new())),
        );
        Self { words }
    }
}

impl Completer for Names {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let typed = line.get(..pos).unwrap_or(line);
        let start = typed
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map_or(0, |at| at.saturating_add(1));
        let prefix = typed.get(start..).unwrap_or("").to_lowercase();
        if prefix.is_empty() {
            return CompletionResult::fresh(Vec::new());
        }
        let matching = self
            .words
            .iter()
            .filter(|(word, _)| word.to_lowercase().starts_with(&prefix));
        let found = matching
            .map(|(word, uses)| Suggestion {
                value: word.clone(),
                description: (!uses.is_empty()).then(|| uses.clone()),
                span: Span::new(start, pos),
                append_whitespace: false,
                ..Suggestion::default()
            })
            .collect::<Vec<_>>();
        CompletionResult::fresh(found)
    }
}
