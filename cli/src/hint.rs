//! The nearest allowed form, by what this person sees: names for names, columns for uses.

use engine::VisibleTable;
use policy::problem::nearest;

use crate::failure::{Failure, Span};

/// Codes that a column with a certain use would not get.
const USES: [(&str, &str, &str); 3] = [
    ("E_ROLE_DIM", "dimension", "may name groups"),
    ("E_FILTER_GRAIN", "filter", "may be filtered"),
    ("E_MEASURE_EXPR", "measure", "may be summed"),
];

/// What this failure's asker could write instead, if that can be told.
pub(crate) fn instead(failure: &Failure, sql: &str, visible: &[VisibleTable]) -> Option<String> {
    if failure.code == "E_UNKNOWN" {
        return unknown(sql, failure.span?, visible);
    }
    if failure.message.contains("grid") {
        // The column has the use; what it is compared with is wrong.
        return None;
    }
    let (_, wanted, words) = USES.iter().find(|(code, _, _)| *code == failure.code)?;
    let name = format!("{}.{}", failure.party.as_ref()?, failure.table.as_ref()?);
    let table = visible.iter().find(|table| table.name == name)?;
    let columns = table.columns.iter().filter_map(|column| {
        let mut uses = column.uses.iter();
        let found = uses.find(|text| text.split(' ').next() == Some(*wanted))?;
        let detail = found.split_once(' ').map(|(_, detail)| detail);
        Some(detail.map_or(column.name.clone(), |detail| {
            format!("{} {detail}", column.name)
        }))
    });
    let columns: Vec<String> = columns.collect();
    (!columns.is_empty()).then(|| format!("in {name}, these {words}: {}", columns.join(", ")))
}

fn unknown(sql: &str, span: Span, visible: &[VisibleTable]) -> Option<String> {
    let number = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
    let line = sql.lines().nth(number(span.line).checked_sub(1)?)?;
    let first = number(span.column).checked_sub(1)?;
    let length = number(span.end_column).saturating_sub(number(span.column));
    let written: String = line.chars().skip(first).take(length).collect();
    let last = written.rsplit('.').next().unwrap_or(&written);
    let tables = visible.iter().map(|table| table.name.as_str());
    let columns = visible
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| column.name.as_str()));
    let near = nearest(&written, tables).or_else(|| nearest(last, columns))?;
    Some(format!("did you mean {near}?"))
}

#[cfg(test)]
mod tests {
    use engine::{VisibleColumn, VisibleTable};

    use super::instead;
    use crate::exit::Exit;
    use crate::failure::{Failure, Span};

    fn visible() -> Vec<VisibleTable> {
        let column = |name: &str, uses: &[&str]| VisibleColumn {
            name: name.to_owned(),
            kind: "VARCHAR".to_owned(),
            uses: uses.iter().map(|&u| u.to_owned()).collect(),
        };
        vec![VisibleTable {
            name: "a.visits".to_owned(),
            owner: "a".to_owned(),
            kind: "protected".to_owned(),
            columns: vec![
                column("patient", &["unit patient"]),
                column("day", &["dimension by month"]),
                column("diagnosis", &["dimension", "filter"]),
            ],
        }]
    }

    #[test]
    fn columns_that_have_the_use() {
        let mut failure = Failure::new(Exit::Denied, "E_ROLE_DIM", "no");
        failure.party = Some("a".to_owned());
        failure.table = Some("visits".to_owned());
        let told = instead(&failure, "", &visible());
        let expected = "in a.visits, these may name groups: day by month, diagnosis";
        assert_eq!(told.as_deref(), Some(expected));
    }

    #[test]
    fn the_nearest_visible_name() {
        let mut failure = Failure::new(Exit::Denied, "E_UNKNOWN", "no");
        let told = |failure: &Failure, sql| instead(failure, sql, &visible());
        failure.span = Some(Span {
            line: 1,
            column: 8,
            end_column: 17,
        });
        let near = told(&failure, "SELECT diagnosys FROM a.visits");
        assert_eq!(near.as_deref(), Some("did you mean diagnosis?"));
        assert_eq!(told(&failure, "SELECT xxxxxxxxx FROM a.visits"), None);
    }
}
