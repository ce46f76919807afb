//! Judging questions by policies alone: the engine's binding and admission, and nothing of a party.
//!
//! For whoever writes policies: no keys, no data, no ledger. What this admits, an engine with the same
//! policies over the same columns admits, but for what it cannot afford or a budget that is used up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use admit::cost::{Cost, Sizes};
use chrono::NaiveDate;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use policy::document::PolicyDocument;
use policy::draft::Reading;
use policy::ident::{PartyId, Principal, Purpose, TableRef};
use policy::table::TablePolicy;

use crate::guard::{self, TrackKey};
use crate::nearest;
use crate::parse::{self, Statement};
use crate::plan::{Binders, BoundPlan, Catalog, CatalogView, cost, reading};
use crate::refusal::Refusal;

/// Who the contract knows, what for, and its views.
#[derive(Debug, Clone, Default)]
pub struct Agreed {
    /// Parties.
    pub parties: Vec<PartyId>,
    /// Analysts.
    pub principals: BTreeSet<Principal>,
    /// Purposes; none: any.
    pub purposes: BTreeSet<Purpose>,
    /// Views by name.
    pub views: Vec<(String, String)>,
}

/// A question's circumstances.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks.
    pub principal: Principal,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Who receives the answer.
    pub recipient: PartyId,
    /// The day, UTC.
    pub today: NaiveDate,
}

/// Policies in force over tables of which only the columns are known.
#[expect(missing_debug_implementations, reason = "holds a key")]
pub struct Judge {
    catalog: Catalog,
    binders: Binders,
    policies: admit::Policies,
    track: TrackKey,
}

impl Judge {
    /// A judge over policies and the columns of their tables.
    ///
    /// # Errors
    /// When a view is none, or the system gives no randomness.
    pub fn new(
        agreed: &Agreed,
        tables: BTreeMap<TableRef, (TablePolicy, SchemaRef)>,
    ) -> Result<Self, Refusal> {
        let view = |(name, sql): &(String, String)| {
            let tables = policy::contract::View::tables_in(sql).map_err(Refusal::invalid)?;
            let (name, sql) = (name.clone(), sql.clone());
            Ok(CatalogView { name, sql, tables })
        };
        let views = agreed.views.iter().map(view);
        let policies = tables
            .iter()
            .map(|(t, (policy, _))| (t.clone(), policy.clone()));
        Ok(Self {
            policies: admit::Policies {
                tables: policies.collect(),
                parties: agreed.parties.clone(),
                principals: agreed.principals.clone(),
                purposes: agreed.purposes.clone(),
            },
            catalog: Catalog {
                tables,
                views: views.collect::<Result<_, Refusal>>()?,
            },
            binders: Binders::default(),
            track: TrackKey::random()
                .map_err(|_| Refusal::Failed("the system gives no randomness"))?,
        })
    }

    /// Whether a question is admitted.
    ///
    /// # Errors
    /// Why it is not.
    pub async fn admits(&self, sql: &str, asked: &Asked) -> Result<(), Refusal> {
        let request = admit::Request {
            principal: asked.principal.clone(),
            purpose: asked.purpose.clone(),
            recipient: asked.recipient.clone(),
            approved: false,
            list: None,
            today: asked.today,
        };
        let admitted = self.admitted(&self.bound(sql, &request).await?, &request)?;
        let unbounded = cost::limits(usize::MAX, Duration::MAX);
        cost::check(&admitted, &BTreeMap::new(), unbounded).map(|_| ())
    }

    /// The nearest question that is admitted, for one that is not; `None` if none was found.
    pub async fn nearest(&self, sql: &str, asked: &Asked) -> Option<String> {
        let Err(Refusal::Denied(denial)) = self.admits(sql, asked).await else {
            return None;
        };
        let Ok(Statement::Query(query)) = parse::statement(sql) else {
            return None;
        };
        let admits = async |sql: &str| self.admits(sql, asked).await;
        Box::pin(nearest::nearest(&query, &denial, admits)).await
    }

    /// A question bound to what its asker sees.
    ///
    /// # Errors
    /// When it does not bind.
    pub async fn bound(&self, sql: &str, request: &admit::Request) -> Result<BoundPlan, Refusal> {
        let plan = self.bind(sql, &request.principal.party).await?;
        // All owners have read an approved text with all its branches.
        if request.approved {
            return Ok(plan);
        }
        plan.pruned()
    }

    /// What a question becomes: the plans below its releases, what they owe, and what stands above them.
    ///
    /// # Errors
    /// Why it is not admitted.
    pub fn admitted(
        &self,
        bound: &BoundPlan,
        request: &admit::Request,
    ) -> Result<admit::Admitted, Refusal> {
        let tools = guard::tools(&self.track, usize::MAX);
        admit::admit(&bound.0, &self.policies, request, &tools)
            .map_err(|denial| Refusal::Denied(Box::new(denial)))
    }

    /// What an admitted question is expected to cost, by the public figures of its tables.
    ///
    /// # Errors
    /// `E_FN`, `E_STMT`.
    pub fn cost(admitted: &admit::Admitted, sizes: &Sizes) -> Result<Cost, Refusal> {
        cost::of(admitted, sizes)
    }

    /// What a question reads of the tables.
    ///
    /// # Errors
    /// When it does not bind.
    pub async fn reading(&self, sql: &str, asked: &Asked) -> Result<Reading, Refusal> {
        let plan = self.bind(sql, &asked.principal.party).await?.pruned()?;
        Ok(reading::of(&plan.0))
    }

    /// The tables that a question reads.
    ///
    /// # Errors
    /// When it does not bind.
    pub async fn tables(&self, sql: &str, asked: &Asked) -> Result<BTreeSet<TableRef>, Refusal> {
        let plan = self.bind(sql, &asked.principal.party).await?.pruned()?;
        admit::tables_read(&plan.0).map_err(|denial| Refusal::Denied(Box::new(denial)))
    }

    async fn bind(&self, sql: &str, party: &PartyId) -> Result<BoundPlan, Refusal> {
        let query = match parse::statement(sql)? {
            Statement::Query(query) | Statement::ExplainPolicy(query) => query,
            Statement::ShowTables | Statement::ShowApproved | Statement::ShowColumns(_) => {
                return Err(Refusal::invalid("this is no question"));
            }
        };
        let known = &self.policies.parties;
        let binder = self.binders.of(party, &self.catalog, known).await?;
        binder.bind(*query).await
    }
}

/// The columns of a table as questions see them, of those that would be sealed.
#[must_use]
pub fn visible_columns(sealed: &SchemaRef, document: &PolicyDocument) -> SchemaRef {
    let shown = sealed
        .fields()
        .iter()
        .filter(|field| document.shows(field.name()));
    let fields = shown.map(|field| {
        let read = match field.data_type() {
            DataType::Utf8 => DataType::Utf8View,
            other => other.clone(),
        };
        Field::new(field.name(), read, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
