//! Where a question says what leaves, and where several things leave: `WITH r AS MATERIALIZED (…)`, joins and unions of
//! releases.

use super::few::{told, world};

/// Groups of rows, of which the smallest is withheld, computed with further.
const GROUPS: &str = "(SELECT date_trunc('month', ts) m, country, count(*) c, sum(amount) s FROM bank.t GROUP BY 1, 2)";

fn answered(sql: &str, few: usize) -> String {
    told(&world(few).ask(&[sql])[0])
}

#[test]
fn a_marked_subquery_is_what_leaves() {
    let unmarked = format!("SELECT sum(c) AS v FROM {GROUPS}");
    let marked = |select: &str| format!("WITH r AS MATERIALIZED {GROUPS} SELECT {select} FROM r");
    assert_eq!(answered(&unmarked, 1), "E_CROWD");
    let cases = [
        // Of 90 payments one is in a group of its own, which does not leave.
        (
            "count(*) AS groups, sum(c) AS payments",
            r#"[{"groups":3,"payments":89}]"#,
        ),
        (
            "max(c) AS most, min(c) AS least",
            r#"[{"most":30,"least":29}]"#,
        ),
        ("median(s) AS middle", r#"[{"middle":6000.0}]"#),
        (
            "count(DISTINCT country) AS countries",
            r#"[{"countries":1}]"#,
        ),
    ];
    for (select, expected) in cases {
        assert_eq!(answered(&marked(select), 1), expected, "{select}");
    }
}

#[test]
fn what_is_above_a_release_may_be_computed_again_and_again() {
    let sql = format!(
        "WITH r AS MATERIALIZED {GROUPS}, q AS (SELECT country, max(s) AS s FROM r GROUP BY 1) \
         SELECT DISTINCT round(avg(s), 2) AS v FROM q"
    );
    assert_eq!(answered(&sql, 2), r#"[{"v":9000.0}]"#);
}

#[test]
fn several_releases_meet_by_public_values() {
    let sql = "WITH a AS (SELECT country, count(*) c FROM bank.t GROUP BY 1), \
               b AS (SELECT country, count(DISTINCT person) p FROM bank.t GROUP BY 1) \
               SELECT a.country AS k, c, p FROM a JOIN b ON a.country = b.country \
               UNION ALL SELECT 'all', count(*), count(DISTINCT person) FROM bank.t ORDER BY k";
    let expected = r#"[{"k":"LU","c":88,"p":30},{"k":"all","c":90,"p":30}]"#;
    assert_eq!(answered(sql, 2), expected);
}

#[test]
fn a_mark_lets_no_rows_through() {
    let cases = [
        "WITH r AS MATERIALIZED (SELECT person, amount FROM bank.t) SELECT count(*) FROM r",
        "WITH r AS MATERIALIZED (SELECT country k, count(*) c FROM bank.t GROUP BY 1) SELECT count(*) FROM r JOIN bank.t ON k = country",
        "SELECT count(*) FROM (SELECT person FROM bank.t) AS __materialized_0",
        "SELECT count(*), max(c) FROM (SELECT person, count(*) c FROM bank.t GROUP BY 1) AS __materialized_7",
    ];
    let expected = ["E_NOAGG", "E_NOAGG", "E_NOAGG", "E_ROLE_DIM"];
    for (sql, expected) in cases.into_iter().zip(expected) {
        assert_eq!(answered(sql, 0), expected, "{sql}");
    }
}

#[test]
fn functions_above_are_the_listed_ones() {
    let sql = format!("WITH r AS MATERIALIZED {GROUPS} SELECT array_agg(c) FROM r");
    assert_eq!(answered(&sql, 0), "E_AGG");
}

/// What would fail on any row is refused before: a question that fails counts against whoever asked it.
#[test]
fn what_is_no_number_of_rows_or_no_part_of_a_moment_is_refused() {
    let above = |select: &str| format!("SELECT {select} FROM {GROUPS} AS g");
    let refused = [
        format!("{} LIMIT -1", above("c")),
        format!("{} OFFSET -5", above("c")),
        above("date_part('foo', m)"),
        above("m AT TIME ZONE 'Mars/X'"),
        above("lag(c, c) OVER (ORDER BY m)"),
        above("ntile(0) OVER (ORDER BY m)"),
        above("ntile(c) OVER (ORDER BY m)"),
        above("array_agg(c) OVER (ORDER BY m)"),
        "SELECT sum(country = 'LU') AS v FROM bank.t".to_owned(),
        "SELECT median(ts) AS v FROM bank.t".to_owned(),
    ];
    let answered = [
        format!("{} ORDER BY c LIMIT 1 OFFSET 1", above("c")),
        above("date_part('DOW', m) AS d, date_part('y', m) AS y, date_part('epoch', m) AS e"),
        above("m AT TIME ZONE 'Europe/Zurich' AS z"),
        above(
            "lag(c, 1) OVER (ORDER BY m) AS l, ntile(2) OVER (ORDER BY m) AS n, dense_rank() OVER (ORDER BY c) AS d, first_value(c) OVER (ORDER BY m) AS f",
        ),
    ];
    let statements: Vec<&str> = refused
        .iter()
        .chain(&answered)
        .map(String::as_str)
        .collect();
    let outcomes: Vec<String> = world(1).ask(&statements).iter().map(told).collect();
    let (no, yes) = outcomes.split_at(refused.len());
    for (sql, told) in refused.iter().zip(no) {
        assert!(told == "invalid" || told == "E_WINDOW", "{sql}: {told}");
    }
    for (sql, told) in answered.iter().zip(yes) {
        assert!(told.starts_with('['), "{sql}: {told}");
    }
}
