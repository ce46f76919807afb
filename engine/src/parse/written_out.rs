//! How large a statement is once its WITH subqueries stand wherever they are named.
//!
//! Planning copies them: twenty that each name the one before twice are a million scans, in a text of twenty lines. So the
//! scans are counted before anything is planned; a recursion counts with all the rounds that it may be written out to.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{ObjectName, Query, Statement, Visit, Visitor};
use policy::denial::{Code, Denial};

use crate::refusal::Refusal;

/// The most scans of tables that a statement may come to.
const MOST: u64 = 1_000;

/// How often a recursion of eight rounds reads what it reads: the first rows nine times, those of a round once less each.
const ROUNDS: u64 = 45;

/// Refuses a statement that comes to too many scans.
///
/// # Errors
/// `E_COST`.
pub(super) fn check(statement: &Statement) -> Result<(), Refusal> {
    if scans(statement) <= MOST {
        return Ok(());
    }
    let message = format!(
        "the question reads tables more than {MOST} times, once its WITH subqueries stand wherever they are named"
    );
    let mut denial = Denial::new(Code::Cost, message);
    denial.help = Some("name a subquery fewer times".to_owned());
    Err(Refusal::Denied(Box::new(denial)))
}

/// How many scans of tables a statement comes to.
pub(super) fn scans(statement: &Statement) -> u64 {
    let mut scans = Scans::default();
    let walked = statement.visit(&mut scans);
    debug_assert!(walked.is_continue(), "the visitor never breaks");
    scans.all
}

/// Scans of the queries that are being visited, outermost first.
#[derive(Default)]
struct Scans {
    open: Vec<Open>,
    all: u64,
}

/// A query that is being visited.
#[derive(Default)]
struct Open {
    scans: u64,
    /// Its name, if it is a WITH subquery.
    name: Option<String>,
    /// It names itself.
    recursive: bool,
    /// Its WITH subqueries, by where they are in memory.
    with: Vec<(*const Query, String)>,
    /// Scans of those that have been visited.
    named: BTreeMap<String, u64>,
}

impl Visitor for Scans {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        let with = with.map(|cte| {
            let name = cte.alias.name.value.to_lowercase();
            (std::ptr::from_ref(cte.query.as_ref()), name)
        });
        let own = std::ptr::from_ref(query);
        let outer = self.open.last().map(|outer| outer.with.as_slice());
        let mut names = outer.unwrap_or_default().iter();
        let name = names.find(|(at, _)| std::ptr::eq(*at, own));
        self.open.push(Open {
            name: name.map(|(_, name)| name.clone()),
            with: with.collect(),
            ..Open::default()
        });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        let Some(open) = self.open.pop() else {
            return ControlFlow::Continue(());
        };
        let rounds = if open.recursive { ROUNDS } else { 1 };
        let scans = open.scans.saturating_mul(rounds);
        match (self.open.last_mut(), open.name) {
            (Some(outer), Some(name)) => _ = outer.named.insert(name, scans),
            (Some(outer), None) => outer.scans = outer.scans.saturating_add(scans),
            (None, _) => self.all = self.all.saturating_add(scans),
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = relation.to_string().trim_matches('"').to_lowercase();
        let mut around = self.open.iter_mut().rev();
        if let Some(own) = around.find(|open| open.name.as_ref() == Some(&name)) {
            own.recursive = true;
        }
        let mut known = self.open.iter().rev();
        let known = known.find_map(|open| open.named.get(&name));
        let scans = known.copied().unwrap_or(1);
        if let Some(open) = self.open.last_mut() {
            open.scans = open.scans.saturating_add(scans);
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use datafusion::sql::sqlparser::dialect::GenericDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    fn scans(sql: &str) -> u64 {
        let statements = Parser::parse_sql(&GenericDialect {}, sql).unwrap();
        super::scans(&statements[0])
    }

    #[test]
    fn what_is_named_twice_is_read_twice() {
        assert_eq!(scans("SELECT 1 FROM a.t"), 1);
        assert_eq!(
            scans("WITH c AS (SELECT * FROM t JOIN u ON x = y) SELECT 1 FROM c JOIN C d ON e = f"),
            4
        );
        assert_eq!(
            scans("WITH c AS (SELECT * FROM t) SELECT 1 FROM u WHERE x IN (SELECT x FROM c)"),
            2
        );
        assert_eq!(
            scans("SELECT 1 FROM (WITH c AS (SELECT * FROM t) SELECT * FROM c, c d) e"),
            2
        );
        assert_eq!(
            scans(
                "WITH RECURSIVE h AS (SELECT 1 FROM t UNION ALL SELECT 2 FROM h) SELECT 1 FROM h"
            ),
            90
        );
    }

    #[test]
    fn a_short_text_may_be_a_million_scans() {
        let mut sql = "WITH c0 AS (SELECT * FROM t)".to_owned();
        for n in 1..30 {
            let before = n - 1;
            sql = format!(
                "{sql}, c{n} AS (SELECT * FROM c{before} UNION ALL SELECT * FROM c{before})"
            );
        }
        assert_eq!(scans(&format!("{sql} SELECT 1 FROM c29")), 1 << 29);
    }
}
