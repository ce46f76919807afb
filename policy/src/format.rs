//! `policy fmt`: one way to write a policy, comments kept.
//!
//! Sections in the order of the language's page, one blank line between them, `=` aligned within a
//! section, tables and lists spaced alike. Texts and numbers stay as their owner spelt them. The
//! result is read back and compared, so that formatting can never change what is said.

mod comment;
mod value;

use toml_edit::{DocumentMut, Item, Key, Table};

use crate::document::PolicyDocument;
use crate::house::HouseRules;
use crate::problem::Problem;

const ORDER: &[&str] = &[
    "policy",
    "table",
    "extends",
    "unique",
    "access",
    "disclosure",
    "rows",
    "joins",
    "columns",
    "derive",
    "approve",
];

/// Keys longer than this do not push the others' `=` to the right.
const WIDEST: usize = 32;

/// The policy in its canonical form.
///
/// # Errors
/// What is wrong with the policy: one that does not parse is left as it is.
pub fn format(file: &str, text: &str) -> Result<String, Vec<Problem>> {
    let source = if HouseRules::are(text) {
        HouseRules::parse(file, text)?.source
    } else {
        PolicyDocument::parse(file, text)?.source
    };
    let whole = |message: String| vec![Problem::error(&source, &(0..0), message)];
    let document: DocumentMut = text.parse().map_err(|e| whole(format!("not TOML: {e}")))?;
    let mut out = Writer::default();
    out.root(document.as_table());
    out.end(document.trailing().as_str().unwrap_or(""));
    let same = matches!(
        (text.parse::<toml::Table>(), out.text.parse::<toml::Table>()),
        (Ok(before), Ok(after)) if before == after
    );
    if same {
        Ok(out.text)
    } else {
        Err(whole(
            "this file cannot be formatted without changing what it says".to_owned(),
        ))
    }
}

#[derive(Debug, Default)]
struct Writer {
    text: String,
    /// Where in the file the section written last stood.
    last: Option<isize>,
}

impl Writer {
    fn root(&mut self, root: &Table) {
        self.values(root);
        for name in ORDER {
            if let Some(item) = root.get(name) {
                self.item(name, item);
            }
        }
    }

    fn item(&mut self, path: &str, item: &Item) {
        match item {
            Item::Table(table) if !table.is_dotted() => self.table(path, table, false),
            Item::ArrayOfTables(tables) => {
                for table in tables {
                    self.table(path, table, true);
                }
            }
            Item::Table(_) | Item::None | Item::Value(_) => {}
        }
    }

    fn table(&mut self, path: &str, table: &Table, element: bool) {
        if !table.is_implicit() {
            self.header(path, table, element);
            self.values(table);
        }
        for (name, item) in table {
            let name = table.key(name).map_or(name.to_owned(), shown);
            self.item(&format!("{path}.{name}"), item);
        }
    }

    fn header(&mut self, path: &str, table: &Table, element: bool) {
        let decor = table.decor();
        let raw = decor.prefix().and_then(|raw| raw.as_str()).unwrap_or("");
        let block = comment::block(raw);
        let follows = match (self.last, table.position()) {
            (Some(last), Some(here)) => last.checked_add(1) == Some(here),
            (None, Some(here)) => here <= 1,
            (_, None) => false,
        };
        self.last = table.position();
        let (tail, above) = if follows {
            comment::tail(&block)
        } else {
            ("", block.as_str())
        };
        self.text.push_str(tail);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(above.trim_start_matches('\n'));
        let (open, close) = if element { ("[[", "]]") } else { ("[", "]") };
        self.text.extend([open, path, close]);
        let beside = decor.suffix().and_then(|raw| raw.as_str()).unwrap_or("");
        self.text.push_str(&comment::beside(beside));
        self.text.push('\n');
    }

