//! The worlds that the questions are asked of.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sample_data::four_banks::{self, Options};
use tempfile::TempDir;

use super::table::{Table, from_json};
use super::texts::data;
use crate::run::subrosa;

/// A world in a folder, and who asks.
pub(crate) struct World {
    dir: TempDir,
    asker: &'static str,
}

/// A table of a world that is written out.
pub(crate) struct Written<'a> {
    pub(crate) owner: &'a str,
    pub(crate) name: &'a str,
    pub(crate) policy: String,
    /// The first line, and the others.
    pub(crate) csv: (&'a str, Vec<String>),
    /// More of what the world says of it.
    pub(crate) more: &'a str,
}

/// A policy of a table `t` with k = 5 and nothing else held back: its columns, and what follows them.
pub(crate) fn exact(columns: &str) -> String {
    let withheld = "min_contributors = 5\njitter = false\nhistory = \"off\"\nnoise = \"off\"";
    format!("policy = 1\ntable = \"t\"\n[disclosure]\n{withheld}\n[columns]\n{columns}\n")
}

/// What became of a question.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// One line of JSON.
    Answered(String),
    /// The code of the refusal.
    Refused(String),
}

impl World {
    /// A world in this folder.
    pub(crate) fn new(dir: TempDir, asker: &'static str) -> Self {
        Self { dir, asker }
    }

    /// A world of these tables, and who asks: `analyst@party`.
    pub(crate) fn written(asker: &'static str, tables: &[Written<'_>]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (analyst, party) = asker.split_once('@').unwrap();
        let mut world =
            format!("name = \"written\"\n[parties.{party}]\nanalysts = [\"{analyst}\"]\n");
        for table in tables {
            let (owner, name) = (table.owner, table.name);
            let folder = dir.path().join(owner);
            std::fs::create_dir_all(&folder).unwrap();
            let (head, rows) = &table.csv;
            std::fs::write(
                folder.join(format!("{name}.csv")),
                format!("{head}\n{}\n", rows.join("\n")),
            )
            .unwrap();
            std::fs::write(folder.join(format!("{name}.policy.toml")), &table.policy).unwrap();
            let files =
                format!("data = \"{owner}/{name}.csv\"\npolicy = \"{owner}/{name}.policy.toml\"");
            writeln!(
                world,
                "[parties.{owner}.tables.{name}]\n{files}\n{}",
                table.more
            )
            .unwrap();
        }
        world.push_str("[engine]\npurposes = [\"aml\"]\n");
        std::fs::write(dir.path().join("collaboration.toml"), world).unwrap();
        Self::new(dir, asker)
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Lets every owner approve these texts, by name and exact, in every policy that protects somebody.
    pub(crate) fn approve(&self, texts: &[(&str, &str)]) {
        for file in policies(self.path()) {
            let mut policy = std::fs::read_to_string(&file).unwrap();
            if !policy.contains("unit = ") {
                continue;
            }
            for (name, text) in texts {
                let sql = file.with_file_name(format!("{name}.sql"));
                std::fs::write(sql, text).unwrap();
                let approval = format!("name = \"{name}\"\nsql = \"{name}.sql\"\nexact = true\n");
                policy = format!("{policy}\n[[approve]]\n{approval}");
            }
            std::fs::write(file, policy).unwrap();
        }
    }

    /// Asks one question after the other, in one session.
    pub(crate) fn ask(&self, texts: &[&str]) -> Vec<Outcome> {
        let ends = |text: &&str| format!("{}\n;\n", text.trim().trim_end_matches(';'));
        let all: String = texts.iter().map(ends).collect();
        std::fs::write(self.path().join("all.sql"), all).unwrap();
        let args = [
            "lab",
            ".",
            "--as",
            self.asker,
            "--format",
            "json",
            "--error-format",
            "json",
            "-f",
            "all.sql",
        ];
        let ran = subrosa(self.path(), &args);
        let mut refused = std::collections::BTreeMap::new();
        for line in ran.err.lines().filter(|line| line.starts_with('{')) {
            let error: serde_json::Value = serde_json::from_str(line).unwrap();
            let statement = usize::try_from(error["statement"].as_u64().unwrap()).unwrap();
            refused.insert(statement, error["code"].as_str().unwrap().to_owned());
        }
        let mut answers = ran.out.lines();
        let outcomes = (1..=texts.len()).map(|n| match refused.remove(&n) {
            Some(code) => Outcome::Refused(code),
            None => Outcome::Answered(
                answers
                    .next()
                    .unwrap_or_else(|| panic!("no answer {n}: {}", ran.err))
                    .to_owned(),
            ),
        });
        outcomes.collect()
    }
}

/// All policies below a folder.
fn policies(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(policies(&path));
        } else if path.to_string_lossy().ends_with(".policy.toml") {
            found.push(path);
        }
    }
    found
}

impl Outcome {
    /// The answer with these columns.
    pub(crate) fn table(&self, columns: &[String]) -> Table {
        match self {
            Self::Answered(line) => from_json(line, columns),
            Self::Refused(code) => panic!("refused: {code}"),
        }
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Answered(_) => None,
            Self::Refused(code) => Some(code),
        }
    }
}

