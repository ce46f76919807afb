//! The world of four banks: generated ledgers, the banks' policies, the views they agreed on.

use std::path::Path;

use crate::{Error, aml, files};

mod record;

pub use crate::aml::{Options, Summary};
pub use record::{Counts, Record};

const BANKS: [&str; 4] = ["bank_a", "bank_b", "bank_c", "bank_d"];

/// Policies of every bank; `{others}` stands for the other banks.
const POLICIES: [(&str, &str); 3] = [
    (
        "transactions",
        include_str!("../four-banks/policies/transactions.policy.toml"),
    ),
    (
        "accounts",
        include_str!("../four-banks/policies/accounts.policy.toml"),
    ),
    (
        "flagged",
        include_str!("../four-banks/policies/flagged.policy.toml"),
    ),
];

/// Texts that every bank has approved, beside its policies.
const APPROVED: [(&str, &str); 1] = [(
    "benford",
    include_str!("../four-banks/approved/benford.sql"),
)];

/// Files that are the same in every world of four banks.
const FILES: [(&str, &str); 7] = [
    (
        "collaboration.toml",
        include_str!("../four-banks/collaboration.toml"),
    ),
    (
        "ref/country_risk.policy.toml",
        include_str!("../four-banks/policies/country_risk.policy.toml"),
    ),
    (
        "views/payments.sql",
        include_str!("../four-banks/views/payments.sql"),
    ),
    (
        "views/accounts.sql",
        include_str!("../four-banks/views/accounts.sql"),
    ),
    (
        "views/flagged.sql",
        include_str!("../four-banks/views/flagged.sql"),
    ),
    ("README.md", include_str!("../four-banks/README.md")),
    (".gitignore", "/.subrosa/\n"),
];

/// Questions, with what each shows in its first line.
pub const QUESTIONS: [(&str, &str); 13] = [
    (
        "scatter_gather",
        include_str!("../four-banks/questions/scatter_gather.sql"),
    ),
    (
        "round_trips",
        include_str!("../four-banks/questions/round_trips.sql"),
    ),
    (
        "structuring",
        include_str!("../four-banks/questions/structuring.sql"),
    ),
    (
        "shared_device",
        include_str!("../four-banks/questions/shared_device.sql"),
    ),
    (
        "gateways",
        include_str!("../four-banks/questions/gateways.sql"),
    ),
    ("fan_in", include_str!("../four-banks/questions/fan_in.sql")),
    (
        "pass_through",
        include_str!("../four-banks/questions/pass_through.sql"),
    ),
    (
        "bipartite",
        include_str!("../four-banks/questions/bipartite.sql"),
    ),
    (
        "flag_overlap",
        include_str!("../four-banks/questions/flag_overlap.sql"),
    ),
    (
        "refused_names",
        include_str!("../four-banks/questions/refused_names.sql"),
    ),
    (
        "refused_amounts",
        include_str!("../four-banks/questions/refused_amounts.sql"),
    ),
    (
        "refused_rows",
        include_str!("../four-banks/questions/refused_rows.sql"),
    ),
    (
        "refused_hidden",
        include_str!("../four-banks/questions/refused_hidden.sql"),
    ),
];

/// What to look for in clear data, to measure how many planted schemes a question finds: plain SQL over `payments`, `accounts` and
/// `flagged`. The first line names the typology and the roles whose accounts it must find.
pub const RECALL: [(&str, &str); 6] = [
    (
        "scatter_gather",
        include_str!("../four-banks/recall/scatter_gather.sql"),
    ),
    (
        "structuring",
        include_str!("../four-banks/recall/structuring.sql"),
    ),
    (
        "shared_device",
        include_str!("../four-banks/recall/shared_device.sql"),
    ),
    (
        "pass_through",
        include_str!("../four-banks/recall/pass_through.sql"),
    ),
    (
        "bipartite",
        include_str!("../four-banks/recall/bipartite.sql"),
    ),
    (
        "flag_overlap",
        include_str!("../four-banks/recall/flag_overlap.sql"),
    ),
];

/// Writes the whole world: data, policies, views, questions, and [`Record`]; `collaboration.toml` last.
///
/// # Errors
/// As [`aml::generate`].
pub fn write_world(
    dir: &Path,
    options: &Options,
    progress: &dyn Fn(u64),
) -> Result<Summary, Error> {
    Record::begin(dir, options)?;
    let summary = aml::generate(dir, options, progress)?;
    for bank in BANKS {
        let others: Vec<String> = BANKS
            .iter()
            .filter(|other| **other != bank)
            .map(|other| format!("\"{other}\""))
            .collect();
        for (table, policy) in POLICIES {
            let text = policy.replace("{others}", &others.join(", "));
            files::text(&dir.join(bank).join(format!("{table}.policy.toml")), &text)?;
        }
        for (name, sql) in APPROVED {
            files::text(&dir.join(bank).join(format!("approved/{name}.sql")), sql)?;
        }
    }
    for (name, sql) in QUESTIONS {
        files::text(&dir.join("questions").join(format!("{name}.sql")), sql)?;
    }
    for (name, sql) in RECALL {
        files::text(&dir.join("truth").join(format!("{name}.sql")), sql)?;
    }
    Record::end(dir, options, &summary)?;
    for (name, text) in FILES.iter().rev() {
        files::text(&dir.join(name), text)?;
    }
    Ok(summary)
}
