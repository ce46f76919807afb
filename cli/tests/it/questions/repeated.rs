//! Rows that a question repeats or weighs are arms: enough people take each, or nobody.

use super::two_banks;

/// All count or weigh the four customers of bank B who pay nine thousand or more, among two hundred.
const MASKS: [&str; 6] = [
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1), (2)) v(n) WHERE v.n = 1 OR amount >= 9000",
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES ('a'), ('b')) v(c) WHERE v.c = 'a' OR amount >= 9000",
    "SELECT count(*) AS n FROM (SELECT customer_id FROM bank_b.transactions UNION ALL SELECT customer_id FROM bank_b.transactions WHERE amount >= 9000)",
    "SELECT sum(w) AS n FROM (SELECT customer_id, 1 AS w FROM bank_b.transactions WHERE amount < 9000 UNION ALL SELECT customer_id, 1000000 AS w FROM bank_b.transactions WHERE amount >= 9000)",
    "SELECT sum(v.w) AS n FROM (SELECT customer_id, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (VALUES (true, 1000), (false, 1)) v(b, w) ON v.b = t.b",
    "SELECT sum(t.amount * v.w) AS n FROM (SELECT customer_id, amount, amount >= 9000 AS b FROM bank_b.transactions) t JOIN (SELECT column1 AS b, column2 * 2 AS w FROM (VALUES (true, 500), (false, 1))) v ON v.b = t.b",
];

/// The same for many.
const ANSWERED: [&str; 5] = [
    "SELECT count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1), (2)) v(n) WHERE v.n = 1 OR amount >= 5000",
    "SELECT count(*) AS n FROM (SELECT customer_id FROM bank_b.transactions UNION ALL SELECT customer_id FROM bank_b.transactions WHERE amount >= 5000)",
    "SELECT sum(v.w) AS n FROM (SELECT customer_id, amount >= 5000 AS b FROM bank_b.transactions) t JOIN (VALUES (true, 1000), (false, 1)) v(b, w) ON v.b = t.b",
    // A threshold a row: in each of them the other row's copies are nobody's.
    "SELECT v.x AS x, count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1000.00), (5000.00)) v(x) WHERE amount >= v.x GROUP BY 1",
    // Names for countries weigh nothing.
    "SELECT v.name AS x, count(*) AS n FROM bank_b.transactions t JOIN (VALUES ('LU', 'Luxembourg'), ('XX', 'nowhere')) v(c, name) ON v.c = t.country GROUP BY 1",
];

#[test]
fn a_few_may_not_be_counted_more_often_than_the_others() {
    let world = two_banks::world(10);
    for (sql, outcome) in MASKS.iter().zip(world.ask(&MASKS)) {
        if outcome.code().is_none() {
            let rows = outcome.table(&["n".to_owned()]).rows;
            assert!(rows.iter().all(|row| row["n"].is_none()), "{sql}: {rows:?}");
        }
    }
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        let rows = outcome.table(&["n".to_owned()]).rows;
        assert!(!rows.is_empty(), "{sql}");
        assert!(rows.iter().all(|row| row["n"].is_some()), "{sql}: {rows:?}");
    }
}
