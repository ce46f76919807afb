//! An arm of a few is not padded by those who take it and add nothing, and it is followed through groups and windows.

use super::two_banks;

/// Each weighs the four customers of bank B who pay nine thousand or more, among two hundred who take the arm too.
const MASKS: [(&str, &str); 12] = [
    (
        "zeros",
        "SELECT sum(CASE WHEN v.w = 0 OR amount >= 9000 THEN amount * v.w * 1000 ELSE amount END) AS n FROM bank_b.transactions CROSS JOIN (VALUES (0), (1)) v(w)",
    ),
    (
        "amounts that cancel out",
        "SELECT sum(CASE WHEN country = 'LU' OR (amount >= 9000 AND v.w = 1) THEN amount * v.w ELSE 0 END) AS n FROM bank_b.transactions CROSS JOIN (VALUES (-1), (1)) v(w)",
    ),
    (
        "NULLs",
        "SELECT count(CASE WHEN v.w IS NULL OR amount >= 9000 THEN v.w END) AS n FROM bank_b.transactions CROSS JOIN (VALUES (NULL), (1)) v(w)",
    ),
    (
        "zeros in a branch of a union",
        "SELECT sum(x) AS n FROM (SELECT customer_id, amount AS x FROM bank_b.transactions UNION ALL SELECT customer_id, amount * v.w FROM bank_b.transactions CROSS JOIN (VALUES (0), (1)) v(w) WHERE v.w = 0 OR amount >= 9000)",
    ),
    (
        "zeros in a group",
        "SELECT sum(s) AS n FROM (SELECT customer_id, sum(CASE WHEN v.w = 0 OR amount >= 9000 THEN amount * v.w * 1000 ELSE amount END) AS s FROM bank_b.transactions CROSS JOIN (VALUES (0), (1)) v(w) GROUP BY 1)",
    ),
    (
        "zeros in a group of a union",
        "SELECT sum(s) AS n FROM (SELECT customer_id, sum(x) AS s FROM (SELECT customer_id, amount AS x FROM bank_b.transactions UNION ALL SELECT customer_id, amount * v.w FROM bank_b.transactions CROSS JOIN (VALUES (0), (1)) v(w) WHERE v.w = 0 OR amount >= 9000) GROUP BY 1)",
    ),
    (
        "amounts below the largest",
        "SELECT sum(m) AS n FROM (SELECT customer_id, max(CASE WHEN amount >= 9000 OR amount <= 1000 THEN amount * 3 ELSE amount END) AS m FROM bank_b.transactions GROUP BY 1)",
    ),
    (
        "a key that a CASE made",
        "SELECT count(*) AS n FROM (SELECT customer_id, b, count(*) AS m FROM (SELECT customer_id, CASE WHEN amount >= 9000 THEN 1 ELSE 0 END AS b FROM bank_b.transactions) GROUP BY 1, 2)",
    ),
    (
        "a window's sum",
        "SELECT sum(s) AS n FROM (SELECT customer_id, sum(x) OVER (PARTITION BY customer_id) AS s FROM (SELECT customer_id, CASE WHEN amount >= 9000 THEN amount * 1000 ELSE amount END AS x FROM bank_b.transactions))",
    ),
    (
        "the row before",
        "SELECT sum(l) AS n FROM (SELECT lag(x) OVER (PARTITION BY customer_id ORDER BY ts) AS l FROM (SELECT customer_id, ts, CASE WHEN amount >= 9000 THEN amount * 1000 ELSE amount END AS x FROM bank_b.transactions))",
    ),
    (
        "rows that shift the others' numbers",
        "SELECT sum(n) AS n FROM (SELECT b, row_number() OVER (PARTITION BY customer_id ORDER BY ts ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS n FROM (SELECT customer_id, ts, 1 AS b FROM bank_b.transactions UNION ALL SELECT customer_id, ts, 2 FROM bank_b.transactions WHERE amount >= 9000)) WHERE b = 1",
    ),
    (
        "rows between a row and the one before",
        "SELECT sum(l) AS n FROM (SELECT b, lag(amount, 2) OVER (PARTITION BY customer_id ORDER BY ts) AS l FROM (SELECT customer_id, ts, amount, 1 AS b FROM bank_b.transactions UNION ALL SELECT customer_id, ts, amount, 2 FROM bank_b.transactions WHERE amount >= 9000)) WHERE b = 1",
    ),
];

/// The same of many.
const ANSWERED: [&str; 9] = [
    "SELECT sum(CASE WHEN amount >= 5000 THEN amount * 1000 ELSE amount END) AS n FROM bank_b.transactions",
    // A literal 0 moves a mean: who takes it adds something.
    "SELECT avg(CASE WHEN amount >= 5000 THEN 0 ELSE amount END) AS n FROM bank_b.transactions",
    "SELECT sum(s) AS n FROM (SELECT customer_id, sum(CASE WHEN amount >= 5000 THEN amount * 1000 ELSE amount END) AS s FROM bank_b.transactions GROUP BY 1)",
    "SELECT sum(m) AS n FROM (SELECT customer_id, max(CASE WHEN amount >= 7000 THEN amount * 3 ELSE amount END) AS m FROM bank_b.transactions GROUP BY 1)",
    "SELECT count(*) AS n FROM (SELECT customer_id, b, count(*) AS m FROM (SELECT customer_id, CASE WHEN amount >= 5000 THEN 1 ELSE 0 END AS b FROM bank_b.transactions) GROUP BY 1, 2)",
    "SELECT sum(s) AS n FROM (SELECT customer_id, sum(x) OVER (PARTITION BY customer_id) AS s FROM (SELECT customer_id, CASE WHEN amount >= 5000 THEN amount * 1000 ELSE amount END AS x FROM bank_b.transactions))",
    "SELECT sum(l) AS n FROM (SELECT lag(x) OVER (PARTITION BY customer_id ORDER BY ts) AS l FROM (SELECT customer_id, ts, CASE WHEN amount >= 5000 THEN amount * 1000 ELSE amount END AS x FROM bank_b.transactions))",
    "SELECT sum(n) AS n FROM (SELECT b, row_number() OVER (PARTITION BY customer_id ORDER BY ts) AS n FROM (SELECT customer_id, ts, 1 AS b FROM bank_b.transactions UNION ALL SELECT customer_id, ts, 2 FROM bank_b.transactions WHERE amount >= 5000)) WHERE b = 1",
    "SELECT sum(l) AS n FROM (SELECT b, lag(amount, 2) OVER (PARTITION BY customer_id ORDER BY ts) AS l FROM (SELECT customer_id, ts, amount, 1 AS b FROM bank_b.transactions UNION ALL SELECT customer_id, ts, amount, 2 FROM bank_b.transactions WHERE amount >= 5000)) WHERE b = 1",
];

#[test]
fn those_who_add_nothing_do_not_hide_a_few() {
    let world = two_banks::world(10);
    let statements = MASKS.map(|(_, sql)| sql);
    for ((how, sql), outcome) in MASKS.iter().zip(world.ask(&statements)) {
        assert_eq!(outcome.code(), None, "{how}: {sql}");
        let rows = outcome.table(&["n".to_owned()]).rows;
        assert!(
            rows.iter().all(|row| row["n"].is_none()),
            "{how}: {sql}: {rows:?}"
        );
    }
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        assert_eq!(outcome.code(), None, "{sql}");
        let rows = outcome.table(&["n".to_owned()]).rows;
        assert!(!rows.is_empty(), "{sql}");
        assert!(rows.iter().all(|row| row["n"].is_some()), "{sql}: {rows:?}");
    }
}
