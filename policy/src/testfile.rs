//! `policy test`: files of SQL that say who asks and what must come of it.
//!
//! ```sql
//! -- @as alice@bank_a
//! -- @step 1 expect=deny(E_KEY_EXPR)
//! SELECT customer_id FROM bank_b.accounts;
//! ```
//!
//! Only verdicts are expected here, so a policy is tested without data; running is the caller's.

use std::ops::Range;

use serde::Serialize;

use crate::denial::Code;
use crate::document::PolicySource;
use crate::ident::{PartyId, Principal, Purpose};
use crate::problem::{Problem, nearest};

/// What may come of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Admitted.
    Allow,
    /// Refused with this code.
    Deny(Code),
}

/// One question with what must come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestStep {
    /// Its number, as written.
    pub step: u32,
    /// Line of its header, from 1.
    pub line: usize,
    /// Who asks.
    pub principal: Principal,
    /// What for; `None`: the contract's only purpose.
    pub purpose: Option<Purpose>,
    /// Who receives; `None`: the asker's party.
    pub recipient: Option<PartyId>,
    /// Any of these is right.
    pub expect: Vec<Outcome>,
    /// The question.
    pub sql: String,
}

/// One file of steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFile {
    /// Its name as shown to people.
    pub file: String,
    /// Its steps, in order.
    pub steps: Vec<TestStep>,
}

/// How a step came out, for reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// The file.
    pub file: String,
    /// The step.
    pub step: u32,
    /// Line of its header.
    pub line: usize,
    /// Whether the outcome was expected.
    pub passed: bool,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
}

impl TestStep {
    /// Compares what came with what was expected.
    #[must_use]
    pub fn report(&self, file: &str, actual: Outcome) -> StepReport {
        let expected: Vec<String> = self.expect.iter().map(ToString::to_string).collect();
        StepReport {
            file: file.to_owned(),
            step: self.step,
            line: self.line,
            passed: self.expect.contains(&actual),
            expected: expected.join("|"),
            actual: actual.to_string(),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Allow => f.write_str("allow"),
            Self::Deny(code) => write!(f, "deny({code})"),
        }
    }
}

impl TestFile {
    /// Parses a file of steps.
    ///
    /// # Errors
    /// Every header that is not one, and every step without a question or an asker.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let source = PolicySource::new(file, text);
        let mut reader = Reader {
            source: &source,
            problems: Vec::new(),
            steps: Vec::new(),
            state: State::default(),
        };
        let mut at = 0_usize;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let end = at.saturating_add(line.trim_end().len());
            reader.line(index.saturating_add(1), &(at..end), line);
            at = at.saturating_add(line.len());
        }
        reader.finish_step();
        if reader.steps.is_empty() && reader.problems.is_empty() {
            reader.error(
                &(0..0),
                "no step",
                "write `-- @as alice@bank_a` and `-- @step 1 expect=allow`",
            );
        }
        if reader.problems.is_empty() {
            Ok(Self {
                file: file.to_owned(),
                steps: reader.steps,
            })
        } else {
            Err(reader.problems)
        }
    }
}

#[derive(Debug, Default)]
struct State {
    principal: Option<Principal>,
    purpose: Option<Purpose>,
    recipient: Option<PartyId>,
    open: Option<(TestStep, Range<usize>)>,
}

#[derive(Debug)]
struct Reader<'s> {
    source: &'s PolicySource,
    problems: Vec<Problem>,
    steps: Vec<TestStep>,
    state: State,
}

