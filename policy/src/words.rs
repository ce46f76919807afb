//! Small pieces of sentences that explanations, differences and drafts share.

use crate::capability::{Filter, Grain, Literal};
use crate::ident::PartyId;

/// `bank_a, bank_b`, or what stands for none.
pub(crate) fn parties<'p>(list: impl IntoIterator<Item = &'p PartyId>, none: &str) -> String {
    let names: Vec<&str> = list.into_iter().map(PartyId::as_str).collect();
    if names.is_empty() {
        none.to_owned()
    } else {
        names.join(", ")
    }
}

/// `any value`, `multiples of 1000`, `whole 1 day`.
pub(crate) fn grain(grain: &Grain) -> String {
    match grain {
        Grain::Any => "any value".to_owned(),
        Grain::Number(step) => format!("multiples of {step}"),
        Grain::Time { .. } => format!("steps of {grain}"),
    }
}

/// What a filter lets through.
pub(crate) fn filter(filter: &Filter) -> String {
    match filter {
        Filter::Grain(by) => grain(by),
        Filter::Values(values) => values.iter().map(literal).collect::<Vec<_>>().join(", "),
    }
}

/// A literal as SQL writes it.
pub(crate) fn literal(value: &Literal) -> String {
    match value {
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Literal::Number(number) => number.to_string(),
        Literal::Bool(flag) => flag.to_string(),
    }
}
