//! Around the statement as a whole.

use crate::oracle::sql;

use super::{Mutator, Site};

fn around(site: &Site<'_>, before: &str, after: &str) -> String {
    let text = sql::statement(site.world, site.question);
    format!("{before}{text}{after}")
}

pub(super) const ALL: &[Mutator] = &[
    Mutator {
        name: "a table made of it",
        code: "E_STMT",
        make: |site| Some(around(site, "CREATE TABLE kept AS ", "")),
    },
    Mutator {
        name: "a view made of it",
        code: "E_STMT",
        make: |site| Some(around(site, "CREATE VIEW kept AS ", "")),
    },
    Mutator {
        name: "a copy into a file",
        code: "E_STMT",
        make: |site| Some(around(site, "COPY (", ") TO 'kept.csv'")),
    },
    Mutator {
        name: "figures of how it ran",
        code: "E_STMT",
        make: |site| Some(around(site, "EXPLAIN ANALYZE ", "")),
    },
    Mutator {
        name: "a row inserted",
        code: "E_STMT",
        make: |site| Some(around(site, "INSERT INTO alpha.events ", "")),
    },
];
