//! A budget with which little is promised.

use super::{Lint, Subject};
use crate::document::Mode;
use crate::number::Decimal;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "large_epsilon",
    about: "A total epsilon above 20 promises little.",
    check,
};

/// Above this, what a determined asker knows before says hardly anything about what it may know after.
const MOST: i64 = 20;

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let disclosure = &subject.document.disclosure;
    match &disclosure.dp {
        Some(dp)
            if disclosure.mode.value == Mode::Dp
                && dp.value.total_epsilon > Decimal::from(MOST) =>
        {
            let message = format!(
                "`total_epsilon` is {}: promises little",
                dp.value.total_epsilon
            );
            let help = "10 and less is usual; the noise of a question follows `epsilon`";
            vec![subject.warning(&dp.span, message, help)]
        }
        Some(_) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        let policy = |total: &str| {
            format!(
                "[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\nepsilon = 1\ntotal_epsilon = {total}\ndelta = 1e-6\nmax_groups = 1\n[columns]\nid = {{ unit = \"person\" }}\n"
            )
        };
        crate::lint::example("large_epsilon", &policy("21"), &policy("20"), None);
    }
}
