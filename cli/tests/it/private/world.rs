//! Two banks with differentially private tables, a regulator's public list, and who asks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::run::{Ran, subrosa};

/// A payment: whose, where to, how much, when.
pub(crate) type Payment = (String, &'static str, String, u32);

/// What the tables hold, and under which budget.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// By bank, the payments.
    pub(crate) payments: BTreeMap<&'static str, Vec<Payment>>,
    /// By bank, who has an account and where it is.
    pub(crate) people: BTreeMap<&'static str, Vec<(String, &'static str, u32)>>,
    pub(crate) epsilon: &'static str,
    pub(crate) total: &'static str,
    /// More of `[disclosure]`, `[columns]` and the end of bank A's policy of payments.
    pub(crate) more: [&'static str; 3],
}

/// So much epsilon that noise is almost surely 0: what is told is what is computed before noise.
pub(crate) const SILENT: (&str, &str) = ("1000000000", "1000000000000");

impl World {
    /// Thirty people at both banks, with payments to two countries each: which groups of who has more count differs from one
    /// run to the next.
    pub(crate) fn new((epsilon, total): (&'static str, &'static str)) -> Self {
        let mut world = Self {
            payments: BTreeMap::new(),
            people: BTreeMap::new(),
            epsilon,
            total,
            more: [""; 3],
        };
        for (bank, shift) in [("bank_a", 0), ("bank_b", 3)] {
            let mut payments = Vec::new();
            let mut people = Vec::new();
            for person in 0..30_u32 {
                let name = format!("p{}", person + shift);
                people.push((name.clone(), ["LU", "DE"][person as usize % 2], person % 5));
                for at in 0..=person % 4 {
                    let country = ["LU", "DE", "FR"][(person + at % 2) as usize % 3];
                    let amount = format!("{}.50", 10 + person * 3 + at);
                    payments.push((name.clone(), country, amount, at));
                }
            }
            world.payments.insert(bank, payments);
            world.people.insert(bank, people);
        }
        world
    }

    /// The same without one entity of one bank.
    pub(crate) fn without(&self, bank: &str, who: &str) -> Self {
        let mut world = self.clone();
        if let Some(payments) = world.payments.get_mut(bank) {
            payments.retain(|payment| payment.0 != who);
        }
        if let Some(people) = world.people.get_mut(bank) {
            people.retain(|person| person.0 != who);
        }
        world
    }

    /// Writes it into a folder of its own.
    pub(crate) fn write(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for bank in ["bank_a", "bank_b"] {
            let (payments, people) = (&self.payments[bank], &self.people[bank]);
            let mut text = "id,ref,person,country,amount,day\n".to_owned();
            for (at, (person, country, amount, day)) in payments.iter().enumerate() {
                let day = day % 28 + 1;
                writeln!(
                    text,
                    "{at},r{},{person},{country},{amount},2025-01-{day:02}",
                    at % 7
                )
                .unwrap();
            }
            put(dir.path(), &format!("{bank}/t.csv"), &text);
            let mut text = "person,home,level\n".to_owned();
            for (person, home, level) in people {
                writeln!(text, "{person},{home},{level}").unwrap();
            }
            put(dir.path(), &format!("{bank}/people.csv"), &text);
            let more = if bank == "bank_a" { self.more } else { [""; 3] };
            put(
                dir.path(),
                &format!("{bank}/t.policy.toml"),
                &self.policy(T, bank, more),
            );
            put(
                dir.path(),
                &format!("{bank}/people.policy.toml"),
                &self.policy(PEOPLE, bank, [""; 3]),
            );
        }
        put(
            dir.path(),
            "ref/c.csv",
            "code,name\nLU,Luxembourg\nDE,Germany\nXX,Nowhere\n",
        );
        put(dir.path(), "ref/c.policy.toml", LIST);
        put(dir.path(), "bank_b/s.csv", "x,person\n1,p1\n");
        put(dir.path(), "bank_b/s.policy.toml", STATISTICAL);
        put(dir.path(), "collaboration.toml", COLLABORATION);
        dir
    }

    fn policy(&self, template: &str, bank: &str, more: [&str; 3]) -> String {
        let other = if bank == "bank_a" { "bank_b" } else { "bank_a" };
        template
            .replace("EPSILON", self.epsilon)
            .replace("TOTAL", self.total)
            .replace("OTHER", other)
            .replace("MORE_DISCLOSURE", more[0])
            .replace("MORE_COLUMNS", more[1])
            .replace("MORE_END", more[2])
    }
}

