//! What is counted by a person and something else is not determined by the person, though her rows were joined with one
//! that was grouped by her: as a key it parts groups, and whoever takes its condition is counted.

use super::few;

const ROWS: &str = "(SELECT g.person AS p, t.n AS y, t.country AS c FROM bank.t t \
                    JOIN (SELECT DISTINCT person FROM bank.t) g ON t.person = g.person)";

/// Each told how many paid to KY, as groups more than there are people.
fn attacks() -> Vec<String> {
    let counted =
        format!("(SELECT p, y, count(*) FILTER (WHERE c = 'KY') AS a FROM {ROWS} j GROUP BY p, y)");
    let parted = format!("(SELECT p, a, count(*) AS x FROM {counted} f GROUP BY p, a)");
    [
        format!("SELECT count(*) AS r, sum(a) AS s FROM (SELECT DISTINCT p, a FROM {counted} f) z"),
        format!("SELECT count(*) AS r, count(DISTINCT a) AS s FROM (SELECT DISTINCT p, a FROM {counted} f) z"),
        format!("SELECT count(*) AS r, sum(x) AS x, sum(a) AS s FROM {parted} z"),
        format!("SELECT count(*) AS r FROM {parted} z WHERE x >= 1"),
    ]
    .into()
}

#[test]
fn groups_by_what_only_a_wider_key_determines_tell_nothing_of_a_few() {
    let attacks = attacks();
    let attacks: Vec<&str> = attacks.iter().map(String::as_str).collect();
    let [one, two] = [1, 2].map(|few| few::world(few).ask(&attacks));
    for ((one, two), sql) in one.iter().zip(&two).zip(&attacks) {
        assert_eq!(format!("{one:?}"), format!("{two:?}"), "{sql}");
    }
}

/// The binder makes keys of what it takes to be determined; what a person determines by way of another key owes nothing.
#[test]
fn what_a_key_determines_by_way_of_another_is_no_key() {
    let grouped = "(SELECT person AS p, max(CASE WHEN country = 'KY' THEN n END) AS a FROM bank.t GROUP BY person)";
    let again = format!("(SELECT p, count(a) AS b FROM {grouped} g GROUP BY p)");
    let sql = format!(
        "SELECT count(*) AS people FROM (SELECT p, count(*) AS c FROM {again} h GROUP BY p) i"
    );
    let answers = few::world(2).ask(&[&sql]);
    assert_eq!(few::told(&answers[0]), "[{\"people\":30}]");
}

/// What a window says of a whole partition is determined by what parts it.
#[test]
fn what_a_partition_determines_is_no_key() {
    let grouped = "(SELECT person AS p, max(CASE WHEN country = 'KY' THEN n END) AS a FROM bank.t GROUP BY person)";
    let seen = format!("(SELECT g.*, count(a) OVER (PARTITION BY p) AS b FROM {grouped} g)");
    let sql = format!(
        "SELECT count(*) AS people FROM (SELECT p, max(b) AS b, count(*) AS c FROM {seen} h GROUP BY p) i"
    );
    let answers = few::world(2).ask(&[&sql]);
    assert_eq!(few::told(&answers[0]), "[{\"people\":30}]");
}

/// DISTINCT over fewer columns than a grouping has keys leaves one row a person, though each stood once in what was joined.
#[test]
fn whoever_was_distinct_once_is_so_again() {
    let people = "(SELECT DISTINCT person AS p FROM bank.t) g";
    let repeated = format!(
        "(SELECT p, y, count(*) AS c FROM {people} CROSS JOIN (VALUES (1), (0), (1000)) v(y) GROUP BY p, y) h"
    );
    let distinct = |columns: &str| {
        format!("SELECT count(*) AS n FROM (SELECT DISTINCT {columns} FROM {repeated}) i")
    };
    let questions = [distinct("p"), distinct("p, y"), distinct("y, p")];
    let answers = few::world(2).ask(&questions.each_ref().map(String::as_str));
    let told: Vec<String> = answers.iter().map(few::told).collect();
    assert_eq!(told, ["[{\"n\":30}]", "[{\"n\":90}]", "[{\"n\":90}]"]);
}

/// Keys that nobody reads part groups all the same, and pairs with them are as many as they are: `DataFusion` takes a person for
/// the only key here, because each was one of a join's sides once.
#[test]
fn keys_that_nobody_reads_part_groups() {
    let grouped = format!("(SELECT p, y, max(y) AS a FROM {ROWS} j GROUP BY p, y) g");
    let unread = format!("(SELECT p, count(*) AS c FROM {ROWS} j GROUP BY p, y) g");
    let questions = [
        format!("SELECT count(*) AS n FROM (SELECT DISTINCT p, a FROM {grouped}) i"),
        format!("SELECT count(*) AS n FROM {unread}"),
        format!("SELECT sum(c) AS n FROM {unread}"),
        format!("SELECT count(*) AS n FROM bank.t t JOIN {unread} ON t.person = g.p"),
    ];
    let answers = few::world(2).ask(&questions.each_ref().map(String::as_str));
    let told: Vec<String> = answers.iter().map(few::told).collect();
    let expected = [90, 90, 90, 270].map(|n| format!("[{{\"n\":{n}}}]"));
    assert_eq!(told, expected);
}

/// Keys are those that are written: what a person determines is none, unless it stands there.
#[test]
fn what_is_no_key_is_asked_for_as_one() {
    let grouped = "(SELECT person AS p, count(*) AS c FROM bank.t GROUP BY person) g";
    let question = format!("SELECT count(*) AS n FROM (SELECT p, c FROM {grouped} GROUP BY p) h");
    let answers = few::world(2).ask(&[&question]);
    assert!(matches!(&answers[0], few::Outcome::Refused(code) if code == "invalid"));
}
