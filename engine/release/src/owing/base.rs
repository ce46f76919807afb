//! Base statistics: what is told, compared and noised. Everything else is computed from them.

use arrow::datatypes::i256;

use crate::plan::{Plan, Source, place};
use crate::value::Values;
use crate::witness::Witness;

/// What a base statistic counts or sums; indices are those of the compiled plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Rows.
    Rows,
    /// Rows in which an argument is not NULL.
    Present(usize),
    /// Distinct values of an argument.
    Distinct(usize),
    /// A measure.
    Sum(usize),
    /// Squares of a measure.
    Squares(usize),
}

/// A base statistic and the witness that knows what each entity adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) kind: Kind,
    pub(crate) witness: usize,
}

impl Kind {
    /// The exact value over one part; `None` where it is NULL or too large.
    pub(crate) fn raw(self, values: &Values, part: u32) -> Option<i256> {
        let part = &[part];
        let count = |count: u64| Some(i256::from_i128(i128::from(count)));
        let moments =
            |measure| Some(values.moments(measure, part)).filter(|moments| moments.count() > 0);
        match self {
            Self::Rows => count(values.rows(part)),
            Self::Present(argument) => count(values.present(argument, part)),
            Self::Distinct(argument) => count(values.distinct(argument, part)),
            Self::Sum(measure) => moments(measure).map(|moments| moments.sum()),
            Self::Squares(measure) => moments(measure)?.squares(),
        }
    }
}

/// By statistic, its base statistics; their witnesses are called.
pub(crate) fn bases(plan: &mut Plan) -> Vec<Vec<Base>> {
    let sources: Vec<Source> = plan.recipes.iter().map(|recipe| recipe.value).collect();
    let mut all = Vec::new();
    for source in sources {
        let kinds = kinds(plan, source);
        all.push(kinds.into_iter().map(|kind| base(plan, kind)).collect());
    }
    all
}

fn kinds(plan: &mut Plan, source: Source) -> Vec<Kind> {
    let mut counted = |measure: usize| {
        let column = plan.measures.get(measure).map(|measure| measure.column);
        column.map(|column| Kind::Present(place(&mut plan.present, column)))
    };
    match source {
        Source::Rows => vec![Kind::Rows],
        Source::Present(argument) => vec![Kind::Present(argument)],
        Source::Distinct(argument) => vec![Kind::Distinct(argument)],
        // Refused before: see `Release::owing`.
        Source::Supported { .. } => Vec::new(),
        Source::Sum { measure, .. } => vec![Kind::Sum(measure)],
        Source::Mean { measure, .. } => [Some(Kind::Sum(measure)), counted(measure)]
            .into_iter()
            .flatten()
            .collect(),
        Source::Spread { measure, .. } => [
            Some(Kind::Sum(measure)),
            counted(measure),
            Some(Kind::Squares(measure)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn base(plan: &mut Plan, kind: Kind) -> Base {
    let witness = match kind {
        Kind::Rows => Witness::Rows,
        Kind::Present(argument) => Witness::Present(argument),
        Kind::Distinct(argument) => Witness::Pairs(argument),
        Kind::Sum(measure) => Witness::Net(measure),
        Kind::Squares(measure) => Witness::Square(measure),
    };
    Base {
        kind,
        witness: plan.witness(witness, false),
    }
}
