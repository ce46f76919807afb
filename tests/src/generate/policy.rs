//! Policies in the language that owners write.

use std::fmt::Write;

use crate::oracle::world::{Column, Grain, Owed, Table, World};

/// The policy file of a table.
#[must_use]
pub fn policy(world: &World, table: &Table) -> String {
    let mut text = format!("policy = 1\ntable = \"{}\"\n", table.name);
    if let Some(column) = table.unique {
        text += &format!("unique = [[\"{}\"]]\n", table.columns[column].name);
    }
    let owner = if table.own { "full" } else { "policy" };
    let pool = parties(world, &table.pool);
    let _ = write!(
        text,
        "\n[access]\nowner = \"{owner}\"\n\n[disclosure]\nmin_contributors = {}\npool = [{pool}]\n{}",
        table.k,
        owed(world.owed)
    );
    if let Some((column, gone)) = &table.gone {
        let column = table.columns[*column].name;
        let whom = if table.kept_away {
            format!("[[rows.only]]\nparty = \"{}\"", world.parties[world.asker])
        } else {
            "[rows]\n# for nobody".to_owned()
        };
        let _ = write!(
            text,
            "\n{whom}\nwhere = \"{column} IS NULL OR {column} <> '{gone}'\"\n"
        );
    }
    let (with, many) = (parties(world, &table.with), parties(world, &table.many));
    let crowds = parties(world, &table.crowds);
    let _ = write!(
        text,
        "\n[joins.person]\nwith = [{with}]\nmany = [{many}]\ncrowds = [{crowds}]\nnegation = {}\n\n[columns]\n",
        table.negation
    );
    for column in &table.columns {
        let _ = writeln!(
            text,
            "{} = {{ {} }}",
            column.name,
            rule(world, table, column).join(", ")
        );
    }
    text
}

fn owed(owed: Owed) -> &'static str {
    match owed {
        Owed::Nothing => "jitter = false\nhistory = \"off\"\nnoise = \"off\"\n",
        Owed::History => "jitter = false\nhistory = \"snap\"\nnoise = \"off\"\n",
        Owed::Everything => "",
    }
}

fn parties(world: &World, these: &std::collections::BTreeSet<usize>) -> String {
    let names: Vec<String> = these
        .iter()
        .map(|party| format!("\"{}\"", world.parties[*party]))
        .collect();
    names.join(", ")
}

fn rule(world: &World, table: &Table, column: &Column) -> Vec<String> {
    if column.hidden {
        return vec!["hidden = true".into()];
    }
    let mut rule = Vec::new();
    rule.extend(column.unit.map(|unit| format!("unit = \"{unit}\"")));
    rule.extend(column.join.map(|join| format!("join = \"{join}\"")));
    if !column.absent.is_empty() {
        rule.push(format!("absent = [\"{}\"]", column.absent.join("\", \"")));
    }
    rule.extend(
        column
            .dimension
            .as_ref()
            .map(|at| format!("dimension = {}", grain(at))),
    );
    rule.extend(
        column
            .filter
            .as_ref()
            .map(|at| format!("filter = {}", grain(at))),
    );
    if column.compare && column.filter.is_some() {
        let others = (0..world.parties.len())
            .filter(|party| *party != table.party)
            .collect();
        rule.push(format!("compare = [{}]", parties(world, &others)));
    }
    rule.extend(
        column
            .measure
            .map(|(low, high)| format!("measure = [{low}, {high}]")),
    );
    rule
}

fn grain(grain: &Grain) -> String {
    match grain {
        Grain::Any => "true".into(),
        Grain::Step(step) => step.to_string(),
        Grain::Day => "\"1 day\"".into(),
        Grain::Month => "\"month\"".into(),
    }
}
