//! Reading `collaboration.toml`: every key known, every mistake told with its place.

mod keys;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::TimeBuckets;
use policy::document::PolicySource;
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};
use policy::problem::Problem;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::amount::{bytes, duration};
use super::{Collaboration, WorldTable};

pub(super) struct Reader<'a> {
    root: &'a Path,
    source: PolicySource,
    problems: Vec<Problem>,
    /// Policies need not be there: they are to be drafted.
    drafting: bool,
}

type Value<'v> = Spanned<DeValue<'v>>;

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Path, source: PolicySource) -> Self {
        Self {
            root,
            source,
            problems: Vec::new(),
            drafting: false,
        }
    }

    pub(super) fn drafting(self) -> Self {
        Self {
            drafting: true,
            ..self
        }
    }

    fn error(&mut self, at: std::ops::Range<usize>, message: impl Into<String>) -> &mut Problem {
        self.problems
            .push_mut(Problem::error(&self.source, &at, message))
    }

    pub(super) fn read(mut self) -> Result<Collaboration, Vec<Problem>> {
        let text = std::sync::Arc::clone(&self.source.text);
        let parsed = match DeTable::parse(&text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                self.error(at, error.message());
                return Err(self.problems);
            }
        };
        let world = self.world(parsed.get_ref());
        if self.problems.is_empty() {
            Ok(world)
        } else {
            Err(self.problems)
        }
    }

    fn world(&mut self, root: &DeTable<'_>) -> Collaboration {
        self.only(
            root,
            &["name", "parties", "engine", "views", "store"],
            "a world",
        );
        let mut world = Collaboration {
            name: self
                .text_of(root, "name")
                .unwrap_or_else(|| "world".to_owned()),
            parties: Vec::new(),
            tables: BTreeMap::new(),
            views: Vec::new(),
            purposes: BTreeSet::new(),
            memory: None,
            timeout: None,
            time_buckets: None,
            store: None,
        };
        if let Some(parties) = self.table_of(root, "parties") {
            for (name, value) in parties {
                self.party(&mut world, name, value);
            }
        }
        if world.parties.is_empty() {
            self.error(0..0, "a world has at least one party").help =
                Some("add [parties.bank_a] with analysts = [\"alice\"]".to_owned());
        }
        if let Some(engine) = self.table_of(root, "engine") {
            self.engine(&mut world, engine);
        }
        if let Some(views) = self.table_of(root, "views") {
            for (name, value) in views {
                self.view(&mut world, name, value);
            }
        }
        if let Some(store) = self.table_of(root, "store") {
            self.only(store, &["url"], "[store]");
            world.store = self.text_of(store, "url");
            if !store.contains_key("url") {
                let at = root.get("store").map_or(0..0, Spanned::span);
                self.error(at, "[store] needs `url`").help =
                    Some("leave [store] out to keep sealed tables in the world".to_owned());
            }
        }
        world
    }

    fn party(
        &mut self,
        world: &mut Collaboration,
        name: &Spanned<toml::de::DeString<'_>>,
        value: &Value<'_>,
    ) {
        let party = match PartyId::new(name.get_ref().as_ref()) {
            Ok(party) => party,
            Err(error) => {
                self.error(name.span(), error.to_string());
                return;
            }
        };
        let Some(table) = self.as_table(value, "a party") else {
            return;
        };
        self.only(table, &["analysts", "tables"], "a party");
        let analysts = self.texts_of(table, "analysts");
        for analyst in &analysts {
            if Principal::parse(&format!("{analyst}@{party}")).is_err() {
                self.error(name.span(), format!("`{analyst}` is not an analyst's name: a lower-case letter, then letters, digits and underscores"));
            }
        }
        world.parties.push((party.clone(), analysts));
        let Some(tables) = self.table_of(table, "tables") else {
            return;
        };
        for (name, value) in tables {
            match TableName::new(name.get_ref().as_ref()) {
                Ok(table) => {
                    let table = TableRef {
                        party: party.clone(),
                        table,
                    };
                    if let Some(found) = self.world_table(value) {
                        world.tables.insert(table, found);
                    }
                }
                Err(error) => {
                    self.error(name.span(), error.to_string());
                }
            }
        }
    }

    fn world_table(&mut self, value: &Value<'_>) -> Option<WorldTable> {
        let table = self.as_table(value, "a table")?;
        self.only(table, &["data", "policy", "types"], "a table");
        let data = self.path_of(table, "data", value);
        let policy_name = self.text_of(table, "policy").unwrap_or_default();
        let policy = self.path_of(table, "policy", value);
        let mut types = BTreeMap::new();
        if let Some(given) = self.table_of(table, "types") {
            for (name, value) in given {
                if let Some(text) = self.as_text(value, "a type") {
                    types.insert(name.get_ref().to_string(), text);
                }
            }
        }
        Some(WorldTable {
            data: data?,
            policy: policy?,
            policy_name,
            types,
        })
    }

    fn path_of(&mut self, table: &DeTable<'_>, key: &str, whole: &Value<'_>) -> Option<PathBuf> {
        let Some(value) = table.get(key) else {
            self.error(whole.span(), format!("a table needs `{key}`"));
            return None;
        };
        let text = self.as_text(value, key)?;
        let path = self.root.join(&text);
        let to_come = self.drafting && key == "policy";
        if !to_come && !path.exists() {
            self.error(value.span(), format!("`{text}` does not exist"));
            return None;
        }
        Some(path)
    }

    fn engine(&mut self, world: &mut Collaboration, engine: &DeTable<'_>) {
        self.only(
            engine,
            &["purposes", "memory", "timeout", "time_buckets"],
            "[engine]",
        );
        for purpose in self.texts_of(engine, "purposes") {
            match Purpose::new(purpose) {
                Ok(purpose) => {
                    world.purposes.insert(purpose);
                }
                Err(error) => {
                    let at = engine.get("purposes").map_or(0..0, Spanned::span);
                    self.error(at, error.to_string());
                }
            }
        }
        if let Some(value) = engine.get("memory")
            && let Some(text) = self.as_text(value, "memory")
        {
            world.memory = bytes(&text);
            if world.memory.is_none() {
                self.error(value.span(), format!("`{text}` is not an amount of memory"))
                    .help = Some("write it as \"8GiB\" or \"512MiB\"".to_owned());
            }
        }
        let help = "write it as \"10m\", \"90s\" or \"1h\"";
        world.timeout = self.length_of_time(engine, "timeout", help);
        let help = "write the shortest, as \"100ms\" or \"1s\"; longer ones are its doubles";
        let least = self.length_of_time(engine, "time_buckets", help);
        world.time_buckets = least.and_then(TimeBuckets::new);
    }

    fn length_of_time(&mut self, engine: &DeTable<'_>, key: &str, help: &str) -> Option<Duration> {
        let value = engine.get(key)?;
        let text = self.as_text(value, key)?;
        let found = duration(&text);
        if found.is_none() {
            self.error(value.span(), format!("`{text}` is not a length of time"))
                .help = Some(help.to_owned());
        }
        found
    }

    fn view(
        &mut self,
        world: &mut Collaboration,
        name: &Spanned<toml::de::DeString<'_>>,
        value: &Value<'_>,
    ) {
        let Some(file) = self.as_text(value, "a view") else {
            return;
        };
        let named = name.get_ref().to_string();
        if policy::contract::ViewName::parse(&named).is_none() {
            self.error(
                name.span(),
                format!("`{named}` is not a view name: schema.view or view, lower case"),
            );
        }
        match std::fs::read_to_string(self.root.join(&file)) {
            Ok(sql) => world
                .views
                .push((named, sql.trim().trim_end_matches(';').to_owned())),
            Err(error) => {
                self.error(value.span(), format!("`{file}` cannot be read: {error}"));
            }
        }
    }
}
