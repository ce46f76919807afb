//! Whoever knows bank b's people does not learn how many of them are among bank a's few: neither from rows that are held back with them
//! nor from those that are not, nor from a condition that the rows of the few undo.

use super::few::told;
use super::world::{World, Written, exact};

const POLICY: &str = r#"person = { unit = "person", join = "person" }
fee = { measure = [0, 1000], filter = true }
n = { measure = [0, 1000], filter = true, dimension = true }
[joins.person]
with = ["a", "b"]
many = ["a", "b"]
"#;

/// Two banks with these payments: whose, the fee, a number.
pub(super) fn world(a: &[(usize, usize, usize)], b: &[(usize, usize, usize)]) -> World {
    let bank = |owner, rows: &[(usize, usize, usize)]| {
        let row = |(person, fee, n): &(usize, usize, usize)| format!("p{person},{fee},{n}");
        Written {
            owner,
            name: "t",
            policy: exact(POLICY),
            csv: ("person,fee,n", rows.iter().map(row).collect()),
            more: "",
        }
    };
    World::written("rita@regulator", &[bank("a", a), bank("b", b)])
}

/// Thirty persons with two payments at each bank, taking turns; so many of them paid a fee at bank a.
fn fees(few: usize) -> World {
    let at = |numbers: [usize; 2], paying: usize| -> Vec<(usize, usize, usize)> {
        let fee = |person: usize, n: usize| 3 * usize::from(n == 2 && person < paying);
        let each = |person: usize| numbers.map(|n| (person, fee(person, n), n));
        (0..30).flat_map(each).collect()
    };
    world(&at([2, 4], few), &at([1, 3], 0))
}

/// Asserts that one and four of few look the same, and enough do not.
pub(super) fn few_look_the_same(world: impl Fn(usize) -> World, attacks: &[String]) {
    let statements: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let [one, four, many] = [1, 4, 7].map(|few| world(few).ask(&statements));
    for (((sql, one), four), many) in attacks.iter().zip(&one).zip(&four).zip(&many) {
        assert_eq!(told(one), told(four), "{sql}");
        assert_ne!(told(one), told(many), "{sql}");
    }
}

const BOTH: &str =
    "(SELECT person, n AS x, n FROM a.t WHERE fee > 0 UNION ALL SELECT person, 1, n FROM b.t)";

#[test]
fn a_row_whose_window_sees_the_few_is_not_missed() {
    let over = |call: &str, told: &str| {
        format!("SELECT {told} AS v FROM (SELECT {call} AS l FROM {BOTH})")
    };
    let ordered = "OVER (PARTITION BY person ORDER BY n";
    let calls = [
        format!("lag(x) {ordered})"),
        format!("lead(x) {ordered})"),
        format!("max(x) {ordered} ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)"),
        format!("count(*) {ordered} ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)"),
    ];
    let attacks: Vec<String> = calls
        .iter()
        .flat_map(|call| {
            [
                over(call, "count(*)"),
                over(call, "sum(l)"),
                over(call, "count(l)"),
            ]
        })
        .collect();
    few_look_the_same(fees, &attacks);
}

/// Bank b's rows see bank a's few where only these have a unit at this place, or stand at another.
#[test]
fn a_window_sees_whoever_is_in_its_partition() {
    let both = |columns: &str, person: &str| {
        format!(
            "(SELECT {columns}, n, 1 AS s FROM a.t WHERE fee > 0 UNION ALL SELECT {columns}, n, 2 FROM b.t){person}"
        )
    };
    let twin = both("person, person AS twin", "");
    let attacks = [
        format!("SELECT count(*) AS v FROM (SELECT twin, count(*) AS c FROM (SELECT twin, lag(n) OVER (PARTITION BY person ORDER BY n) FROM {twin}) GROUP BY twin)"),
        format!("SELECT sum(l) AS v FROM (SELECT s, count(*) OVER (PARTITION BY person) AS l FROM {twin}) WHERE s = 2"),
        "SELECT count(*) AS v FROM (SELECT person, lag(x) OVER (PARTITION BY person ORDER BY o) AS l FROM (SELECT person, n AS x, n AS o FROM a.t WHERE n = 9 UNION ALL SELECT person, n AS x, n AS o FROM b.t) \
            UNION ALL SELECT person, lag(x) OVER (PARTITION BY person ORDER BY o) FROM (SELECT person, n AS x, n AS o FROM a.t WHERE fee > 0 UNION ALL SELECT person, n AS x, n AS o FROM b.t))".to_owned(),
    ];
    few_look_the_same(fees, &attacks);
}

