//! `collaboration.toml`: the parties of a world, their tables and what they agreed on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use policy::document::PolicySource;
use policy::ident::{PartyId, Principal, Purpose, TableName, TableRef};
use policy::problem::{Problem, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file's name in a world.
pub(crate) const FILE: &str = "collaboration.toml";

/// A table of a world: where its data and its policy are.
#[derive(Debug, Clone)]
pub(crate) struct WorldTable {
    /// A file or a folder of files.
    pub(crate) data: PathBuf,
    /// The policy file.
    pub(crate) policy: PathBuf,
    /// The policy file as written, for messages.
    pub(crate) policy_name: String,
    /// Types that override what a CSV file looks like.
    pub(crate) types: BTreeMap<String, String>,
}

/// A world as its file describes it.
#[derive(Debug, Clone)]
pub(crate) struct Collaboration {
    /// Its name.
    pub(crate) name: String,
    /// Parties in the order of the file, with their analysts.
    pub(crate) parties: Vec<(PartyId, Vec<String>)>,
    /// Every table.
    pub(crate) tables: BTreeMap<TableRef, WorldTable>,
    /// View name and text.
    pub(crate) views: Vec<(String, String)>,
    /// Purposes.
    pub(crate) purposes: BTreeSet<Purpose>,
    /// Memory limit of a query, in bytes.
    pub(crate) memory: Option<usize>,
    /// Time limit of a query.
    pub(crate) timeout: Option<Duration>,
    /// Where sealed tables go, if not into the world.
    pub(crate) store: Option<String>,
}

impl Collaboration {
    /// The principal that asks if none is named: the first analyst of the first party that has one.
    pub(crate) fn first_principal(&self) -> Option<Principal> {
        self.parties.iter().find_map(|(party, analysts)| {
            let name = analysts.first()?.clone();
            Some(Principal {
                name,
                party: party.clone(),
            })
        })
    }

    /// Reads a world's file.
    ///
    /// # Errors
    /// Everything that is wrong with it, at its place.
    pub(crate) fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        let path = root.join(FILE);
        let shown = path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                let source = PolicySource {
                    file: shown,
                    text: "".into(),
                };
                let message = format!("cannot be read: {error}");
                let help =
                    "a world is a folder with a collaboration.toml; `subrosa init DIR` makes one";
                return Err(vec![
                    Problem::error(&source, &(0..0), message).with_help(help),
                ]);
            }
        };
        Reader::new(
            root,
            PolicySource {
                file: FILE.to_owned(),
                text: text.into(),
            },
        )
        .read()
    }
}

struct Reader<'a> {
    root: &'a Path,
    source: PolicySource,
    problems: Vec<Problem>,
}

type Value<'v> = Spanned<DeValue<'v>>;

impl<'a> Reader<'a> {
    fn new(root: &'a Path, source: PolicySource) -> Self {
        Self {
            root,
            source,
            problems: Vec::new(),
        }
    }

    fn error(&mut self, at: std::ops::Range<usize>, message: impl Into<String>) -> &mut Problem {
        self.problems
            .push_mut(Problem::error(&self.source, &at, message))
    }

    fn read(mut self) -> Result<Collaboration, Vec<Problem>> {
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
        if !path.exists() {
            self.error(value.span(), format!("`{text}` does not exist"));
            return None;
        }
        Some(path)
    }

    fn engine(&mut self, world: &mut Collaboration, engine: &DeTable<'_>) {
        self.only(engine, &["purposes", "memory", "timeout"], "[engine]");
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
        if let Some(value) = engine.get("timeout")
            && let Some(text) = self.as_text(value, "timeout")
        {
            world.timeout = duration(&text);
            if world.timeout.is_none() {
                self.error(value.span(), format!("`{text}` is not a length of time"))
                    .help = Some("write it as \"10m\", \"90s\" or \"1h\"".to_owned());
            }
        }
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

    fn only(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let help = nearest(name, known.iter().copied()).map_or_else(
                    || format!("{what} has {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(key.span(), format!("unknown key `{name}` in {what}"))
                    .help = Some(help);
            }
        }
    }

    fn as_table<'v>(&mut self, value: &'v Value<'_>, what: &str) -> Option<&'v DeTable<'v>>
    where
        'v: 'v,
    {
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.error(value.span(), format!("{what} is a table"));
        }
        found
    }

    fn table_of<'v>(&mut self, table: &'v DeTable<'v>, key: &str) -> Option<&'v DeTable<'v>> {
        let value = table.get(key)?;
        self.as_table(value, key)
    }

    fn as_text(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        let found = value.get_ref().as_str().map(str::to_owned);
        if found.is_none() {
            self.error(value.span(), format!("`{what}` is a text"));
        }
        found
    }

    fn text_of(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        self.as_text(value, key)
    }

    fn texts_of(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.error(value.span(), format!("`{key}` is a list of texts"));
            return Vec::new();
        };
        list.iter()
            .filter_map(|item| self.as_text(item, key))
            .collect()
    }
}

/// `8GiB`, `512 MB`, `1000000`.
fn bytes(text: &str) -> Option<usize> {
    let digits = text
        .trim()
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.trim().len());
    let (number, unit) = text.trim().split_at(digits);
    let factor: usize = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _unknown => return None,
    };
    number
        .parse::<usize>()
        .ok()?
        .checked_mul(factor)
        .filter(|n| *n > 0)
}

/// `10m`, `90s`, `1h`.
fn duration(text: &str) -> Option<Duration> {
    let digits = text
        .trim()
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.trim().len());
    let (number, unit) = text.trim().split_at(digits);
    let factor: u64 = match unit.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        _unknown => return None,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(factor)
        .filter(|n| *n > 0)
        .map(Duration::from_secs)
}
