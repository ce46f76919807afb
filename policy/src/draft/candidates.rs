//! Everything that a question could need of its tables, before any of it is left out again.
//!
//! A key is opaque, so that a column is offered either as a key or as a value, never as both. Which it
//! is, names and the question suggest; where they leave it open, each is tried.

use std::collections::{BTreeMap, BTreeSet};

use super::grant::{Grant, What};
use super::reading::{ColumnRef, Reading};
use super::role::{self, Role};
use crate::capability::{Filter, Grain};
use crate::ident::{KeyDomain, PartyId, TableRef, UnitSpace};
use crate::resolve::{ColumnKind, ColumnShape};

/// A table whose policy is drafted.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The table.
    pub table: TableRef,
    /// Its columns, with the derived ones.
    pub columns: Vec<ColumnShape>,
    /// How derived columns are made, as the policy language writes it: `sql = "…"`.
    pub derived: BTreeMap<String, String>,
    /// Values of its columns that are nobody, as the policy language writes them: a fact, and no grant.
    pub absent: BTreeMap<String, String>,
}

/// What is taken for a key where neither names nor the question say it clearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Columns that name a row are keys, and those set equal are values.
    Names,
    /// Both are keys.
    Keys,
    /// Neither is.
    Values,
}

/// In the order of trying: what grants the least comes first.
pub(super) const DOUBTS: [Doubt; 3] = [Doubt::Names, Doubt::Keys, Doubt::Values];

/// The most ways of choosing whom rows are about that are tried.
const MOST_CHOICES: usize = 48;

/// What a draft is about.
pub(super) struct Candidates<'c> {
    subjects: &'c [Subject],
    reading: &'c Reading,
    roles: BTreeMap<ColumnRef, (ColumnKind, Role)>,
}

/// For every table the columns that say whom its rows are about.
pub(super) type Choice = BTreeMap<TableRef, BTreeSet<String>>;

impl<'c> Candidates<'c> {
    pub(super) fn new(subjects: &'c [Subject], reading: &'c Reading) -> Self {
        let mut roles = BTreeMap::new();
        for subject in subjects {
            for (shape, role) in role::all(&subject.columns) {
                let column = ColumnRef {
                    table: subject.table.clone(),
                    column: shape.name.clone(),
                };
                roles.insert(column, (shape.kind, role));
            }
        }
        Self {
            subjects,
            reading,
            roles,
        }
    }

