//! `attacks.json`, read; and what can be asserted of an attack today, by rule.

use serde_json::Value;

/// One attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `Q01`.
    pub id: String,
    /// In words.
    pub name: String,
    /// The pair of worlds that it tells apart.
    pub pair: String,
    /// `base` or `dp`.
    pub policy: String,
    /// Kind of assertion.
    pub check: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// One step of an attack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The statement.
    pub sql: String,
    /// What precedes it.
    pub directives: Vec<Directive>,
    /// Any of these is right.
    pub expect: Vec<Expect>,
}

/// What happens before a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// The attacker uploads a table.
    Register {
        /// `mallory.targets`.
        table: String,
        /// Its rows.
        query: String,
    },
    /// The untrusted host does something.
    Host(String),
    /// Several copies at once.
    Parallel(u32),
}

/// What a sound engine does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Rows come back.
    Release,
    /// Rows come back, perturbed.
    Noisy,
    /// The same value as that step's.
    Snap(usize),
    /// Nothing is shown.
    Suppress,
    /// No row with this value.
    SuppressRow(String),
    /// NULL in this column.
    SuppressColumn(String),
    /// Refused with this code.
    Deny(String),
}

/// What is asserted of an attack today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Every step is refused, alike in both worlds.
    Denied,
    /// Every reply is the same in both worlds.
    Constant,
    /// Every row that is shown has enough people behind it.
    Supported,
    /// No sum that is shown gives its largest contributor away.
    Undominated,
    /// The order of the rows is a function of what is shown.
    Postprocessed,
    /// Averages are quotients of what is shown.
    Formula,
    /// The steps' numbers are the same.
    SameAnswer,
    /// Sealed answers have one size.
    Size,
    /// Nothing is written to disk while it runs.
    NoSpill,
    /// Near questions get the earlier answer, where history is owed.
    Snapped,
    /// The best guess from the answers is hardly better than a coin, with everything that is owed by default.
    Guessed,
    /// No digit of a sum is finer than its noise.
    Grid,
    /// Everything that is told carries fresh noise, and is paid for alike in both worlds.
    Private,
    /// It needs what this version does not have.
    Later(&'static str),
}

/// Codes that admission gives; others come from state, host or budgets.
const NOT_ADMISSION: &[&str] = &["E_STATE", "E_BUDGET", "attestation"];

impl Step {
    /// The code that the step must be refused with, if it must.
    #[must_use]
    pub fn denied(&self) -> Option<&str> {
        match self.expect.as_slice() {
            [Expect::Deny(code)] if !NOT_ADMISSION.contains(&code.as_str()) => Some(code),
            _other => None,
        }
    }

    fn needs(&self, what: impl Fn(&Expect) -> bool) -> bool {
        self.expect.iter().all(what)
    }

    fn is_by_host(&self) -> bool {
        self.directives
            .iter()
            .any(|d| matches!(d, Directive::Host(_)))
    }

    fn is_parallel(&self) -> bool {
        self.directives
            .iter()
            .any(|d| matches!(d, Directive::Parallel(_)))
    }
}

impl Entry {
    /// What can be asserted of it today: decided by what it needs, never by its name.
    #[must_use]
    pub fn plan(&self) -> Plan {
        if self.steps.iter().all(|step| step.denied().is_some()) {
            return Plan::Denied;
        }
        if self.steps.iter().any(Step::is_by_host) {
            return Plan::Later("a server and a host");
        }
        if self.steps.iter().any(Step::is_parallel) {
            return Plan::Later("budgets");
        }
        if self.policy == "dp" {
            return Plan::Private;
        }
        let snaps = |step: &Step| step.needs(|e| matches!(e, Expect::Snap(_)));
        match self.check.as_str() {
            "const" | "support" if self.steps.iter().any(snaps) => Plan::Snapped,
            "const" => Plan::Constant,
            "support" => Plan::Supported,
            "dominance" => Plan::Undominated,
            "postproc" => Plan::Postprocessed,
            "formula" => Plan::Formula,
            "same_answer" => Plan::SameAnswer,
            "size" => Plan::Size,
            "config" => Plan::NoSpill,
            "audit" => Plan::Snapped,
            "guess" => Plan::Guessed,
            "grid" => Plan::Grid,
            "documented" => Plan::Later("a residual risk that is documented, not prevented"),
            other => panic!("{}: no assertion is known for `{other}`", self.id),
        }
    }
}

/// Every attack, in the order of the file.
#[must_use]
pub fn catalogue() -> Vec<Entry> {
    let text = include_str!("../../data/attacks.json");
    let all: Vec<Value> = serde_json::from_str(text).unwrap();
    all.iter().map(entry).collect()
}

/// The pairs of worlds, each once.
#[must_use]
pub fn pairs() -> Vec<String> {
    let mut pairs: Vec<String> = catalogue().into_iter().map(|entry| entry.pair).collect();
    pairs.sort();
    pairs.dedup();
    pairs
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

fn entry(value: &Value) -> Entry {
    let steps = value["steps"].as_array().unwrap();
    Entry {
        id: text(value, "id"),
        name: text(value, "name"),
        pair: text(value, "world"),
        policy: text(value, "policy"),
        check: text(value, "check"),
        steps: steps.iter().map(step).collect(),
    }
}

fn step(value: &Value) -> Step {
    let mut step = Step {
        sql: String::new(),
        directives: Vec::new(),
        expect: text(value, "expect").split('|').map(expect).collect(),
    };
    for line in text(value, "sql").lines() {
        match line.strip_prefix("-- @") {
            Some(said) => step.directives.push(directive(said)),
            None => step.sql.push_str(line),
        }
    }
    step
}

fn directive(said: &str) -> Directive {
    match said.split_once(' ') {
        Some(("register", rest)) => {
            let (table, query) = rest.split_once(" AS ").unwrap();
            let (table, query) = (table.to_owned(), query.to_owned());
            Directive::Register { table, query }
        }
        Some(("host", rest)) => Directive::Host(rest.to_owned()),
        Some(("parallel", count)) => Directive::Parallel(count.parse().unwrap()),
        _other => panic!("no such directive: {said}"),
    }
}

fn expect(said: &str) -> Expect {
    let (word, inside) = match said.split_once('(') {
        Some((word, rest)) => (word, rest.strip_suffix(')').unwrap()),
        None => (said, ""),
    };
    match (word, inside.split_once(' ')) {
        ("release", None) => Expect::Release,
        ("noisy", None) => Expect::Noisy,
        ("snap", None) => Expect::Snap(inside.parse().unwrap()),
        ("suppress", None) => Expect::Suppress,
        ("suppress", Some(("row", value))) => Expect::SuppressRow(value.to_owned()),
        ("suppress", Some(("col", name))) => Expect::SuppressColumn(name.to_owned()),
        ("deny", None) => Expect::Deny(inside.to_owned()),
        _other => panic!("no such outcome: {said}"),
    }
}
