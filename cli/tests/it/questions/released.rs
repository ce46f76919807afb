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
