//! One statement, parsed: what it asks for, with every place in the text kept.

mod ignored;
mod many_whens;
mod misread;
mod written_out;

use std::ops::ControlFlow;

use datafusion::sql::parser::{DFParserBuilder, Statement as DfStatement};
use datafusion::sql::sqlparser::ast::{
    DescribeAlias, Expr as SqlExpr, Ident, ObjectName, ObjectNamePart, ShowStatementFilterPosition,
    ShowStatementIn, Statement as SqlStatement, Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use policy::denial::{Code, Denial, SqlSpan};
use policy::materialized;

use crate::refusal::Refusal;

/// The most words, numbers and signs in a statement.
const MAX_TOKENS: usize = 8_000;

/// How deep expressions may nest; a chain of n operators nests n deep.
const MAX_DEPTH: usize = 256;

/// The longest statement read, in bytes.
pub const MAX_STATEMENT_BYTES: usize = 1 << 20;

/// What a statement asks for.
#[derive(Debug)]
pub(crate) enum Statement {
    /// A question.
    Query(Box<DfStatement>),
    /// `EXPLAIN POLICY <query>`.
    ExplainPolicy(Box<DfStatement>),
    /// `SHOW TABLES`.
    ShowTables,
    /// `SHOW APPROVED`.
    ShowApproved,
    /// `SHOW COLUMNS FROM t`, `DESCRIBE t`.
    ShowColumns(Vec<String>),
}

/// Parses exactly one statement.
///
/// # Errors
/// A syntax error with its place, or `E_STMT` for what is no plain query.
pub(crate) fn statement(sql: &str) -> Result<Statement, Refusal> {
    if sql.len() > MAX_STATEMENT_BYTES {
        return Err(Refusal::syntax("the statement is longer than 1 MiB", None));
    }
    match without_explain_policy(sql) {
        Some(query) => match one(&query)? {
            statement if is_query(&statement) => Ok(Statement::ExplainPolicy(Box::new(statement))),
            _other => Err(not_a_query("EXPLAIN POLICY takes a query")),
        },
        None => classify(one(sql)?),
    }
}

fn one(sql: &str) -> Result<DfStatement, Refusal> {
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, sql).tokenize();
    let words = tokens.unwrap_or_default().into_iter();
    let words = words.filter(|token| !matches!(token, Token::Whitespace(_)));
    if words.count() > MAX_TOKENS {
        let message = format!("the statement has more than {MAX_TOKENS} words and signs");
        return Err(Refusal::syntax(message, None));
    }
    let (sql, marks) = materialized::taken_out(sql);
    let parsed = DFParserBuilder::new(sql.as_str())
        .with_dialect(&dialect)
        .with_recursion_limit(50)
        .build()
        .and_then(|mut parser| parser.parse_statements());
    let mut statements = parsed.map_err(|e| syntax(&e.strip_backtrace()))?;
    if statements.iter().any(is_too_deep) {
        let message = format!("an expression nests more than {MAX_DEPTH} deep");
        return Err(Refusal::syntax(message, None));
    }
    match (statements.pop_front(), statements.is_empty()) {
        (Some(mut statement), true) => {
            if let DfStatement::Statement(statement) = &mut statement {
                materialized::put_back(statement.as_mut(), marks);
                written_out::check(statement)?;
                many_whens::check(statement)?;
                ignored::check(statement)?;
                misread::check(statement)?;
            }
            Ok(statement)
        }
        (None, _) => Err(Refusal::syntax("there is no statement", None)),
        (Some(_), false) => Err(not_a_query("one statement at a time")),
    }
}

/// How many scans of tables a statement comes to, once its WITH subqueries stand wherever they are named.
pub(crate) fn scans(statement: &SqlStatement) -> u64 {
    written_out::scans(statement)
}

fn is_too_deep(statement: &DfStatement) -> bool {
    let DfStatement::Statement(statement) = statement else {
        return false;
    };
    statement.visit(&mut Depth(0)).is_break()
}

/// How deep a visit is in an expression.
struct Depth(usize);

impl Visitor for Depth {
    type Break = ();

