//! Windows of which `DataFusion` makes what cannot be run: the same frame twice, a frame that nobody reads.

use super::few;

#[test]
fn windows_over_one_frame_are_answered() {
    let over = "OVER (PARTITION BY person)";
    let ordered = "OVER (PARTITION BY person ORDER BY ts)";
    let once = format!("(SELECT person, ts, lead(n) {ordered} AS m FROM bank.t)");
    let asked = [
        format!(
            "SELECT sum(v + w) AS s FROM (SELECT min(n + 1) {over} AS v, min(n + 2) {over} AS w FROM bank.t)"
        ),
        format!(
            "SELECT sum(v) AS s, sum(w) AS t FROM (SELECT min(n + 1) {over} AS v, max(n + 1) {over} AS w FROM bank.t)"
        ),
        format!(
            "SELECT avg(v + w) AS s FROM (SELECT avg(n + 1) {over} AS v, avg(n + 2) {over} AS w FROM bank.t)"
        ),
        format!("SELECT count(*) AS c FROM (SELECT lead(m) {ordered} FROM {once})"),
    ];
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    for (sql, outcome) in asked.iter().zip(few::world(6).ask(&statements)) {
        assert!(few::told(&outcome).starts_with("[{"), "{sql}: {outcome:?}");
    }
}

/// The window above reads whom the one below has seen.
#[test]
fn windows_over_rows_of_two_banks_are_answered() {
    let both = "(SELECT person, n FROM a.t UNION ALL SELECT person, n FROM b.t)";
    let pairs = [
        (
            "sum(n) OVER (PARTITION BY person)",
            "min(n) OVER (PARTITION BY person ORDER BY n)",
        ),
        (
            "avg(n) OVER (PARTITION BY person)",
            "min(n) OVER (PARTITION BY person ORDER BY n)",
        ),
        (
            "lag(n) OVER (PARTITION BY person ORDER BY n)",
            "sum(n) OVER (PARTITION BY person)",
        ),
        (
            "count(*) OVER (PARTITION BY person)",
            "min(n) OVER (PARTITION BY person ORDER BY n)",
        ),
    ];
    let asked = pairs.map(|(x, y)| {
        format!("SELECT count(*) AS c, sum(y) AS y FROM (SELECT {x} AS x, {y} AS y FROM {both})")
    });
    let rows = |numbers: [usize; 2]| {
        (0..30)
            .flat_map(|person| numbers.map(|n| (person, 0, n)))
            .collect::<Vec<_>>()
    };
    let world = super::whereabouts::world(&rows([2, 4]), &rows([1, 3]));
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    for (sql, outcome) in asked.iter().zip(world.ask(&statements)) {
        assert!(few::told(&outcome).starts_with("[{"), "{sql}: {outcome:?}");
    }
}

/// A condition is made a number once, however it is cast on.
#[test]
fn a_condition_cast_twice_is_answered() {
    let asked = [
        "SELECT count(*) AS c FROM (SELECT n + CAST(fee < 2 AS INT) AS x FROM bank.t)",
        "SELECT sum(x) AS c FROM (SELECT CAST(CAST(fee < 2 AS INT) AS BIGINT) AS x FROM bank.t)",
    ];
    for (sql, outcome) in asked.iter().zip(few::world(7).ask(&asked)) {
        let told = few::told(&outcome);
        assert!(!told.starts_with("failed"), "{sql}: {told}");
    }
}

/// So many rows there are not: it is refused in words, as is what is no number of rows.
#[test]
fn a_number_of_rows_may_be_out_of_all_bounds() {
    let lag = |rows: &str| {
        format!(
            "SELECT sum(l) AS v FROM (SELECT lag(n, {rows}) OVER (PARTITION BY person ORDER BY ts) AS l FROM bank.t)"
        )
    };
    let asked = [
        "-9223372036854775807 - 1",
        "9223372036854775807",
        "1.5",
        "NULL",
    ]
    .map(lag);
    let statements: Vec<&str> = asked.iter().map(String::as_str).collect();
    for (sql, outcome) in asked.iter().zip(few::world(6).ask(&statements)) {
        assert_eq!(few::told(&outcome), "E_WINDOW", "{sql}");
    }
}
