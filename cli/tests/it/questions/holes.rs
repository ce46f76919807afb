//! What an asker may try to carry a constant past the grid, or a few people past a crowd.

use super::two_banks;

/// Each is refused with its code.
const REFUSED: [(&str, &str); 14] = [
    // A literal that goes through a column is the same literal.
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM (SELECT amount, 9999.37 AS x FROM bank_b.transactions) WHERE amount = x",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT v.x, count(*) FROM bank_b.transactions CROSS JOIN (VALUES (9000.00), (9999.37)) v(x) WHERE amount >= v.x GROUP BY 1",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions WHERE amount >= CASE WHEN country = 'LU' THEN 9999.37 ELSE 9999.38 END",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions WHERE greatest(amount, 9999.37) = 9999.37",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM (SELECT amount, amount * 0.0001 + 9999.3 AS x FROM bank_b.transactions) WHERE amount = x",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM (SELECT customer_id, count(*) AS n, sum(amount) AS s FROM bank_b.transactions GROUP BY 1) WHERE s = n * 9999.37",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions t JOIN atlas.limits l ON l.country = t.country AND t.amount > l.least",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions WHERE ts >= CASE WHEN amount >= 1000 THEN TIMESTAMP '2025-02-11 10:00:00' ELSE TIMESTAMP '2025-02-11 11:00:00' END",
    ),
    // An equality besides the key is a predicate, in every kind of join.
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions t JOIN (SELECT customer_id, 9999.37 AS x FROM bank_b.accounts) a ON a.customer_id = t.customer_id AND t.amount = a.x",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions t WHERE EXISTS (SELECT 1 FROM (SELECT customer_id, 9999.37 AS x FROM bank_b.accounts) a WHERE a.customer_id = t.customer_id AND a.x = t.amount)",
    ),
    (
        "E_COMPARE",
        "SELECT count(*) FROM bank_b.transactions t WHERE EXISTS (SELECT 1 FROM bank_a.accounts a WHERE a.account_id = t.counterparty_account AND a.country = t.country)",
    ),
    (
        "E_FILTER_GRAIN",
        "SELECT count(*) FROM bank_b.transactions t WHERE NOT EXISTS (SELECT 1 FROM bank_b.accounts a WHERE a.customer_id = t.customer_id AND t.amount > 9999.37)",
    ),
    // A quotient is a measure only between two bounds.
    (
        "E_MEASURE_EXPR",
        "SELECT sum(least(s / m, 1.0)) FROM (SELECT customer_id, sum(amount) AS s, max(amount) AS m FROM bank_b.transactions GROUP BY 1)",
    ),
    (
        "E_MEASURE_EXPR",
        "SELECT sum(CAST(amount AS DOUBLE)) FROM bank_b.transactions",
    ),
];

/// Their nearest sound neighbours are answered.
const ANSWERED: [&str; 6] = [
    "SELECT v.x, count(*) AS n FROM bank_b.transactions CROSS JOIN (VALUES (1000.00), (5000.00)) v(x) WHERE amount >= v.x GROUP BY 1",
    "SELECT count(*) AS n FROM (SELECT amount, 5000 AS x FROM bank_b.transactions) WHERE amount >= x",
    "SELECT count(*) AS n FROM (SELECT customer_id, count(*) AS n, sum(amount) AS s FROM bank_b.transactions GROUP BY 1) WHERE s >= n * 1000",
    "SELECT count(*) AS n FROM bank_a.transactions t1 JOIN bank_b.transactions t2 ON t2.account_id = t1.counterparty_account AND t2.ts >= date_trunc('day', t1.ts)",
    "SELECT sum(least(greatest(s / m, 1.0), 3.0)) AS n FROM (SELECT customer_id, sum(amount) AS s, max(amount) AS m FROM bank_b.transactions GROUP BY 1)",
    "SELECT sum(CASE WHEN country = 'LU' THEN 1.0 ELSE 0.0 END * ln(1 + s)) AS n FROM (SELECT customer_id, country, sum(amount) AS s FROM bank_b.transactions GROUP BY 1, 2)",
];

#[test]
fn nothing_chosen_gets_past_the_grid() {
    let world = two_banks::world(10);
    let asked: Vec<&str> = REFUSED.iter().map(|(_, sql)| *sql).collect();
    for ((code, sql), outcome) in REFUSED.iter().zip(world.ask(&asked)) {
        assert_eq!(outcome.code(), Some(*code), "{sql}");
    }
    for (sql, outcome) in ANSWERED.iter().zip(world.ask(&ANSWERED)) {
        assert_eq!(outcome.code(), None, "{sql}");
    }
}

