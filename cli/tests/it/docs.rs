//! The book keeps its word: commands run, links lead somewhere, and the reference names all that the program has, and nothing else.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use policy::denial::Code;
use serde_json::Value;

use crate::docs_story::{blocks, tell};
use crate::run::subrosa;

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}

fn page(name: &str) -> String {
    std::fs::read_to_string(book().join(name)).unwrap()
}

fn pages() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![book()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn start() {
    let dir = tempfile::tempdir().unwrap();
    assert!(tell("start.md", &page("start.md"), dir.path()) >= 5);
}

#[test]
fn the_analysts_guide() {
    let dir = tempfile::tempdir().unwrap();
    assert!(tell("analyst.md", &page("analyst.md"), dir.path()) >= 7);
}

#[test]
fn the_officers_guide() {
    let dir = tempfile::tempdir().unwrap();
    assert!(tell("officer.md", &page("officer.md"), dir.path()) >= 8);
}

#[test]
fn no_other_page_has_commands_that_nobody_runs() {
    let run = ["start.md", "analyst.md", "officer.md", "questions.md"];
    for path in pages() {
        let name = path
            .strip_prefix(book())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let commands = blocks(&text).iter().any(|block| block.language() == "sh");
        assert!(!commands || run.contains(&name.as_str()), "{name}");
    }
}

/// Where a text's relative links lead, anchors cut off.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://"))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn links_lead_somewhere_and_the_summary_has_every_page() {
    let root = book();
    let mut listed: BTreeSet<PathBuf> = links(&page("SUMMARY.md"))
        .iter()
        .map(|link| root.join(link))
        .collect();
    listed.insert(root.join("SUMMARY.md"));
    let found: BTreeSet<PathBuf> = pages().into_iter().collect();
    assert_eq!(listed, found);
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        for link in links(&text) {
            let target = path.parent().unwrap().join(&link);
            assert!(target.exists(), "{}: {link}", path.display());
        }
    }
    for name in [
        "README.md",
        "sample-data/hospitals/README.md",
        "sample-data/four-banks/README.md",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        for link in links(&std::fs::read_to_string(&path).unwrap()) {
            assert!(
                path.parent().unwrap().join(&link).exists(),
                "{name}: {link}"
            );
        }
    }
}

/// The names in the first column of a page's tables below a heading, without their back quotes.
fn first_column(text: &str, heading: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let section = text.lines().skip_while(|line| *line != heading).skip(1);
    for line in section.take_while(|line| !line.starts_with("## ")) {
        let Some(cell) = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split(" | ").next())
        else {
            continue;
        };
        let quoted = format!("`{cell}");
        let parts = quoted.split('`').skip(1).step_by(2);
        names.extend(parts.map(str::to_owned));
    }
    names
}

/// The keys that the program knows at a place: it lists them when it meets one that it does not know.
fn keys_known(place: &str) -> BTreeSet<String> {
    let dir = tempfile::tempdir().unwrap();
    let top = if place.is_empty() {
        "zzzzzzzzzzzz = 1\n"
    } else {
        ""
    };
    let below = if place.is_empty() {
        String::new()
    } else {
        format!("{place}\n")
    };
    let text = format!("{top}policy = 1\ntable = \"t\"\n{below}");
    std::fs::write(dir.path().join("t.policy.toml"), text).unwrap();
    let ran = subrosa(dir.path(), &["policy", "lint", "--json", "t.policy.toml"]);
    let problems = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut helps = problems.filter(|p| p["message"].as_str().unwrap().contains("zzzzzzzzzzzz"));
    let help = helps.next().unwrap()["help"].as_str().unwrap().to_owned();
    let (_, names) = help.split_once(" has ").unwrap();
    names.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_language_reference_has_every_key() {
    let text = page("reference/policy.md");
    let sections = [
        ("", "## Top level"),
        ("[access]\nzzzzzzzzzzzz = 1", "## `[access]`"),
        ("[disclosure]\nzzzzzzzzzzzz = 1", "## `[disclosure]`"),
        ("[disclosure.dp]\nzzzzzzzzzzzz = 1", "## `[disclosure.dp]`"),
        ("[rows]\nzzzzzzzzzzzz = 1", "## `[rows]`"),
        ("[joins.x]\nzzzzzzzzzzzz = 1", "## `[joins.DOMAIN]`"),
        ("[columns]\nx = { zzzzzzzzzzzz = 1 }", "## `[columns]`"),
        ("[[approve]]\nzzzzzzzzzzzz = 1", "## `[[approve]]`"),
    ];
    for (place, heading) in sections {
        assert_eq!(first_column(&text, heading), keys_known(place), "{heading}");
    }
    let derive = keys_known("[derive]\nx = { zzzzzzzzzzzz = 1 }");
    let own: BTreeSet<String> = ["sql", "lookup", "on"].map(str::to_owned).into();
    assert!(own.is_subset(&derive) && own.is_subset(&first_column(&text, "## `[derive]`")));
}

#[test]
fn the_lints_are_those_that_there_are() {
    let text = page("reference/lints.md");
    for lint in policy::lint::LINTS {
        let row = format!("| `{}` | {} |", lint.name, lint.about);
        assert!(text.lines().any(|line| line == row), "{row}");
    }
    let rows = text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, policy::lint::LINTS.len());
}

#[test]
fn the_commands_are_those_that_there_are() {
    let dir = tempfile::tempdir().unwrap();
    let help = subrosa(dir.path(), &["help"]).out;
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let there: BTreeSet<&str> = names.filter(|name| *name != "help").collect();
    let named_here = first_column(
        &page("reference/commands.md"),
        "# Commands, formats, exit codes",
    );
    let all = there.iter().all(|name| named_here.contains(*name));
    assert!(all, "{there:?} {named_here:?}");
}

