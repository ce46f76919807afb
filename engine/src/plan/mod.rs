//! From a statement to a bound plan over what this principal may see.
//!
//! Binding knows every built-in function, so that a refusal can name it; it evaluates nothing.
//! Hidden columns are not in the catalog at all.

mod binders;
mod canonical;
mod catalog;
mod constant_column;
pub(crate) mod cost;
pub(crate) mod dependencies;
mod distinct;
mod literal;
mod materialized;
mod not_in;
mod pruned;
pub(crate) mod reading;
mod subquery;
mod twice_named;
mod unknown;
mod unrolled;
mod visible;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::execution::context::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement as DfStatement;

use crate::refusal::Refusal;

pub(crate) use binders::Binders;
pub(crate) use catalog::{Catalog, CatalogView};
pub use visible::{VisibleColumn, VisibleTable};
pub(crate) use words::words;

/// A plan bound to names that the principal sees, canonical rules applied, nothing optimised.
#[derive(Debug)]
pub struct BoundPlan(pub(crate) LogicalPlan);

impl BoundPlan {
    /// The plan without the branches of views that its own literals contradict. An approved text keeps them: all owners of
    /// the tables that it names have agreed to it, and speak for their people, whatever its parameters pick.
    ///
    /// # Errors
    /// When a plan without a branch is no plan.
    pub(crate) fn pruned(self) -> Result<Self, Refusal> {
        let plan = pruned::pruned(self.0).map_err(|error| unknown::refusal(&error))?;
        Ok(Self(plan))
    }
}

/// The state that questions of one party are bound in.
#[derive(Debug)]
pub(crate) struct Binder {
    state: SessionState,
    protected: BTreeSet<String>,
}

impl Binder {
    /// A binder over what the principal's party may see.
    ///
    /// # Errors
    /// When a contract view does not bind.
    pub(crate) async fn new(
        catalog: &Catalog,
        party: &policy::ident::PartyId,
    ) -> Result<Self, Refusal> {
        let context = context();
        catalog.register(&context, party).await?;
        Ok(Self {
            state: context.state(),
            protected: catalog.protected_from(party),
        })
    }

    /// A state for one question: names that binding makes up are numbered from one, so that a text is always the same plan.
    fn fresh(&self) -> SessionState {
        let mut state = self.state.clone();
        state.mark_start_execution();
        state
    }

    /// Binds a query.
    ///
    /// # Errors
    /// `E_UNKNOWN` for names that are not there or not seen; an invalid question otherwise.
    pub(crate) async fn bind(&self, statement: DfStatement) -> Result<BoundPlan, Refusal> {
        let subqueries = subquery::places(&statement, &self.protected);
        let statement = materialized::marked(statement);
        let state = self.fresh();
        let plan = state.statement_to_plan(statement).await;
        let plan = plan.map_err(|e| subquery::prefer(unknown::refusal(&e), &subqueries))?;
        let plan = dependencies::bound(plan).map_err(|error| unknown::refusal(&error))?;
        twice_named::check(&plan)?;
        let plan = unrolled::unrolled(plan).map_err(|error| unknown::refusal(&error))?;
        let plan = canonical::rules(plan, &state).map_err(|error| unknown::refusal(&error))?;
        twice_named::check(&plan)?;
        literal::check(&plan)?;
        not_in::check(&plan)?;
        Ok(BoundPlan(plan))
    }
}

/// What texts are bound in.
fn context() -> SessionContext {
    let state = SessionStateBuilder::new()
        .with_config(config())
        .with_default_features()
        .with_relation_planners(vec![Arc::new(dependencies::Forgetting)])
        .build();
    SessionContext::new_with_state(state)
}

/// Options that change what a text means: the same when binding and when executing.
pub(crate) fn config() -> datafusion::prelude::SessionConfig {
    let mut config = datafusion::prelude::SessionConfig::new()
        .with_information_schema(false)
        .with_default_catalog_and_schema("subrosa", "public")
        .with_create_default_catalog_and_schema(true);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.sql_parser.parse_float_as_decimal = true;
    options.execution.time_zone = Some("+00:00".to_owned());
    config
}
