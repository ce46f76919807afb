//! The policies of the fixture's tables.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};

const ACCOUNTS: &str = include_str!("../../data/attacks/accounts.policy.toml");
const TRANSACTIONS: &str = include_str!("../../data/attacks/transactions.policy.toml");

/// The bank's row filter: these rows do not exist.
const ROWS: &str = "\n[rows]\nwhere = \"risk IS NULL OR risk <> 'vip'\"\n";

/// The largest bound that a policy can write.
const MOST: i64 = 999_999_999_999_999_999;

/// What the banks' policies owe beside k = 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// Nothing: as the catalogue's policy `base` with history and noise off.
    Thresholds,
    /// The p% rule at this percentage.
    Dominance(u8),
    /// Earlier answers are remembered; numbers are exact.
    History,
    /// What a policy owes where nothing is written.
    Default,
    /// Differential privacy for persons.
    Private,
}

/// Little is spent by a question, so that noise is wide.
const PRIVATE: &str = "mode = \"dp\"\n[disclosure.dp]\nunit = \"person\"\nepsilon = 0.001\ntotal_epsilon = 0.01\n\
    delta = 1e-6\nmax_groups = 4\nmax_rows = 20\n";

impl Disclosure {
    /// A policy that owes this.
    fn put_into(self, text: &str) -> String {
        let off = ["jitter = false", "history = \"off\"", "noise = \"off\""];
        let on = ["jitter = true", "history = \"snap\"", "noise = \"sticky\""];
        let chosen: &[usize] = match self {
            Self::Thresholds | Self::Dominance(_) | Self::Private => &[],
            Self::History => &[1],
            Self::Default => &[0, 1, 2],
        };
        let put = |text: String, at: &usize| text.replace(off[*at], on[*at]);
        chosen.iter().fold(text.to_owned(), put)
    }
}

fn bank(template: &str, person: &str, rows: &str, disclosure: Disclosure) -> String {
    let more = match disclosure {
        Disclosure::Thresholds | Disclosure::History | Disclosure::Default => String::new(),
        Disclosure::Private => PRIVATE.to_owned(),
        Disclosure::Dominance(percent) => format!("dominance = {percent}\n"),
    };
    let text = template.lines().filter(|line| !line.starts_with('#'));
    let text = text.collect::<Vec<_>>().join("\n") + "\n";
    let text = disclosure.put_into(&text);
    text.replace("@PERSON@", person)
        .replace("@DISCLOSURE@\n", &more)
        .replace("@ROWS@\n", rows)
}

/// A bank's policies for `accounts` and `transactions`; only bank A filters rows.
pub(super) fn of_bank(letter: char, disclosure: Disclosure) -> [(&'static str, String); 2] {
    let person = format!("{letter}_person");
    let rows = if letter == 'a' { ROWS } else { "\n" };
    [
        ("accounts", bank(ACCOUNTS, &person, rows, disclosure)),
        ("transactions", bank(TRANSACTIONS, &person, "", disclosure)),
    ]
}

/// The attacker's policy for a table of its own: everything is allowed, its first column is a unit.
pub(super) fn of_attacker(table: &str, rows: &RecordBatch) -> String {
    let mut text = format!(
        "policy = 1\ntable = \"{table}\"\n\n[disclosure]\nmin_contributors = 2\njitter = false\n\
         history = \"off\"\nnoise = \"off\"\n\n[joins.iban]\nwith = [\"bank_a\", \"bank_b\"]\n\
         many = [\"bank_a\", \"bank_b\"]\n\n[columns]\n"
    );
    for (index, field) in rows.schema().fields().iter().enumerate() {
        let values = rows.column(index);
        let mut uses = Vec::new();
        if index == 0 {
            uses.push("unit = \"target\"".to_owned());
        }
        if field.name() == "iban_hash" {
            uses.push("join = \"iban\"".to_owned());
            if is_unique(values) {
                uses.push("unique = true".to_owned());
            }
        } else {
            uses.push("dimension = true, filter = true".to_owned());
            uses.extend(measure(values));
        }
        text.push_str(&format!("{} = {{ {} }}\n", field.name(), uses.join(", ")));
    }
    text
}

fn is_unique(values: &ArrayRef) -> bool {
    let texts = values.as_string::<i32>();
    let distinct: std::collections::BTreeSet<_> = texts.iter().collect();
    distinct.len() == values.len()
}

fn measure(values: &ArrayRef) -> Option<String> {
    if values.data_type() != &DataType::Int64 {
        return None;
    }
    let most = values.as_primitive::<Int64Type>().iter().flatten().max()?;
    Some(format!("measure = [0, {}]", most.min(MOST)))
}
