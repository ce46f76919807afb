//! `WITH r AS MATERIALIZED (…)`, which the parser knows only in a dialect whose other words we do not want.
//!
//! The word is taken out of the text before it is parsed, blanks in its place so that every other place stays, and the mark
//! is put into the syntax tree afterwards.

use std::ops::ControlFlow;

use sqlparser::ast::{CteAsMaterialized, Query, VisitMut, VisitorMut};
use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};

/// What was written before the subqueries of a statement, by where these close.
#[derive(Debug, Default)]
pub struct Marks(Vec<(Location, CteAsMaterialized)>);

/// The text with blanks where it said `[NOT] MATERIALIZED`; as it is where it has no tokens.
#[must_use]
pub fn taken_out(sql: &str) -> (String, Marks) {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location();
    let mut tokens = tokens.unwrap_or_default();
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
    let mut marks = Marks::default();
    let mut words: Vec<Span> = Vec::new();
    let mut rest = tokens.as_slice();
    while let [first, after @ ..] = rest {
        rest = after;
        let (mark, taken) = match after {
            [word, open, ..] if is(word, "materialized") && open.token == Token::LParen => {
                (CteAsMaterialized::Materialized, 1)
            }
            [not, word, open, ..]
                if is(not, "not") && is(word, "materialized") && open.token == Token::LParen =>
            {
                (CteAsMaterialized::NotMaterialized, 2)
            }
            _other => continue,
        };
        if is(first, "as")
            && let Some(end) = closing(after.get(taken..).unwrap_or_default())
        {
            marks.0.push((end, mark));
            words.extend(after.iter().take(taken).map(|token| token.span));
        }
    }
    (blanked(sql, &words), marks)
}

/// Puts the marks into the tree that the text without them gave.
pub fn put_back(tree: &mut impl VisitMut, marks: Marks) {
    let walked = tree.visit(&mut Marking(marks));
    debug_assert!(walked.is_continue(), "the visitor never breaks");
}

struct Marking(Marks);

impl VisitorMut for Marking {
    type Break = ();

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        for cte in query.with.iter_mut().flat_map(|with| &mut with.cte_tables) {
            let end = cte.closing_paren_token.0.span.start;
            let mark = self.0.0.iter().find(|(at, _)| *at == end);
            cte.materialized = mark.map(|(_, mark)| *mark);
        }
        ControlFlow::Continue(())
    }
}

fn is(token: &TokenWithSpan, word: &str) -> bool {
    matches!(&token.token, Token::Word(w) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
}

/// Where the parenthesis closes that the tokens begin with.
fn closing(tokens: &[TokenWithSpan]) -> Option<Location> {
    let mut depth = 0_usize;
    for token in tokens {
        match token.token {
            Token::LParen => depth = depth.saturating_add(1),
            Token::RParen if depth <= 1 => return Some(token.span.start),
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn blanked(sql: &str, words: &[Span]) -> String {
    let mut at = Location::new(1, 1);
    let mut kept = String::with_capacity(sql.len());
    for c in sql.chars() {
        let inside = words.iter().any(|word| word.start <= at && at < word.end);
        kept.push(if inside { ' ' } else { c });
        at = match c {
            '\n' => Location::new(at.line.saturating_add(1), 1),
            _ => Location::new(at.line, at.column.saturating_add(1)),
        };
    }
    kept
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use sqlparser::ast::CteAsMaterialized;
    use sqlparser::dialect::GenericDialect;
    use sqlparser::parser::Parser;

    use super::{put_back, taken_out};

    fn marks(sql: &str) -> (String, Vec<Option<CteAsMaterialized>>) {
        let (text, marks) = taken_out(sql);
        let mut statements = Parser::parse_sql(&GenericDialect {}, &text).unwrap();
        put_back(&mut statements[0], marks);
        let sqlparser::ast::Statement::Query(query) = &statements[0] else {
            unreachable!("a query")
        };
        let ctes = &query.with.as_ref().unwrap().cte_tables;
        let found = ctes.iter().map(|cte| cte.materialized).collect();
        (text, found)
    }

    #[test]
    fn the_word_becomes_blanks_and_the_mark_stays() {
        let sql = "WITH a AS Materialized (SELECT (1) AS x),\n  b(y) AS NOT MATERIALIZED (SELECT 2), c AS (SELECT 3) SELECT 1";
        let (text, found) = marks(sql);
        assert_eq!(text.len(), sql.len());
        assert!(!text.to_lowercase().contains("materialized"));
        let expected = [
            Some(CteAsMaterialized::Materialized),
            Some(CteAsMaterialized::NotMaterialized),
            None,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_column_may_have_the_name() {
        let sql = "WITH a AS (SELECT 1 AS materialized, \"AS MATERIALIZED (\" FROM t) SELECT 'as materialized (' FROM a";
        assert_eq!(marks(sql), (sql.to_owned(), vec![None]));
    }

    #[test]
    fn marks_nest() {
        let sql = "WITH a AS MATERIALIZED (WITH b AS MATERIALIZED (SELECT 1) SELECT * FROM b) SELECT * FROM a";
        let (text, marks) = taken_out(sql);
        let mut statements = Parser::parse_sql(&GenericDialect {}, &text).unwrap();
        put_back(&mut statements, marks);
        assert_eq!(statements[0].to_string(), sql);
    }

    #[test]
    fn what_has_no_tokens_stays() {
        assert_eq!(
            taken_out("WITH a AS MATERIALIZED ('").0,
            "WITH a AS MATERIALIZED ('"
        );
    }
}
