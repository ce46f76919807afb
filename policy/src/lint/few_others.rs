//! Lists about own entities behind which hardly anybody else stands.

use super::{Lint, Subject};
use crate::document::Approval;
use crate::problem::Problem;

pub(super) const LINT: Lint = Lint {
    name: "few_others",
    about: "A list of own entities with fewer than 3 entities of the others behind a row.",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let found = |approval: &Approval| {
        let others = approval.own_list()?.others;
        let message = format!(
            "`{}` tells a row with {others} entities of the others behind it",
            approval.name.value
        );
        let help = "whoever receives it knows its own part: 3 or more leave somebody unknown";
        (others < 3).then(|| subject.warning(&approval.name.span, message, help))
    };
    subject.document.approve.iter().filter_map(found).collect()
}

#[cfg(test)]
mod tests {
    const LIST: &str = "[columns]\nid = { unit = \"acct\", own = true }\n[[approve]]\nname = \"q\"\nsql = \"q.sql\"\nexact = true\nhistory = \"off\"\n\
         rows = 9\nconfirm = { r = \"r\", id = \"to\" }\nanswer = { own = \"t\", others = {n} }\n";

    #[test]
    fn examples() {
        let (bad, good) = (LIST.replace("{n}", "2"), LIST.replace("{n}", "3"));
        crate::lint::example("few_others", &bad, &good, None);
    }
}