impl Reader<'_> {
    fn error(&mut self, span: &Range<usize>, message: impl Into<String>, help: &str) {
        self.problems
            .push(Problem::error(self.source, span, message).with_help(help));
    }

    fn line(&mut self, number: usize, span: &Range<usize>, line: &str) {
        let comment = line.trim().strip_prefix("--").map(str::trim);
        if let Some(header) = comment.and_then(|comment| comment.strip_prefix('@')) {
            let (word, rest) = header
                .split_once(char::is_whitespace)
                .unwrap_or((header, ""));
            self.header(number, span, word, rest.trim());
        } else if let Some((step, _)) = &mut self.state.open {
            step.sql.push_str(line);
        } else if comment.is_none() && !line.trim().is_empty() {
            self.error(
                span,
                "SQL before the first step",
                "write `-- @step 1 expect=allow` above it",
            );
        }
    }

    fn header(&mut self, number: usize, span: &Range<usize>, word: &str, rest: &str) {
        match word {
            "as" => {
                self.finish_step();
                match Principal::parse(rest) {
                    Ok(principal) => self.state.principal = Some(principal),
                    Err(error) => {
                        self.error(span, error.to_string(), "write `-- @as alice@bank_a`");
                    }
                }
            }
            "purpose" => {
                self.finish_step();
                match Purpose::new(rest) {
                    Ok(purpose) => self.state.purpose = Some(purpose),
                    Err(error) => self.error(span, error.to_string(), "write `-- @purpose aml`"),
                }
            }
            "to" => {
                self.finish_step();
                match PartyId::new(rest) {
                    Ok(party) => self.state.recipient = Some(party),
                    Err(error) => self.error(span, error.to_string(), "write `-- @to bank_a`"),
                }
            }
            "step" => {
                self.finish_step();
                self.step(number, span, rest);
            }
            _ => self.unknown(span, word),
        }
    }

    fn unknown(&mut self, span: &Range<usize>, word: &str) {
        let known = ["as", "step", "purpose", "to"];
        let help = match nearest(word, known) {
            Some(near) => format!("did you mean `@{near}`?"),
            None => "there are @as, @step, @purpose and @to".to_owned(),
        };
        self.error(span, format!("`@{word}` is not a header"), &help);
    }

    fn step(&mut self, line: usize, span: &Range<usize>, rest: &str) {
        let help = "write `-- @step 1 expect=allow` or `expect=deny(E_KEY_EXPR)`";
        let (number, expected) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let Ok(step) = number.parse::<u32>() else {
            return self.error(span, format!("`{number}` is not a step's number"), help);
        };
        let Some(expected) = expected.trim().strip_prefix("expect=") else {
            return self.error(span, format!("step {step} expects nothing"), help);
        };
        let mut expect = Vec::new();
        for word in expected.split('|') {
            match outcome(word.trim()) {
                Some(outcome) => expect.push(outcome),
                None => self.error(span, format!("`{word}` is not an outcome"), help),
            }
        }
        let Some(principal) = self.state.principal.clone() else {
            return self.error(
                span,
                format!("nobody asks step {step}"),
                "write `-- @as alice@bank_a` above it",
            );
        };
        let (purpose, recipient) = (self.state.purpose.clone(), self.state.recipient.clone());
        let step = TestStep {
            step,
            line,
            principal,
            purpose,
            recipient,
            expect,
            sql: String::new(),
        };
        self.state.open = Some((step, span.clone()));
    }

    fn finish_step(&mut self) {
        let Some((mut step, span)) = self.state.open.take() else {
            return;
        };
        let end = step.sql.trim_end().trim_end_matches(';').trim_end().len();
        step.sql.truncate(end);
        step.sql
            .drain(..step.sql.len().saturating_sub(step.sql.trim_start().len()));
        if step.sql.is_empty() {
            self.error(
                &span,
                format!("step {} asks nothing", step.step),
                "write its SQL below it",
            );
        }
        self.steps.push(step);
    }
}

fn outcome(text: &str) -> Option<Outcome> {
    if text == "allow" {
        return Some(Outcome::Allow);
    }
    let code = text.strip_prefix("deny(")?.strip_suffix(')')?;
    Code::parse(code).map(Outcome::Deny)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn steps_carry_who_and_what() {
        let text = "-- about crowds\n-- @as alice@bank_a\n-- @step 1 expect=allow\nSELECT COUNT(*)\n-- why not\nFROM bank_a.t;\n\n\
            -- @purpose aml\n-- @to bank_b\n-- @step 2 expect=deny(E_ROLE_DIM)|deny(E_KEY_EXPR)\nSELECT x\nFROM bank_b.t\n-- @as bob@bank_b\n-- @step 3 expect=allow\nSELECT 1";
        let file = TestFile::parse("tests/a.sql", text).unwrap();
        assert_eq!(file.steps.len(), 3);
        assert_eq!(
            file.steps[0].sql,
            "SELECT COUNT(*)\n-- why not\nFROM bank_a.t"
        );
        assert_eq!(file.steps[0].principal.to_string(), "alice@bank_a");
        assert_eq!(
            file.steps[1].expect,
            [Outcome::Deny(Code::RoleDim), Outcome::Deny(Code::KeyExpr)]
        );
        assert_eq!(file.steps[1].recipient.as_ref().unwrap().as_str(), "bank_b");
        assert_eq!(file.steps[1].line, 10);
        assert_eq!(file.steps[2].principal.to_string(), "bob@bank_b");
        let report = file.steps[1].report("a.sql", Outcome::Allow);
        assert!(!report.passed);
        assert_eq!(report.expected, "deny(E_ROLE_DIM)|deny(E_KEY_EXPR)");
        assert!(file.steps[2].report("a.sql", Outcome::Allow).passed);
    }

    #[test]
    fn every_wrong_header_is_told() {
        let text = "SELECT 0\n-- @step 1 expect=allow\n-- @as alice\n-- @as alice@a\n-- @stp 2\n-- @step x expect=allow\n-- @step 3\n-- @step 4 expect=deny(E_NOPE)\n";
        let problems = TestFile::parse("t.sql", text).unwrap_err();
        let said: Vec<String> = problems
            .iter()
            .map(|p| format!("{}: {}", p.line, p.message))
            .collect();
        assert_eq!(
            said,
            [
                "1: SQL before the first step",
                "2: nobody asks step 1",
                "3: `alice` is not a principal: an analyst and a party, as in alice@bank_a",
                "5: `@stp` is not a header",
                "6: `x` is not a step's number",
                "7: step 3 expects nothing",
                "8: `deny(E_NOPE)` is not an outcome",
                "8: step 4 asks nothing",
            ]
        );
        assert!(TestFile::parse("t.sql", "").is_err());
    }
}
