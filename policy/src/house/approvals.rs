//! Approved questions under house rules: they may go below k where the house rules have a floor, and otherwise have
//! only what `[approve]` of the house rules grants.

use std::ops::Range;

use super::HouseRules;
use super::narrower::Compared;
use crate::document::{Approval, Budget, MinContributors, Placed};
use crate::obligation::Obligations;

impl HouseRules {
    /// What approved questions owe as well, whichever table's policy approves them: of what an approval may waive.
    #[must_use]
    pub fn least(&self) -> Obligations {
        let k = self.least_contributors().map(|(_, k)| k);
        Obligations {
            min_contributors: k.unwrap_or_else(|| MinContributors::every(1)),
            history: self.refuses_history_off().is_some(),
            noise: self.refuses_exact().is_some(),
            ..Obligations::none()
        }
    }

    /// The k below which no approval goes: the floor, or where there is none k itself.
    pub(super) fn least_contributors(&self) -> Option<(Range<usize>, MinContributors)> {
        let disclosure = &self.disclosure;
        if let Some(floor) = &disclosure.floor {
            return Some((floor.span.clone(), MinContributors::every(floor.value)));
        }
        let k = &disclosure.min_contributors;
        (!disclosure.is_default(k)).then(|| (k.span.clone(), k.value.clone()))
    }

    /// Why numbers must carry noise, if they must.
    pub(super) fn refuses_exact(&self) -> Option<(Range<usize>, &'static str)> {
        refuses(
            self.granted.exact.as_ref(),
            (
                &self.disclosure.noise,
                !self.disclosure.is_default(&self.disclosure.noise),
            ),
            ["says `exact = false`", "asks for \"sticky\""],
        )
    }

    /// Why earlier answers must be looked at, if they must.
    pub(super) fn refuses_history_off(&self) -> Option<(Range<usize>, &'static str)> {
        refuses(
            self.granted.history_off.as_ref(),
            (
                &self.disclosure.history,
                !self.disclosure.is_default(&self.disclosure.history),
            ),
            ["says `history = \"snap\"`", "asks for \"snap\""],
        )
    }

    /// Most runs of an approved question.
    pub(super) fn most_runs(&self) -> Option<&Placed<Budget>> {
        let questions = self.disclosure.questions.as_ref();
        self.granted.runs.as_ref().or(questions)
    }
}

fn refuses(
    granted: Option<&Placed<bool>>,
    (asked, written): (&Placed<bool>, bool),
    [forbidden, owed]: [&'static str; 2],
) -> Option<(Range<usize>, &'static str)> {
    match granted {
        Some(granted) if granted.value => None,
        Some(granted) => Some((granted.span.clone(), forbidden)),
        None => (written && asked.value).then(|| (asked.span.clone(), owed)),
    }
}

impl Compared<'_> {
    /// The terms of each approved question.
    pub(super) fn approvals(&mut self, approvals: &[Approval]) {
        for approval in approvals {
            self.support(approval);
            self.waivers(approval);
            if let (Some(runs), Some(most)) = (&approval.runs, self.house.most_runs()) {
                self.budget_at(&approval.name.span, "runs", runs, most);
            }
        }
    }

    fn support(&mut self, approval: &Approval) {
        let Some((at, least)) = self.house.least_contributors() else {
            return;
        };
        let name = &approval.name.value;
        if let Some(k) = &approval.min_contributors {
            self.k(k, (&at, &least));
        }
        let asked = least.largest();
        let bound = format!("asks for {asked}");
        if let Some(list) = approval.own_list()
            && list.others < asked
        {
            let says = format!("`others` of `{name}` is {}", list.others);
            let help = format!("write {asked} or more");
            self.wider(&approval.name.span, &says, (&at, &bound), &help);
        }
        if approval.support_waived && asked > 1 {
            let says = format!("`{name}` waives support");
            let help = "drop `support`";
            self.wider(&approval.name.span, &says, (&at, &bound), help);
        }
    }

    fn waivers(&mut self, approval: &Approval) {
        let (name, at) = (&approval.name.value, &approval.name.span);
        if let Some((house, why)) = self.house.refuses_exact().filter(|_| approval.exact) {
            let help = "drop `exact`, or let the house rules say `exact = true` in [approve]";
            self.wider(at, &format!("`{name}` is exact"), (&house, why), help);
        }
        let off = self.house.refuses_history_off();
        if let Some((house, why)) = off.filter(|_| approval.history_off) {
            let says = format!("`{name}` leaves earlier answers out of account");
            let help =
                "drop `history`, or let the house rules say `history = \"off\"` in [approve]";
            self.wider(at, &says, (&house, why), help);
        }
    }
}
