//! Spending before computing, and answering what was answered before.

use std::collections::BTreeMap;

use admit::Admitted;
use arrow::array::RecordBatch;
use datafusion::logical_expr::LogicalPlan;
use ledger::Event;
use policy::denial::{Code, Denial};
use policy::table::TablePolicy;
use release::{Release, Released, epsilon};

use super::encoded::{decoded, encoded};
use crate::engine::{Engine, Question};
use crate::pipeline::{FAILED, Memory};
use crate::refusal::Refusal;
use crate::state::{Spent, Told};

/// A private question reads a table that nobody could charge.
const NO_ACCOUNT: Refusal = Refusal::Failed(FAILED);

/// A question that has spent what it costs, or was answered before.
pub(crate) struct Reserved {
    question: String,
    told: Option<Vec<RecordBatch>>,
    /// What was spent and is left, in words.
    pub(crate) lines: Vec<String>,
}

/// What one party's unit is charged, and by which policy least may be spent.
struct Account<'p> {
    policy: &'p TablePolicy,
    spent: Spent,
    total: u64,
}

/// The engine as one question sees it.
pub(crate) struct Asked<'e> {
    pub(crate) engine: &'e Engine,
    pub(crate) reserved: Option<&'e Reserved>,
}

impl Memory for Asked<'_> {
    async fn finish(&self, release: Release) -> Result<Released, Refusal> {
        self.engine.finish(release).await
    }

    fn told(&self) -> Option<Vec<RecordBatch>> {
        self.reserved?.told.clone()
    }

    async fn tell(&self, releases: &[RecordBatch]) -> Result<(), Refusal> {
        let reserved = self.reserved.ok_or(Refusal::Failed(FAILED))?;
        let releases = releases.iter().map(encoded).collect::<Result<_, _>>();
        let told = Told {
            question: reserved.question.clone(),
            releases: releases.map_err(|_| Refusal::Failed(FAILED))?,
        };
        let state = self.engine.state.as_ref().ok_or(Refusal::Failed(FAILED))?;
        state.lock().await.tell(told)
    }
}

