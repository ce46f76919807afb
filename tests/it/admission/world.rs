//! A world without data: policies, columns, and public figures.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use admit::cost::{Sizes, TableSize};
use admit::{Admitted, OwnList, Request};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use connectors::shape_of;
use engine::{Agreed, BoundPlan, Judge, Refusal};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};
use policy::table::TablePolicy;
use tokio::runtime::Runtime;
use toml::{Table, Value};

use super::record::Entry;

/// Policies in force, and whoever may ask.
pub(crate) struct World {
    judge: Judge,
    lists: BTreeMap<String, OwnList>,
    pub(crate) sizes: Sizes,
    runtime: Runtime,
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn map<T>(value: Option<&Value>, read: impl Fn(&Value) -> T) -> BTreeMap<String, T> {
    let entries = value.and_then(Value::as_table).into_iter().flatten();
    entries
        .map(|(name, value)| (name.clone(), read(value)))
        .collect()
}

fn number(value: &Value) -> u64 {
    value.as_integer().unwrap().try_into().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn table_ref(name: &str) -> TableRef {
    let (party, table) = name.split_once('.').unwrap();
    TableRef {
        party: PartyId::new(party).unwrap(),
        table: TableName::new(table).unwrap(),
    }
}

fn list((name, terms): (String, Table)) -> (String, OwnList) {
    let list = OwnList {
        name: name.clone(),
        table: TableName::new(text(&terms["table"])).unwrap(),
        others: number(&terms["others"]).try_into().unwrap(),
        rows: number(&terms["rows"]).try_into().unwrap(),
        confirm: map(terms.get("confirm"), text),
        called: terms["called"].as_bool().unwrap(),
    };
    (name, list)
}

fn size(table: &Table) -> TableSize {
    TableSize {
        rows: table.get("rows").map(number).unwrap_or_default(),
        most_rows: map(table.get("most_rows"), number),
        unique: texts(table.get("single")).into_iter().collect(),
    }
}

/// A table's policy in force, over the columns that questions see.
fn resolved(folder: &Path, name: &str, table: &Table) -> (TableRef, (TablePolicy, SchemaRef)) {
    let named = table_ref(name);
    let file = format!("{name}.policy.toml");
    let written = std::fs::read_to_string(folder.join(&file)).unwrap();
    let document = PolicyDocument::parse(&file, &written).unwrap();
    let columns = table["columns"].as_table().unwrap().iter();
    let fields = columns.map(|(name, kind)| {
        let kind: DataType = kind.as_str().unwrap().parse().unwrap();
        Field::new(name, kind, true)
    });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let shapes = schema.fields().iter().map(|field| shape_of(field));
    let keys = table.get("unique").and_then(Value::as_array);
    let unique: Vec<_> = keys
        .into_iter()
        .flatten()
        .map(|key| texts(Some(key)))
        .collect();
    let shapes: Vec<_> = shapes.collect();
    let policy = TablePolicy::resolve_sealed(&document, &named.party, &shapes, &unique);
    (named, (policy.unwrap(), Arc::new(schema)))
}

fn agreed(world: &Table) -> Agreed {
    let names = |key: &str| texts(world.get(key)).into_iter();
    Agreed {
        parties: names("parties")
            .map(|name| PartyId::new(name).unwrap())
            .collect(),
        principals: names("analysts")
            .map(|name| Principal::parse(&name).unwrap())
            .collect(),
        purposes: names("purposes")
            .map(|name| Purpose::new(name).unwrap())
            .collect(),
        views: map(world.get("views"), text).into_iter().collect(),
    }
}

impl World {
    /// Reads `world.toml` and the policies beside it.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("world.toml")).unwrap();
        let world: Table = text.parse().unwrap();
        let inner = |value: &Value| value.as_table().unwrap().clone();
        let tables = map(world.get("tables"), inner);
        let policies = tables.iter().map(|(name, t)| resolved(folder, name, t));
        let sizes = tables.iter().map(|(name, t)| (table_ref(name), size(t)));
        let lists = map(world.get("lists"), inner);
        Self {
            judge: Judge::new(&agreed(&world), policies.collect()).unwrap(),
            lists: lists.into_iter().map(list).collect(),
            sizes: sizes.collect(),
            runtime: Runtime::new().unwrap(),
        }
    }

    fn request(&self, entry: &Entry) -> Request {
        let mut words = entry.header.split(' ');
        let principal = Principal::parse(words.next().unwrap()).unwrap();
        let mut request = Request {
            recipient: principal.party.clone(),
            principal,
            purpose: None,
            approved: false,
            list: None,
            today: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
        };
        while let Some(word) = words.next() {
            match word {
                "approved" => request.approved = true,
                "to" => request.recipient = PartyId::new(words.next().unwrap()).unwrap(),
                "for" => request.purpose = Some(Purpose::new(words.next().unwrap()).unwrap()),
                "list" => request.list = self.lists.get(words.next().unwrap()).cloned(),
                other => assert_eq!(other, "", "{}", entry.header),
            }
        }
        request
    }

    /// A statement bound to what its asker sees.
    pub(crate) fn bound(&self, entry: &Entry) -> Result<BoundPlan, Refusal> {
        let request = self.request(entry);
        self.runtime
            .block_on(self.judge.bound(&entry.sql, &request))
    }

    /// What it becomes.
    pub(crate) fn admitted(&self, entry: &Entry, bound: &BoundPlan) -> Result<Admitted, Refusal> {
        self.judge.admitted(bound, &self.request(entry))
    }
}
