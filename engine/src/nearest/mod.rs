//! The nearest question that is allowed, for one that is not.
//!
//! Whoever is refused wants to know what to ask instead. Rules cannot say it in general, but they can be asked: one thing of the
//! statement is changed or left out, of the kind that the refusal is about, and what comes out is judged like any other question. The
//! first that is admitted is offered, so an offer that is refused is impossible. Admission sees no data, so neither does an offer.

mod edit;
mod items;
mod materialized;
mod parts;
mod pieces;
mod release;

use std::collections::{BTreeSet, VecDeque};

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use policy::denial::{Code, Denial};

use crate::parse::{self, Statement};
use crate::refusal::Refusal;
use edit::{Edit, edited};

/// A longer statement, in bytes, is not tried: it takes long to judge.
const LONGEST: usize = 4096;

/// Nor is one that reads tables more often.
const MOST_SCANS: u64 = 32;

/// So many statements are judged at most.
const MOST_TRIED: usize = 32;

/// So many changes are made to a statement at most.
const MOST_CHANGES: usize = 4;

/// A statement that was refused.
struct Refused {
    statement: SqlStatement,
    denial: Denial,
    changes: usize,
}

/// The nearest statement that `admits` lets in: with the fewest changes, of those that were tried.
pub(crate) async fn nearest(
    statement: &DfStatement,
    denial: &Denial,
    admits: impl AsyncFn(&str) -> Result<(), Refusal>,
) -> Option<String> {
    let DfStatement::Statement(statement) = statement else {
        return None;
    };
    if statement.to_string().len() > LONGEST || parse::scans(statement) > MOST_SCANS {
        return None;
    }
    let first = Refused {
        statement: statement.as_ref().clone(),
        denial: denial.clone(),
        changes: 0,
    };
    let last = if denial.code == Code::NoAgg {
        edited(&first.statement, Edit::CountedAlone, None)
    } else {
        Vec::new()
    };
    if let Some(found) = search(first, &admits).await {
        return Some(found);
    }
    for statement in last {
        let text = statement.to_string();
        if admits(&text).await.is_ok() {
            return Some(text);
        }
    }
    None
}

/// Breadth first: fewer changes before more.
async fn search(
    first: Refused,
    admits: &impl AsyncFn(&str) -> Result<(), Refusal>,
) -> Option<String> {
    let mut tried = BTreeSet::from([first.statement.to_string()]);
    let mut left = VecDeque::from([first]);
    while let Some(refused) = left.pop_front() {
        for text in candidates(&refused) {
            if !tried.insert(text.clone()) {
                continue;
            }
            if tried.len() > MOST_TRIED {
                return None;
            }
            match admits(&text).await {
                Ok(()) => return Some(text),
                Err(Refusal::Denied(denial)) if refused.changes + 1 < MOST_CHANGES => {
                    left.extend(again(&text, *denial, refused.changes + 1));
                }
                Err(_) => {}
            }
        }
    }
    None
}

/// What a refused statement becomes by one change.
fn candidates(refused: &Refused) -> Vec<String> {
    let pieces = pieces::put_in(&refused.statement, &refused.denial);
    let edits = edits(refused.denial.code).iter();
    let edited = edits.flat_map(|edit| edited(&refused.statement, *edit, refused.denial.span));
    let each = pieces.into_iter().chain(edited);
    each.map(|statement| statement.to_string()).collect()
}

/// Parsed once more, so that places are those in its own text.
fn again(text: &str, denial: Denial, changes: usize) -> Option<Refused> {
    let Ok(Statement::Query(query)) = parse::statement(text) else {
        return None;
    };
    let DfStatement::Statement(statement) = *query else {
        return None;
    };
    Some(Refused {
        statement: *statement,
        denial,
        changes,
    })
}

/// Which changes might lift a refusal, the smallest first.
fn edits(code: Code) -> &'static [Edit] {
    match code {
        Code::GroupingSets => &[Edit::PlainGroups],
        Code::Subquery => &[Edit::LeaveCondition, Edit::LeaveItem],
        Code::Limit => &[Edit::Released, Edit::Unlimited],
        Code::Window => &[Edit::Released, Edit::LeaveItem, Edit::CountInstead],
        Code::Negation => &[
            Edit::Present,
            Edit::InnerJoin,
            Edit::AtLeast,
            Edit::LeaveCondition,
        ],
        Code::Outer => &[Edit::InnerJoin],
        Code::Agg => &[
            Edit::Released,
            Edit::Mean,
            Edit::LeaveItem,
            Edit::CountInstead,
        ],
        Code::Crowd => &[Edit::Released],
        Code::NoAgg => &[Edit::Counted],
        Code::KeyExpr | Code::Fn | Code::Compare | Code::FilterGrain | Code::RoleDim => {
            &[Edit::LeaveCondition, Edit::LeaveItem, Edit::CountInstead]
        }
        Code::MeasureExpr => &[Edit::LeaveItem, Edit::CountInstead],
        Code::Stmt
        | Code::Unknown
        | Code::DeniedAsker
        | Code::Template
        | Code::Mode
        | Code::Recursion
        | Code::Join
        | Code::Cost
        | Code::Budget
        | Code::State => &[],
    }
}
