//! Approved questions: named in `approved('name', …)` or asked in their very words, and the terms that hold for them.
//!
//! A text runs when every owner of a protected table in it has approved it; the contract holds the texts, so nobody can
//! put another under the name. What the owners wrote beside the text (k, exactness, runs) takes the place of their
//! tables' terms, under the floors of policy and contract.

pub(crate) mod call;
pub(crate) mod list;
mod listed;
mod terms;

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{Query, Statement as SqlStatement};
use policy::denial::{Code, Denial};

pub use listed::ApprovedQuestion;
pub(crate) use terms::Terms;

use crate::engine::Engine;
use crate::refusal::Refusal;

/// A question, and the approved text that it may be.
pub(crate) struct Recognised {
    /// What is bound: the text stands in the place of the call.
    pub(crate) query: DfStatement,
    /// The approved text.
    pub(crate) candidate: Option<Candidate>,
}

/// An approved text that a question may be.
pub(crate) struct Candidate {
    pub(crate) name: String,
    /// As approved, parameters still in it.
    pub(crate) text: Query,
    pub(crate) parameters: call::Parameters,
    /// It was called by its name; otherwise the words are the same.
    pub(crate) called: bool,
}

impl Engine {
    /// Looks whether a question calls an approved one, or is one in its very words.
    ///
    /// # Errors
    /// `E_STMT` for a call that is not whole, `E_UNKNOWN` for a name that nobody approved.
    pub(crate) fn recognise(&self, query: DfStatement) -> Result<Recognised, Refusal> {
        let Some(asked) = as_query(&query) else {
            return Ok(Recognised {
                query,
                candidate: None,
            });
        };
        if let Some(mut called) = call::find(asked)? {
            self.as_owners_write(&mut called);
            let text = self.text_named(&called.name)?;
            let put = call::put_in_place(asked, &text, &called.parameters)?;
            self.permitted_by_somebody(&called)?;
            return Ok(Recognised {
                query: DfStatement::Statement(Box::new(SqlStatement::Query(Box::new(put)))),
                candidate: Some(Candidate {
                    name: called.name,
                    text,
                    parameters: called.parameters,
                    called: true,
                }),
            });
        }
        let texts = self.setup.contract.approved.values().flatten();
        let same = texts.filter_map(|(name, text)| {
            let text = policy::approved::question(text).ok()?;
            let same = text == *asked && call::placeholders(&text).is_empty();
            same.then(|| (name.clone(), text))
        });
        let candidate = same.into_iter().next().map(|(name, text)| Candidate {
            name,
            text,
            parameters: call::Parameters::new(),
            called: false,
        });
        Ok(Recognised { query, candidate })
    }

    /// Refuses what no owner permits before it is bound: a value of another type would only be called invalid.
    fn permitted_by_somebody(&self, called: &call::Called) -> Result<(), Refusal> {
        let policies = self.policies.tables.values();
        let approvals = policies.flat_map(|policy| &policy.approve);
        let named = approvals.filter(|approval| approval.name.value == called.name);
        let mut last = Ok(());
        for approval in named {
            last = terms::permitted(&called.name, approval, &called.parameters);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Puts the values that owners wrote in the place of equal ones of the asker's; what no owner permits is refused later.
    fn as_owners_write(&self, called: &mut call::Called) {
        let policies = self.policies.tables.values();
        let approvals: Vec<_> = policies
            .flat_map(|policy| &policy.approve)
            .filter(|approval| approval.name.value == called.name)
            .collect();
        for (parameter, (expr, value)) in &mut called.parameters {
            let mut values = approvals
                .iter()
                .filter_map(|approval| approval.parameters.get(parameter));
            if let Some(written) = values.find_map(|values| values.written(value)) {
                *expr = call::written(&written);
            }
        }
    }

    /// The text under a name; all who approve it have the same.
    fn text_named(&self, name: &str) -> Result<Query, Refusal> {
        let texts = self.setup.contract.approved.values();
        let texts = texts.filter_map(|texts| texts.get(name));
        let mut found: Option<Query> = None;
        for text in texts {
            let text = policy::approved::question(text).map_err(Refusal::invalid)?;
            if found.as_ref().is_some_and(|known| *known != text) {
                let message = format!("owners have approved different texts as `{name}`");
                return Err(denied(Code::Template, message, "they must agree on one"));
            }
            found = Some(text);
        }
        found.ok_or_else(|| {
            denied(
                Code::Unknown,
                "there is no such table, column or function".to_owned(),
                "SHOW APPROVED lists the questions that were approved",
            )
        })
    }
}

fn as_query(statement: &DfStatement) -> Option<&Query> {
    match statement {
        DfStatement::Statement(statement) => match statement.as_ref() {
            SqlStatement::Query(query) => Some(query),
            _other => None,
        },
        _other => None,
    }
}

pub(crate) fn denied(code: Code, message: String, help: &str) -> Refusal {
    let mut denial = Denial::new(code, message);
    denial.help = Some(help.to_owned());
    Refusal::Denied(Box::new(denial))
}