#[test]
fn a_window_over_both_stays_so_in_a_union() {
    let seen = format!("(SELECT person, sum(x) OVER (PARTITION BY person) AS s FROM {BOTH})");
    let twice = format!("(SELECT person, max(s) OVER (PARTITION BY person) AS s FROM {seen})");
    let attacks = [
        format!(
            "SELECT count(*) AS v FROM (SELECT person FROM {seen} UNION SELECT person FROM b.t)"
        ),
        format!(
            "SELECT count(*) AS v FROM (SELECT person FROM {twice} UNION SELECT person FROM b.t)"
        ),
        format!(
            "SELECT count(*) AS v FROM (SELECT DISTINCT person FROM (SELECT person FROM {seen} UNION ALL SELECT person FROM b.t WHERE n = 1))"
        ),
    ];
    few_look_the_same(fees, &attacks);
}

/// Eight persons have a value at bank b that some, but few, have at bank a too.
#[test]
fn a_value_beside_a_few_is_not_counted() {
    let valued = |few: usize| {
        let number = |person: usize| if person < 8 { 7 } else { 1 };
        let b: Vec<_> = (0..60).map(|person| (person, 0, number(person))).collect();
        let a = (0..few).chain(8..20);
        let a: Vec<_> = a.map(|person| (person, 0, number(person))).collect();
        world(&a, &b)
    };
    let both = "(SELECT person, n FROM a.t UNION ALL SELECT person, n FROM b.t)";
    let attacks = [
        format!(
            "SELECT count(DISTINCT n) AS v FROM (SELECT person, n, count(*) FROM {both} GROUP BY 1, 2)"
        ),
        format!("SELECT count(DISTINCT n) AS v FROM (SELECT DISTINCT person, n FROM {both})"),
        format!(
            "SELECT count(DISTINCT n) AS v FROM (SELECT n, count(*) OVER (PARTITION BY person) FROM {both})"
        ),
    ];
    few_look_the_same(valued, &attacks);
}

/// Without consent to negation no condition may tell those apart who are at one bank alone, whoever's key groups them.
#[test]
fn what_the_rows_of_the_few_undo_is_refused() {
    let joined = "(SELECT q.person FROM b.t q JOIN a.t y ON q.person = y.person WHERE y.fee > 0 UNION ALL SELECT person FROM b.t)";
    let within = "(SELECT person FROM b.t WHERE person IN (SELECT person FROM a.t WHERE fee > 0) UNION ALL SELECT person FROM b.t)";
    let mut refused = Vec::new();
    for rows in [joined, within] {
        refused.push(format!(
            "SELECT count(*) AS v FROM (SELECT person FROM {rows} GROUP BY 1 HAVING count(*) <= 2)"
        ));
        refused.push(format!(
            "SELECT c, count(*) AS v FROM (SELECT person, count(*) AS c FROM {rows} GROUP BY 1) GROUP BY c"
        ));
        refused.push(format!(
            "SELECT count(*) AS v FROM (SELECT count(*) OVER (PARTITION BY person) AS c FROM {rows}) WHERE c <= 2"
        ));
    }
    let grouped = format!("(SELECT person, count(*) AS c FROM {joined} GROUP BY person)");
    for condition in [
        "abs(c - 3) >= 1",
        "least(3 - c, 1) >= 1",
        "10 / c >= 4",
        "3 - c >= 1",
    ] {
        refused.push(format!(
            "SELECT count(*) AS v FROM {grouped} g WHERE {condition}"
        ));
    }
    let again = format!("(SELECT person, 3 - c AS c FROM {grouped} g)");
    refused.push(format!(
        "SELECT count(*) AS v FROM (SELECT person, min(c) AS c FROM {grouped} g GROUP BY 1) WHERE c <= 2"
    ));
    refused.push(format!("SELECT count(*) AS v FROM {again} g WHERE c >= 1"));
    refused.push(format!(
        "SELECT count(*) AS v FROM (SELECT person FROM {joined} GROUP BY 1 HAVING sum(-1) >= -2)"
    ));
    let list = "(SELECT x FROM (VALUES (3), (4)) AS k(x))";
    refused.push(format!(
        "SELECT count(*) AS v FROM {grouped} g WHERE c NOT IN {list}"
    ));
    refused.push(format!(
        "SELECT count(*) AS v FROM {grouped} g WHERE NOT EXISTS (SELECT 1 FROM {list} k WHERE k.x = g.c)"
    ));
    for key in ["x.person", "y.person"] {
        refused.push(format!(
            "SELECT count(*) AS v FROM (SELECT {key}, count(*) AS c FROM b.t x JOIN {BOTH} y ON x.person = y.person GROUP BY 1) WHERE c <= 4"
        ));
    }
    let statements: Vec<&str> = refused.iter().map(String::as_str).collect();
    for (sql, outcome) in refused.iter().zip(fees(1).ask(&statements)) {
        assert_eq!(
            outcome.code(),
            Some("E_NEGATION"),
            "{sql}: {}",
            told(&outcome)
        );
    }
}

