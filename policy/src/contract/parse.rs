//! Text → [`Contract`]; unknown keys refused, all errors at once.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::floors::Floors;
use super::key::digest;
use super::{Contract, Member, PublicKey, View, ViewName};
use crate::document::{DEFAULT_K, MinContributors, PolicySource};
use crate::ident::{NameError, PartyId, Principal, Purpose, TableName, TableRef, UnitSpace};
use crate::parse::reader::{Reader, Value, parse_toml};
use crate::parse::{date, positive};
use crate::problem::{Problem, sorted};

const KEYS: &[&str] = &[
    "contract",
    "name",
    "version",
    "previous",
    "lab",
    "expires",
    "purposes",
    "recipients",
    "measurements",
    "floors",
    "parties",
    "tables",
    "views",
];

impl Contract {
    /// Parses a contract.
    ///
    /// # Errors
    /// Everything that is wrong with the text, and every name that leads nowhere.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let source = PolicySource::new(file, text);
        let parsed = parse_toml(&source)?;
        let mut reader = Reader::new(&source);
        let contract = read(&mut reader, parsed.get_ref());
        for message in contract.contradictions() {
            reader.error(&(0..0), message);
        }
        if reader.problems.is_empty() {
            Ok(contract)
        } else {
            Err(sorted(reader.problems))
        }
    }
}

fn read(reader: &mut Reader<'_>, root: &DeTable<'_>) -> Contract {
    reader.only_keys(root, "a contract", KEYS);
    for key in ["contract", "name", "version"] {
        if root.get(key).is_none() {
            reader.error(&(0..0), format!("the contract does not say `{key}`"));
        }
    }
    if let Some(value) = root.get("contract")
        && value
            .get_ref()
            .as_integer()
            .is_none_or(|v| v.as_str() != "1")
    {
        reader.wrong_type(value, "contract", "1, the version this program reads");
    }
    let name = root.get("name").and_then(|v| reader.text(v, "name"));
    let version = root
        .get("version")
        .and_then(|v| reader.whole(v, "version", 1..=u32::MAX));
    let mut contract = Contract::new(name.map(|name| name.value).unwrap_or_default());
    contract.version = version.map_or(1, |version| version.value);
    contract.previous = root
        .get("previous")
        .and_then(|v| hash(reader, v, "previous"));
    contract.lab = root
        .get("lab")
        .and_then(|v| reader.flag(v, "lab"))
        .is_some_and(|lab| lab.value);
    contract.expires = root
        .get("expires")
        .and_then(|v| date(reader, v, "expires"))
        .map(|d| d.value);
    contract.purposes = names(reader, root, "purposes", Purpose::new);
    contract.recipients = names(reader, root, "recipients", PartyId::new);
    contract.measurements = names(reader, root, "measurements", Ok);
    contract.floors = root
        .get("floors")
        .and_then(|v| floors(reader, v))
        .unwrap_or_default();
    contract.parties = each(reader, root, "parties", member);
    contract.tables = each(reader, root, "tables", table);
    contract.approved = each(reader, root, "tables", approved);
    contract.views = each(reader, root, "views", view);
    contract
}

fn names<T: Ord>(
    reader: &mut Reader<'_>,
    root: &DeTable<'_>,
    what: &str,
    make: impl Fn(String) -> Result<T, NameError>,
) -> BTreeSet<T> {
    let list = root.get(what).and_then(|value| {
        reader.list(value, what, |reader, v| {
            reader.name(v, what, &make).map(|name| name.value)
        })
    });
    list.unwrap_or_default().into_iter().collect()
}

fn each<K: Ord, V>(
    reader: &mut Reader<'_>,
    root: &DeTable<'_>,
    what: &str,
    read: impl Fn(&mut Reader<'_>, &str, &Value<'_>) -> Option<(K, V)>,
) -> BTreeMap<K, V> {
    let Some(table) = root.get(what).and_then(|v| reader.table(v, what)) else {
        return BTreeMap::new();
    };
    table
        .iter()
        .filter_map(|(name, value)| read(reader, name.get_ref(), value))
        .collect()
}

fn hash(reader: &mut Reader<'_>, value: &Value<'_>, what: &str) -> Option<[u8; 32]> {
    let hash = value.get_ref().as_str().and_then(digest);
    if hash.is_none() {
        reader.wrong_type(value, what, "64 lower-case hexadecimal digits in quotes");
    }
    hash
}

fn member(reader: &mut Reader<'_>, name: &str, value: &Value<'_>) -> Option<(PartyId, Member)> {
    let place = format!("[parties.{name}]");
    let table = reader.table(value, &place)?;
    reader.only_keys(
        table,
        &place,
        &[
            "identity",
            "recipient",
            "analysts",
            "broker",
            "broker_pin",
            "seed",
        ],
    );
    let mut key = |what: &str| {
        if let Some(v) = table.get(what) {
            hash(reader, v, what).map(PublicKey)
        } else {
            reader.error(&value.span(), format!("{place} has no `{what}` key"));
            None
        }
    };
    let (identity, recipient) = (key("identity"), key("recipient"));
    let party = match PartyId::new(name) {
        Ok(party) => party,
        Err(error) => {
            reader.error(&value.span(), error.to_string());
            return None;
        }
    };
    let analysts = names(reader, table, "analysts", |name| {
        Principal::parse(&format!("{name}@{party}")).map(|principal| principal.name)
    });
    let broker = table
        .get("broker")
        .and_then(|v| reader.text(v, "broker"))
        .map(|b| b.value);
    let broker_pin = table
        .get("broker_pin")
        .and_then(|v| hash(reader, v, "broker_pin"));
    let seed = table.get("seed").and_then(|v| hash(reader, v, "seed"));
    let member = Member {
        identity: identity?,
        recipient: recipient?,
        analysts,
        broker,
        broker_pin,
        seed,
    };
    Some((party, member))
}