    /// Ways of choosing whom the rows of each table are about, the likeliest first: a column of one name
    /// in every table that has it, then all likely ones that the question reads, then any of each.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let likely: Vec<(&TableRef, Vec<String>)> = self
            .subjects
            .iter()
            .map(|subject| (&subject.table, self.likely_units(subject)))
            .collect();
        let longest = likely
            .iter()
            .map(|(_, names)| names.len())
            .max()
            .unwrap_or(0);
        let mut names: Vec<&String> = Vec::new();
        for rank in 0..longest {
            names.extend(likely.iter().filter_map(|(_, names)| names.get(rank)));
        }
        let mut choices: Vec<Choice> = Vec::new();
        let one = |name: &String| BTreeSet::from([name.clone()]);
        for name in names {
            let choice = likely.iter().filter_map(|(table, likely)| {
                let taken = likely
                    .iter()
                    .find(|known| *known == name)
                    .or(likely.first())?;
                Some(((*table).clone(), one(taken)))
            });
            add(&mut choices, choice.collect());
        }
        add(&mut choices, self.all_read(&likely));
        for choice in product(&likely) {
            add(&mut choices, choice);
        }
        choices.truncate(MOST_CHOICES);
        choices
    }

    /// All columns that the question reads and whose names say whom a row is about; of a table of which
    /// it reads none, the likeliest.
    fn all_read(&self, likely: &[(&TableRef, Vec<String>)]) -> Choice {
        let says = |table: &TableRef, column: &String| {
            let column = ColumnRef {
                table: table.clone(),
                column: column.clone(),
            };
            let role = self.roles.get(&column).map(|(_, role)| role);
            self.reading.columns.contains(&column)
                && matches!(role, Some(Role::Unit(..) | Role::Key(_)))
        };
        let of = |table: &TableRef, names: &[String]| -> BTreeSet<String> {
            let all: BTreeSet<String> = names
                .iter()
                .filter(|name| says(table, name))
                .cloned()
                .collect();
            if all.is_empty() {
                names.first().cloned().into_iter().collect()
            } else {
                all
            }
        };
        likely
            .iter()
            .map(|(table, names)| ((*table).clone(), of(table, names)))
            .collect()
    }

    /// Columns that may say whom a row is about, the likeliest first.
    fn likely_units(&self, subject: &Subject) -> Vec<String> {
        let mine = self.roles.iter().filter(|(c, _)| c.table == subject.table);
        let mut likely: Vec<(u8, usize, &str)> = Vec::new();
        for (column, (kind, role)) in mine {
            let read = self.reading.columns.contains(column);
            let rank = match role {
                Role::Unit(..) if read => 0,
                Role::Key(_) if read => 1,
                Role::Unit(..) => 2,
                Role::Key(_) => 3,
                Role::Hidden(_) if identifies(*kind) && read && self.reading.links(column) => 4,
                Role::Hidden(_) if identifies(*kind) && read => 5,
                _ if identifies(*kind) && read && self.reading.links(column) => 6,
                _ => continue,
            };
            let place = subject.columns.iter().position(|s| s.name == column.column);
            likely.push((rank, place.unwrap_or(usize::MAX), &column.column));
        }
        likely.sort_unstable();
        likely
            .into_iter()
            .map(|(_, _, name)| name.to_owned())
            .collect()
    }

    /// All that could be granted where these say whom rows are about.
    pub(super) fn grants(&self, choice: &Choice, doubt: Doubt) -> Vec<Grant> {
        let mut grants = Vec::new();
        let classes = self.reading.classes();
        for subject in self.subjects {
            let add = &mut |what| {
                grants.push(Grant {
                    table: subject.table.clone(),
                    what,
                });
            };
            [What::Exact, What::Unremembered, What::Unjittered]
                .into_iter()
                .for_each(&mut *add);
            let units = choice.get(&subject.table);
            let others = self.others(subject);
            let mut domains = BTreeSet::new();
            for (column, (kind, role)) in
                self.roles.iter().filter(|(c, _)| c.table == subject.table)
            {
                let read = self.reading.columns.contains(column);
                let counted = units.is_some_and(|units| units.contains(&column.column));
                if !read && !counted {
                    continue;
                }
                add(What::Seen(column.column.clone()));
                let key = self.is_key(column, counted, doubt, choice, &classes);
                if counted && let Some(space) = self.space(column, &classes) {
                    add(What::Unit(column.column.clone(), space));
                }
                if key {
                    if let Some(domain) = self.domain(column, &classes) {
                        add(What::Key(column.column.clone(), domain.clone()));
                        domains.insert(domain);
                    }
                } else {
                    values(&column.column, *kind, *role, &others, add);
                }
            }
            for domain in domains {
                add(What::Negation(domain.clone()));
                for party in &others {
                    add(What::Many(domain.clone(), party.clone()));
                    add(What::Crowds(domain.clone(), party.clone()));
                    add(What::With(domain.clone(), party.clone()));
                }
            }
        }
        grants
    }

    fn others(&self, subject: &Subject) -> BTreeSet<PartyId> {
        let parties = self.subjects.iter().map(|other| &other.table.party);
        parties
            .filter(|party| **party != subject.table.party)
            .cloned()
            .collect()
    }

    /// Whether a column is offered as a key: it or one that it is linked with looks like one.
    fn is_key(
        &self,
        column: &ColumnRef,
        counted: bool,
        doubt: Doubt,
        choice: &Choice,
        classes: &BTreeMap<&ColumnRef, &ColumnRef>,
    ) -> bool {
        let looks = |column: &ColumnRef| match self.roles.get(column) {
            Some((kind, _)) if !identifies(*kind) => false,
            Some((_, Role::Unit(..) | Role::Key(_))) => true,
            Some((_, Role::Hidden(_))) => doubt != Doubt::Values,
            Some(_) => doubt == Doubt::Keys && self.reading.links(column),
            None => false,
        };
        let chosen = |column: &ColumnRef| {
            let units = choice.get(&column.table);
            units.is_some_and(|units| units.contains(&column.column))
        };
        let class = classes.get(column);
        let mates = classes.iter().filter(|(_, least)| Some(*least) == class);
        let mut mates = mates.map(|(mate, _)| *mate);
        counted || looks(column) || mates.any(|mate| looks(mate) || chosen(mate))
    }

    /// The word for what a column identifies: that of its role, or of one that it is linked with.
    fn word(&self, column: &ColumnRef, classes: &BTreeMap<&ColumnRef, &ColumnRef>) -> String {
        let domain =
            |column: &ColumnRef| self.roles.get(column).and_then(|(_, role)| role.domain());
        let class = classes.get(column).copied().unwrap_or(column);
        let mut mates = classes.iter().filter(|(_, least)| **least == class);
        let named = mates.find_map(|(mate, _)| domain(mate));
        named
            .or_else(|| domain(column))
            .map_or_else(|| lower_name(&class.column), ToOwned::to_owned)
    }

    fn domain(
        &self,
        column: &ColumnRef,
        classes: &BTreeMap<&ColumnRef, &ColumnRef>,
    ) -> Option<KeyDomain> {
        KeyDomain::new(self.word(column, classes)).ok()
    }

    fn space(
        &self,
        column: &ColumnRef,
        classes: &BTreeMap<&ColumnRef, &ColumnRef>,
    ) -> Option<UnitSpace> {
        UnitSpace::new(self.word(column, classes)).ok()
    }
}

