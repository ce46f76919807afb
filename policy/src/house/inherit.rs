//! What is left unwritten is as the house rules have it, at its place in their file.

use super::Granted;
use crate::document::{Access, Disclosure, MinContributors, Placed, PolicySource};

/// `[access]`. A `receive` that neither writes stays as `ask`.
pub(super) fn access(source: &PolicySource, own: &mut Access, house: &Access) {
    option(source, &mut own.ask, house.ask.as_ref());
    option(source, &mut own.receive, house.receive.as_ref());
    option(source, &mut own.purposes, house.purposes.as_ref());
    option(source, &mut own.until, house.until.as_ref());
    if let (None, Some(at)) = (&own.owner_at, &house.owner_at) {
        own.owner = house.owner;
        own.owner_at = Some(source.behind(at));
    }
}

/// `[disclosure]`.
pub(super) fn disclosure(source: &PolicySource, own: &mut Disclosure, house: &Disclosure) {
    let header = own.header.clone();
    let whose = Whose {
        source,
        header: &header,
        house,
    };
    let k = whose.min_contributors(&own.min_contributors);
    whose.value(&mut own.mode, &house.mode);
    own.min_contributors = k;
    whose.value(&mut own.jitter, &house.jitter);
    whose.value(&mut own.pool, &house.pool);
    whose.value(&mut own.history, &house.history);
    whose.value(&mut own.noise, &house.noise);
    whose.value(&mut own.variance, &house.variance);
    whose.value(&mut own.dominance, &house.dominance);
    option(source, &mut own.floor, house.floor.as_ref());
    option(source, &mut own.questions, house.questions.as_ref());
    option(source, &mut own.dp, house.dp.as_ref());
}

/// `[approve]` of house rules.
pub(super) fn granted(source: &PolicySource, own: &mut Granted, house: &Granted) {
    option(source, &mut own.exact, house.exact.as_ref());
    option(source, &mut own.history_off, house.history_off.as_ref());
    option(source, &mut own.runs, house.runs.as_ref());
}

fn option<T: Clone>(source: &PolicySource, own: &mut Option<Placed<T>>, house: Option<&Placed<T>>) {
    if own.is_none() {
        *own = house.map(|house| source.adopted(house));
    }
}

struct Whose<'a> {
    source: &'a PolicySource,
    header: &'a std::ops::Range<usize>,
    house: &'a Disclosure,
}

impl Whose<'_> {
    fn value<T: Clone>(&self, own: &mut Placed<T>, house: &Placed<T>) {
        if own.span == *self.header && !self.house.is_default(house) {
            *own = self.source.adopted(house);
        }
    }

    /// Of units that the policy does not name it says nothing, unless it names none.
    fn min_contributors(&self, own: &Placed<MinContributors>) -> Placed<MinContributors> {
        let house = &self.house.min_contributors;
        if self.house.is_default(house) {
            return own.clone();
        }
        if own.span == *self.header {
            return self.source.adopted(house);
        }
        if own.value.by_unit.is_empty() {
            return own.clone();
        }
        let mut value = house.value.clone();
        value.by_unit.extend(own.value.by_unit.clone());
        Placed {
            value,
            span: own.span.clone(),
        }
    }
}
