//! Asking: parse, bind, admit, note, unlock, execute, release, note, seal. In this order, always.

use std::collections::BTreeMap;
use std::sync::Arc;

use admit::Admitted;
use admit::cost::Cost;
use datafusion::catalog::TableProvider;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as DfStatement;
use ledger::Event;
use policy::denial::{Code, Denial};
use policy::ident::TableRef;
use release::{Release, Released};

use crate::about::About;
use crate::answer::{commit, encode};
use crate::approved::{ApprovedQuestion, Terms, call};
use crate::contain::contained;
use crate::engine::{Engine, Question, now};
use crate::execute::Execution;
use crate::explanation::Explanation;
use crate::pace::kept;
use crate::parse::{self, Statement};
use crate::phase::{Phase, enter};
use crate::pipeline::{self, FAILED};
use crate::plan::{BoundPlan, VisibleTable, cost};
use crate::private::{Asked, Reserved};
use crate::refusal::Refusal;

/// What a statement gets.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A sealed answer with its receipt, as bytes.
    Answer(Vec<u8>),
    /// `EXPLAIN POLICY`.
    Explanation(Box<Explanation>),
    /// `SHOW TABLES`.
    Tables(Vec<VisibleTable>),
    /// `SHOW COLUMNS`, `DESCRIBE`.
    Columns(VisibleTable),
    /// `SHOW APPROVED`.
    Approved(Vec<ApprovedQuestion>),
}

/// A bound question, and the terms that hold for it if its text was approved.
pub(crate) struct Bound {
    plan: BoundPlan,
    terms: Option<Terms>,
}

/// Providers of the tables that one question reads.
struct Unlocked(BTreeMap<TableRef, Arc<dyn TableProvider>>);

impl pipeline::Tables for Unlocked {
    fn provider(&self, table: &TableRef) -> Option<Arc<dyn TableProvider>> {
        self.0.get(table).cloned()
    }
}

impl Engine {
    /// Finishes a release that owes more than support.
    pub(crate) async fn finish(&self, release: Release) -> Result<Released, Refusal> {
        let state = self.state.as_ref().ok_or(Refusal::Failed(FAILED))?;
        state.lock().await.finish(release)
    }

    /// Answers a statement.
    ///
    /// # Errors
    /// Why there is no answer; nothing in it depends on data.
    pub async fn ask(&self, question: &Question) -> Result<Reply, Refusal> {
        match parse::statement(&question.sql)? {
            Statement::ShowTables => {
                self.known(question)?;
                let visible = self.visible(&question.principal.party).await?;
                Ok(Reply::Tables(visible))
            }
            Statement::ShowColumns(name) => {
                self.known(question)?;
                self.show_columns(question, &name).await
            }
            Statement::ShowApproved => {
                self.known(question)?;
                Ok(Reply::Approved(self.approved(question).await))
            }
            Statement::ExplainPolicy(query) => {
                let mut reply = self.explain(question, (*query).clone()).await?;
                if let Reply::Explanation(explanation) = &mut reply
                    && let Some(denial) = &mut explanation.denial
                {
                    Box::pin(self.offer(question, &query, denial)).await;
                }
                Ok(reply)
            }
            Statement::Query(query) => {
                let mut answered = Box::pin(self.answer(question, (*query).clone())).await;
                if let Err(Refusal::Denied(denial)) = &mut answered {
                    Box::pin(self.offer(question, &query, denial)).await;
                }
                answered
            }
        }
    }

    /// Nobody but the contract's analysts sees what there is.
    fn known(&self, question: &Question) -> Result<(), Refusal> {
        let principal = &question.principal;
        if self.policies.principals.contains(principal) {
            return Ok(());
        }
        let message = format!("{principal} is not an analyst of the contract");
        let denial = Denial::new(Code::DeniedAsker, message);
        Err(Refusal::Denied(Box::new(denial)))
    }

    async fn show_columns(&self, question: &Question, name: &[String]) -> Result<Reply, Refusal> {
        let name = name.join(".");
        let visible = self.visible(&question.principal.party).await?;
        let found = visible.into_iter().find(|table| table.name == name);
        found.map(Reply::Columns).ok_or_else(|| {
            let mut denial =
                Denial::new(Code::Unknown, "there is no such table, column or function");
            denial.help = Some("SHOW TABLES lists what you may ask".to_owned());
            Refusal::Denied(Box::new(denial))
        })
    }