fn add(choices: &mut Vec<Choice>, choice: Choice) {
    if !choices.contains(&choice) {
        choices.push(choice);
    }
}

/// One column of each table, in every combination, up to as many as are tried.
fn product(likely: &[(&TableRef, Vec<String>)]) -> Vec<Choice> {
    let mut all = vec![Choice::new()];
    for (table, names) in likely {
        let mut next = Vec::new();
        for choice in &all {
            for name in names {
                let mut choice = choice.clone();
                choice.insert((*table).clone(), BTreeSet::from([name.clone()]));
                next.push(choice);
            }
        }
        next.truncate(MOST_CHOICES);
        all = next;
    }
    all
}

/// What a column that is no key could be good for.
fn values(
    column: &str,
    kind: ColumnKind,
    role: Role,
    others: &BTreeSet<PartyId>,
    add: &mut dyn FnMut(What),
) {
    let name = || column.to_owned();
    match kind {
        ColumnKind::Other => return,
        ColumnKind::Integer | ColumnKind::Decimal | ColumnKind::Float | ColumnKind::Bool => {
            let bounds = match (kind, role) {
                (ColumnKind::Bool, _) => [0, 1],
                (_, Role::Age) => [0, 120],
                (_, _) => [0, 1_000_000],
            };
            add(What::Measure(name(), bounds));
        }
        ColumnKind::Text | ColumnKind::Date | ColumnKind::Timestamp => {}
    }
    add(What::Filter(name(), Filter::Grain(Grain::Any)));
    // what names one row or one human being is not offered as the name of a group
    if !matches!(role, Role::Hidden(_) | Role::Unit(..) | Role::Key(_)) {
        add(What::Dimension(name(), Grain::Any));
    }
    for party in others {
        add(What::Compare(name(), party.clone()));
    }
}

fn identifies(kind: ColumnKind) -> bool {
    match kind {
        ColumnKind::Text | ColumnKind::Integer => true,
        ColumnKind::Decimal
        | ColumnKind::Float
        | ColumnKind::Bool
        | ColumnKind::Date
        | ColumnKind::Timestamp
        | ColumnKind::Other => false,
    }
}

/// A column's name as a name of the policy language.
fn lower_name(column: &str) -> String {
    let lower = column.to_lowercase();
    let kept = lower
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    let name: String = kept.collect();
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name
    } else {
        format!("k_{name}")
    }
}
