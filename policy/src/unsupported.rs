//! Obligations that this version cannot enforce yet.
//!
//! A policy that asks for one, in writing or by default, refuses its *table* by name: reading it as
//! something weaker would betray the owner who signed it. A permission not yet honoured merely
//! grants nothing, and a lint says so.

use crate::document::PolicyDocument;
use crate::private;
use crate::problem::Problem;

/// What of a policy this version cannot enforce; empty: the table may be used.
#[must_use]
pub fn unsupported(document: &PolicyDocument) -> Vec<Problem> {
    let mut problems = private::refused(document);
    problems.extend(unread(document));
    problems
}

/// A policy whose house rules have not been read in: whoever read it forgot what it may not widen.
pub(crate) fn unread(document: &PolicyDocument) -> Option<Problem> {
    let extends = document.unread_house()?;
    let table = &document.table.value;
    let message = format!(
        "`{table}` says `extends`, and {} was not read",
        extends.value
    );
    let help = "nothing may be asked of a table without its house rules";
    Some(Problem::error(&document.source, &extends.span, message).with_help(help))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn refused(text: &str) -> Vec<String> {
        let document = PolicyDocument::parse("t.policy.toml", text).unwrap();
        unsupported(&document)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_defaults_are_enforced() {
        let text = "policy = 1\ntable = \"t\"\n[disclosure]\nquestions = { count = 5, per = \"day\" }\ndominance = 10\nfloor = 3\npool = [\"b\"]\n[columns]\nid = { unit = \"person\" }\n";
        assert_eq!(refused(text), Vec::<String>::new());
        let bare = "policy = 1\ntable = \"t\"\n[columns]\nid = { unit = \"person\" }\n";
        assert_eq!(refused(bare), Vec::<String>::new());
    }

    #[test]
    fn what_is_refused_is_named_with_its_line() {
        let text = "policy = 1\ntable = \"t\"\nextends = \"x.toml\"\n[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\nepsilon = 1.0\ntotal_epsilon = 10.0\ndelta = 1e-3\nmax_groups = 4\n\
             [[rows.only]]\nparty = \"*\"\nwhere = \"a = 1\"\n[columns]\nid = { unit = \"person\" }\n";
        let document = PolicyDocument::parse("t", text).unwrap();
        let lines: Vec<usize> = unsupported(&document).iter().map(|p| p.line).collect();
        assert_eq!(lines, [6, 3]);
        assert!(refused(text)[0].starts_with("t.policy.toml:6:1: error: `delta` is 1e-3"));
        let rarer = text
            .replace("1e-3", "1e-6")
            .replace("extends = \"x.toml\"\n", "");
        assert_eq!(refused(&rarer), Vec::<String>::new());
    }
}
