//! Without noise a threshold is answered exactly, and sums of allowed answers give forbidden ones.

use super::{Lint, Subject};
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "thresholds_alone",
    about: "Noise is off: thresholds alone fall to a union tracker.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let noise = &subject.document.disclosure.noise;
    if noise.value || !subject.protected() {
        return Vec::new();
    }
    let message = "noise is off: thresholds alone fall to a union tracker (padding a small group \
        with a large one and subtracting)";
    let help = "write `noise = \"sticky\"`, or trust the askers";
    vec![subject.warning(&noise.span, message, help)]
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "thresholds_alone",
            "[disclosure]\nnoise = \"off\"\n[columns]\nid = { unit = \"person\" }\n",
            "[columns]\nid = { unit = \"person\" }\n",
            None,
        );
    }
}
