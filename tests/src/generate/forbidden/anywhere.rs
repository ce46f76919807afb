//! Around any operator below the release.

use super::{Mutator, Site};

/// Some operator's rows `m`, selected otherwise.
fn around(site: &mut Site<'_>, select: &str, after: &str) -> String {
    let write = |text: &str| format!("SELECT o.* FROM ({select} FROM ({text}) AS m {after}) AS o");
    site.at_any(&write)
}

/// Some operator's rows `m`, those for which something holds of one more column.
fn by(site: &mut Site<'_>, column: &str, condition: &str) -> String {
    let write = |text: &str| {
        format!(
            "SELECT o.* EXCEPT (x) FROM (SELECT m.*, {column} AS x FROM ({text}) AS m) AS o WHERE {condition}"
        )
    };
    site.at_any(&write)
}

/// A table that the question reads.
fn table(site: &mut Site<'_>) -> String {
    let tables = site.question.input.tables();
    let table = *site.random.pick(&tables);
    site.world.full_name(table)
}

pub(super) const ALL: &[Mutator] = &[
    Mutator {
        name: "LIMIT below",
        code: "E_LIMIT",
        make: |site| Some(around(site, "SELECT *", "LIMIT 3")),
    },
    Mutator {
        name: "OFFSET below",
        code: "E_LIMIT",
        make: |site| Some(around(site, "SELECT *", "OFFSET 1")),
    },
    Mutator {
        name: "the first by an order",
        code: "E_LIMIT",
        make: |site| Some(around(site, "SELECT *", "ORDER BY m.c0 DESC LIMIT 2")),
    },
    Mutator {
        name: "a window over everybody",
        code: "E_WINDOW",
        make: |site| Some(by(site, "count(*) OVER ()", "o.x > 3")),
    },
    Mutator {
        name: "a rank among everybody",
        code: "E_WINDOW",
        make: |site| Some(by(site, "row_number() OVER (ORDER BY m.c0)", "o.x <= 3")),
    },
    Mutator {
        name: "a window function that is not listed",
        code: "E_WINDOW",
        make: |site| {
            let quarter = "ntile(4) OVER (PARTITION BY m.c0 ORDER BY m.c0)";
            Some(by(site, quarter, "o.x = 1"))
        },
    },
    Mutator {
        name: "a subquery as a value",
        code: "E_SUBQUERY",
        make: |site| {
            let from = table(site);
            Some(around(
                site,
                "SELECT *",
                &format!("WHERE (SELECT count(*) FROM {from}) > 5"),
            ))
        },
    },
    Mutator {
        name: "a table beside without a key",
        code: "E_JOIN",
        make: |site| {
            let from = table(site);
            Some(around(
                site,
                "SELECT m.*",
                &format!("CROSS JOIN {from} AS t"),
            ))
        },
    },
    Mutator {
        name: "an unknown table",
        code: "E_UNKNOWN",
        make: |site| Some(around(site, "SELECT m.*", "CROSS JOIN alpha.vault AS t")),
    },
    Mutator {
        name: "an unknown column",
        code: "E_UNKNOWN",
        make: |site| Some(around(site, "SELECT *", "WHERE m.secret = 1")),
    },
    Mutator {
        name: "an unknown function",
        code: "E_UNKNOWN",
        make: |site| Some(around(site, "SELECT *", "WHERE peek(m.c0)")),
    },
];
