//! Obligations that this version cannot enforce yet.
//!
//! A policy that asks for one, in writing or by default, refuses its *table* by name: reading it as
//! something weaker would betray the owner who signed it. A permission not yet honoured merely
//! grants nothing, and a lint says so.

use std::ops::Range;

use crate::document::{Mode, PolicyDocument};
use crate::private;
use crate::problem::Problem;

/// What of a policy this version cannot enforce; empty: the table may be used.
#[must_use]
pub fn unsupported(document: &PolicyDocument) -> Vec<Problem> {
    let mut found = Found {
        document,
        problems: Vec::new(),
    };
    found.mode();
    found.problems.extend(private::refused(document));
    found.extends();
    found.problems
}

#[derive(Debug)]
struct Found<'d> {
    document: &'d PolicyDocument,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn refuse(&mut self, span: &Range<usize>, obligation: &str, help: &str) {
        let table = &self.document.table.value;
        let message =
            format!("`{table}` asks for `{obligation}`, which this version cannot enforce yet");
        let problem = Problem::error(&self.document.source, span, message);
        self.problems.push(problem.with_help(help));
    }

    fn mode(&mut self) {
        let mode = &self.document.disclosure.mode;
        let help = "write `mode = \"statistical\"` under [disclosure]";
        match mode.value {
            Mode::Dp => self.refuse(&mode.span, "mode = \"dp\"", help),
            Mode::Template | Mode::Statistical => {}
        }
    }

    fn extends(&mut self) {
        self.problems.extend(unread(self.document));
    }
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
        let text = "policy = 1\ntable = \"t\"\nextends = \"x.toml\"\n[disclosure]\nmode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\nepsilon = 1.0\ntotal_epsilon = 10.0\ndelta = 1e-6\nmax_groups = 4\n\
             [[rows.only]]\nparty = \"*\"\nwhere = \"a = 1\"\n[columns]\nid = { unit = \"person\" }\n";
        let document = PolicyDocument::parse("t", text).unwrap();
        let lines: Vec<usize> = unsupported(&document).iter().map(|p| p.line).collect();
        assert_eq!(lines, [5, 3]);
        assert_eq!(
            refused(text)[0],
            "t.policy.toml:5:8: error: `t` asks for `mode = \"dp\"`, which this version cannot enforce yet\n  \
             help: write `mode = \"statistical\"` under [disclosure]"
        );
    }
}
