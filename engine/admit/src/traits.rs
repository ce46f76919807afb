//! What a value may be used for, carried along the plan by lineage.
//!
//! A column starts with what its owner's policy gives it; an expression has what all of its inputs
//! have. A literal has everything. Names never matter.

use std::collections::{BTreeMap, BTreeSet};

use policy::capability::{Capabilities, Filter, Grain, Literal, RuleSpan};
use policy::ident::{KeyDomain, PartyId, TableRef};

use crate::constant::Quantity;
use crate::grain;
use crate::size;

/// A hidden track of one unit space at one place in the plan.
pub(crate) type SlotId = usize;
/// A branch whose own support is owed.
pub(crate) type ArmId = usize;

/// The column a value came from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) table: TableRef,
    pub(crate) column: String,
    pub(crate) rule: RuleSpan,
}

/// How an inner aggregate over rows of several owners moves when rows are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// Only grows: COUNT, SUM, MAX.
    Up,
    /// Only falls: MIN.
    Down,
    /// Anything.
    Free,
}

/// Set on results of aggregates over rows of several owners that did not consent to negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowded {
    pub(crate) growth: Growth,
}

/// What a value may be used for.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a value, each asked for by its name"
)]
#[derive(Debug, Clone, Default)]
pub(crate) struct Traits {
    /// A literal: has every capability.
    pub(crate) literal: bool,
    /// Unit or key: opaque.
    pub(crate) identifier: bool,
    /// Key domains.
    pub(crate) domains: BTreeSet<KeyDomain>,
    /// The tracks whose entity this value names.
    pub(crate) slots: BTreeSet<SlotId>,
    /// The tracks whose entity it names where an outer join found a row for it: elsewhere it is NULL, and so are they.
    pub(crate) matched: BTreeSet<SlotId>,
    /// Values that are nobody, wherever a row comes from: an identifier may be compared with them.
    pub(crate) absent: Vec<Literal>,
    /// Values that are nobody in rows of some owner.
    pub(crate) nobodies: Vec<Literal>,
    /// As an output key; `Any`: as it stands, else only truncated to this grain.
    pub(crate) dimension: Option<Grain>,
    /// In predicates.
    pub(crate) filter: Option<Filter>,
    /// By owner: with whom its columns may be compared.
    pub(crate) compare: BTreeMap<PartyId, BTreeSet<PartyId>>,
    /// Degree as a polynomial over measures; `None`: no measure.
    pub(crate) degree: Option<u8>,
    /// Bounds to clamp a bare measure column to when it enters an aggregate.
    pub(crate) bounds: Option<policy::capability::Bounds>,
    /// What its owner lets one entity add to a sum of it.
    pub(crate) cut: Option<policy::number::Decimal>,
    /// A sum or difference of measures, or a choice between them: several statistics in one.
    pub(crate) mixed: bool,
    /// Whose data it is computed from.
    pub(crate) owners: BTreeSet<PartyId>,
    /// Nothing that the question chose went into it but a factor: a column, sums of columns, their aggregates.
    pub(crate) plain: bool,
    /// It may be NULL by a bound that the question chose.
    pub(crate) partial: bool,
    /// How many bits its whole part may have; 0 where nothing is known.
    pub(crate) bits: u32,
    /// Years by which the question moved it, if it is a moment.
    pub(crate) moved: u32,
    /// The question multiplied or divided it by a number.
    pub(crate) scaled: bool,
    /// Bits by which the question made it smaller.
    pub(crate) shrunk: u32,
    /// The question divided it by a number, or took a root or mean of a multiple: it is cut off behind some digits, and no multiple of what it was.
    pub(crate) rounded: bool,
    /// It is one of several values, or computed from one, of which the question chose which row has which: numbers of a list, a bound.
    pub(crate) chosen: bool,
    /// Its owners' bounds say that it is not below zero, and the question did not change that.
    pub(crate) above_zero: bool,
    /// It is never below zero, whatever the question made of it.
    pub(crate) from_zero: bool,
    /// The constants that it is one of, where they are known.
    pub(crate) known: Option<Vec<Quantity>>,
    /// The grid that its values lie on whatever the data: counts, truncated times.
    pub(crate) lattice: Option<Grain>,
    /// A quotient, and whether it is bounded from below and from above: a measure once it is both.
    pub(crate) ratio: Option<(bool, bool)>,
    /// Branches it went through.
    pub(crate) arms: BTreeSet<ArmId>,
    /// Of these, branches whose 0 is not its 0: something is added to it, or it decides something.
    pub(crate) exposed: BTreeSet<ArmId>,
    /// Terms of the sums that it is computed from: branches that bind where amounts are aggregated.
    pub(crate) terms: BTreeSet<ArmId>,
    /// Rows of public tables that its value is computed from.
    pub(crate) weights: BTreeSet<ArmId>,
    /// Of a COUNT(DISTINCT …): its argument is a unit or key.
    pub(crate) identifier_argument: bool,
    /// Result of a count or the like below the release.
    pub(crate) counted: bool,
    /// Aggregate over several owners without consent to negation.
    pub(crate) crowded: Option<Crowded>,
    /// Where it came from, if from one column.
    pub(crate) origin: Option<Origin>,
}

