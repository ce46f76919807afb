//! Obligations that this version cannot enforce yet.
//!
//! A policy that asks for one, in writing or by default, refuses its *table* by name: reading it as
//! something weaker would betray the owner who signed it. A permission not yet honoured merely
//! grants nothing, and a lint says so.

use std::ops::Range;

use crate::document::{Mode, PolicyDocument};
use crate::problem::Problem;

/// What of a policy this version cannot enforce; empty: the table may be used.
#[must_use]
pub fn unsupported(document: &PolicyDocument) -> Vec<Problem> {
    let mut found = Found {
        document,
        problems: Vec::new(),
    };
    found.mode();
    if !document.is_public() {
        found.release();
    }
    found.rows();
    found.problems
}

#[derive(Debug)]
struct Found<'d> {
    document: &'d PolicyDocument,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn refuse(&mut self, span: &Range<usize>, obligation: &str, help: &str) {
        let said = if *span == self.document.disclosure.header {
            " (the default)"
        } else {
            ""
        };
        let table = &self.document.table.value;
        let message = format!(
            "`{table}` asks for `{obligation}`{said}, which this version cannot enforce yet"
        );
        let problem = Problem::error(&self.document.source, span, message);
        self.problems.push(problem.with_help(help));
    }

    fn mode(&mut self) {
        let mode = &self.document.disclosure.mode;
        let help = "write `mode = \"statistical\"` under [disclosure]";
        match mode.value {
            Mode::Template => self.refuse(&mode.span, "mode = \"template\"", help),
            Mode::Dp => self.refuse(&mode.span, "mode = \"dp\"", help),
            Mode::Statistical => {}
        }
    }

    /// What is done to values at the release; a public table's are left as they are.
    fn release(&mut self) {
        let disclosure = &self.document.disclosure;
        if disclosure.jitter.value {
            let help = "write `jitter = false` under [disclosure]: support is then tested on the exact count";
            self.refuse(&disclosure.jitter.span, "jitter = true", help);
        }
        if disclosure.history.value {
            let help = "write `history = \"off\"` under [disclosure]: earlier answers are then not remembered";
            self.refuse(&disclosure.history.span, "history = \"snap\"", help);
        }
        if disclosure.noise.value {
            let help = "write `noise = \"off\"` under [disclosure]: values are then exact";
            self.refuse(&disclosure.noise.span, "noise = \"sticky\"", help);
        }
        if let Some(questions) = &disclosure.questions {
            self.refuse(
                &questions.span,
                "questions",
                "drop `questions`: the number of questions is then not bounded",
            );
        }
    }

    fn rows(&mut self) {
        if let Some(only) = self.document.rows.only.first() {
            let help = "drop [[rows.only]] and put what nobody may see into `[rows] where`";
            self.refuse(&only.predicate.span, "rows.only", help);
        }
        if let Some(extends) = &self.document.extends {
            self.refuse(
                &extends.span,
                "extends",
                "copy what you need of that file into this one",
            );
        }
    }
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

    const OFF: &str = "jitter = false\nhistory = \"off\"\nnoise = \"off\"\n";

    #[test]
    fn defaults_are_refused_by_name_at_the_header() {
        let text = "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 5\n[columns]\nid = { unit = \"person\" }\n";
        let found = refused(text);
        assert_eq!(found.len(), 3, "{found:#?}");
        assert_eq!(
            found[1],
            "t.policy.toml:3:1: error: `t` asks for `history = \"snap\"` (the default), which this version cannot enforce yet\n  \
             help: write `history = \"off\"` under [disclosure]: earlier answers are then not remembered"
        );
    }

    #[test]
    fn without_a_section_the_table_line_is_named() {
        let found = refused("policy = 1\ntable = \"t\"\n[columns]\nid = { unit = \"person\" }\n");
        assert!(
            found
                .iter()
                .all(|p| p.starts_with("t.policy.toml:2:9: error: ")),
            "{found:#?}"
        );
    }

    #[test]
    fn switched_off_is_supported() {
        let text = format!(
            "policy = 1\ntable = \"t\"\n[disclosure]\n{OFF}dominance = 10\nfloor = 3\npool = [\"b\"]\n[columns]\nid = {{ unit = \"person\" }}\n"
        );
        assert_eq!(refused(&text), Vec::<String>::new());
    }

    #[test]
    fn a_public_table_needs_none_of_it() {
        let text = "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 1\n[columns]\nid = { dimension = true }\n";
        assert_eq!(refused(text), Vec::<String>::new());
    }

    #[test]
    fn everything_written_is_named_with_its_line() {
        let text = format!(
            "policy = 1\ntable = \"t\"\nextends = \"x.toml\"\n[disclosure]\nmode = \"template\"\n{OFF}\
             questions = {{ count = 5, per = \"day\" }}\n[[rows.only]]\nparty = \"*\"\nwhere = \"a = 1\"\n[columns]\nid = {{ unit = \"person\" }}\n"
        );
        let document = PolicyDocument::parse("t", &text).unwrap();
        let lines: Vec<usize> = unsupported(&document).iter().map(|p| p.line).collect();
        assert_eq!(lines, [5, 9, 12, 3]);
    }
}
