//! `policy draft`: a first policy from a schema, for its owner to read, change and sign.
//!
//! Names and types say what a column probably is. What is not recognised stays hidden, and what is
//! guessed says so in a comment: a draft errs by granting too little.

mod candidates;
mod grant;
mod narrower;
mod needed;
mod reading;
mod role;

use std::fmt::Write;

pub use candidates::Subject;
pub(crate) use grant::filter_written;
pub use grant::values;
pub use needed::{Granted, Proposal, Texts, Verdict, Wanted, propose};
pub use reading::{ColumnRef, Reading};

use crate::ident::{PartyId, TableName};
use crate::resolve::{ColumnKind, ColumnShape};
use role::Role;

/// What a draft is made from.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'d> {
    /// The table.
    pub table: &'d TableName,
    /// Its columns.
    pub columns: &'d [ColumnShape],
    /// The other parties of the contract, who might be let link on keys.
    pub others: &'d [PartyId],
}

const HEAD: &str = "\
# A first draft, made from names and types alone: read every line before you sign it.
# What a column may be used for is written here; a column that is not listed is hidden.
";

const DISCLOSURE: &str = "\
[disclosure]
min_contributors = 10   # groups with fewer people than this are left out
# The next three are off, so that values are exact. Then whoever asks many questions can narrow people down:
# let only those ask whom you trust, or switch them on.
jitter = false          # true: blurs the threshold
history = \"off\"         # \"snap\": little changes are not shown
noise = \"off\"           # \"sticky\": values are not exact
";

impl Draft<'_> {
    /// The text of the draft, as `policy fmt` has it.
    #[must_use]
    pub fn text(&self) -> String {
        let written = self.written();
        crate::format::format("draft", &written).unwrap_or(written)
    }

    fn written(&self) -> String {
        let roles = role::all(self.columns);
        let mut out = String::from(HEAD);
        // writing to a String cannot fail
        let _ = write!(out, "policy = 1\ntable = \"{}\"\n\n", self.table);
        if roles.iter().any(|(_, role)| matches!(role, Role::Unit(..))) {
            out.push_str(DISCLOSURE);
        } else {
            out.push_str(
                "# TODO no column was recognised as saying whom a row is about: give one `unit`,\n",
            );
            out.push_str("# such as { unit = \"person\" }, or write `min_contributors = 1` if the table is public.\n");
            out.push_str(DISCLOSURE);
        }
        self.joins(&roles, &mut out);
        out.push_str("\n[columns]\n");
        for (column, role) in &roles {
            line(column, role, &mut out);
        }
        out
    }

    /// Consents are the owner's to give: proposed in comments.
    fn joins(&self, roles: &[(&ColumnShape, Role)], out: &mut String) {
        let mut domains: Vec<&str> = roles.iter().filter_map(|(_, role)| role.domain()).collect();
        domains.sort_unstable();
        domains.dedup();
        if domains.is_empty() {
            return;
        }
        let others: Vec<String> = self
            .others
            .iter()
            .map(|party| format!("\"{party}\""))
            .collect();
        out.push_str(
            "\n# Consent to link rows with other parties on a key; without it nobody may.\n",
        );
        for domain in domains {
            let _ = write!(
                out,
                "# [joins.{domain}]\n# with = [{}]\n",
                others.join(", ")
            );
        }
    }
}

fn line(column: &ColumnShape, role: &Role, out: &mut String) {
    let (grants, remark) = role.written(column.kind);
    let name = &column.name;
    let key = grant::key_of(name);
    let remark = if remark.is_empty() {
        String::new()
    } else {
        format!("  # {remark}")
    };
    if name.contains('*') {
        // a name with a star would be read as a pattern
        let _ = writeln!(out, "# {key} cannot be named here: it stays hidden");
    } else {
        let _ = writeln!(out, "{key} = {{ {grants} }}{remark}");
    }
}

/// Whether a kind holds numbers.
fn is_number(kind: ColumnKind) -> bool {
    match kind {
        ColumnKind::Integer | ColumnKind::Decimal | ColumnKind::Float => true,
        ColumnKind::Text
        | ColumnKind::Bool
        | ColumnKind::Date
        | ColumnKind::Timestamp
        | ColumnKind::Other => false,
    }
}

#[cfg(test)]
mod tests;
