//! In what leaves.

use crate::generate::shape::Shape;
use crate::oracle::value::Kind;
use crate::oracle::world::{Column, Grain};

use super::{Mutator, Site};

fn is_number(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Whole | Kind::Decimal(_))
}

fn is_measure(shape: &Shape) -> bool {
    is_number(shape) && shape.degree == Some(1)
}

/// An amount, not a number that a CASE of literals gives.
fn is_exact(shape: &Shape) -> bool {
    is_measure(shape) && shape.kind != Kind::Whole
}

fn is_named(shape: &Shape) -> bool {
    !shape.identifier && !shape.crowded && shape.dimension == Some(Grain::Any)
}

/// A statistic of a column of the rows.
fn statistic(
    site: &mut Site<'_>,
    fits: impl Fn(&Shape) -> bool,
    write: impl Fn(&str) -> String,
) -> Option<String> {
    let column = site.column(fits)?;
    Some(format!(
        "SELECT {} AS s0 FROM {}",
        write(&column),
        site.rows()
    ))
}

/// A sum of a visible column of a table that is somebody else's, or not its asker's to ask freely.
fn sum_of_table(site: &Site<'_>, fits: impl Fn(&Column) -> bool, sum: &str) -> Option<String> {
    let world = site.world;
    let theirs = |table: &&usize| {
        let table = &world.tables[**table];
        table.party != world.asker || !table.own
    };
    let tables = site.question.input.tables();
    let mut theirs = tables.iter().filter(theirs);
    let (table, column) = theirs.find_map(|number| {
        let mut columns = world.tables[*number].columns.iter();
        let found = columns.find(|column| !column.hidden && fits(column))?;
        Some((*number, found.name))
    })?;
    let sum = sum.replace("{}", column);
    Some(format!(
        "SELECT sum({sum}) AS s0 FROM {}",
        world.full_name(table)
    ))
}

/// Groups by a column of the rows.
fn groups(
    site: &mut Site<'_>,
    fits: impl Fn(&Shape) -> bool,
    key: &str,
    group: &str,
) -> Option<String> {
    let column = site.column(fits).filter(|_| site.has_plain_rows())?;
    let [key, group] = [key, group].map(|text| text.replace("{}", &column));
    Some(format!(
        "SELECT {key} AS k0, count(*) AS s0 FROM {} GROUP BY {group}",
        site.rows()
    ))
}

pub(super) const ALL: &[Mutator] = &[
    Mutator {
        name: "rows",
        code: "E_NOAGG",
        make: |site| {
            let rows = site.rows();
            site.has_plain_rows()
                .then(|| format!("SELECT m.* FROM {rows}"))
        },
    },
    Mutator {
        name: "rows of one column",
        code: "E_NOAGG",
        make: |site| {
            let column = site.column(is_named).filter(|_| site.has_plain_rows())?;
            let rows = site.rows();
            Some(format!(
                "SELECT {column} FROM {rows} WHERE {column} IS NOT NULL"
            ))
        },
    },
    Mutator {
        name: "the largest",
        code: "E_AGG",
        make: |site| statistic(site, is_measure, |column| format!("max({column})")),
    },
    Mutator {
        name: "a median",
        code: "E_AGG",
        make: |site| statistic(site, is_measure, |column| format!("median({column})")),
    },
    Mutator {
        name: "a list of values",
        code: "E_AGG",
        make: |site| statistic(site, |_| true, |column| format!("array_agg({column})")),
    },
    Mutator {
        name: "a row about a crowd",
        code: "E_CROWD",
        make: |site| {
            let rows = site.rows();
            Some(format!(
                "SELECT sum(x.n) AS s0 FROM (SELECT count(*) AS n FROM {rows}) AS x"
            ))
        },
    },
    Mutator {
        name: "rows about crowds",
        code: "E_CROWD",
        make: |site| {
            let column = site.column(is_named)?;
            let rows = site.rows();
            Some(format!(
                "SELECT count(*) AS s0 FROM (SELECT {column} AS k, count(*) AS n FROM {rows} GROUP BY {column}) AS x WHERE x.n >= 3"
            ))
        },
    },
    Mutator {
        name: "grouping sets",
        code: "E_GROUPING_SETS",
        make: |site| groups(site, is_named, "{}", "GROUPING SETS (({}), ())"),
    },
    Mutator {
        name: "a rollup",
        code: "E_GROUPING_SETS",
        make: |site| groups(site, is_named, "{}", "ROLLUP ({})"),
    },
    Mutator {
        name: "recursion",
        code: "E_RECURSION",
        make: |site| {
            let rows = site.rows();
            Some(format!(
                "WITH RECURSIVE hops AS (SELECT m.c0 AS c0, 1 AS d FROM {rows} UNION ALL SELECT hops.c0, hops.d + 1 FROM hops WHERE hops.d < 30) SELECT count(*) AS s0 FROM hops"
            ))
        },
    },
    Mutator {
        name: "a sum of texts",
        code: "E_MEASURE_EXPR",
        make: |site| {
            let text = |shape: &Shape| shape.kind == Kind::Text && !shape.identifier;
            statistic(site, text, |column| {
                format!("sum(CAST({column} AS BIGINT))")
            })
        },
    },
    Mutator {
        name: "a sum of what is no measure",
        code: "E_MEASURE_EXPR",
        make: |site| {
            sum_of_table(
                site,
                |column| column.kind == Kind::Whole && column.measure.is_none(),
                "{}",
            )
        },
    },
    Mutator {
        name: "a product of three",
        code: "E_MEASURE_EXPR",
        make: |site| {
            statistic(site, is_exact, |column| {
                format!("sum({column} * {column} * {column})")
            })
        },
    },
    Mutator {
        name: "a measure made a float",
        code: "E_MEASURE_EXPR",
        make: |site| {
            sum_of_table(
                site,
                |column| column.measure.is_some(),
                "CAST({} AS DOUBLE)",
            )
        },
    },
    Mutator {
        name: "groups named by what is no dimension",
        code: "E_ROLE_DIM",
        make: |site| {
            let unnamed = |shape: &Shape| shape.dimension.is_none() && !shape.identifier;
            groups(site, unnamed, "{}", "{}")
        },
    },
    Mutator {
        name: "groups named by moments",
        code: "E_ROLE_DIM",
        make: |site| {
            groups(
                site,
                |shape| shape.dimension == Some(Grain::Month),
                "{}",
                "{}",
            )
        },
    },
    Mutator {
        name: "groups named by days",
        code: "E_ROLE_DIM",
        make: |site| {
            let day = "date_trunc('day', {})";
            groups(
                site,
                |shape| shape.dimension == Some(Grain::Month),
                day,
                day,
            )
        },
    },
    Mutator {
        name: "groups named by people",
        code: "E_ROLE_DIM",
        make: |site| groups(site, |shape| shape.identifier, "{}", "{}"),
    },
];
