//! The terms of a list about the recipient's own entities: what all owners agreed to, and the strictest of their bounds.

use admit::OwnList;
use datafusion::logical_expr::LogicalPlan;
use policy::denial::Code;
use policy::document::Approval;
use policy::ident::PartyId;
use policy::obligation::Obligations;
use policy::table::TablePolicy;

use super::{Candidate, Terms, denied};
use crate::engine::Engine;
use crate::refusal::Refusal;

/// The list that a text is by the approvals of its owners; `None` if it answers aggregates.
///
/// # Errors
/// `E_TEMPLATE` when they approve it as different answers.
pub(super) fn agreed<'a>(
    candidate: &Candidate,
    approvals: impl Iterator<Item = &'a Approval>,
    protected: &[&TablePolicy],
    floors: &Obligations,
) -> Result<Option<OwnList>, Refusal> {
    let mut approvals = approvals.peekable();
    let Some(first) = approvals.peek().copied() else {
        return Ok(None);
    };
    let lists: Vec<&Approval> = approvals.collect();
    if let Some(list) = first.own_list() {
        // Nobody goes below what the contract, or any owner in it, has as least number of people.
        let floor = protected.iter().filter_map(|p| p.disclosure.floor.as_ref());
        let floor = floor.map(|floor| floor.value).max().unwrap_or(1);
        let floor = floor.max(floors.min_contributors.largest());
        let least = protected.iter().map(|p| p.least.min_contributors.largest());
        let floor = least.fold(floor, u32::max);
        let terms = || lists.iter().filter_map(|approval| approval.own_list());
        if lists.iter().all(|approval| first.answers_as(approval)) {
            return Ok(Some(OwnList {
                name: candidate.name.clone(),
                table: list.table.clone(),
                others: terms().map(|list| list.others).fold(floor, u32::max),
                rows: terms().map(|list| list.rows).fold(list.rows, u32::min),
                confirm: list.confirm.clone(),
                called: candidate.called,
            }));
        }
    } else if lists.iter().all(|approval| first.answers_as(approval)) {
        return Ok(None);
    }
    let message = format!(
        "owners have approved `{}` as different answers",
        candidate.name
    );
    let help = "`answer`, its `own` and `confirm` must be the same in every policy";
    Err(denied(Code::Template, message, help))
}

impl Engine {
    /// Refuses a list whose text reads of the recipient's rows what nobody else holds: it would find nothing there.
    ///
    /// # Errors
    /// `E_TEMPLATE`, at the first such column.
    pub(crate) fn check_list(
        &self,
        terms: &Terms,
        recipient: &PartyId,
        plan: &LogicalPlan,
    ) -> Result<(), Refusal> {
        let Some(list) = &terms.list else {
            return Ok(());
        };
        let own = format!("{recipient}.");
        let read = self.columns_read(plan).into_iter();
        let mut unconfirmed = read.filter(|used| {
            used.table.starts_with(&own) && !list.confirm.contains_key(&used.column)
        });
        match unconfirmed.next() {
            None => Ok(()),
            Some(used) => {
                let message = format!(
                    "`{}` reads {}.{}, which `confirm` does not mirror",
                    list.name, used.table, used.column
                );
                let help = "of the recipient's rows only what another owner holds too can be read: take it from that owner's table";
                Err(denied(Code::Template, message, help))
            }
        }
    }
}

/// What a list owes, in words.
pub(crate) fn owed_in_words(list: &OwnList) -> Vec<String> {
    let pairs = list.confirm.iter();
    let mirrors = pairs.map(|(column, mirror)| format!("{column} as {mirror}"));
    let mirrors = mirrors.collect::<Vec<_>>().join(", ");
    let (table, others, rows) = (&list.table, list.others, list.rows);
    vec![
        format!("a list about the recipient's own entities of {table}, for the recipient alone"),
        format!(
            "at least {others} entities of the parties other than the recipient behind every row, counted together"
        ),
        format!(
            "the recipient's rows count only where another party holds their mirror: {mirrors}"
        ),
        format!("at most {rows} rows: where there are more, none is told"),
    ]
}

/// What a list answers, for a table of questions.
pub(super) fn in_short(list: &OwnList) -> String {
    let (table, others, rows) = (&list.table, list.others, list.rows);
    format!("own entities of {table}: {others} others, {rows} rows")
}

/// The constant note of a list.
pub(crate) fn note(list: &OwnList) -> String {
    format!(
        "entities with fewer than {} of the other parties' behind them are left out; of more than {} rows, all are",
        list.others, list.rows
    )
}
