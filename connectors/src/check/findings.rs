//! What the data turned out to be, in words with counts of rows.

use std::collections::BTreeMap;

use crate::words::{count, share};

/// A measure against its bounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Clamped {
    /// Values.
    pub values: u64,
    /// Values outside the bounds.
    pub outside: u64,
    /// Sum of magnitudes, as it is.
    pub total: f64,
    /// Sum of magnitudes, clamped.
    pub kept: f64,
}

/// A condition of `[[rows.only]]`, and what it makes of the sealed rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restricted {
    /// As written.
    pub condition: String,
    /// Rows that it keeps.
    pub kept: u64,
    /// Rows on which it fails: it does not keep them.
    pub failed: u64,
}

impl Restricted {
    /// The same condition, and no row yet.
    pub(super) fn fresh(&self) -> Self {
        Self {
            condition: self.condition.clone(),
            ..Self::default()
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.kept = self.kept.saturating_add(other.kept);
        self.failed = self.failed.saturating_add(other.failed);
    }

    fn in_words(&self, all: u64) -> String {
        let (condition, kept) = (&self.condition, self.kept);
        let said = format!("`[[rows.only]]` with {condition} keeps {kept} of {all} rows");
        if self.failed == 0 {
            return said;
        }
        let failed = count(self.failed, "row");
        format!("{said}; it fails on {failed}, which nobody sees whom it restricts")
    }
}

/// What the data turned out to be.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// Rows that are sealed.
    pub rows: u64,
    /// Rows that `[rows] where` leaves out.
    pub filtered: u64,
    /// Rows left out because they are about nobody: no unit of theirs names an entity.
    pub without_unit: u64,
    /// Sealed rows for which a unit column names nobody, by column.
    pub nobody: BTreeMap<String, u64>,
    /// What restricts the rows for some parties.
    pub restricted: Vec<Restricted>,
    /// Declared keys that have no duplicates.
    pub unique: Vec<Vec<String>>,
    /// Declared keys with how many rows repeat an earlier one.
    pub duplicates: Vec<(Vec<String>, u64)>,
    /// Most rows that share one value, by unit and key column.
    pub most_rows: BTreeMap<String, u64>,
    /// Values outside their `measure` bounds, by column.
    pub clamped: BTreeMap<String, Clamped>,
    /// Float measures that are no decimal, by column: they are sealed as NULL.
    pub inexact: BTreeMap<String, u64>,
    /// Rows on which the expression of a derived column fails, by column.
    pub failed: BTreeMap<String, u64>,
    /// Rows whose key is not in the table that a derived column is looked up in, by column.
    pub not_found: BTreeMap<String, u64>,
    /// Values that do not fit the type that their column is sealed as, by column.
    pub misfits: BTreeMap<String, u64>,
}

impl Findings {
    /// What contradicts the policy, in words with counts of rows.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let duplicates = self.duplicates.iter().map(|(key, rows)| {
            let key = key.join(", ");
            let (rows, verb) = (count(*rows, "row"), verb(*rows, "repeat"));
            format!("`{key}` is declared unique, but {rows} {verb} an earlier value")
        });
        let misfits = self.misfits.iter().map(|(column, values)| {
            let (values, verb) = (count(*values, "value"), verb(*values, "lie"));
            format!("`{column}`: {values} {verb} beyond what its type can be sealed as")
        });
        duplicates.chain(misfits).collect()
    }

    /// What its owner should know, in words with counts of rows.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.filtered > 0 {
            let (rows, verb) = (count(self.filtered, "row"), is_are(self.filtered));
            remarks.push(format!("{rows} {verb} left out by `[rows] where`"));
        }
        if self.without_unit > 0 {
            let (rows, verb) = (count(self.without_unit, "row"), is_are(self.without_unit));
            remarks.push(format!(
                "{rows} {verb} about nobody (no unit has a value) and left out"
            ));
        }
        let restricted = self.restricted.iter();
        remarks.extend(restricted.map(|only| only.in_words(self.rows)));
        for (column, rows) in self.nobody.iter().filter(|(_, rows)| **rows > 0) {
            let (rows, verb, all) = (count(*rows, "row"), is_are(*rows), self.rows);
            remarks.push(format!(
                "`{column}`: {rows} of {all} {verb} without a value and count for nobody there"
            ));
        }
        for (column, rows) in &self.failed {
            let (rows, verb) = (count(*rows, "row"), has_have(*rows));
            remarks.push(format!(
                "`{column}`: {rows} {verb} no value, since its expression fails there"
            ));
        }
        for (column, rows) in &self.not_found {
            let (rows, verb) = (count(*rows, "row"), has_have(*rows));
            remarks.push(format!(
                "`{column}`: {rows} {verb} no value, since their key is not in the other table"
            ));
        }
        for (column, values) in self.inexact.iter().filter(|(_, values)| **values > 0) {
            let (values, verb) = (count(*values, "value"), is_are(*values));
            remarks.push(format!(
                "`{column}`: {values} {verb} no exact number (NaN, infinite or too large) and sealed as NULL"
            ));
        }
        let clamped = self.clamped.iter().filter(|(_, found)| found.outside > 0);
        remarks.extend(clamped.map(|(column, found)| clamp(column, found)));
        remarks
    }
}

fn clamp(column: &str, found: &Clamped) -> String {
    let Clamped {
        values,
        outside,
        total,
        kept,
    } = found;
    let part = share(*outside, *values);
    let said = format!(
        "`{column}`: {outside} of {values} values ({part}) lie outside `measure` and will be clamped"
    );
    let lost = 100.0 * (total - kept) / total;
    if lost.is_finite() && lost >= 0.05 {
        format!("{said}, which loses {lost:.1} % of the sum")
    } else {
        said
    }
}

fn is_are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

fn has_have(number: u64) -> &'static str {
    if number == 1 { "has" } else { "have" }
}

/// `repeats` of one, `repeat` of many.
fn verb(number: u64, plural: &str) -> String {
    if number == 1 {
        format!("{plural}s")
    } else {
        plural.to_owned()
    }
}
