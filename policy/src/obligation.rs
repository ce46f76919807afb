//! What must be done to values before they leave, and the meet of several owners' wishes.
//!
//! Every field is an ordered lattice and the strictest wins, field by field; so the meet is
//! idempotent, commutative and associative, and adding a table can only make it stricter.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Budget, Disclosure, MinContributors, Mode, Placed};
use crate::ident::UnitSpace;
use crate::number::Decimal;

/// The obligations of one table, or the strictest of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligations {
    /// The mode; a later one is stricter.
    pub mode: Mode,
    /// k by unit.
    pub min_contributors: MinContributors,
    /// Whether support is tested with sticky noise.
    pub jitter: bool,
    /// Whether earlier outcomes are returned for little changes.
    pub history: bool,
    /// Whether values carry sticky noise.
    pub noise: bool,
    /// Its variance in units of the cut.
    pub variance: Decimal,
    /// Dominance rule in percent, 0: off.
    pub dominance: u8,
    /// Every budget of questions that must hold.
    pub questions: BTreeSet<Budget>,
}

impl Obligations {
    /// What no obligation at all looks like: the neutral element of the meet.
    #[must_use]
    pub fn none() -> Self {
        Self {
            mode: Mode::Statistical,
            min_contributors: MinContributors::every(1),
            jitter: false,
            history: false,
            noise: false,
            variance: Decimal::from(0),
            dominance: 0,
            questions: BTreeSet::new(),
        }
    }

    /// The strictest of both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        Self {
            mode: strictest(self.mode, other.mode),
            min_contributors: self.min_contributors.meet(&other.min_contributors),
            jitter: self.jitter || other.jitter,
            history: self.history || other.history,
            noise: self.noise || other.noise,
            variance: self.variance.max(other.variance),
            dominance: self.dominance.max(other.dominance),
            questions: self.questions.union(&other.questions).cloned().collect(),
        }
    }

    /// Whether this is at least as strict as `other` in every field.
    #[must_use]
    pub fn is_as_strict_as(&self, other: &Self) -> bool {
        self.meet(other).same_demands(self)
    }

    /// Whether both demand the same of every unit, however it is written.
    fn same_demands(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.min_contributors, &other.min_contributors);
        let units: BTreeSet<&UnitSpace> =
            mine.by_unit.keys().chain(theirs.by_unit.keys()).collect();
        mine.default == theirs.default
            && units
                .into_iter()
                .all(|unit| mine.of(unit) == theirs.of(unit))
            && Self {
                min_contributors: theirs.clone(),
                ..self.clone()
            } == *other
    }
}

impl MinContributors {
    /// In words: `10`, or `10 (acct: 5)`.
    #[must_use]
    pub fn in_words(&self) -> String {
        if self.by_unit.is_empty() {
            return self.default.to_string();
        }
        let units: Vec<String> = self
            .by_unit
            .iter()
            .map(|(unit, k)| format!("{unit}: {k}"))
            .collect();
        format!("{} ({})", self.default, units.join(", "))
    }

    /// The larger k for every unit.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let units: BTreeSet<&UnitSpace> = self.by_unit.keys().chain(other.by_unit.keys()).collect();
        let by_unit: BTreeMap<UnitSpace, u32> = units
            .into_iter()
            .map(|unit| (unit.clone(), self.of(unit).max(other.of(unit))))
            .collect();
        Self {
            default: self.default.max(other.default),
            by_unit,
        }
    }
}

fn strictest(a: Mode, b: Mode) -> Mode {
    match (a, b) {
        (Mode::Template, _) | (_, Mode::Template) => Mode::Template,
        (Mode::Dp, _) | (_, Mode::Dp) => Mode::Dp,
        (Mode::Statistical, Mode::Statistical) => Mode::Statistical,
    }
}

impl From<&Disclosure> for Obligations {
    fn from(disclosure: &Disclosure) -> Self {
        Self {
            mode: disclosure.mode.value,
            min_contributors: disclosure.min_contributors.value.clone(),
            jitter: disclosure.jitter.value,
            history: disclosure.history.value,
            noise: disclosure.noise.value,
            variance: disclosure.variance.value,
            dominance: disclosure.dominance.value,
            questions: disclosure
                .questions
                .iter()
                .map(|q| q.value.clone())
                .collect(),
        }
    }
}

impl Disclosure {
    /// Raises what is below some floors; what stands keeps its place in the file, what is raised has none.
    pub fn raise(&mut self, floors: &Obligations) {
        let met = Obligations::from(&*self).meet(floors);
        raise(&mut self.mode, met.mode);
        raise(&mut self.min_contributors, met.min_contributors);
        raise(&mut self.jitter, met.jitter);
        raise(&mut self.history, met.history);
        raise(&mut self.noise, met.noise);
        raise(&mut self.variance, met.variance);
        raise(&mut self.dominance, met.dominance);
    }
}

fn raise<T: PartialEq>(place: &mut Placed<T>, value: T) {
    if place.value != value {
        *place = Placed { value, span: 0..0 };
    }
}
