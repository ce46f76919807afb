//! A bank that keeps the rows of its very important customers from a desk, and another bank that keeps nothing.

use std::fmt::Write as _;
use std::path::Path;

use crate::run::{Ran, subrosa};

/// Rows that the desk may not use: person, country, amount, n.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str);

/// What a world is made of.
#[derive(Clone, Default)]
pub(super) struct Made {
    /// Rows that the desk may not use: their risk is `vip` or unknown.
    pub(super) vips: Vec<Row>,
    /// In place of `[[rows.only]]` of the desk.
    pub(super) only: Option<&'static str>,
    /// In place of `[disclosure]` of the bank.
    pub(super) disclosure: Option<&'static str>,
    /// Approved by both banks: name, text, terms.
    pub(super) approved: Vec<(&'static str, &'static str, &'static str)>,
}

pub(super) const ONLY: &str = "[[rows.only]]\nparty = \"desk\"\nwhere = \"risk <> 'vip'\"\n";

const WORLD: &str = r#"name = "restricted"
[views]
"consortium.all" = "all.view.sql"
[parties.bank]
analysts = ["bea"]
[parties.bank.tables.t]
data = "bank/t.csv"
policy = "bank/t.policy.toml"
types = { amount = "decimal(18,2)" }
[parties.other]
analysts = ["otto"]
[parties.other.tables.t]
data = "other/t.csv"
policy = "other/t.policy.toml"
types = { amount = "decimal(18,2)" }
[parties.desk]
analysts = ["dan"]
[parties.regulator]
analysts = ["rita"]
[engine]
purposes = ["aml"]
"#;

const VIEW: &str = "SELECT 'bank' AS src, person, country, amount, n FROM bank.t \
     UNION ALL SELECT 'other' AS src, person, country, amount, n FROM other.t";

const COLUMNS: &str = r#"[joins.person]
with = ["bank", "other"]
many = ["bank", "other"]
negation = true
[columns]
person = { unit = "person", join = "person" }
country = { filter = true, dimension = true }
amount = { measure = [0, 300000], filter = 1000 }
n = { measure = [0, 100000], filter = true }
"#;

/// Thresholds alone, so that answers are exact.
pub(super) const EXACT: &str =
    "[disclosure]\nmin_contributors = 5\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n";

impl Made {
    pub(super) fn of(vips: &[Row]) -> Self {
        Self {
            vips: vips.to_vec(),
            ..Self::default()
        }
    }

    pub(super) fn world(&self) -> World {
        let dir = tempfile::tempdir().unwrap();
        let world = World(dir);
        self.write(&world);
        world
    }

    /// Writes it over another.
    pub(super) fn write(&self, world: &World) {
        let mut approved = String::new();
        for (name, text, terms) in &self.approved {
            for bank in ["bank", "other"] {
                world.put(&format!("{bank}/{name}.sql"), text);
            }
            let approval = format!("name = \"{name}\"\nsql = \"{name}.sql\"\n{terms}");
            write!(approved, "[[approve]]\n{approval}").unwrap();
        }
        let only = self.only.unwrap_or(ONLY);
        let disclosure = self.disclosure.unwrap_or(EXACT);
        for (bank, sections) in [("bank", [disclosure, only]), ("other", [EXACT, ""])] {
            let sections = sections.concat();
            let policy = format!("policy = 1\ntable = \"t\"\n{sections}{COLUMNS}{approved}");
            world.put(&format!("{bank}/t.policy.toml"), &policy);
        }
        world.put("collaboration.toml", WORLD);
        world.put("all.view.sql", VIEW);
        world.put("bank/t.csv", &self.rows());
        let mut rows = HEADER.to_owned();
        for person in 10..30 {
            writeln!(rows, "p{person},LU,50{person}.00,{},x", person % 3).unwrap();
        }
        world.put("other/t.csv", &rows);
    }

    /// Two rows of each of twenty persons, and behind every one of them a row that the desk may not use.
    fn rows(&self) -> String {
        let mut rows = HEADER.to_owned();
        let mut vips = self.vips.iter().enumerate();
        let mut vip = |rows: &mut String| {
            let Some((at, (person, country, amount, n))) = vips.next() else {
                return false;
            };
            // A row whose risk is unknown is not one whose risk is another.
            let risk = if at % 2 == 0 { "vip" } else { "" };
            writeln!(rows, "{person},{country},{amount},{n},{risk}").unwrap();
            true
        };
        for person in 0..20 {
            for n in 0..2 {
                let country = if person % 2 == 0 { "LU" } else { "DE" };
                let amount = 1000 * (1 + 2 * n) + 10 * person;
                writeln!(rows, "p{person},{country},{amount}.00,{n},no").unwrap();
                vip(&mut rows);
            }
        }
        while vip(&mut rows) {}
        rows
    }
}

const HEADER: &str = "person,country,amount,n,risk\n";

/// A world on disk.
pub(super) struct World(tempfile::TempDir);

impl World {
    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// All statements in one session.
    pub(super) fn ask(&self, asker: &str, to: &str, statements: &[&str]) -> Ran {
        self.put("all.sql", &format!("{};\n", statements.join(";\n")));
        let args = [
            "lab",
            ".",
            "--as",
            asker,
            "--to",
            to,
            "--format",
            "json",
            "--error-format",
            "json",
            "-f",
            "all.sql",
        ];
        subrosa(self.path(), &args)
    }

    /// One answer, as CSV.
    pub(super) fn answer(&self, asker: &str, to: &str, sql: &str) -> String {
        let args = [
            "lab", ".", "--as", asker, "--to", to, "--format", "csv", "-c", sql,
        ];
        let ran = subrosa(self.path(), &args);
        assert_eq!(ran.code, 0, "{sql}: {}", ran.err);
        ran.out
    }
}
