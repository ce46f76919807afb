//! What is written must be as narrow as the house rules, or narrower.
//!
//! Each matter that both write is compared by itself, so that every line that is too wide is told, with the line of
//! the house rules that it is wider than.

use std::fmt::Display;
use std::ops::Range;

use super::{Granted, HouseRules};
use crate::document::{
    Access, Budget, Disclosure, Dp, MinContributors, Mode, OwnerAccess, Placed, PolicySource,
};
use crate::problem::Problem;

/// Something written, held against house rules.
#[derive(Debug)]
pub(super) struct Compared<'c> {
    pub(super) source: &'c PolicySource,
    pub(super) house: &'c HouseRules,
    pub(super) problems: Vec<Problem>,
}

impl<'c> Compared<'c> {
    pub(super) fn new(source: &'c PolicySource, house: &'c HouseRules) -> Self {
        Self {
            source,
            house,
            problems: Vec::new(),
        }
    }

    /// House rules that themselves extend something say too little until that is read in.
    pub(super) fn all_read(&mut self) {
        if let Some(extends) = &self.house.extends
            && self.house.source.house.is_none()
        {
            let message = format!("`{}` was not read", extends.value);
            let problem = Problem::error(&self.house.source, &extends.span, message);
            self.problems.push(problem);
        }
    }

    /// A line is too wide: what it says, what the house rules say instead, and what to write.
    pub(super) fn wider(
        &mut self,
        at: &Range<usize>,
        says: &str,
        (house, bound): (&Range<usize>, &str),
        help: &str,
    ) {
        let rule = self.house.source.rule(house);
        let message = format!(
            "{says}: wider than {}:{}, which {bound}",
            rule.file, rule.line
        );
        let problem = Problem::error(self.source, at, message);
        self.problems.push(problem.with_help(help));
    }

    /// Who may ask, receive, why and until when. Who may not ask by the house rules may not receive, unless they say so.
    pub(super) fn access(&mut self, own: &Access) {
        let house = &self.house.access;
        self.list("ask", own.ask.as_ref(), house.ask.as_ref());
        let receive = house.receive.as_ref().or(house.ask.as_ref());
        self.list("receive", own.receive.as_ref(), receive);
        self.list("purposes", own.purposes.as_ref(), house.purposes.as_ref());
        if let (Some(own), Some(house)) = (&own.until, &house.until)
            && own.value > house.value
        {
            let says = format!("`until` is {}", own.value);
            let bound = format!("ends on {}", house.value);
            let help = format!("write {} or an earlier day, {OR_DROP}", house.value);
            self.wider(&own.span, &says, (&house.span, &bound), &help);
        }
        if let (Some(at), Some(house_at)) = (&own.owner_at, &house.owner_at)
            && (own.owner, house.owner) == (OwnerAccess::Full, OwnerAccess::Policy)
        {
            let bound = (house_at, "holds the owner to its policy");
            let help = format!("write \"policy\", {OR_DROP}");
            self.wider(at, "`owner` is \"full\"", bound, &help);
        }
    }

    fn list<T: PartialEq + Display>(
        &mut self,
        what: &str,
        own: Option<&Placed<Vec<T>>>,
        house: Option<&Placed<Vec<T>>>,
    ) {
        let (Some(own), Some(house)) = (own, house) else {
            return;
        };
        let more: Vec<String> = own
            .value
            .iter()
            .filter(|item| !house.value.contains(item))
            .map(ToString::to_string)
            .collect();
        if more.is_empty() {
            return;
        }
        let more = more.join(", ");
        let known: Vec<String> = house.value.iter().map(ToString::to_string).collect();
        let bound = if known.is_empty() {
            "names nobody".to_owned()
        } else {
            format!("names only {}", known.join(", "))
        };
        let help = format!("take out {more}, {OR_DROP}");
        let says = format!("`{what}` names {more}");
        self.wider(&own.span, &says, (&house.span, &bound), &help);
    }

