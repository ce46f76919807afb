//! What would be read otherwise than it is written is refused: its answer would be that of another question.

use super::few;

const JOINED: &str = "(SELECT person, n FROM bank.t) a";
const OTHER: &str = "(SELECT person, fee FROM bank.t) b";

/// AND or OR behind IS DISTINCT FROM, and outer joins of which a key has one name for both sides.
fn misread() -> Vec<String> {
    let counted = |condition: &str| format!("SELECT count(*) AS n FROM bank.t WHERE {condition}");
    let joined = |what: &str, how: &str, on: &str| {
        format!("SELECT {what} FROM {JOINED} {how} JOIN {OTHER} {on}")
    };
    let third = "USING (person) JOIN bank.t c USING (person)";
    [
        counted("country IS DISTINCT FROM 'KY' AND n = 1"),
        counted("n = 1 OR country IS NOT DISTINCT FROM 'KY' OR n = 2"),
        counted("n = (CASE WHEN country IS DISTINCT FROM 'KY' AND n = 1 THEN 1 END)"),
        joined("count(*) AS n", "RIGHT", "USING (person)"),
        joined("count(*) AS n", "FULL OUTER", "USING (person)"),
        joined("count(*) AS n", "NATURAL LEFT", ""),
        joined("*", "LEFT", "USING (person)"),
        joined("count(*) AS n", "LEFT", third),
        format!("SELECT count(*) AS n FROM ({JOINED} RIGHT JOIN {OTHER} USING (person))"),
        format!(
            "SELECT count(*) AS n FROM (SELECT * FROM {JOINED} LEFT JOIN {OTHER} USING (person)) q"
        ),
    ]
    .into()
}

/// Of lists that have nothing in common the optimizer forgot that NULL is in neither, and in no other either.
#[test]
fn what_is_null_is_in_no_list_and_not_in_none() {
    let some = "(SELECT CASE WHEN n = 1 THEN 2 END AS x FROM bank.t)";
    let counted = |condition: &str| format!("SELECT count(*) AS n FROM {some} WHERE {condition}");
    let questions = [
        counted("NOT (x IN (3, 1) AND x IN (2, 0))"),
        counted("x NOT IN (3, 1) OR x NOT IN (2, 0)"),
        counted("NOT (x IN (3, 1) AND x NOT IN (3, 1, 4))"),
        counted("NOT (x IN (2, 1) AND x NOT IN (3, 1, 4))"),
        counted("NOT (x IN (3, NULL) AND x IN (2, 0))"),
    ];
    let answers = few::world(2).ask(&questions.each_ref().map(String::as_str));
    let told: Vec<String> = answers.iter().map(few::told).collect();
    let thirty = "[{\"n\":30}]";
    assert_eq!(told, [thirty, thirty, thirty, "[]", "[]"]);
}

#[test]
fn what_would_be_read_otherwise_is_refused() {
    let misread = misread();
    let answers = few::world(2).ask(&misread.iter().map(String::as_str).collect::<Vec<_>>());
    for (answer, sql) in answers.iter().zip(&misread) {
        assert!(
            matches!(answer, few::Outcome::Refused(code) if code == "E_STMT"),
            "{sql}: {answer:?}"
        );
    }
}

/// The same with brackets, and joins whose key is the same on both sides, or the left side's.
#[test]
fn what_can_be_read_in_one_way_is_answered() {
    let questions = [
        "SELECT count(*) AS n FROM bank.t WHERE (country IS DISTINCT FROM 'KY') AND n = 1"
            .to_owned(),
        "SELECT count(*) AS n FROM bank.t WHERE n = 1 AND country IS DISTINCT FROM 'KY'".to_owned(),
        format!("SELECT count(*) AS n FROM (SELECT * FROM {JOINED} JOIN {OTHER} USING (person)) q"),
        format!("SELECT count(*) AS n FROM {JOINED} LEFT SEMI JOIN {OTHER} USING (person)"),
        format!("SELECT count(*) AS n FROM {JOINED} LEFT JOIN {OTHER} USING (person)"),
    ];
    let answers = few::world(2).ask(&questions.each_ref().map(String::as_str));
    let told: Vec<String> = answers.iter().map(few::told).collect();
    assert_eq!(
        told,
        [30, 30, 270, 90, 270].map(|n| format!("[{{\"n\":{n}}}]"))
    );
}
