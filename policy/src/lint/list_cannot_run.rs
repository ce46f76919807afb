//! Lists about own entities under terms by which no list can leave.

use super::{Lint, Subject};
use crate::document::Approval;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "list_cannot_run",
    about: "A list of own entities under history or noise: its rows can neither be remembered nor blurred.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let disclosure = &subject.document.disclosure;
    let found = |approval: &Approval| {
        approval.own_list()?;
        let history = disclosure.history.value && !approval.history_off;
        let noise = disclosure.noise.value && !approval.exact;
        let message = format!(
            "`{}` is a list, and lists are not told where history or noise is owed",
            approval.name.value
        );
        let help = "approve it with `exact = true` and `history = \"off\"`";
        (history || noise).then(|| subject.warning(&approval.name.span, message, help))
    };
    subject.document.approve.iter().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    const LIST: &str = "[columns]\nid = { unit = \"acct\", own = true }\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\n\
         rows = 9\nconfirm = { r = \"r\", id = \"to\" }\nanswer = { own = \"t\", others = 3 }\n";

    #[test]
    fn examples() {
        let good = format!("{LIST}exact = true\nhistory = \"off\"\n");
        crate::lint::example("list_cannot_run", LIST, &good, None);
    }
}