impl Traits {
    /// A literal.
    pub(crate) fn literal() -> Self {
        Self {
            literal: true,
            dimension: Some(Grain::Any),
            filter: Some(Filter::Grain(Grain::Any)),
            degree: Some(0),
            ..Self::default()
        }
    }

    /// A literal whose value is known.
    pub(crate) fn constant(value: Quantity) -> Self {
        let zero = policy::number::Decimal::from(0);
        Self {
            bits: size::quantity_bits(&value),
            from_zero: matches!(&value, Quantity::Number(n) if *n >= zero)
                || matches!(value, Quantity::Null),
            known: Some(vec![value]),
            ..Self::literal()
        }
    }

    /// Adds nothing that the question chose: NULL, or the 0 that lies on every grid.
    fn is_nothing(&self) -> bool {
        let nothing = |q: &Quantity| match q {
            Quantity::Null => true,
            Quantity::Number(n) => n.mantissa() == 0,
            Quantity::Bool(_)
            | Quantity::Text(_)
            | Quantity::Moment(_)
            | Quantity::Span(_)
            | Quantity::Other => false,
        };
        self.known
            .as_ref()
            .is_some_and(|all| all.iter().all(nothing))
    }

    /// Whether one of the two, or their sum, is plain.
    pub(crate) fn plain_with(&self, other: &Self) -> bool {
        (self.plain && (other.plain || other.is_nothing())) || (self.is_nothing() && other.plain)
    }

    /// Notes a branch that it went through.
    pub(crate) fn goes_through(&mut self, arm: ArmId, term: bool) {
        if term {
            self.terms.insert(arm);
        } else {
            self.arms.insert(arm);
        }
    }

    /// A value of a public table: free of any rule, but not constant.
    pub(crate) fn public() -> Self {
        Self {
            dimension: Some(Grain::Any),
            filter: Some(Filter::Grain(Grain::Any)),
            degree: Some(1),
            ..Self::default()
        }
    }

    /// A column as its policy has it.
    pub(crate) fn of_column(owner: &PartyId, caps: &Capabilities, origin: Origin) -> Self {
        let zero = policy::number::Decimal::from(0);
        Self {
            identifier: caps.is_identifier(),
            domains: caps.join.clone(),
            absent: caps.absent.clone(),
            nobodies: caps.absent.clone(),
            dimension: caps.dimension.clone(),
            filter: caps.filter.clone(),
            compare: BTreeMap::from([(owner.clone(), caps.compare.clone())]),
            degree: caps.measure.map(|_| 1),
            bounds: caps.measure,
            bits: size::bits_of(caps.measure),
            above_zero: caps.measure.is_some_and(|bounds| bounds.low >= zero),
            from_zero: caps.measure.is_some_and(|bounds| bounds.low >= zero),
            cut: caps.cut,
            owners: BTreeSet::from([owner.clone()]),
            plain: true,
            origin: Some(origin),
            ..Self::default()
        }
    }

    /// The grain of predicates against literals, when it is a grid.
    pub(crate) fn filter_grain(&self) -> Option<&Grain> {
        match &self.filter {
            Some(Filter::Grain(grain)) => Some(grain),
            Some(Filter::Values(_)) | None => None,
        }
    }

    /// May stand in an inner GROUP BY or PARTITION BY as it is.
    pub(crate) fn groups_inside(&self) -> bool {
        self.identifier
            || matches!(
                self.filter,
                Some(Filter::Grain(Grain::Any) | Filter::Values(_))
            )
            || self.dimension == Some(Grain::Any)
    }