/// Asked of many, decided by few or by nobody, which looks the same: everybody adds the bound and four add more; by how
/// much is theirs.
const WITHHELD: [&str; 4] = [
    "SELECT sum(greatest(amount, 8000)) AS s FROM bank_b.transactions",
    "SELECT sum(least(amount, 8000)) AS s FROM bank_b.transactions",
    "SELECT sum(coalesce(amount, 7)) AS s FROM bank_b.transactions",
    // A 0 is nothing only where nothing is added to it.
    "SELECT sum(CASE WHEN amount <= 8000 THEN 5 ELSE 0 END + 1) AS s FROM bank_b.transactions",
];

#[test]
fn a_function_that_chooses_owes_support_like_a_case() {
    let world = two_banks::world(10);
    for (sql, outcome) in WITHHELD.iter().zip(world.ask(&WITHHELD)) {
        assert!(outcome.table(&[]).rows.is_empty(), "{sql}");
    }
    let enough = "SELECT sum(greatest(amount, 5000)) AS s FROM bank_b.transactions";
    let answered = world.ask(&[enough]).remove(0).table(&[]);
    assert_eq!(answered.rows.len(), 1, "{enough}");
}

/// Rows about a crowd, under the name of a unit or by way of a window's condition.
const CROWDS: [(&str, &str); 9] = [
    (
        "E_WINDOW",
        "SELECT sum(l) FROM (SELECT lag(amount, amount) OVER (PARTITION BY customer_id ORDER BY ts) AS l FROM bank_b.transactions)",
    ),
    (
        "E_CROWD",
        "SELECT sum(m) FROM (SELECT c, max(amount) AS m FROM (SELECT customer_id AS c, amount FROM bank_b.transactions WHERE country = 'LU' \
         UNION ALL SELECT 'x' AS c, amount FROM bank_b.transactions) GROUP BY c)",
    ),
    (
        "E_CROWD",
        "SELECT sum(m) FROM (SELECT c, max(amount) AS m FROM (SELECT customer_id AS c, amount FROM bank_b.transactions WHERE country = 'LU' \
         UNION ALL SELECT country AS c, amount FROM bank_b.transactions) GROUP BY c)",
    ),
    (
        "E_WINDOW",
        "SELECT sum(m) FROM (SELECT max(amount) OVER (PARTITION BY c) AS m FROM (SELECT customer_id AS c, amount FROM bank_b.transactions WHERE country = 'LU' \
         UNION ALL SELECT 'x' AS c, amount FROM bank_b.transactions))",
    ),
    (
        "E_CROWD",
        "SELECT sum(m) FROM (SELECT a.customer_id AS c, max(t.amount) AS m FROM bank_b.transactions t \
         LEFT JOIN bank_b.transactions a ON a.customer_id = t.customer_id AND a.country = 'LU' GROUP BY a.customer_id)",
    ),
    (
        "E_WINDOW",
        "SELECT sum(n) FROM (SELECT rank() OVER (PARTITION BY customer_id ORDER BY country = 'LU') AS n FROM bank_b.transactions)",
    ),
    (
        "E_WINDOW",
        "SELECT sum(n) FROM (SELECT rank() OVER (PARTITION BY customer_id ORDER BY b) AS n FROM (SELECT customer_id, amount >= 1000 AS b FROM bank_b.transactions))",
    ),
    (
        "E_WINDOW",
        "SELECT sum(l) FROM (SELECT lag(amount, 1, 30000) OVER (PARTITION BY customer_id ORDER BY ts) AS l FROM bank_b.transactions)",
    ),
    (
        "E_WINDOW",
        "SELECT sum(l) FROM (SELECT max(greatest(amount, 9000)) OVER (PARTITION BY customer_id) AS l FROM bank_b.transactions)",
    ),
];

#[test]
fn no_row_is_about_a_crowd() {
    let world = two_banks::world(10);
    let statements = CROWDS.map(|(_, sql)| sql);
    for ((code, sql), outcome) in CROWDS.iter().zip(world.ask(&statements)) {
        assert_eq!(outcome.code(), Some(*code), "{sql}");
    }
}

#[test]
fn a_key_written_twice_is_one_key() {
    let world = two_banks::world(10);
    let twice = "SELECT c AS k, c AS again, sum(n) AS s FROM (SELECT customer_id, country AS c, count(*) AS n FROM bank_b.transactions GROUP BY 1, 2) GROUP BY c, c";
    let once =
        "SELECT country AS k, country AS again, count(*) AS s FROM bank_b.transactions GROUP BY 1";
    let outcomes = world.ask(&[twice, once]);
    let columns = ["k", "again", "s"].map(str::to_owned);
    let (twice, once) = (outcomes[0].table(&columns), outcomes[1].table(&columns));
    assert!(!once.rows.is_empty());
    assert_eq!(twice.rows, once.rows);
}