    pub(crate) async fn bind(
        &self,
        question: &Question,
        query: DfStatement,
    ) -> Result<Bound, Refusal> {
        let recognised = self.recognise(query)?;
        let binder = self.binder(&question.principal.party).await?;
        let plan = binder.bind(recognised.query).await?;
        let terms = match &recognised.candidate {
            None => None,
            Some(candidate) => {
                if candidate.called {
                    call::nothing_above(&plan.0)?;
                }
                let tables = admit::tables_read(&plan.0)
                    .map_err(|denial| Refusal::Denied(Box::new(denial)))?;
                self.terms(candidate, &tables)?
            }
        };
        let plan = if terms.is_none() {
            plan.pruned()?
        } else {
            plan
        };
        Ok(Bound { plan, terms })
    }

    /// Judges a bound question by the policies and by what it is expected to cost.
    pub(crate) fn admit(
        &self,
        question: &Question,
        bound: &Bound,
    ) -> Result<(Admitted, Cost), Refusal> {
        let policies = self.in_force(bound.terms.as_ref());
        let request = admit::Request {
            principal: question.principal.clone(),
            purpose: question.purpose.clone(),
            recipient: question.recipient.clone(),
            approved: bound.terms.is_some(),
            list: bound.terms.as_ref().and_then(|terms| terms.list.clone()),
            today: now().date_naive(),
        };
        if !self.setup.contract.holds_on(request.today) {
            let denial = Denial::new(Code::DeniedAsker, "the contract has expired");
            return Err(Refusal::Denied(Box::new(denial)));
        }
        let units = |policy: &policy::table::TablePolicy| {
            policy
                .units()
                .map(|unit| policy.min_contributors(unit))
                .max()
                .unwrap_or(1)
        };
        let cap = policies.tables.values().map(units).max().unwrap_or(1);
        // Which entities a full set keeps depends on the order of rows; where they are remembered, none is left out. Nor where
        // they count together with others, by another number than k.
        let remembered = policy::set::PolicySet::remembers(policies.tables.values());
        let cap = if remembered || request.list.is_some() {
            usize::MAX
        } else {
            usize::try_from(cap).unwrap_or(usize::MAX)
        };
        let tools = crate::guard::tools(&self.track, cap);
        let admitted = admit::admit(&bound.plan.0, policies, &request, &tools)
            .map_err(|denial| Refusal::Denied(Box::new(denial)))?;
        if let Some(terms) = &bound.terms {
            self.check_list(terms, &question.recipient, &bound.plan.0)?;
        }
        let cost = cost::check(&admitted, &self.sizes(), self.limits())?;
        Ok((admitted, cost))
    }

    fn sizes(&self) -> admit::cost::Sizes {
        let tables = self.setup.tables.iter();
        tables
            .map(|(name, table)| (name.clone(), cost::size(&table.manifest)))
            .collect()
    }

    fn limits(&self) -> admit::cost::Limits {
        cost::limits(self.setup.memory, self.setup.timeout)
    }

    async fn explain(&self, question: &Question, query: DfStatement) -> Result<Reply, Refusal> {
        let refused = |denial, columns| Explanation {
            verdict: "deny",
            denial: Some(denial),
            mode: None,
            columns,
            restrictions: Vec::new(),
            thresholds: Vec::new(),
            note: None,
        };
        let explanation = match self.bind(question, query).await {
            Err(Refusal::Denied(denial)) => refused(*denial, Vec::new()),
            Err(other) => return Err(other),
            Ok(bound) => {
                let columns = self.columns_read(&bound.plan.0);
                match self.admit(question, &bound) {
                    Err(Refusal::Denied(denial)) => refused(*denial, columns),
                    Err(other) => return Err(other),
                    Ok((admitted, _)) => {
                        let restricted = self.restricted(question, &admitted);
                        let mut about = About::of(&admitted, bound.terms.as_ref(), restricted);
                        self.promise(&mut about, &admitted, None);
                        about.private.extend(self.would_spend(&admitted).await);
                        let (mode, thresholds) = (about.mode, self.thresholds(&about));
                        let note = self.note_about(&about);
                        let (verdict, denial, mode) = ("allow", None, Some(mode));
                        Explanation {
                            verdict,
                            denial,
                            mode,
                            columns,
                            restrictions: about.restricted.lines(),
                            thresholds,
                            note,
                        }
                    }
                }
            }
        };
        Ok(Reply::Explanation(Box::new(explanation)))
    }