    /// What a value computed from both may be used for.
    #[must_use]
    pub(crate) fn meet(&self, other: &Self) -> Self {
        let dimension = meet_grain(self.dimension.as_ref(), other.dimension.as_ref());
        let filter = meet_filter(self.filter.as_ref(), other.filter.as_ref());
        let narrowed = dimension != self.dimension || filter != self.filter;
        let (first, second) = if narrowed {
            (other, self)
        } else {
            (self, other)
        };
        Self {
            literal: self.literal && other.literal,
            identifier: self.identifier || other.identifier,
            domains: BTreeSet::new(),
            slots: BTreeSet::new(),
            matched: BTreeSet::new(),
            absent: Vec::new(),
            nobodies: Vec::new(),
            dimension,
            filter,
            compare: meet_compare(self, other),
            degree: self.degree.zip(other.degree).map(|(a, b)| a.max(b)),
            bounds: None,
            cut: None,
            mixed: self.mixed || other.mixed,
            partial: self.partial || other.partial,
            bits: size::either(self, other),
            moved: self.moved.max(other.moved),
            scaled: self.scaled || other.scaled,
            shrunk: self.shrunk.max(other.shrunk),
            rounded: self.rounded || other.rounded,
            chosen: self.chosen || other.chosen,
            above_zero: self.above_zero && other.above_zero,
            from_zero: self.from_zero && other.from_zero,
            owners: self.owners.union(&other.owners).cloned().collect(),
            plain: false,
            known: None,
            lattice: None,
            ratio: None,
            arms: self.arms.union(&other.arms).copied().collect(),
            exposed: self.exposed.union(&other.exposed).copied().collect(),
            terms: self.terms.union(&other.terms).copied().collect(),
            weights: self.weights.union(&other.weights).copied().collect(),
            identifier_argument: false,
            counted: self.counted || other.counted,
            crowded: meet_crowded(self.crowded, other.crowded),
            origin: first.origin.clone().or_else(|| second.origin.clone()),
        }
    }

    /// The same position of two branches of a union: only what both have.
    #[must_use]
    pub(crate) fn align(&self, other: &Self) -> Self {
        let mut both = self.meet(other);
        both.identifier = self.identifier || other.identifier;
        both.domains = if self.literal {
            other.domains.clone()
        } else if other.literal {
            self.domains.clone()
        } else {
            self.domains.intersection(&other.domains).cloned().collect()
        };
        both.cut = self.cut.filter(|cut| other.cut == Some(*cut));
        // Side by side, a factor of one is a comparison with the other, and a sum over both a difference.
        let chosen = self.scaled || other.scaled || self.mixed || other.mixed;
        both.plain = self.plain_with(other) && !chosen;
        if chosen {
            both.mixed = true;
            both.filter = both.filter.filter(|f| *f == Filter::Grain(Grain::Any));
        }
        both.known = self
            .known
            .clone()
            .zip(other.known.clone())
            .map(|(mut a, b)| {
                a.extend(b);
                a
            });
        both.lattice = self
            .lattice
            .clone()
            .filter(|_| self.lattice == other.lattice);
        both.absent = self
            .absent
            .iter()
            .filter(|a| other.absent.contains(a))
            .cloned()
            .collect();
        both.nobodies.clone_from(&self.nobodies);
        for value in &other.nobodies {
            if !both.nobodies.contains(value) {
                both.nobodies.push(value.clone());
            }
        }
        both.bounds = match (self.bounds, other.bounds) {
            (Some(a), Some(b)) => Some(policy::capability::Bounds {
                low: a.low.max(b.low),
                high: a.high.min(b.high),
            }),
            (Some(a), None) if other.literal => Some(a),
            (None, Some(b)) if self.literal => Some(b),
            (Some(_), None) | (None, Some(_) | None) => None,
        };
        both
    }
}

fn meet_crowded(a: Option<Crowded>, b: Option<Crowded>) -> Option<Crowded> {
    match (a, b) {
        (Some(a), Some(b)) if a == b => Some(a),
        (Some(_), Some(_)) => Some(Crowded {
            growth: Growth::Free,
        }),
        (Some(a), None) | (None, Some(a)) => Some(a),
        (None, None) => None,
    }
}

fn meet_grain(a: Option<&Grain>, b: Option<&Grain>) -> Option<Grain> {
    grain::meet(a?, b?)
}

fn meet_filter(a: Option<&Filter>, b: Option<&Filter>) -> Option<Filter> {
    match (a?, b?) {
        (Filter::Grain(a), Filter::Grain(b)) => grain::meet(a, b).map(Filter::Grain),
        (Filter::Values(v), Filter::Grain(Grain::Any))
        | (Filter::Grain(Grain::Any), Filter::Values(v)) => Some(Filter::Values(v.clone())),
        (Filter::Values(a), Filter::Values(b)) => Some(Filter::Values(
            a.iter().filter(|v| b.contains(v)).cloned().collect(),
        )),
        (Filter::Values(_), Filter::Grain(Grain::Number(_) | Grain::Time { .. }))
        | (Filter::Grain(Grain::Number(_) | Grain::Time { .. }), Filter::Values(_)) => None,
    }
}

fn meet_compare(a: &Traits, b: &Traits) -> BTreeMap<PartyId, BTreeSet<PartyId>> {
    let mut all = a.compare.clone();
    for (owner, with) in &b.compare {
        all.entry(owner.clone())
            .and_modify(|set| set.retain(|p| with.contains(p)))
            .or_insert_with(|| with.clone());
    }
    all
}