/// Every code has its section: what it means, a question that is refused with it (or why this version has none), and what the program says.
#[test]
fn every_code_is_explained_and_its_example_is_refused_so() {
    let dir = tempfile::tempdir().unwrap();
    let text = page("reference/codes.md");
    let made = ["generate", "aml", "--sf", "0.01", "--dir", "four-banks"];
    assert_eq!(subrosa(dir.path(), &made).code, 0);
    let mut questions = Vec::new();
    for code in Code::ALL {
        let heading = format!("## {code}");
        let section: Vec<&str> = text.lines().skip_while(|line| *line != heading).collect();
        assert!(!section.is_empty(), "{code} has no section");
        let rest = section[1..]
            .iter()
            .take_while(|line| !line.starts_with("## "));
        let body = rest.copied().collect::<Vec<_>>().join("\n");
        match &blocks(&body)[..] {
            [sql, says] => questions.push((*code, sql.text.clone(), says.text.clone())),
            [] => assert!(body.contains("This version"), "{code} has no example"),
            _other => panic!("{code} has other blocks"),
        }
    }
    assert!(questions.len() >= 18, "{}", questions.len());
    let asked: Vec<&str> = questions.iter().map(|(_, sql, _)| sql.as_str()).collect();
    let file = asked.join(";\n");
    std::fs::write(dir.path().join("all.sql"), file).unwrap();
    let args = [
        "lab",
        "four-banks",
        "--as",
        "alice@bank_a",
        "--error-format",
        "json",
        "-f",
        "all.sql",
    ];
    let ran = subrosa(dir.path(), &args);
    let errors: Vec<Value> = ran
        .err
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    for (number, (code, sql, says)) in (1..).zip(&questions) {
        let purpose = [
            "lab",
            "four-banks",
            "--purpose",
            "marketing",
            "--error-format",
            "json",
            "-c",
            sql,
        ];
        let other: Value = match code {
            Code::DeniedAsker => {
                serde_json::from_str(subrosa(dir.path(), &purpose).err.trim()).unwrap()
            }
            _asked_above => Value::Null,
        };
        let found = errors.iter().find(|error| error["statement"] == number);
        let error = if other.is_null() { found } else { Some(&other) };
        let error = error.unwrap_or_else(|| panic!("{code} is not refused:\n{sql}"));
        // What the columns of this world could do instead is no part of the rule.
        let rule = |help: &str| help.split("; in ").next().unwrap_or_default().to_owned();
        let help = error["help"]
            .as_str()
            .map_or(String::new(), |help| format!("help: {}\n", rule(help)));
        let instead = error["instead"]
            .as_str()
            .map_or(String::new(), |sql| format!("allowed: {sql}\n"));
        let said = format!(
            "{}: {}\n{help}{instead}",
            error["code"].as_str().unwrap(),
            error["message"].as_str().unwrap()
        );
        assert_eq!(*says, said, "{code}");
        assert!(said.starts_with(code.as_str()), "{code}: {said}");
    }
    what_is_offered_is_let_in(dir.path(), &questions);
}

/// What of each example a refusal offers SQL for.
const REFUSED: [(Code, &str); 2] = [
    (Code::FilterGrain, "amount_usd >= 9999.37"),
    (Code::RoleDim, "date_trunc('day', ts)"),
];

/// Puts what refusals offer into the examples, and asks again.
fn what_is_offered_is_let_in(dir: &Path, questions: &[(Code, String, String)]) {
    let mut asked = 0;
    for (code, sql, says) in questions {
        let help = says.lines().find(|line| line.starts_with("help: "));
        let offered = help.unwrap_or_default().split('`').skip(1).step_by(2);
        let offered: Vec<&str> = offered.filter(|piece| piece.contains([' ', '('])).collect();
        if let Some(instead) = says.lines().find_map(|line| line.strip_prefix("allowed: ")) {
            is_allowed(dir, instead);
        }
        let refused = REFUSED.iter().find(|(of, _)| of == code);
        assert_eq!(refused.is_some(), !offered.is_empty(), "{code}: {says}");
        for piece in offered {
            let (_, refused) = refused.unwrap();
            assert!(sql.contains(refused), "{sql}");
            is_allowed(dir, &sql.replace(refused, piece));
            asked += 1;
        }
    }
    assert_eq!(asked, 3);
}

fn is_allowed(dir: &Path, sql: &str) {
    let again = format!("EXPLAIN POLICY {sql}");
    let as_alice = ["lab", "four-banks", "--as", "alice@bank_a"];
    let args = [&as_alice[..], &["--format", "json", "-c", &again]].concat();
    let ran = subrosa(dir, &args);
    let allowed = ran.out.contains("\"verdict\":\"allow\"");
    assert!(allowed, "{again}: {}", ran.out);
}

/// The book builds, where mdbook is at hand; elsewhere the checks above must do.
#[test]
fn the_book_builds_if_mdbook_is_installed() {
    let dir = tempfile::tempdir().unwrap();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let built = std::process::Command::new("mdbook")
        .arg("build")
        .arg(docs)
        .arg("--dest-dir")
        .arg(dir.path())
        .output();
    match built {
        Ok(built) => assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        ),
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
            let said = "\nskipped: the book is not built: mdbook is not installed";
            writeln!(std::io::stdout(), "{said}").unwrap();
        }
    }
}
