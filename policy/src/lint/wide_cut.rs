//! A cut above the bounds cuts nothing.

use super::{Lint, Subject};
use crate::document::ColumnRule;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "wide_cut",
    about: "A cut beyond the measure bounds cuts nothing a row alone can add.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |rule: &ColumnRule| {
        let (cut, measure) = (rule.cut.as_ref()?, rule.measure.as_ref()?);
        let most = measure.value.low.abs().max(measure.value.high.abs());
        let message = format!(
            "the cut {} is above {most}, the most that one row can add",
            cut.value
        );
        let help = "right if one entity has many rows; noise grows with the cut";
        (cut.value > most).then(|| subject.warning(&cut.span, message, help))
    };
    subject
        .rules()
        .filter_map(|(rule, _)| found(rule))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "wide_cut",
            "[columns]\nid = { unit = \"person\" }\nx = { measure = [-7, 5], cut = 8 }\n",
            "[columns]\nid = { unit = \"person\" }\nx = { measure = [-7, 5], cut = 7 }\n",
            None,
        );
    }
}