    async fn answer(&self, question: &Question, query: DfStatement) -> Result<Reply, Refusal> {
        let committed = commit(question)?;
        let judged = match self.bind(question, query).await {
            Ok(bound) => match self.admit(question, &bound) {
                Ok((admitted, cost)) => {
                    let terms = bound.terms.as_ref();
                    self.paid(question, &bound.plan.0, &admitted, terms)
                        .await
                        .map(|reserved| (bound, admitted, cost, reserved))
                }
                Err(refusal) => Err(refusal),
            },
            Err(refusal) => Err(refusal),
        };
        let (bound, admitted, cost, reserved) = match judged {
            Ok(judged) => judged,
            Err(refusal) => {
                let code = match &refusal {
                    Refusal::Denied(denial) => denial.code.as_str(),
                    Refusal::Syntax { .. }
                    | Refusal::Invalid { .. }
                    | Refusal::Failed(_)
                    | Refusal::Tampered(_) => "invalid",
                };
                let question = committed.question.clone();
                self.note(Event::Denied {
                    question,
                    code: code.to_owned(),
                })
                .await?;
                return Err(refusal);
            }
        };
        let restricted = self.restricted(question, &admitted);
        let mut about = About::of(&admitted, bound.terms.as_ref(), restricted);
        self.promise(&mut about, &admitted, reserved.as_ref());
        let remembers = remembers(&admitted);
        let names = about.tables.iter().map(ToString::to_string).collect();
        self.note(Event::Admitted {
            question: committed.question.clone(),
            tables: names,
        })
        .await?;
        let ordered = gives_order(&bound.plan.0);
        let buckets = self.setup.time_buckets.filter(|_| is_released(&admitted));
        let work = self.encoded(admitted, (&about, reserved.as_ref()), ordered);
        let work = contained(self.setup.timeout, work);
        let encoded = match Box::pin(kept(buckets, cost.rows, work)).await {
            Ok(encoded) => encoded,
            Err(refusal) => {
                self.note(Event::Failed {
                    question: committed.question.clone(),
                })
                .await?;
                return Err(self.why(refusal, &about.tables).await);
            }
        };
        if remembers {
            self.note_state().await?;
        }
        enter(Phase::Sealing);
        self.seal(question, &committed, &bound.plan.0, &about, &encoded)
            .await
            .map(Reply::Answer)
    }

    /// Charges an admitted question to every budget that it has, and spends privacy.
    async fn paid(
        &self,
        question: &Question,
        plan: &LogicalPlan,
        admitted: &Admitted,
        terms: Option<&Terms>,
    ) -> Result<Option<Reserved>, Refusal> {
        self.charge(question, plan, admitted, terms).await?;
        self.reserve(question, plan, admitted).await
    }

    /// The rows that may leave, as bytes.
    async fn encoded(
        &self,
        admitted: Admitted,
        (about, reserved): (&About<'_>, Option<&Reserved>),
        ordered: bool,
    ) -> Result<Vec<u8>, Refusal> {
        enter(Phase::Unlocking);
        let mut unlocked = BTreeMap::new();
        for table in &about.tables {
            let whole = self.unlock(table).await?;
            let rows = self.rows_for(&about.restricted, table, whole)?;
            unlocked.insert(table.clone(), rows);
        }
        let execution = Execution::new(
            self.setup.memory,
            &self.setup.url,
            &self.setup.store,
            &self.track,
        )?;
        enter(Phase::Running);
        let memory = Asked {
            engine: self,
            reserved,
        };
        let (schema, rows) =
            pipeline::answer(admitted, &Unlocked(unlocked), &execution, &memory).await?;
        encode(&schema, &rows, ordered).map_err(|_| Refusal::Failed(FAILED))
    }
}

/// Whether the answer depends on earlier ones, or its noise on secrets.
fn remembers(admitted: &Admitted) -> bool {
    match admitted {
        Admitted::Plain { .. } => false,
        Admitted::Released { releases, .. } => releases
            .iter()
            .any(|release| release.duties.any() || release.private.is_some()),
    }
}

/// Whether it reads rows of others; how long one's own take is no secret.
fn is_released(admitted: &Admitted) -> bool {
    match admitted {
        Admitted::Plain { .. } => false,
        Admitted::Released { .. } => true,
    }
}

/// Whether the question itself orders its rows.
fn gives_order(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Sort(_) => true,
        LogicalPlan::Projection(projection) => gives_order(&projection.input),
        LogicalPlan::Limit(limit) => gives_order(&limit.input),
        LogicalPlan::SubqueryAlias(alias) => gives_order(&alias.input),
        _other => false,
    }
}
