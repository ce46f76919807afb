//! Approved questions that waive what protects people.

use super::{Lint, Subject};
use crate::document::Approval;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "waived",
    about: "An approved question that waives support or history; a list about own entities cannot have history.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |approval: &Approval| {
        if approval.own_list().is_some() {
            return None;
        }
        let what = match (approval.support_waived, approval.history_off) {
            (true, true) => "support and history",
            (true, false) => "support",
            (false, true) => "history",
            (false, false) => return None,
        };
        let message = format!(
            "`{}` waives {what}: receipts will say so",
            approval.name.value
        );
        let help = "waive only for lists about the recipient's own entities";
        Some(subject.warning(&approval.name.span, message, help))
    };
    subject.document.approve.iter().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn examples() {
        crate::lint::example(
            "waived",
            "[columns]\nid = { unit = \"person\" }\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nsupport = \"waived\"\n",
            "[columns]\nid = { unit = \"person\" }\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\n",
            None,
        );
    }
}