    /// Thresholds and what is done to answers.
    pub(super) fn disclosure(&mut self, own: &Disclosure) {
        let house = &self.house.disclosure;
        self.mode(own, house);
        self.thresholds(own, house);
        let pools = [(own, &own.pool), (house, &house.pool)];
        let [own_pool, house_pool] = pools.map(|(of, pool)| (!of.is_default(pool)).then_some(pool));
        self.list("pool", own_pool, house_pool);
        self.switch(
            (own, &own.jitter),
            &house.jitter,
            ("jitter", "false", "true"),
        );
        self.switch(
            (own, &own.history),
            &house.history,
            ("history", "\"off\"", "\"snap\""),
        );
        self.switch(
            (own, &own.noise),
            &house.noise,
            ("noise", "\"off\"", "\"sticky\""),
        );
        self.at_least((own, &own.variance), &house.variance, "variance");
        self.at_least((own, &own.dominance), &house.dominance, "dominance");
        self.budget(
            "questions",
            own.questions.as_ref(),
            house.questions.as_ref(),
        );
        self.dp(own.dp.as_ref(), house.dp.as_ref());
    }

    /// An approved question has neither the noise nor the loss that differential privacy promises.
    fn mode(&mut self, own: &Disclosure, house: &Disclosure) {
        let (own_mode, house_mode) = (&own.mode, &house.mode);
        if own_mode.value == Mode::Dp && house_mode.value != Mode::Dp && house.dp.is_none() {
            self.waived(own, house);
        }
        if own.is_default(own_mode) || house.is_default(house_mode) {
            return;
        }
        let narrow = match house_mode.value {
            Mode::Statistical => true,
            Mode::Template | Mode::Dp => own_mode.value == house_mode.value,
        };
        if !narrow {
            let says = format!("`mode` is \"{}\"", word(own_mode.value));
            let asked = word(house_mode.value);
            let bound = format!("asks for \"{asked}\"");
            let help = format!("write \"{asked}\", {OR_DROP}");
            self.wider(&own_mode.span, &says, (&house_mode.span, &bound), &help);
        }
    }

    /// `dp` with terms of the policy's own keeps nothing of what the house rules ask of answers.
    fn waived(&mut self, own: &Disclosure, house: &Disclosure) {
        let written =
            |span: &Range<usize>, asks: bool| (asks && *span != house.header).then(|| span.clone());
        let floor = house.floor.as_ref().map(|floor| floor.span.clone());
        let k = &house.min_contributors;
        let asked = floor
            .or_else(|| written(&k.span, k.value.largest() > 1))
            .or_else(|| written(&house.noise.span, house.noise.value))
            .or_else(|| written(&house.history.span, house.history.value))
            .or_else(|| written(&house.jitter.span, house.jitter.value))
            .or_else(|| written(&house.dominance.span, house.dominance.value > 0));
        if let Some(at) = asked {
            let bound = "asks for what that mode does not keep";
            let help = "let the house rules say mode = \"dp\" with [disclosure.dp], or drop this line to have theirs";
            self.wider(&own.mode.span, "`mode` is \"dp\"", (&at, bound), help);
        }
    }

    fn thresholds(&mut self, own: &Disclosure, house: &Disclosure) {
        let (k, house_k) = (&own.min_contributors, &house.min_contributors);
        let written = !own.is_default(k);
        if written && !house.is_default(house_k) {
            self.k(k, (&house_k.span, &house_k.value));
        }
        let Some(house_floor) = &house.floor else {
            return;
        };
        if written {
            let floor = MinContributors::every(house_floor.value);
            self.k(k, (&house_floor.span, &floor));
        }
        if let Some(floor) = &own.floor
            && floor.value < house_floor.value
        {
            let says = format!("`floor` is {}", floor.value);
            let bound = format!("asks for {}", house_floor.value);
            let help = format!("write {} or more, {OR_DROP}", house_floor.value);
            self.wider(&floor.span, &says, (&house_floor.span, &bound), &help);
        }
    }

    /// Units that a policy names; where it names none, every unit.
    pub(super) fn k(
        &mut self,
        own: &Placed<MinContributors>,
        (house, bound): (&Range<usize>, &MinContributors),
    ) {
        let every = own.value.by_unit.is_empty();
        let named = own.value.by_unit.keys();
        let of_house = bound.by_unit.keys().filter(|_| every);
        let too_low = named
            .chain(of_house)
            .find(|unit| own.value.of(unit) < bound.of(unit));
        let (says, asked) = if let Some(unit) = too_low {
            let says = format!("`min_contributors` is {} of `{unit}`", own.value.of(unit));
            (says, bound.of(unit))
        } else if every && own.value.default < bound.default {
            let says = format!("`min_contributors` is {}", own.value.default);
            (says, bound.default)
        } else {
            return;
        };
        let help = format!("write {asked} or more, {OR_DROP}");
        let bound = format!("asks for {asked}");
        self.wider(&own.span, &says, (house, &bound), &help);
    }