fn put(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What became of each of some statements.
#[derive(Debug)]
pub(crate) struct Asked {
    /// By statement, the rows.
    pub(crate) answers: Vec<Option<Vec<serde_json::Map<String, serde_json::Value>>>>,
    /// By statement, code, message and help of the refusal.
    pub(crate) refusals: Vec<Option<(String, String, String)>>,
}

/// Asks in one session.
pub(crate) fn ask(dir: &Path, who: &str, statements: &[&str]) -> Asked {
    let ends = |text: &&str| format!("{}\n;\n", text.trim_end_matches(';'));
    let text: Vec<String> = statements.iter().map(ends).collect();
    let text = text.concat();
    std::fs::write(dir.join("all.sql"), text).unwrap();
    let ran = run(dir, who, &["-f", "all.sql"]);
    let mut refusals = vec![None; statements.len()];
    for line in ran.err.lines().filter(|line| line.starts_with('{')) {
        let error: serde_json::Value = serde_json::from_str(line).unwrap();
        let at = usize::try_from(error["statement"].as_u64().unwrap()).unwrap();
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        refusals[at - 1] = Some((text("code"), text("message"), text("help")));
    }
    let mut lines = ran.out.lines();
    let answers = refusals.iter().map(|refusal| {
        let told = refusal
            .is_none()
            .then(|| lines.next().unwrap_or_else(|| panic!("{}", ran.err)));
        told.map(|line| serde_json::from_str(line).unwrap())
    });
    Asked {
        answers: answers.collect(),
        refusals,
    }
}

/// Runs the laboratory.
pub(crate) fn run(dir: &Path, who: &str, rest: &[&str]) -> Ran {
    let args = [
        "lab",
        ".",
        "--as",
        who,
        "--format",
        "json",
        "--error-format",
        "json",
    ];
    let args: Vec<&str> = args.iter().chain(rest).copied().collect();
    subrosa(dir, &args)
}

impl Asked {
    /// The code of a statement's refusal.
    pub(crate) fn code(&self, at: usize) -> Option<&str> {
        self.refusals[at].as_ref().map(|(code, _, _)| code.as_str())
    }

    /// A number of the only row of an answer.
    pub(crate) fn number(&self, at: usize, column: &str) -> f64 {
        let rows = self.answers[at]
            .as_ref()
            .unwrap_or_else(|| panic!("{:?}", self.refusals[at]));
        rows[0][column].as_f64().unwrap()
    }
}

const T: &str = r#"policy = 1
table = "t"
[disclosure]
mode = "dp"
MORE_DISCLOSURE
[disclosure.dp]
unit = "person"
epsilon = EPSILON
total_epsilon = TOTAL
delta = 1e-6
max_groups = 2
max_rows = 3
[joins.p]
with = ["OTHER"]
many = ["OTHER"]
negation = true
[joins.r]
with = ["OTHER"]
many = ["OTHER"]
[columns]
id = { filter = true, unique = true }
ref = { join = "r" }
person = { unit = "person", join = "p", absent = ["CASH"] }
country = { filter = true, dimension = true }
amount = { measure = [-50, 200], filter = 10 }
day = { filter = "1 day", dimension = "month" }
MORE_COLUMNS
MORE_END
"#;

const PEOPLE: &str = r#"policy = 1
table = "people"
[disclosure]
mode = "dp"
[disclosure.dp]
unit = "person"
epsilon = EPSILON
total_epsilon = TOTAL
delta = 1e-6
max_groups = 2
[joins.p]
with = ["OTHER"]
many = ["OTHER"]
negation = true
[columns]
person = { unit = "person", join = "p", unique = true }
home = { filter = true, dimension = true }
level = { filter = true, measure = [0, 4] }
"#;

const LIST: &str = r#"policy = 1
table = "c"
[disclosure]
min_contributors = 1
[columns]
code = { dimension = true, filter = true, unique = true }
name = { dimension = true, filter = true }
"#;

const STATISTICAL: &str = r#"policy = 1
table = "s"
[disclosure]
min_contributors = 2
[joins.p]
with = ["bank_a"]
[columns]
x = { measure = [0, 10] }
person = { unit = "person", join = "p" }
"#;

const COLLABORATION: &str = r#"name = "private"
[parties.regulator]
analysts = ["rita", "rob"]
[parties.regulator.tables.c]
data = "ref/c.csv"
policy = "ref/c.policy.toml"
[parties.bank_a]
analysts = ["anna"]
[parties.bank_a.tables.t]
data = "bank_a/t.csv"
policy = "bank_a/t.policy.toml"
types = { amount = "decimal(30,2)", day = "date" }
[parties.bank_a.tables.people]
data = "bank_a/people.csv"
policy = "bank_a/people.policy.toml"
[parties.bank_b.tables.t]
data = "bank_b/t.csv"
policy = "bank_b/t.policy.toml"
types = { amount = "decimal(30,2)", day = "date" }
[parties.bank_b.tables.people]
data = "bank_b/people.csv"
policy = "bank_b/people.policy.toml"
[parties.bank_b.tables.s]
data = "bank_b/s.csv"
policy = "bank_b/s.policy.toml"
[engine]
purposes = ["aml"]
"#;
