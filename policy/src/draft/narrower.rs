//! What a grant could be instead, from the narrowest: coarse grains and lists of the question's own values.

use super::grant::{Grant, What};
use super::needed::Wanted;
use crate::capability::{Filter, Grain, Literal, TimeUnit};
use crate::number::Decimal;
use crate::resolve::ColumnKind;

/// Calendar spans from the coarsest.
const SPANS: [TimeUnit; 7] = [
    TimeUnit::Year,
    TimeUnit::Quarter,
    TimeUnit::Month,
    TimeUnit::Day,
    TimeUnit::Hour,
    TimeUnit::Minute,
    TimeUnit::Second,
];

/// Steps of numbers that people use, from the coarsest.
const STEPS: [&str; 14] = [
    "1000000", "100000", "10000", "5000", "1000", "500", "100", "50", "10", "5", "1", "0.5", "0.1",
    "0.01",
];

pub(super) fn narrower(grant: &Grant, wanted: &Wanted<'_>) -> Vec<What> {
    let column = |name: &str| {
        let subject = wanted.subjects.iter().find(|s| s.table == grant.table)?;
        let shape = subject.columns.iter().find(|shape| shape.name == name)?;
        Some(shape.kind)
    };
    match &grant.what {
        What::Dimension(name, Grain::Any) => {
            let grains = grains(column(name), &wanted.reading.numbers);
            grains
                .map(|grain| What::Dimension(name.clone(), grain))
                .collect()
        }
        What::Filter(name, Filter::Grain(Grain::Any)) => {
            let kind = column(name);
            let grains = grains(kind, &wanted.reading.numbers).map(Filter::Grain);
            let filters = values(name, grant, wanted).into_iter().chain(grains);
            filters
                .map(|filter| What::Filter(name.clone(), filter))
                .collect()
        }
        What::Filter(name, Filter::Values(values)) => {
            let lists = fewer(values).into_iter().map(Filter::Values);
            lists
                .map(|filter| What::Filter(name.clone(), filter))
                .collect()
        }
        What::Exact
        | What::Unremembered
        | What::Unjittered
        | What::Negation(_)
        | What::Many(..)
        | What::Crowds(..)
        | What::With(..)
        | What::Compare(..)
        | What::Dimension(..)
        | What::Filter(..)
        | What::Measure(..)
        | What::Key(..)
        | What::Unit(..)
        | What::Seen(_) => Vec::new(),
    }
}

fn grains<'n>(
    kind: Option<ColumnKind>,
    numbers: impl IntoIterator<Item = &'n Decimal>,
) -> impl Iterator<Item = Grain> {
    let spans = SPANS.into_iter().map(|unit| Grain::Time { count: 1, unit });
    let mut steps: Vec<Decimal> = STEPS
        .iter()
        .filter_map(|step| Decimal::parse(step))
        .collect();
    steps.extend(numbers.into_iter().filter(|n| n.is_positive()));
    steps.sort_unstable_by(|a, b| b.cmp(a));
    steps.dedup();
    let (spans, steps): (Vec<Grain>, Vec<Grain>) = (
        spans.collect(),
        steps.into_iter().map(Grain::Number).collect(),
    );
    match kind {
        Some(ColumnKind::Date | ColumnKind::Timestamp) => spans,
        Some(ColumnKind::Integer | ColumnKind::Decimal | ColumnKind::Float) => steps,
        Some(ColumnKind::Text | ColumnKind::Bool | ColumnKind::Other) | None => Vec::new(),
    }
    .into_iter()
}

/// The texts that the question compares a column with, as a list of values.
fn values(column: &str, grant: &Grant, wanted: &Wanted<'_>) -> Option<Filter> {
    let texts = wanted.reading.texts.iter();
    let mine = texts.filter(|(of, _)| of.table == grant.table && of.column == column);
    let all: Vec<Literal> = mine.map(|(_, text)| Literal::Text(text.clone())).collect();
    (!all.is_empty()).then_some(Filter::Values(all))
}

/// Every list with one value fewer.
fn fewer(values: &[Literal]) -> Vec<Vec<Literal>> {
    let without = |at: usize| {
        let kept = values.iter().enumerate().filter(|(i, _)| *i != at);
        kept.map(|(_, value)| value.clone()).collect()
    };
    if values.len() < 2 {
        return Vec::new();
    }
    (0..values.len()).map(without).collect()
}