/// As a key, an order or one of distinct values, what more rows could move is a condition like any other.
#[test]
fn what_the_rows_of_the_few_move_parts_and_orders_nothing() {
    let counted = format!("(SELECT person, n, count(*) AS c FROM {BOTH} GROUP BY 1, 2)");
    let refused = [
        format!(
            "SELECT count(*) AS v FROM (SELECT person FROM {counted} GROUP BY 1 HAVING count(DISTINCT c) >= 2)"
        ),
        format!(
            "SELECT count(*) AS v FROM (SELECT person, count(*) AS k FROM (SELECT DISTINCT person, c FROM {counted}) GROUP BY 1) WHERE k >= 2"
        ),
        format!(
            "SELECT count(*) AS v FROM (SELECT person, count(*) AS k FROM (SELECT person, c FROM {counted} UNION SELECT person, c FROM {counted}) GROUP BY 1) WHERE k >= 2"
        ),
        format!(
            "SELECT count(*) AS v FROM (SELECT person, c, count(*) AS k FROM {counted} GROUP BY 1, 2) WHERE k >= 2"
        ),
        format!(
            "SELECT sum(w) AS v FROM (SELECT n, count(*) OVER (PARTITION BY person, c) AS w FROM {counted}) WHERE n = 2"
        ),
        format!(
            "SELECT sum(w) AS v FROM (SELECT n, count(*) OVER (PARTITION BY person ORDER BY c) AS w FROM {counted}) WHERE n = 2"
        ),
        format!(
            "SELECT sum(w) AS v FROM (SELECT n, rank() OVER (PARTITION BY person ORDER BY c) AS w FROM {counted}) WHERE n = 2"
        ),
    ];
    let statements: Vec<&str> = refused.iter().map(String::as_str).collect();
    for (sql, outcome) in refused.iter().zip(fees(1).ask(&statements)) {
        assert_eq!(told(&outcome), "E_NEGATION", "{sql}");
    }
}

/// A window parted by one unit below a grouping by another: whom the window saw is named by none of its keys.
#[test]
fn what_windows_saw_must_be_named_above_them() {
    let world = fees(1);
    for bank in ["a", "b"] {
        let file = world.path().join(bank).join("t.csv");
        let rows = std::fs::read_to_string(&file).unwrap();
        let rows = rows.lines().map(|row| match row.split_once(',') {
            Some(("person", _)) => format!("{row},acct\n"),
            Some((person, _)) => format!("{row},x{person}\n"),
            None => String::new(),
        });
        std::fs::write(&file, rows.collect::<String>()).unwrap();
        let policy = exact(POLICY).replace(
            "[joins.person]",
            "acct = { unit = \"acct\", join = \"acct\" }\n[joins.acct]\nwith = [\"a\", \"b\"]\nmany = [\"a\", \"b\"]\n[joins.person]",
        );
        std::fs::write(world.path().join(bank).join("t.policy.toml"), policy).unwrap();
    }
    let both =
        "(SELECT person, acct, n FROM a.t WHERE fee > 0 UNION ALL SELECT person, acct, n FROM b.t)";
    let seen = format!("(SELECT person, acct, sum(n) OVER (PARTITION BY person) AS s FROM {both})");
    let asked = [
        format!("SELECT count(*) AS v FROM (SELECT acct, count(*) AS c FROM {seen} GROUP BY acct)"),
        format!("SELECT sum(c) AS v FROM (SELECT count(*) OVER (PARTITION BY acct) AS c FROM {seen})"),
        format!("SELECT count(*) AS v FROM (SELECT person, acct, count(*) AS c FROM {seen} GROUP BY person, acct)"),
        "SELECT count(*) AS v FROM (SELECT acct, count(*) AS c FROM (SELECT acct, sum(n) OVER (PARTITION BY person) AS s FROM b.t) GROUP BY acct)".to_owned(),
    ];
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    let answers: Vec<String> = world.ask(&statements).iter().map(told).collect();
    let thirty = "[{\"v\":30}]";
    assert_eq!(answers, ["E_CROWD", "E_WINDOW", "[]", thirty]);
}