    fn pre_visit_expr(&mut self, _expr: &SqlExpr) -> ControlFlow<()> {
        self.0 = self.0.saturating_add(1);
        if self.0 > MAX_DEPTH {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _expr: &SqlExpr) -> ControlFlow<()> {
        self.0 = self.0.saturating_sub(1);
        ControlFlow::Continue(())
    }
}

fn is_query(statement: &DfStatement) -> bool {
    matches!(statement, DfStatement::Statement(s) if matches!(s.as_ref(), SqlStatement::Query(_)))
}

fn not_a_query(message: &str) -> Refusal {
    let mut denial = Denial::new(Code::Stmt, message);
    denial.help = Some(
        "ask one SELECT; SHOW TABLES, SHOW APPROVED, DESCRIBE and EXPLAIN POLICY also work"
            .to_owned(),
    );
    Refusal::Denied(Box::new(denial))
}

fn classify(statement: DfStatement) -> Result<Statement, Refusal> {
    if is_query(&statement) {
        return Ok(Statement::Query(Box::new(statement)));
    }
    if let DfStatement::Statement(sql) = &statement {
        match sql.as_ref() {
            SqlStatement::ShowVariable { variable } if is_approved(variable) => {
                return Ok(Statement::ShowApproved);
            }
            SqlStatement::ShowTables { .. } => return Ok(Statement::ShowTables),
            SqlStatement::ShowColumns { show_options, .. } => {
                if let Some(name) = table_shown(
                    show_options.show_in.as_ref(),
                    show_options.filter_position.as_ref(),
                ) {
                    return Ok(Statement::ShowColumns(name));
                }
            }
            SqlStatement::ExplainTable {
                describe_alias: DescribeAlias::Describe | DescribeAlias::Desc,
                table_name,
                ..
            } => {
                return Ok(Statement::ShowColumns(parts(table_name)));
            }
            _other => {}
        }
    }
    Err(not_a_query("only plain queries are answered"))
}

fn is_approved(variable: &[Ident]) -> bool {
    matches!(variable, [word] if word.value.eq_ignore_ascii_case("approved"))
}

fn table_shown(
    show_in: Option<&ShowStatementIn>,
    _filter: Option<&ShowStatementFilterPosition>,
) -> Option<Vec<String>> {
    show_in.and_then(|s| s.parent_name.as_ref()).map(parts)
}

fn parts(name: &ObjectName) -> Vec<String> {
    name.0
        .iter()
        .filter_map(|part| match part {
            ObjectNamePart::Identifier(ident) if ident.quote_style.is_some() => {
                Some(ident.value.clone())
            }
            ObjectNamePart::Identifier(ident) => Some(ident.value.to_lowercase()),
            ObjectNamePart::Function(_) => None,
        })
        .collect()
}

/// The query behind `EXPLAIN POLICY`, with blanks in front so that places stay where they were.
fn without_explain_policy(sql: &str) -> Option<String> {
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, sql)
        .tokenize_with_location()
        .ok()?;
    let mut words = tokens
        .iter()
        .filter(|t| !matches!(t.token, Token::Whitespace(_)));
    let is = |token: Option<&TokenWithSpan>, word: &str| {
        token.is_some_and(
            |t| matches!(&t.token, Token::Word(w) if w.value.eq_ignore_ascii_case(word)),
        )
    };
    if !is(words.next(), "explain") || !is(words.next(), "policy") {
        return None;
    }
    let start = words.next()?.span.start;
    let mut kept = String::new();
    for (index, line) in sql.lines().enumerate() {
        let number = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1);
        for (column, c) in (1_u64..).zip(line.chars()) {
            let before = number < start.line || (number == start.line && column < start.column);
            kept.push(if before { ' ' } else { c });
        }
        kept.push('\n');
    }
    Some(kept)
}

/// The parser's message without its place, which becomes a span.
fn syntax(message: &str) -> Refusal {
    let text = message
        .trim_start_matches("SQL error: ")
        .trim_start_matches("ParserError(\"")
        .trim_start_matches("TokenizerError(\"")
        .trim_end_matches("\")")
        .replace("\\\"", "\"");
    let place = text.find(" at Line: ").and_then(|at| {
        let (said, place) = text.split_at(at);
        let mut numbers = place
            .split(|c: char| !c.is_ascii_digit())
            .filter(|n| !n.is_empty())
            .filter_map(|n| n.parse::<u64>().ok());
        let (line, column) = (numbers.next()?, numbers.next()?);
        Some((
            said.to_owned(),
            SqlSpan {
                line,
                column,
                end_column: column.saturating_add(1),
            },
        ))
    });
    match place {
        Some((said, span)) => Refusal::syntax(said, Some(span)),
        None => Refusal::syntax(text, None),
    }
}