    /// The keys of one section, `=` under `=`.
    fn values(&mut self, table: &Table) {
        let values = table.get_values();
        let named: Vec<String> = values.iter().map(|(path, _)| joined(path)).collect();
        let width = named
            .iter()
            .map(|name| name.chars().count())
            .filter(|w| *w <= WIDEST)
            .max();
        for (index, ((path, value), name)) in values.iter().zip(&named).enumerate() {
            let above = path.first().map(|key| key.leaf_decor());
            let above = above
                .and_then(|decor| decor.prefix())
                .and_then(|raw| raw.as_str());
            let block = comment::block(above.unwrap_or(""));
            self.text.push_str(if index == 0 {
                block.trim_start_matches('\n')
            } else {
                &block
            });
            let width = width.unwrap_or(0);
            let line = format!("{name:<width$} = {}", value::value(value, width));
            self.text.push_str(&line);
            let beside = value
                .decor()
                .suffix()
                .and_then(|raw| raw.as_str())
                .unwrap_or("");
            self.text.push_str(&comment::beside(beside));
            self.text.push('\n');
        }
    }

    fn end(&mut self, trailing: &str) {
        let last = comment::block(trailing);
        self.text.push_str(last.trim_end_matches('\n'));
        if !last.trim().is_empty() {
            self.text.push('\n');
        }
    }
}

fn shown(key: &Key) -> String {
    key.display_repr().into_owned()
}

fn joined(path: &[&Key]) -> String {
    path.iter()
        .map(|key| shown(key))
        .collect::<Vec<_>>()
        .join(".")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::format;

    const MESSY: &str = "# whose it is\npolicy=1\n\n\n\ntable   =  \"t\"   # the table\n\
        [columns]\n# the person\nid={unit=\"person\",join=[ \"a\",\"b\" ]}\n\n\n# money\n\n\"am*\" = { measure = [ 0,5_000 ] } #bounds\n\
        b.filter = true\n\
        # who asks\n[access] # all\nask=[\n  \"x\", # first\n  \"y\",\n]\n\
        [[rows.only]]\nparty='*'\nwhere=\"\"\"a = 1\"\"\"\n# the end\n";

    #[test]
    fn one_way_to_write_it() {
        let tidy = format("t", MESSY).unwrap();
        assert_eq!(
            tidy,
            "# whose it is\npolicy = 1\n\ntable  = \"t\"  # the table\n\n\
             # who asks\n[access]  # all\nask = [\n  \"x\", # first\n  \"y\",\n]\n\n\
             [[rows.only]]\nparty = '*'\nwhere = \"\"\"a = 1\"\"\"\n\n\
             [columns]\n# the person\nid       = { unit = \"person\", join = [\"a\", \"b\"] }\n\n# money\n\n\
             \"am*\"    = { measure = [0, 5_000] }  #bounds\nb.filter = true\n\
             # the end\n"
        );
    }

    #[test]
    fn formatting_twice_changes_nothing() {
        let example = include_str!("../tests/fixtures/language.policy.toml");
        for text in [MESSY, example] {
            let once = format("t", text).unwrap();
            assert_eq!(format("t", &once).unwrap(), once);
        }
    }

    #[test]
    fn every_comment_is_kept() {
        let example = include_str!("../tests/fixtures/language.policy.toml");
        let tidy = format("t", example).unwrap();
        let comments = |text: &str| -> Vec<String> {
            let mut all: Vec<String> = text
                .lines()
                .filter_map(|l| Some(l.split_once('#')?.1.trim().to_owned()))
                .collect();
            all.sort();
            all
        };
        assert_eq!(comments(&tidy), comments(example));
    }

    #[test]
    fn a_comment_below_a_section_stays_there() {
        let text = "policy = 1\ntable = \"t\"\n[columns]\na = {} # one\n    # more of it\n\n# next\n[derive]\n";
        let tidy = format("t", text).unwrap();
        assert!(
            tidy.ends_with("a = {}  # one\n# more of it\n\n# next\n[derive]\n"),
            "{tidy}"
        );
    }

    #[test]
    fn a_wrong_policy_is_left_alone() {
        assert!(format("t", "policy = 1\ntable = \"t\"\nx = 1\n").is_err());
    }
}