    fn switch(
        &mut self,
        (of, own): (&Disclosure, &Placed<bool>),
        house: &Placed<bool>,
        (what, off, on): (&str, &str, &str),
    ) {
        let written = !of.is_default(own) && !self.house.disclosure.is_default(house);
        if written && house.value && !own.value {
            let says = format!("`{what}` is {off}");
            let bound = format!("asks for {on}");
            let help = format!("write {on}, {OR_DROP}");
            self.wider(&own.span, &says, (&house.span, &bound), &help);
        }
    }

    fn at_least<T: PartialOrd + Display>(
        &mut self,
        (of, own): (&Disclosure, &Placed<T>),
        house: &Placed<T>,
        what: &str,
    ) {
        let written = !of.is_default(own) && !self.house.disclosure.is_default(house);
        if written && own.value < house.value {
            let says = format!("`{what}` is {}", own.value);
            let bound = format!("asks for {}", house.value);
            let help = format!("write {} or more, {OR_DROP}", house.value);
            self.wider(&own.span, &says, (&house.span, &bound), &help);
        }
    }

    /// Budgets are compared in one period: four weeks are no month.
    fn budget(&mut self, what: &str, own: Option<&Placed<Budget>>, house: Option<&Placed<Budget>>) {
        if let (Some(own), Some(house)) = (own, house) {
            self.budget_at(&own.span, what, &own.value, house);
        }
    }

    pub(super) fn budget_at(
        &mut self,
        at: &Range<usize>,
        what: &str,
        own: &Budget,
        house: &Placed<Budget>,
    ) {
        let most = &house.value;
        if own.per == most.per && own.count <= most.count {
            return;
        }
        let says = format!("`{what}` is {} a {}", own.count, own.per);
        let bound = format!("allows {} a {}", most.count, most.per);
        let help = format!(
            "write `{what} = {{ count = {}, per = \"{}\" }}` or a smaller count, {OR_DROP}",
            most.count, most.per
        );
        self.wider(at, &says, (&house.span, &bound), &help);
    }

    fn dp(&mut self, own: Option<&Placed<Dp>>, house: Option<&Placed<Dp>>) {
        let (Some(own), Some(house)) = (own, house) else {
            return;
        };
        let delta = |dp: &Dp| dp.delta.parse::<f64>().unwrap_or(1.0);
        let (is, most) = (&own.value, &house.value);
        let narrow = is.unit == most.unit
            && is.epsilon <= most.epsilon
            && is.total_epsilon <= most.total_epsilon
            && delta(is) <= delta(most)
            && is.max_groups <= most.max_groups
            && most
                .max_rows
                .is_none_or(|most| is.max_rows.is_some_and(|is| is <= most));
        if !narrow {
            let bound = (&house.span, "spends less, or protects another unit");
            let help =
                format!("write the unit of the house rules and no larger numbers, {OR_DROP}");
            self.wider(&own.span, "[disclosure.dp]", bound, &help);
        }
    }

    /// What house rules grant to approved questions, against those that they extend.
    pub(super) fn granted(&mut self, own: &Granted) {
        let house = self.house;
        if let Some(exact) = own.exact.as_ref().filter(|exact| exact.value)
            && let Some((at, why)) = house.refuses_exact()
        {
            let help = format!("write false, {OR_DROP}");
            self.wider(&exact.span, "`exact` is true", (&at, why), &help);
        }
        if let Some(off) = own.history_off.as_ref().filter(|off| off.value)
            && let Some((at, why)) = house.refuses_history_off()
        {
            let help = format!("write \"snap\", {OR_DROP}");
            self.wider(&off.span, "`history` is \"off\"", (&at, why), &help);
        }
        self.budget("runs", own.runs.as_ref(), house.most_runs());
    }
}

const OR_DROP: &str = "or drop the line and have what the house rules say";

fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Template => "template",
        Mode::Statistical => "statistical",
        Mode::Dp => "dp",
    }
}
