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