/// Four banks with planted schemes; with `k` instead of the policies' own.
pub(crate) fn four_banks(patterns: u32, k: Option<usize>) -> World {
    four_banks_at(0.01, Some(patterns), k)
}

/// The same at a scale: a million payments at 1.
pub(crate) fn four_banks_at(scale: f64, patterns: Option<u32>, k: Option<usize>) -> World {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        scale,
        seed: 42,
        patterns,
    };
    four_banks::write_world(dir.path(), &options, &|_| ()).unwrap();
    let k = format!("min_contributors = {} ", k.unwrap_or(10));
    change_policies(dir.path(), |policy| {
        assert!(policy.contains("min_contributors = 10 "), "{policy}");
        thresholds_alone(policy).replace("min_contributors = 10 ", &k)
    });
    // A bank that asks for itself is owed nothing by its own rows, so somebody else asks.
    let file = dir.path().join("collaboration.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("[parties.ref]\n", "[parties.ref]\nanalysts = [\"rita\"]\n");
    std::fs::write(file, text).unwrap();
    World::new(dir, "rita@ref")
}

/// A policy with thresholds and nothing else, and without what it approves: what is told is exact.
pub(crate) fn thresholds_alone(policy: &str) -> String {
    let withheld = "[disclosure]\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n";
    let without = unapproved(policy).replace("jitter  ", "# jitter  ");
    without.replace("[disclosure]\n", withheld)
}

/// A policy of a sample world without what it approves.
pub(crate) fn unapproved(policy: &str) -> String {
    let asked = policy.split("# Read and approved").next();
    asked.unwrap_or_default().to_owned()
}

/// Changes every policy of a world that protects somebody.
pub(crate) fn change_policies(world: &Path, change: impl Fn(&str) -> String) {
    for file in policies(world) {
        let policy = std::fs::read_to_string(&file).unwrap();
        if policy.contains("unit = ") {
            std::fs::write(file, change(&policy)).unwrap();
        }
    }
}

const HOSPITALS: [&str; 3] = ["hospital_a", "hospital_b", "hospital_c"];
pub(crate) const CLINICS: [&str; 4] = ["cleveland", "hungarian", "switzerland", "va_long_beach"];

/// Hospitals with a common data model, hospitals with heart patients, a trial.
pub(crate) fn health(k: usize) -> World {
    let dir = tempfile::tempdir().unwrap();
    copy(&data("health"), dir.path());
    for hospital in HOSPITALS {
        for table in ["person", "condition_occurrence", "drug_exposure"] {
            put_policy(
                dir.path(),
                table,
                &format!("omop/{hospital}/{table}"),
                k,
                (hospital, &HOSPITALS),
            );
        }
    }
    for clinic in CLINICS {
        put_policy(
            dir.path(),
            "patients",
            &format!("heart/{clinic}"),
            k,
            (clinic, &CLINICS),
        );
    }
    put_policy(
        dir.path(),
        "concept",
        "omop/vocab/concept",
        k,
        ("vocab", &[]),
    );
    std::fs::create_dir(dir.path().join("trials")).unwrap();
    put_policy(dir.path(), "actg175", "trials/actg175", k, ("trials", &[]));
    std::fs::write(dir.path().join("trials/actg175.csv"), trial()).unwrap();
    put_policy(
        dir.path(),
        "ncctg_lung",
        "trials/ncctg_lung",
        k,
        ("trials", &[]),
    );
    std::fs::write(dir.path().join("trials/ncctg_lung.csv"), sites()).unwrap();
    World::new(dir, "sam@sponsor")
}

/// 1 604 patients in four arms, a third of whom have an event.
fn trial() -> String {
    let row = |i: u32| {
        let event = u32::from((i * 7 + i / 9).is_multiple_of(3));
        format!("p{i},{},{},{event}\n", i % 4, (i * 37) % 1079 + 1)
    };
    let rows: String = (0..1604).map(row).collect();
    format!("patient_id,arm,days,event\n{rows}")
}

/// 200 patients at ten sites.
fn sites() -> String {
    let row = |i: u32| {
        let event = u32::from(!i.is_multiple_of(3));
        format!(
            "p{i},{},{},{event},{}\n",
            i % 10 + 1,
            (i * 53) % 700 + 5,
            i / 10 % 2 + 1
        )
    };
    let rows: String = (0..200).map(row).collect();
    format!("patient_id,inst,days,event,sex\n{rows}")
}

fn put_policy(world: &Path, name: &str, to: &str, k: usize, (party, group): (&str, &[&str])) {
    let text = std::fs::read_to_string(data("health/policies").join(format!("{name}.policy.toml")));
    let others = group.iter().filter(|other| **other != party);
    let others: Vec<String> = others.map(|other| format!("\"{other}\"")).collect();
    let text = text
        .unwrap()
        .replace("{k}", &k.to_string())
        .replace("{others}", &others.join(", "));
    std::fs::write(world.join(format!("{to}.policy.toml")), text).unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
