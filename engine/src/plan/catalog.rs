//! The catalog that a question is bound in: visible tables by schema, views written out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::{
    CatalogProvider, MemorySchemaProvider, SchemaProvider, Session, TableProvider,
};
use datafusion::common::{DFSchema, Result as DfResult, exec_err};
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use policy::ident::{PartyId, TableRef};
use policy::table::TablePolicy;

use super::visible::{VisibleColumn, VisibleTable, type_name};
use crate::refusal::Refusal;

/// A view of the contract.
#[derive(Debug, Clone)]
pub(crate) struct CatalogView {
    /// `schema.name`, or a bare name.
    pub(crate) name: String,
    /// Its one SELECT.
    pub(crate) sql: String,
    /// The tables it reads.
    pub(crate) tables: BTreeSet<TableRef>,
}

/// Every table of the contract as questions see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    /// Policy and visible schema of each table.
    pub(crate) tables: BTreeMap<TableRef, (TablePolicy, SchemaRef)>,
    /// Contract views, in the order of the contract.
    pub(crate) views: Vec<CatalogView>,
}

/// A table that can be bound and never read: admission sees no data.
#[derive(Debug)]
struct BindTable {
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for BindTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        _projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        exec_err!("a bound table holds no rows")
    }
}

/// A view, written out where it is named.
#[derive(Debug)]
struct BoundView {
    plan: LogicalPlan,
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for BoundView {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        Some(Cow::Borrowed(&self.plan))
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        _projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        exec_err!("a view is written out before anything runs")
    }
}

impl Catalog {
    /// Whether the party may ask this table.
    fn sees(&self, party: &PartyId, table: &TableRef) -> bool {
        self.tables
            .get(table)
            .is_some_and(|(policy, _)| policy.table.party == *party || policy.may_ask(party))
    }

    /// The tables and views with rows of others that the party sees, as they are written in SQL.
    pub(super) fn protected_from(&self, party: &PartyId) -> BTreeSet<String> {
        let private = |table: &TableRef| {
            let found = self.tables.get(table);
            found.is_some_and(|(policy, _)| policy.table.party != *party && !policy.is_public())
        };
        let seen = self.tables.keys().filter(|table| self.sees(party, table));
        let tables = seen.filter(|t| private(t)).map(ToString::to_string);
        let views = self
            .views
            .iter()
            .filter(|view| view.tables.iter().any(private));
        tables.chain(views.map(|view| view.name.clone())).collect()
    }

    /// Registers what the party may see.
    ///
    /// # Errors
    /// When a view does not bind.
    pub(crate) async fn register(
        &self,
        context: &SessionContext,
        party: &PartyId,
    ) -> Result<(), Refusal> {
        let internal = || Refusal::invalid("the catalog could not be set up");
        let catalog = context.catalog("subrosa").ok_or_else(internal)?;
        let seen = self.tables.iter().filter(|(t, _)| self.sees(party, t));
        // Of a table without a visible column (one that others look values up in) nothing may be asked.
        for (table, (_, schema)) in seen.filter(|(_, (_, schema))| !schema.fields().is_empty()) {
            let provider = Arc::new(BindTable {
                schema: Arc::clone(schema),
            });
            add(
                &catalog,
                table.party.as_str(),
                table.table.as_str(),
                provider,
            )
            .map_err(|_| internal())?;
        }
        for view in self
            .views
            .iter()
            .filter(|v| v.tables.iter().all(|t| self.sees(party, t)))
        {
            let plan = context
                .state()
                .create_logical_plan(&view.sql)
                .await
                .map_err(|e| {
                    Refusal::invalid(format!("view {}: {}", view.name, e.strip_backtrace()))
                })?;
            let schema = Arc::new(plan.schema().as_arrow().clone());
            let (schema_name, name) = view.name.split_once('.').unwrap_or(("public", &view.name));
            let provider = Arc::new(BoundView { plan, schema });
            add(&catalog, schema_name, name, provider).map_err(|_| internal())?;
        }
        Ok(())
    }

    /// The tables and views that the party may see, with the uses of their columns.
    pub(crate) async fn visible(&self, party: &PartyId) -> Result<Vec<VisibleTable>, Refusal> {
        let mut all: Vec<VisibleTable> = self
            .tables
            .iter()
            .filter(|(table, _)| self.sees(party, table))
            .map(|(_, (policy, schema))| visible_table(party, policy, schema))
            .collect();
        let context = super::context();
        self.register(&context, party).await?;
        for view in self
            .views
            .iter()
            .filter(|v| v.tables.iter().all(|t| self.sees(party, t)))
        {
            let plan = context.state().create_logical_plan(&view.sql).await;
            let plan = plan.map_err(|e| Refusal::invalid(e.strip_backtrace()))?;
            all.push(self.visible_view(view, plan.schema()));
        }
        Ok(all)
    }

    fn visible_view(&self, view: &CatalogView, schema: &DFSchema) -> VisibleTable {
        let uses = |name: &str| {
            let found = view.tables.iter().filter_map(|t| self.tables.get(t));
            let mut each = found
                .filter_map(|(p, _)| p.column(name))
                .map(|c| c.capabilities.uses());
            let first = each.next().unwrap_or_else(|| vec!["literal".to_owned()]);
            each.fold(first, |all, next| {
                all.into_iter().filter(|u| next.contains(u)).collect()
            })
        };
        VisibleTable {
            name: view.name.clone(),
            owner: "contract".to_owned(),
            kind: "view".to_owned(),
            columns: schema
                .fields()
                .iter()
                .map(|f| VisibleColumn {
                    name: f.name().clone(),
                    kind: type_name(f.data_type()),
                    uses: uses(f.name()),
                })
                .collect(),
        }
    }
}

fn visible_table(party: &PartyId, policy: &TablePolicy, schema: &SchemaRef) -> VisibleTable {
    let kind = if policy.is_public() {
        "public"
    } else if policy.table.party == *party {
        "own"
    } else {
        "protected"
    };
    let column = |name: &String, data_type: &DataType| VisibleColumn {
        name: name.clone(),
        kind: type_name(data_type),
        uses: policy
            .column(name)
            .map(|c| c.capabilities.uses())
            .unwrap_or_default(),
    };
    VisibleTable {
        name: policy.table.to_string(),
        owner: policy.table.party.to_string(),
        kind: kind.to_owned(),
        columns: schema
            .fields()
            .iter()
            .map(|f| column(f.name(), f.data_type()))
            .collect(),
    }
}

fn add(
    catalog: &Arc<dyn CatalogProvider>,
    schema: &str,
    name: &str,
    table: Arc<dyn TableProvider>,
) -> DfResult<()> {
    let provider = if let Some(provider) = catalog.schema(schema) {
        provider
    } else {
        let fresh: Arc<dyn SchemaProvider> = Arc::new(MemorySchemaProvider::new());
        catalog.register_schema(schema, Arc::clone(&fresh))?;
        fresh
    };
    provider.register_table(name.to_owned(), table).map(|_| ())
}
