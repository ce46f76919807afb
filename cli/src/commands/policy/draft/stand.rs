//! Tables of a world by their columns alone, on which drafted policies are tried.

use std::collections::BTreeMap;
use std::fmt::Write;

use connectors::Outline;
use engine::{Agreed, Judge, Refusal, visible_columns};
use policy::document::PolicyDocument;
use policy::draft::{Subject, Texts};
use policy::ident::{Principal, TableRef};
use policy::table::TablePolicy;

use crate::failure::{self, Failures};
use crate::world::Collaboration;

/// The tables of a world, and the policies of those that stay as they are.
pub(super) struct Stand {
    agreed: Agreed,
    outlines: BTreeMap<TableRef, Outline>,
    fixed: BTreeMap<TableRef, PolicyDocument>,
    known: BTreeMap<TableRef, Known>,
}

/// What a policy in force says of its table that is no grant, by column, in its own language.
#[derive(Default)]
struct Known {
    derived: BTreeMap<String, String>,
    absent: BTreeMap<String, String>,
}

impl Stand {
    /// Looks at the columns of every table, with those that its policy derives. A table that is public
    /// by its policy stays so.
    pub(super) fn of(world: &Collaboration) -> Result<Self, Failures> {
        let mut outlines = BTreeMap::new();
        let (mut fixed, mut known) = (BTreeMap::new(), BTreeMap::new());
        for (name, table) in &world.tables {
            let outline = Outline::open(&table.data, &table.types);
            let mut outline = outline.map_err(failure::of_connector)?;
            let text = std::fs::read_to_string(&table.policy).ok();
            let document = text.and_then(|t| PolicyDocument::parse(&table.policy_name, &t).ok());
            let extended = document.map(|d| crate::house::extended(d, &table.policy, None));
            let document = extended.transpose().map_err(failure::all)?;
            if let Some(document) = document {
                let others = world.others(&name.party);
                let made = outline.with_derived(&document, &others);
                outline = made.map_err(failure::of_connector)?;
                known.insert(name.clone(), Known::by(&document));
                if document.is_public() {
                    fixed.insert(name.clone(), document);
                }
            }
            outlines.insert(name.clone(), outline);
        }
        let analysts = world.parties.iter().flat_map(|(party, names)| {
            names.iter().map(|name| Principal {
                name: name.clone(),
                party: party.clone(),
            })
        });
        let agreed = Agreed {
            parties: world
                .parties
                .iter()
                .map(|(party, _)| party.clone())
                .collect(),
            principals: analysts.collect(),
            purposes: world.purposes.clone(),
            views: world.views.clone(),
        };
        Ok(Self {
            agreed,
            outlines,
            fixed,
            known,
        })
    }

    /// The tables whose policies are to be drafted.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        let open = self
            .outlines
            .iter()
            .filter(|(name, _)| !self.fixed.contains_key(name));
        open.map(|(table, outline)| Subject {
            table: table.clone(),
            columns: outline.shapes(),
            derived: self
                .known
                .get(table)
                .map(|k| k.derived.clone())
                .unwrap_or_default(),
            absent: self
                .known
                .get(table)
                .map(|k| k.absent.clone())
                .unwrap_or_default(),
        })
        .collect()
    }

    /// A judge under which every column of every table is there, and good for nothing.
    pub(super) fn bare(&self) -> Result<Judge, Refusal> {
        let texts: Texts = self
            .outlines
            .keys()
            .map(|name| {
                let table = &name.table;
                let mut text = format!("policy = 1\ntable = \"{table}\"\n[disclosure]\nmin_contributors = 1\n[columns]\n\"*\" = {{}}\n[derive]\n");
                for (column, made) in self.known.get(name).iter().flat_map(|k| &k.derived) {
                    // writing to a String cannot fail
                    let _ = writeln!(text, "{column:?} = {{ {made} }}");
                }
                (name.clone(), text)
            })
            .collect();
        self.judge(&texts)
    }

    /// A judge under these policies; tables without one are not there.
    pub(super) fn judge(&self, texts: &Texts) -> Result<Judge, Refusal> {
        let mut tables = BTreeMap::new();
        for (name, document) in &self.fixed {
            tables.insert(name.clone(), self.table(name, document)?);
        }
        for (name, text) in texts {
            let document = PolicyDocument::parse("draft", text).map_err(first)?;
            tables.insert(name.clone(), self.table(name, &document)?);
        }
        let mut agreed = self.agreed.clone();
        agreed.views.retain(|(_, sql)| {
            let read = policy::contract::View::tables_in(sql);
            read.is_ok_and(|read| read.iter().all(|table| tables.contains_key(table)))
        });
        Judge::new(&agreed, tables)
    }

    fn table(
        &self,
        name: &TableRef,
        document: &PolicyDocument,
    ) -> Result<(TablePolicy, arrow::datatypes::SchemaRef), Refusal> {
        let missing = || Refusal::invalid(format!("{name} has no data"));
        let outline = self.outlines.get(name).ok_or_else(missing)?;
        let sealed = outline
            .sealed(document)
            .map_err(|e| Refusal::invalid(e.to_string()))?;
        let shapes = outline.shapes();
        let declared = document.declared_unique(&shapes);
        let policy = TablePolicy::resolve(document, &name.party, &shapes, &declared);
        Ok((policy.map_err(first)?, visible_columns(&sealed, document)))
    }
}

impl Known {
    fn by(document: &PolicyDocument) -> Self {
        let derived = document.derive.iter();
        let absent = document.rules().filter(|rule| !rule.absent.is_empty());
        Self {
            derived: derived
                .map(|derived| (derived.name().to_owned(), derived.derivation.written()))
                .collect(),
            absent: absent
                .map(|rule| {
                    (
                        rule.pattern.value.clone(),
                        policy::draft::values(&rule.absent),
                    )
                })
                .collect(),
        }
    }
}

fn first(problems: Vec<policy::problem::Problem>) -> Refusal {
    let first = problems.into_iter().next();
    Refusal::invalid(first.map_or_else(String::new, |problem| problem.message))
}
