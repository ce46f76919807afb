//! What a world was made with and how large it became, in a file beside it: whoever finds the folder later need not guess.

use std::path::Path;

use super::{Options, Summary};
use crate::{Error, files};

const FILE: &str = "generated.toml";
const GENERATOR: &str = "xbank-aml/1";

/// The record of a generated world.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What it was made with.
    pub options: Options,
    /// Payments, accounts, planted schemes; `None` while it is being made, or if that was cut short.
    pub made: Option<Counts>,
}

/// How large a world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Payments.
    pub payments: u64,
    /// Accounts at the banks.
    pub accounts: u64,
    /// Planted schemes.
    pub patterns: u64,
}

impl Record {
    /// The record of a folder; `None` if this generator did not make it.
    #[must_use]
    pub fn read(dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(dir.join(FILE)).ok()?;
        let table: toml::Table = text.parse().ok()?;
        if table.get("generator")?.as_str()? != GENERATOR {
            return None;
        }
        let whole = |name: &str| u64::try_from(table.get(name)?.as_integer()?).ok();
        let patterns = whole("patterns_of_each_kind").and_then(|n| u32::try_from(n).ok());
        let counts = || {
            Some(Counts {
                payments: whole("payments")?,
                accounts: whole("accounts")?,
                patterns: whole("patterns")?,
            })
        };
        Some(Self {
            options: Options {
                scale: table.get("scale")?.as_float()?,
                seed: whole("seed")?,
                patterns,
            },
            made: counts(),
        })
    }

    /// Marks a folder as one of a world that is being made.
    pub(super) fn begin(dir: &Path, options: &Options) -> Result<(), Error> {
        files::text(&dir.join(FILE), &head(options))
    }

    /// Completes the record.
    pub(super) fn end(dir: &Path, options: &Options, summary: &Summary) -> Result<(), Error> {
        let text = format!(
            "{}payments = {}\naccounts = {}\npatterns = {}\n",
            head(options),
            summary.payments,
            summary.accounts,
            summary.patterns
        );
        files::text(&dir.join(FILE), &text)
    }
}

fn head(options: &Options) -> String {
    let patterns = options
        .patterns
        .map_or_else(String::new, |n| format!("patterns_of_each_kind = {n}\n"));
    format!(
        "# Made data; describes nobody. Written by `subrosa generate aml`.\ngenerator = \"{GENERATOR}\"\nscale = {:?}\nseed = {}\n{patterns}",
        options.scale, options.seed
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_recognised_and_others_are_not() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Record::read(dir.path()), None);
        let options = Options {
            scale: 0.01,
            seed: 42,
            patterns: Some(3),
        };
        Record::begin(dir.path(), &options).unwrap();
        let begun = Record::read(dir.path()).unwrap();
        assert_eq!((&begun.options, begun.made), (&options, None));
        let summary = crate::four_banks::write_world(dir.path(), &options, &|_| {}).unwrap();
        let made = Record::read(dir.path()).unwrap().made.unwrap();
        assert_eq!(
            (made.payments, made.accounts, made.patterns),
            (summary.payments, 250, 54)
        );
        std::fs::write(dir.path().join(FILE), "generator = \"other\"\n").unwrap();
        assert_eq!(Record::read(dir.path()), None);
    }
}
