//! Everything wrong with a question, collected; the first by precedence is what the asker sees.

use datafusion_common::Spans;
use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_expr::Expr;
use policy::denial::{Code, Denial, SqlSpan};

use crate::traits::Origin;

/// The refusals of one question so far.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    all: Vec<Denial>,
    /// The owners have read and approved the text: rules about expressions and shapes do not bind it.
    approved: bool,
    /// What they would have refused.
    waived: Vec<Denial>,
}

impl Refusals {
    /// None so far, of a text that the owners have approved or of another.
    pub(crate) fn of_text(approved: bool) -> Self {
        Self {
            approved,
            ..Self::default()
        }
    }

    /// Records a refusal and lets the caller go on, so that the most telling one can be reported.
    pub(crate) fn add(&mut self, code: Code, message: impl Into<String>) -> &mut Denial {
        self.all.push_mut(Denial::new(code, message))
    }

    /// As [`Self::add`], but of a rule that does not bind a text which the owners have approved.
    pub(crate) fn rule(&mut self, code: Code, message: impl Into<String>) -> &mut Denial {
        let list = if self.approved {
            &mut self.waived
        } else {
            &mut self.all
        };
        list.push_mut(Denial::new(code, message))
    }

    /// Records refusals that were made elsewhere.
    pub(crate) fn take(&mut self, denials: Vec<Denial>) {
        self.all.extend(denials);
    }

    /// Adds help to the latest refusal.
    pub(crate) fn last_help(&mut self, help: String) {
        if let Some(last) = self.all.last_mut() {
            last.help = Some(help);
        }
    }

    /// Whether nothing was refused.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The refusal to report: the first by precedence, then by place.
    pub(crate) fn first(self) -> Option<Denial> {
        self.all.into_iter().min_by(|a, b| a.code.cmp(&b.code))
    }
}

/// Fills in where a refusal comes from.
pub(crate) trait Explain {
    /// The column whose rule decided.
    fn of(&mut self, origin: Option<&Origin>) -> &mut Self;
    /// The expression it is about.
    fn at(&mut self, expr: &Expr) -> &mut Self;
    /// What to write instead.
    fn help(&mut self, help: impl Into<String>) -> &mut Self;
}

impl Explain for Denial {
    fn of(&mut self, origin: Option<&Origin>) -> &mut Self {
        if let Some(origin) = origin {
            self.party = Some(origin.table.party.clone());
            self.table = Some(origin.table.table.clone());
            self.column = Some(origin.column.clone());
            self.rule = Some(origin.rule.clone());
        }
        self
    }

    fn at(&mut self, expr: &Expr) -> &mut Self {
        self.span = span_of(expr);
        self
    }

    fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }
}

fn first_span(spans: &Spans) -> Option<SqlSpan> {
    let span = spans.first()?;
    (span.start.line > 0).then_some(SqlSpan {
        line: span.start.line,
        column: span.start.column,
        end_column: span.end.column,
    })
}

/// Where the first column of an expression stands in the statement.
pub(crate) fn span_of(expr: &Expr) -> Option<SqlSpan> {
    let mut found = None;
    let visited = expr.apply(|e| {
        if let Expr::Column(column) = e
            && let Some(span) = first_span(&column.spans)
        {
            found = Some(span);
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    visited.ok().and(found)
}