impl Engine {
    /// Spends what an admitted question costs, before anything is read: on disk and noted when this returns. Nothing where
    /// it was answered before, or is of another mode.
    ///
    /// # Errors
    /// `E_BUDGET` when a party's budget does not suffice, and then nothing is spent.
    pub(crate) async fn reserve(
        &self,
        question: &Question,
        plan: &LogicalPlan,
        admitted: &Admitted,
    ) -> Result<Option<Reserved>, Refusal> {
        let accounts = self.accounts(admitted)?;
        if accounts.is_empty() {
            return Ok(None);
        }
        let digest = self.private_digest(question, plan, admitted);
        let state = self.state.as_ref().ok_or(Refusal::Failed(FAILED))?;
        let mut state = state.lock().await;
        if let Some(told) = state.told(&digest) {
            let told = told
                .iter()
                .map(|text| decoded(text))
                .collect::<Option<Vec<_>>>();
            let told = Some(told.ok_or(Refusal::Failed(FAILED))?);
            let free = |account: &Account<'_>| {
                account.line(0, state.spent_of(&account.spent.party, &account.spent.unit))
            };
            let lines = accounts.iter().map(free).collect();
            return Ok(Some(Reserved {
                question: digest,
                told,
                lines,
            }));
        }
        let mut lines = Vec::new();
        for account in &accounts {
            let before = state.spent_of(&account.spent.party, &account.spent.unit);
            let after = before.saturating_add(account.spent.epsilon);
            if after > account.total {
                return Err(Refusal::Denied(Box::new(account.used_up(before))));
            }
            lines.push(account.line(account.spent.epsilon, after));
        }
        state.spend(accounts.into_iter().map(|account| account.spent).collect())?;
        let (head, pieces) = state.head();
        self.note(Event::State { head, pieces }).await?;
        Ok(Some(Reserved {
            question: digest,
            told: None,
            lines,
        }))
    }

    /// What a question would spend and what would be left, in words.
    pub(crate) async fn would_spend(&self, admitted: &Admitted) -> Vec<String> {
        let accounts = self.accounts(admitted).unwrap_or_default();
        let Some(state) = self.state.as_ref().filter(|_| !accounts.is_empty()) else {
            return Vec::new();
        };
        let state = state.lock().await;
        let lines = accounts.iter().map(|account| {
            let before = state.spent_of(&account.spent.party, &account.spent.unit);
            account.foreseen(before)
        });
        lines.collect()
    }

    /// By party what its entities are charged: what all releases with rows of it spend.
    ///
    /// # Errors
    /// If a protected table of a question with private releases has no account: nothing of it may be computed.
    fn accounts(&self, admitted: &Admitted) -> Result<Vec<Account<'_>>, Refusal> {
        let Admitted::Released {
            releases, tables, ..
        } = admitted
        else {
            return Ok(Vec::new());
        };
        let terms: Vec<_> = releases
            .iter()
            .filter_map(|release| Some(&release.private.as_ref()?.terms))
            .collect();
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let mut accounts: BTreeMap<u8, Account<'_>> = BTreeMap::new();
        for table in tables {
            let policy = self.policies.tables.get(table).ok_or(NO_ACCOUNT)?;
            if policy.is_public() {
                continue;
            }
            let dp = policy.disclosure.dp.as_ref().ok_or(NO_ACCOUNT)?;
            let number = self.policies.number(&policy.table.party);
            let number = number.ok_or(NO_ACCOUNT)?;
            let bit = 1_u64.checked_shl(number.into()).ok_or(NO_ACCOUNT)?;
            let with = terms
                .iter()
                .filter(|terms| terms.together.iter().any(|set| set & bit != 0));
            let epsilon = with
                .map(|terms| terms.epsilon)
                .fold(0_u64, u64::saturating_add);
            let unit = &dp.value.unit;
            let (policy, total) = self.strictest(policy, unit, dp.value.micro_total());
            let least = accounts
                .get(&number)
                .is_none_or(|known| total < known.total);
            if least && epsilon > 0 {
                let spent = Spent {
                    party: policy.table.party.to_string(),
                    unit: unit.to_string(),
                    epsilon,
                };
                accounts.insert(
                    number,
                    Account {
                        policy,
                        spent,
                        total,
                    },
                );
            }
        }
        Ok(accounts.into_values().collect())
    }

    /// The least that a table of the same party lets all questions spend of this unit, whether they read it or not.
    fn strictest<'p>(
        &'p self,
        policy: &'p TablePolicy,
        unit: &policy::ident::UnitSpace,
        total: u64,
    ) -> (&'p TablePolicy, u64) {
        let others = self.policies.tables.values();
        let others =
            others.filter(|other| other.table.party == policy.table.party && !other.is_public());
        let totals = others.filter_map(|other| {
            let dp = other.disclosure.dp.as_ref()?;
            (dp.value.unit == *unit).then(|| (other, dp.value.micro_total()))
        });
        let least = totals.min_by_key(|(_, total)| *total);
        least
            .filter(|(_, least)| *least < total)
            .unwrap_or((policy, total))
    }

    /// The question as bound, the versions of its tables as it sees them, and the policies that it was judged by.
    fn private_digest(
        &self,
        question: &Question,
        plan: &LogicalPlan,
        admitted: &Admitted,
    ) -> String {
        let restricted = self.restricted(question, admitted);
        let tables = match admitted {
            Admitted::Plain { tables, .. } | Admitted::Released { tables, .. } => tables,
        };
        let asked = self.question_digest(plan, tables, &restricted);
        let policies = tables
            .iter()
            .filter_map(|table| self.policies.tables.get(table));
        let policies = policies.map(|policy| hex::encode(policy.digest));
        let parts: Vec<String> = std::iter::once(asked).chain(policies).collect();
        seal::digest_hex(&seal::length_prefixed(parts.iter().map(String::as_bytes)))
    }
}

impl Account<'_> {
    /// What this question spent, and what is left.
    fn line(&self, spends: u64, after: u64) -> String {
        let (party, unit) = (&self.spent.party, &self.spent.unit);
        let left = epsilon(self.total.saturating_sub(after));
        let spends = if spends == 0 {
            "answered before, nothing is spent".to_owned()
        } else {
            format!("this question spends {} of epsilon", epsilon(spends))
        };
        format!(
            "{party}, every {unit}: {spends}; {left} of {} are left",
            epsilon(self.total)
        )
    }

    /// What it would spend, before it is asked.
    fn foreseen(&self, before: u64) -> String {
        let (party, unit) = (&self.spent.party, &self.spent.unit);
        let left = epsilon(self.total.saturating_sub(before));
        let spends = epsilon(self.spent.epsilon);
        format!(
            "{party}, every {unit}: would spend {spends} of epsilon, if it was not answered before; {left} of {} are left",
            epsilon(self.total)
        )
    }

    fn used_up(&self, before: u64) -> Denial {
        let (party, unit) = (&self.spent.party, &self.spent.unit);
        let message = format!(
            "{party} lets all questions spend {} of epsilon for every {unit}: {} are spent, and this question spends {}",
            epsilon(self.total),
            epsilon(before),
            epsilon(self.spent.epsilon)
        );
        let mut denial = Denial::new(Code::Budget, message);
        denial.party = Some(self.policy.table.party.clone());
        denial.table = Some(self.policy.table.table.clone());
        let dp = self.policy.disclosure.dp.as_ref();
        denial.rule = dp.map(|dp| self.policy.source.rule(&dp.span));
        denial.help =
            Some("a question that was answered before over the same data costs nothing".to_owned());
        denial
    }
}
