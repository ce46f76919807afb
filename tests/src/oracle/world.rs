//! Worlds: parties, their tables, and what their policies say, as far as the oracle needs to know.

use std::collections::BTreeSet;

use super::value::{Kind, Value};

/// To what fineness something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grain {
    /// As it stands.
    Any,
    /// Multiples of a whole number.
    Step(i64),
    /// Whole days.
    Day,
    /// Whole months.
    Month,
}

/// A column and its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Nobody else sees it.
    pub hidden: bool,
    /// It names an entity of this space.
    pub unit: Option<&'static str>,
    /// It links rows in this domain.
    pub join: Option<&'static str>,
    /// Values that are nobody.
    pub absent: Vec<String>,
    /// As a key of what leaves.
    pub dimension: Option<Grain>,
    /// In predicates.
    pub filter: Option<Grain>,
    /// May be compared with the same column of all others.
    pub compare: bool,
    /// In aggregates, clamped to these bounds.
    pub measure: Option<(i64, i64)>,
}

impl Column {
    /// A column that no rule names.
    #[must_use]
    pub fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            hidden: false,
            unit: None,
            join: None,
            absent: Vec::new(),
            dimension: None,
            filter: None,
            compare: false,
            measure: None,
        }
    }
}

/// A table, its policy, and its rows as they lie at the owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The number of its owner.
    pub party: usize,
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a value a column.
    pub rows: Vec<Vec<Value>>,
    /// The least number of entities.
    pub k: usize,
    /// The column that holds no value twice.
    pub unique: Option<usize>,
    /// Parties that may link with it.
    pub with: BTreeSet<usize>,
    /// Parties whose side may hold a key several times.
    pub many: BTreeSet<usize>,
    /// Parties whose names may stand for many of its people.
    pub crowds: BTreeSet<usize>,
    /// Unmatched rows may be asked for.
    pub negation: bool,
    /// Parties whose entities count together with its own.
    pub pool: BTreeSet<usize>,
    /// Its owner asks it freely.
    pub own: bool,
    /// Rows with this text in this column do not exist.
    pub gone: Option<(usize, String)>,
    /// They do not exist for the asker alone.
    pub kept_away: bool,
}

/// Parties and tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// Names of the parties.
    pub parties: Vec<String>,
    /// All tables.
    pub tables: Vec<Table>,
    /// Who asks, and receives.
    pub asker: usize,
    /// What its owners ask for besides.
    pub owed: Owed,
}

/// What is owed besides support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// Nothing: answers are exact, whatever was told before.
    Nothing,
    /// Earlier answers stand.
    History,
    /// Jitter, history and noise, as policies owe them that say nothing of it.
    Everything,
}

impl Table {
    /// The positions of the columns that others see.
    pub fn visible(&self) -> impl Iterator<Item = usize> {
        let columns = self.columns.iter().enumerate();
        columns
            .filter(|(_, column)| !column.hidden)
            .map(|(at, _)| at)
    }

    /// The entity that a unit column of a row names; none if it is nobody.
    #[must_use]
    pub fn entity(&self, row: &[Value], column: usize) -> Option<String> {
        self.columns[column].unit?;
        match &row[column] {
            Value::Text(id) if !self.columns[column].absent.contains(id) => Some(id.clone()),
            _ => None,
        }
    }

    /// Whether an identifier of a row is one of those that are nobody.
    #[must_use]
    pub fn is_nobody(&self, row: &[Value], column: usize) -> bool {
        matches!(&row[column], Value::Text(id) if self.columns[column].absent.contains(id))
    }

    /// Whether a row exists: its owner has not filtered it away, and it is about somebody.
    #[must_use]
    pub fn exists(&self, row: &[Value]) -> bool {
        let gone = self.gone.as_ref();
        let kept = gone.is_none_or(|(column, text)| row[*column] != Value::Text(text.clone()));
        kept && (0..row.len()).any(|column| self.entity(row, column).is_some())
    }
}

impl World {
    /// `party.table`.
    #[must_use]
    pub fn full_name(&self, table: usize) -> String {
        let table = &self.tables[table];
        format!("{}.{}", self.parties[table.party], table.name)
    }

    /// The same world with other rows.
    #[must_use]
    pub fn with_rows(&self, change: impl Fn(&Table) -> Vec<Vec<Value>>) -> Self {
        let mut world = self.clone();
        for table in &mut world.tables {
            table.rows = change(table);
        }
        world
    }
}

impl World {
    /// Parties that name each other form a class, in the order of their numbers.
    #[must_use]
    pub fn classes(&self) -> Vec<BTreeSet<usize>> {
        let names = |one: usize, other: usize| {
            let own: Vec<_> = self
                .tables
                .iter()
                .filter(|table| table.party == one)
                .collect();
            !own.is_empty() && own.iter().all(|table| table.pool.contains(&other))
        };
        let mut classes: Vec<BTreeSet<usize>> = Vec::new();
        for party in 0..self.parties.len() {
            let fits = |class: &&mut BTreeSet<usize>| {
                class
                    .iter()
                    .all(|member| names(*member, party) && names(party, *member))
            };
            match classes.iter_mut().find(fits) {
                Some(class) => _ = class.insert(party),
                None => classes.push(BTreeSet::from([party])),
            }
        }
        classes
    }

    /// Whether rows of a party's people may be parted by names that some of these parties gave.
    #[must_use]
    pub fn accepts(&self, party: usize, names: &BTreeSet<usize>) -> bool {
        let own = self.tables.iter().filter(|table| table.party == party);
        let trusts = |name: &usize| own.clone().all(|table| table.crowds.contains(name));
        names.contains(&party) || names.iter().any(trusts)
    }
}
