//! One column in words.

use super::ColumnWords;
use crate::document::{ColumnRule, Derivation, DerivedColumn, PolicyDocument};
use crate::resolve::ColumnShape;
use crate::words;

pub(super) fn all(document: &PolicyDocument, columns: Option<&[ColumnShape]>) -> Vec<ColumnWords> {
    let mut all = own(document, columns);
    all.extend(document.derive.iter().map(derived));
    all
}

fn derived(derived: &DerivedColumn) -> ColumnWords {
    let how = match &derived.derivation {
        Derivation::Sql(text) => format!("computed by its owner as `{}`", text.value),
        Derivation::Lookup(lookup) => format!(
            "looked up by its owner: `{}` where `{}`",
            lookup.from.value, lookup.on.value
        ),
    };
    ColumnWords {
        name: derived.name().to_owned(),
        says: std::iter::once(how).chain(says(&derived.rule)).collect(),
    }
}

fn own(document: &PolicyDocument, columns: Option<&[ColumnShape]>) -> Vec<ColumnWords> {
    let Some(columns) = columns else {
        let one = |rule: &ColumnRule| ColumnWords {
            name: rule.pattern.value.clone(),
            says: says(rule),
        };
        return document.columns.iter().map(one).collect();
    };
    columns
        .iter()
        .filter(|column| document.derived(&column.name).is_none())
        .map(|column| ColumnWords {
            name: column.name.clone(),
            says: match document.rule_for(&column.name) {
                Some(rule) => says(rule),
                None => vec!["hidden: not listed".to_owned()],
            },
        })
        .collect()
}

/// What a rule grants, a phrase each.
pub(crate) fn says(rule: &ColumnRule) -> Vec<String> {
    if rule.hidden {
        return vec!["hidden".to_owned()];
    }
    let mut says = identity(rule);
    if let Some(dimension) = &rule.dimension {
        says.push(format!(
            "leaves as a group key, {}",
            words::grain(&dimension.value)
        ));
    }
    if let Some(filter) = &rule.filter {
        says.push(format!("filtered by {}", words::filter(&filter.value)));
    }
    if !rule.compare.is_empty() {
        says.push(format!(
            "compared with columns of {}",
            words::parties(&rule.compare, "")
        ));
    }
    if let Some(measure) = &rule.measure {
        let (low, high) = (measure.value.low, measure.value.high);
        says.push(format!(
            "inside sums and averages, clamped to {low} to {high}"
        ));
    }
    if let Some(cut) = &rule.cut {
        says.push(format!(
            "one contributor adds at most {} to a sum",
            cut.value
        ));
    }
    if says.is_empty() {
        says.push("only counted where it is not NULL".to_owned());
    }
    says
}

fn identity(rule: &ColumnRule) -> Vec<String> {
    let mut says = Vec::new();
    if let Some(unit) = &rule.unit {
        says.push(format!(
            "says which {} a row is about; never shown, counted as contributor",
            unit.value
        ));
    }
    if !rule.join.is_empty() {
        let domains: Vec<&str> = rule
            .join
            .iter()
            .map(super::super::ident::KeyDomain::as_str)
            .collect();
        says.push(format!(
            "linked as a key of {}; never shown",
            domains.join(", ")
        ));
    }
    if !rule.absent.is_empty() {
        let values: Vec<String> = rule.absent.iter().map(words::literal).collect();
        says.push(format!("nobody where it is {}", values.join(", ")));
    }
    if rule.unique {
        says.push("sealing refuses duplicates".to_owned());
    }
    if rule.own {
        says.push("may be listed to its own party".to_owned());
    }
    says
}
