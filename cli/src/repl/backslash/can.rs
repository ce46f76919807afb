//! `\can TABLE`: a small grid of what may be done with each column.

use engine::VisibleTable;
use policy::problem::nearest;

use crate::repl::Shell;
use crate::repl::pager::page;
use crate::say;

/// What may be done with a column, by the first word of a use.
const DEEDS: [(&str, &[&str]); 5] = [
    ("show", &["dimension", "literal"]),
    ("link", &["join"]),
    ("filter", &["filter", "literal"]),
    ("sum, avg", &["measure"]),
    ("compare", &["compare"]),
];

/// Shows the grid of a table.
pub(super) async fn show(name: &str, shell: &Shell<'_>) {
    let party = &shell.session.principal.party;
    let visible = match shell.world.engine.visible(party).await {
        Ok(visible) => visible,
        Err(refusal) => return shell.reporter.show(&refusal.into()),
    };
    if name.is_empty() {
        say::note("\\can takes a table, as in \\can party.table; \\d lists them");
        return;
    }
    if let Some(table) = visible.iter().find(|table| table.name == name) {
        page(&grid(table));
        return;
    }
    let near = nearest(name, visible.iter().map(|table| table.name.as_str()));
    let hint = near.map_or("\\d lists them".to_owned(), |near| {
        format!("did you mean {near}?")
    });
    say::note(&format!(
        "there is no table {name} that you may ask; {hint}"
    ));
}

fn grid(table: &VisibleTable) -> String {
    let mut rows = vec![head()];
    for column in &table.columns {
        let mut row = vec![column.name.clone()];
        row.extend(DEEDS.iter().map(|(_, kinds)| deed(&column.uses, kinds)));
        row.push("yes".to_owned());
        rows.push(row);
    }
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head().len()).map(width).collect();
    let mut text = format!("{}\n", about(table));
    for row in rows {
        let cells = row.iter().zip(&widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn head() -> Vec<String> {
    let mut names = vec!["column".to_owned()];
    names.extend(DEEDS.iter().map(|(name, _)| (*name).to_owned()));
    names.push("count".to_owned());
    names
}

fn about(table: &VisibleTable) -> String {
    let (name, owner) = (&table.name, &table.owner);
    match table.kind.as_str() {
        "own" => format!(
            "{name} is your own: asked of alone, and for yourself, everything may be done with it.\n\
             Together with others' tables:"
        ),
        "public" => {
            format!("{name} of {owner} is nobody's secret: everything may be done with it.")
        }
        "view" => format!("{name} is a view; what all tables below it allow:"),
        _protected => format!("{name} of {owner}:"),
    }
}

/// `yes`, its detail, or `-`.
fn deed(uses: &[String], kinds: &[&str]) -> String {
    let mut details: Vec<&str> = Vec::new();
    for text in uses {
        let (kind, detail) = text.split_once(' ').unwrap_or((text, ""));
        if kinds.contains(&kind) {
            details.push(if detail.is_empty() { "yes" } else { detail });
        }
    }
    details.dedup();
    if details.is_empty() {
        "-".to_owned()
    } else {
        details.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use engine::{VisibleColumn, VisibleTable};

    use super::grid;

    #[test]
    fn a_grid_says_what_may_be_done() {
        let column = |name: &str, uses: &[&str]| VisibleColumn {
            name: name.to_owned(),
            kind: "VARCHAR".to_owned(),
            uses: uses.iter().map(|&u| u.to_owned()).collect(),
        };
        let table = VisibleTable {
            name: "a.t".to_owned(),
            owner: "a".to_owned(),
            kind: "protected".to_owned(),
            columns: vec![
                column("id", &["unit p", "join acct"]),
                column("ts", &["dimension by month", "filter by 1 day"]),
                column("src", &["literal"]),
                column("x", &[]),
            ],
        };
        let expected = "\
a.t of a:
column  show      link  filter    sum, avg  compare  count
id      -         acct  -         -         -        yes
ts      by month  -     by 1 day  -         -        yes
src     yes       -     yes       -         -        yes
x       -         -     -         -         -        yes
";
        assert_eq!(grid(&table), expected);
    }
}
