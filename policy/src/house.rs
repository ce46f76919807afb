//! House rules: what an organisation writes once, and every policy that extends them may only narrow.
//!
//! What a policy leaves unwritten it has from the house rules, where these say something; what it writes must be
//! as narrow or narrower, or it is an error at both places. Rules that say nothing of a matter bound nothing. House
//! rules may extend others: a subsidiary's a group's.

mod approvals;
mod inherit;
mod narrower;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::document::{Access, Budget, Disclosure, Placed, PolicyDocument, PolicySource};
use crate::parse::dp_misfits;
use crate::problem::{Problem, sorted};
use narrower::Compared;

/// Most files that stand above a policy.
pub const DEEPEST: usize = 4;

/// One file of house rules, as written or with those that it extends read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseRules {
    /// The file.
    pub source: PolicySource,
    /// SHA-256 of the file's bytes, with those of what it extends.
    pub digest: [u8; 32],
    /// House rules that these narrow.
    pub extends: Option<Placed<String>>,
    /// Who may ask.
    pub access: Access,
    /// Thresholds.
    pub disclosure: Disclosure,
    /// What approved questions may have in spite of the thresholds.
    pub granted: Granted,
}

/// `[approve]` of house rules: a policy's own approvals may have this, written or not, and no more than is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Granted {
    /// Whether numbers may carry no noise.
    pub exact: Option<Placed<bool>>,
    /// Whether earlier answers may be left out of account.
    pub history_off: Option<Placed<bool>>,
    /// Most runs.
    pub runs: Option<Placed<Budget>>,
}

impl HouseRules {
    /// These rules under those that they extend.
    ///
    /// # Errors
    /// Everything that they would widen.
    pub fn under(mut self, house: &Self) -> Result<Self, Vec<Problem>> {
        let mut compared = Compared::new(&self.source, house);
        compared.access(&self.access);
        compared.disclosure(&self.disclosure);
        compared.granted(&self.granted);
        compared.all_read();
        let problems = compared.problems;
        if !problems.is_empty() {
            return Err(sorted(problems));
        }
        self.digest = joined(&self.digest, &house.digest);
        inherit::access(&self.source, &mut self.access, &house.access);
        inherit::disclosure(&self.source, &mut self.disclosure, &house.disclosure);
        inherit::granted(&self.source, &mut self.granted, &house.granted);
        self.source.house = Some(Arc::new(house.source.clone()));
        Ok(self)
    }
}

impl PolicyDocument {
    /// This policy under the house rules that it extends: with what they say and it does not.
    ///
    /// # Errors
    /// Everything that it would widen.
    pub fn under(mut self, house: &HouseRules) -> Result<Self, Vec<Problem>> {
        let mut compared = Compared::new(&self.source, house);
        compared.access(&self.access);
        compared.disclosure(&self.disclosure);
        compared.approvals(&self.approve);
        compared.all_read();
        let mut problems = compared.problems;
        let silent = self
            .disclosure
            .is_default(&self.disclosure.min_contributors);
        self.digest = joined(&self.digest, &house.digest);
        self.least = house.least();
        inherit::access(&self.source, &mut self.access, &house.access);
        inherit::disclosure(&self.source, &mut self.disclosure, &house.disclosure);
        self.source.house = Some(Arc::new(house.source.clone()));
        problems.extend(dp_misfits(&self));
        if silent && self.is_public() {
            problems.push(unwillingly_public(&self));
        }
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(sorted(problems))
        }
    }
}

/// Nobody's secret is only what its own policy says is.
fn unwillingly_public(document: &PolicyDocument) -> Problem {
    let k = &document.disclosure.min_contributors;
    let at = document
        .extends
        .as_ref()
        .map_or(0..0, |extends| extends.span.clone());
    let message = format!(
        "`{}` has no unit, and would be public by the k of its house rules{}",
        document.table.value,
        document.source.whence(&k.span)
    );
    let help = "give the column that says whom a row is about `unit = \"person\"`, or write `min_contributors = 1` into this policy too";
    Problem::error(&document.source, &at, message).with_help(help)
}

/// The digest of a file that extends another; no file's own digest is one of these.
fn joined(own: &[u8; 32], house: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    // TOML has no NUL
    hasher.update(b"subrosa extends v1\0");
    hasher.update(own);
    hasher.update(house);
    hasher.finalize().into()
}
