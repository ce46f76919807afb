//! Nearly every floating-point value is a group of its own.

use super::{Lint, Subject};
use crate::document::ColumnRule;
use crate::problem::Problem;
use crate::resolve::{ColumnKind, ColumnShape};

pub(super) const LINT: Lint = Lint {
    name: "float_dimension",
    about: "A dimension of floating-point numbers: nearly every value is its own group.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |(rule, columns): (&ColumnRule, Vec<&ColumnShape>)| {
        let dimension = rule.dimension.as_ref()?;
        let column = columns
            .into_iter()
            .find(|column| column.kind == ColumnKind::Float)?;
        let message = format!("`{}` is a dimension of floating-point numbers", column.name);
        let help = "seal it as a decimal or a whole number, or bucket it in a derived column";
        Some(subject.warning(&dimension.span, message, help))
    };
    subject.rules().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "float_dimension",
            "[columns]\nid = { unit = \"person\" }\nx = { dimension = true }\n",
            "[columns]\nid = { unit = \"person\" }\nx = { measure = [0, 1] }\n",
            Some(&[crate::resolve::ColumnShape::new(
                "x",
                crate::resolve::ColumnKind::Float,
            )]),
        );
    }
}