fn table(reader: &mut Reader<'_>, name: &str, value: &Value<'_>) -> Option<(TableRef, [u8; 32])> {
    let place = format!("[tables.\"{name}\"]");
    let fields = reader.table(value, &place)?;
    reader.only_keys(fields, &place, &["policy", "approved"]);
    let parts = table_ref(name);
    if parts.is_none() {
        reader.error(&value.span(), format!("`{name}` is not `party.table`"));
    }
    let digest = fields.get("policy").and_then(|v| hash(reader, v, "policy"));
    if fields.get("policy").is_none() {
        reader.error(&value.span(), format!("{place} has no `policy` digest"));
    }
    Some((parts?, digest?))
}

pub(super) fn table_ref(name: &str) -> Option<TableRef> {
    let (party, table) = name.split_once('.')?;
    Some(TableRef {
        party: PartyId::new(party).ok()?,
        table: TableName::new(table).ok()?,
    })
}

/// The texts of a table's approved questions; none is no entry.
fn approved(
    reader: &mut Reader<'_>,
    name: &str,
    value: &Value<'_>,
) -> Option<(TableRef, BTreeMap<String, String>)> {
    let texts = value.get_ref().as_table()?.get("approved")?;
    let texts = reader.table(texts, "`approved`")?;
    let mut found = BTreeMap::new();
    for (question, text) in texts {
        let text = reader.text(text, "the text of an approved question")?;
        found.insert(question.get_ref().to_string(), text.value);
    }
    Some((table_ref(name)?, found))
}

fn view(reader: &mut Reader<'_>, name: &str, value: &Value<'_>) -> Option<(ViewName, View)> {
    let place = format!("[views.\"{name}\"]");
    let fields = reader.table(value, &place)?;
    reader.only_keys(fields, &place, &["sql", "owners"]);
    let named = ViewName::parse(name);
    if named.is_none() {
        reader.error(&value.span(), format!("`{name}` is not a view's name"));
    }
    let sql = fields.get("sql").and_then(|v| reader.text(v, "sql"))?;
    let owners = names(reader, fields, "owners", PartyId::new);
    match View::parse(&sql.value) {
        Ok(view) if view.owners == owners => Some((named?, view)),
        Ok(view) => {
            let real: Vec<&str> = view.owners.iter().map(PartyId::as_str).collect();
            let message = format!(
                "{place} reads tables of {}, which `owners` does not say",
                real.join(", ")
            );
            reader.error(&value.span(), message);
            None
        }
        Err(message) => {
            reader.error(&sql.span, format!("{place}: {message}"));
            None
        }
    }
}

fn floors(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Floors> {
    let table = reader.table(value, "floors")?;
    let known = [
        "min_contributors",
        "jitter",
        "history",
        "noise",
        "variance",
        "dominance",
    ];
    reader.only_keys(table, "[floors]", &known);
    let mut flag = |key: &str| {
        table
            .get(key)
            .and_then(|v| reader.flag(v, key))
            .is_some_and(|flag| flag.value)
    };
    let (jitter, history, noise) = (flag("jitter"), flag("history"), flag("noise"));
    let variance = table
        .get("variance")
        .and_then(|v| positive(reader, v, "variance"));
    let dominance = table
        .get("dominance")
        .and_then(|v| reader.whole(v, "dominance", 0..=100));
    Some(Floors {
        min_contributors: table
            .get("min_contributors")
            .and_then(|v| least_k(reader, v)),
        jitter,
        history,
        noise,
        variance: variance.map(|v| v.value),
        dominance: dominance
            .and_then(|d| u8::try_from(d.value).ok())
            .unwrap_or(0),
    })
}

/// k, or `{ default = 3, person = 5 }`; without `default`, units not named keep the language's k.
fn least_k(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<MinContributors> {
    let what = "min_contributors";
    let Some(table) = value.get_ref().as_table() else {
        return reader
            .whole(value, what, 1..=u32::MAX)
            .map(|k| MinContributors::every(k.value));
    };
    let mut floor = MinContributors::every(DEFAULT_K);
    for (key, k) in table {
        let k = reader.whole(k, what, 1..=u32::MAX)?.value;
        match (
            key.get_ref().as_ref(),
            UnitSpace::new(key.get_ref().as_ref()),
        ) {
            ("default", _) => floor.default = k,
            (_, Ok(unit)) => {
                floor.by_unit.insert(unit, k);
            }
            (_, Err(error)) => reader.error(&key.span(), error.to_string()),
        }
    }
    Some(floor)
}
