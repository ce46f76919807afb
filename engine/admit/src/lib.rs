//! Admission: may this question be asked of this data, and what is owed to those it is about?
//!
//! Pure: the verdict is a function of the bound plan, the policies, the contract and the request,
//! never of data, clock or randomness. What is admitted comes back *instrumented*: every protected
//! scan carries tracks (whose row this is), every branch its own, and the outermost aggregates have
//! become [`ReleasePlan`]s that the engine hands to the release operator.
//!
//! Plans, expressions and join types are matched variant by variant, so that an upgrade that adds
//! one does not compile until somebody has decided about it.
#![expect(
    clippy::result_large_err,
    reason = "a denial is made once a question, and says all it can"
)]

mod above;
mod access;
mod aggregated;
mod alias;
mod aligned;
mod arithmetic;
mod arms;
mod branch;
mod chosen;
mod clamp;
mod comparison;
mod computed;
mod condition;
mod conjunct;
mod consent;
mod constant;
pub mod cost;
mod determined;
mod dp;
mod duties;
mod expression;
mod frame;
mod frame_tracks;
mod function;
mod functions;
mod grain;
mod group;
mod join;
mod limits;
mod linear;
mod link;
mod measure;
mod names;
mod nearest;
mod nobody;
mod own;
mod partial;
mod place;
mod predicate;
mod refusals;
mod relation;
mod release_branches;
mod release_plan;
mod repeated;
mod request;
mod rows;
mod scan;
mod semi;
mod sides;
mod size;
mod terms;
#[cfg(test)]
mod tests;
mod traits;
mod union;
mod walk;
mod weights;
mod window;

use std::collections::BTreeSet;

use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_expr::LogicalPlan;
use policy::denial::{Code, Denial};
use policy::ident::TableRef;

pub use above::{MATERIALIZED, release_name};
pub use access::tables_read;
pub use own::{LIST, Listed};
pub use place::by_place;
pub use release_plan::{Private, ReleasePlan};
pub use request::{OwnList, Policies, Request, Tools};

/// An admitted question.
#[derive(Debug)]
pub enum Admitted {
    /// Reads public tables, or the asker's own alone for itself: plain SQL.
    Plain {
        /// The plan as bound.
        plan: LogicalPlan,
        /// The tables it reads.
        tables: BTreeSet<TableRef>,
    },
    /// Reads protected rows of others: only what its releases let through may leave.
    Released {
        /// The releases, in the order of their names.
        releases: Vec<ReleasePlan>,
        /// The rows of a list about own entities, which what stands above reads as [`LIST`].
        list: Option<Box<Listed>>,
        /// What stands above them, reading `__release_0`, `__release_1`, …
        above: LogicalPlan,
        /// The tables it reads.
        tables: BTreeSet<TableRef>,
    },
}

/// Judges a bound plan (canonical rules applied, nothing optimised).
///
/// # Errors
/// The refusal that comes first by precedence.
pub fn admit(
    plan: &LogicalPlan,
    policies: &Policies,
    request: &Request,
    tools: &Tools,
) -> Result<Admitted, Denial> {
    let tables = tables_read(plan)?;
    access::check(&tables, policies, request)?;
    if access::is_plain(&tables, policies, request) {
        return Ok(access::plain(plan, tables));
    }
    let mut walker = walk::Walker::new(policies, request, tools);
    walker.private = dp::is_asked(&tables, policies);
    walker.places = place::matters(plan).unwrap_or(true);
    let mut releases = Vec::new();
    let found = match &request.list {
        None => above::walk(&mut walker, plan, &mut releases).map(|above| (None, above)),
        Some(list) => own::walk(&mut walker, plan, list, &mut releases)
            .map(|(listed, above)| (Some(Box::new(listed)), above)),
    };
    dp::share(&mut walker, &mut releases);
    let refusals = std::mem::take(&mut walker.refusals);
    if let Some(denial) = refusals.first() {
        return Err(denial);
    }
    // What stands in an expression was not walked: it has no tracks, whatever let it pass.
    let passed = releases.iter().any(|release| subquery(&release.input));
    match found {
        Ok((list, above)) if !passed => Ok(Admitted::Released {
            releases,
            list,
            above,
            tables,
        }),
        Ok(_) | Err(_) => Err(Denial::new(
            Code::Stmt,
            "this form of question is not available",
        )),
    }
}

/// Whether a plan has a subquery in an expression.
fn subquery(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply(|node| {
        let visited = node.apply_subqueries(|_| {
            found = true;
            Ok(TreeNodeRecursion::Stop)
        });
        visited.map(|_| TreeNodeRecursion::Continue)
    });
    found || walked.is_err()
}
