//! Charging questions to the budgets of the tables that they read.

use admit::Admitted;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use ledger::Event;
use policy::denial::{Code, Denial};
use policy::document::{Budget, OwnerAccess};
use policy::table::TablePolicy;
use seal::digest_hex;

use crate::approved::Terms;
use crate::engine::{Engine, Question, now};
use crate::refusal::Refusal;
use crate::restriction::Restricted;
use crate::state::{Charge, Period, statistics};

impl Engine {
    /// Charges an admitted question, before anything is read; what it charges does not depend on data.
    ///
    /// # Errors
    /// `E_BUDGET` when a budget is used up, and then nothing is charged.
    pub(crate) async fn charge(
        &self,
        question: &Question,
        plan: &LogicalPlan,
        admitted: &Admitted,
        terms: Option<&Terms>,
    ) -> Result<(), Refusal> {
        let Admitted::Released {
            releases, tables, ..
        } = admitted
        else {
            return Ok(());
        };
        let asked = releases
            .iter()
            .map(|release| statistics(&release.spec))
            .fold(0_u32, u32::saturating_add)
            .saturating_mul(asked_by_lists(plan));
        let restricted = self.restricted(question, admitted);
        let digest = self.question_digest(plan, tables, &restricted);
        let charge = |of: String, budget: &Budget, statistics, question_digest: &str| Charge {
            table: of,
            party: question.principal.party.to_string(),
            period: Period::name(&budget.per, now()),
            question: question_digest.to_owned(),
            statistics,
        };
        let policies = tables
            .iter()
            .filter_map(|table| self.policies.tables.get(table));
        let mut charges: Vec<(&TablePolicy, &Budget, Charge)> = Vec::new();
        for policy in policies {
            // What an owner asks of itself is not counted; new versions of its table are, which are owed to the others.
            let own = asks_for_itself(question, policy);
            let runs = terms.iter().flat_map(|terms| &terms.runs);
            let runs = runs.filter(|run| !own || run.same.is_some());
            let mut counted = false;
            for run in runs.filter(|run| run.table == policy.table) {
                let seen = |version: &String| restricted.version(&policy.table, version);
                let same = run.same.as_ref().map_or_else(|| digest.clone(), seen);
                let of = run.what.clone();
                counted |= run.same.is_none();
                charges.push((policy, &run.budget, charge(of, &run.budget, 1, &same)));
            }
            // Runs that an owner counted are not counted as questions too.
            let budget = policy.disclosure.questions.as_ref();
            if let Some(budget) = budget.filter(|_| !counted && !own) {
                let of = policy.table.to_string();
                let charge = charge(of, &budget.value, asked, &digest);
                charges.push((policy, &budget.value, charge));
            }
        }
        if charges.is_empty() {
            return Ok(());
        }
        let state = self
            .state
            .as_ref()
            .ok_or(Refusal::Failed(crate::pipeline::FAILED))?;
        let mut state = state.lock().await;
        let mut fresh = Vec::new();
        for (policy, budget, charge) in charges {
            if state.is_charged(&charge) {
                continue;
            }
            let spent = state.spent(&charge);
            if spent.saturating_add(u64::from(charge.statistics)) > u64::from(budget.count) {
                return Err(Refusal::Denied(Box::new(used_up(
                    policy, budget, &charge, spent,
                ))));
            }
            fresh.push(charge);
        }
        if !fresh.is_empty() {
            state.charge(fresh)?;
            let (head, pieces) = state.head();
            self.note(Event::State { head, pieces }).await?;
        }
        Ok(())
    }

    /// The question as bound, and the versions of its tables as it sees them.
    pub(crate) fn question_digest(
        &self,
        plan: &LogicalPlan,
        tables: &std::collections::BTreeSet<policy::ident::TableRef>,
        restricted: &Restricted<'_>,
    ) -> String {
        let plan = crate::plan::words(plan);
        let versions = tables.iter().filter_map(|name| {
            let table = self.setup.tables.get(name)?;
            Some(restricted.version(name, &table.digest))
        });
        let parts: Vec<String> = std::iter::once(plan).chain(versions).collect();
        digest_hex(&seal::length_prefixed(parts.iter().map(String::as_bytes)))
    }

    /// Notes in the ledger how far the state has come: before an answer leaves, whether it was new or not.
    pub(crate) async fn note_state(&self) -> Result<(), Refusal> {
        let state = self
            .state
            .as_ref()
            .ok_or(Refusal::Failed(crate::pipeline::FAILED))?;
        let state = state.lock().await;
        let (head, pieces) = state.head();
        self.note(Event::State { head, pieces }).await.map(|_| ())
    }
}

/// An owner's questions to itself are not counted.
fn asks_for_itself(question: &Question, policy: &TablePolicy) -> bool {
    let owner = &policy.table.party;
    question.principal.party == *owner
        && question.recipient == *owner
        && policy.access.owner == OwnerAccess::Full
}

fn used_up(policy: &TablePolicy, budget: &Budget, charge: &Charge, spent: u64) -> Denial {
    let mut denial = Denial::new(
        Code::Budget,
        format!(
            "{} may ask {} for {} {} a {}: {} are spent, and this question asks for {}",
            charge.party,
            policy.table,
            budget.count,
            if charge.table == policy.table.to_string() {
                "statistics"
            } else {
                &charge.table
            },
            budget.per,
            spent,
            charge.statistics
        ),
    );
    denial.party = Some(policy.table.party.clone());
    denial.table = Some(policy.table.table.clone());
    denial.help =
        Some("a question that was asked before over the same data costs nothing".to_owned());
    denial
}

/// How many questions a question is by its lists: each row of VALUES may be a group of its own, whatever the data.
fn asked_by_lists(plan: &LogicalPlan) -> u32 {
    let mut asked = 1_u32;
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Values(values) = node {
            let rows = u32::try_from(values.values.len()).unwrap_or(u32::MAX);
            asked = asked.saturating_mul(rows.max(1));
        }
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
    asked
}
