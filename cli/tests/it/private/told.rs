//! What answers and explanations say of the promise.

use super::world::{World, run};

#[test]
fn an_explanation_says_what_is_promised_spent_and_left() {
    let dir = World::new(("0.5", "3")).write();
    let sql =
        "EXPLAIN POLICY SELECT country, count(*) n, avg(amount) a FROM bank_a.t GROUP BY country";
    let ran = run(dir.path(), "rita@regulator", &["-c", sql]);
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["mode"], "dp");
    let lines: Vec<&str> = told["thresholds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "bank_a.t: (0.5, 1e-6)-differentially private for every person, for adaptive questions",
            "a group is told if a noised number of entities is 235 or more; one entity counts in at most 2 groups",
            "epsilon 0.5 is shared evenly by 4 numbers a group",
            "a count of rows: one entity adds at most 3, Laplace noise of scale 48",
            "the number of values of a mean: one entity adds at most 3, Laplace noise of scale 48",
            "the sum of a mean: one entity adds at most 600, Laplace noise of scale 9600",
            "bank_a, every person: would spend 0.5 of epsilon, if it was not answered before; 3 of 3 are left",
        ]
    );
    let listed = "EXPLAIN POLICY SELECT c.name, count(DISTINCT t.person) n FROM bank_a.t t JOIN regulator.c c ON t.country = c.code GROUP BY c.name";
    let ran = run(dir.path(), "rita@regulator", &["-c", listed]);
    assert!(
        ran.out.contains("the groups are those of a public list"),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("epsilon 0.5 is spent on one number a group"),
        "{}",
        ran.out
    );
}

#[test]
fn a_receipt_says_what_was_promised_and_spent() {
    let dir = World::new(("0.5", "3")).write();
    let ran = run(
        dir.path(),
        "rita@regulator",
        &["-c", "SELECT count(*) n FROM bank_a.t"],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let answers = dir.path().join(".subrosa/answers");
    let mut receipts = Vec::new();
    for entry in std::fs::read_dir(answers).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        receipts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    let receipt = receipts
        .iter()
        .find(|text| text.contains("differentially private"));
    let receipt = receipt.unwrap_or_else(|| panic!("{receipts:?}"));
    assert!(
        receipt.contains("this question spends 0.5 of epsilon; 2.5 of 3 are left"),
        "{receipt}"
    );
}

#[test]
fn a_group_that_a_public_list_names_is_told_though_nobody_is_in_it() {
    let dir = World::new(super::world::SILENT).write();
    let sql = "SELECT c.name AS k, count(*) n FROM bank_a.t t JOIN regulator.c c ON t.country = c.code GROUP BY c.name ORDER BY k";
    let asked = super::world::ask(dir.path(), "rita@regulator", &[sql]);
    let rows = asked.answers[0]
        .as_ref()
        .unwrap_or_else(|| panic!("{:?}", asked.refusals));
    let names: Vec<&str> = rows.iter().map(|row| row["k"].as_str().unwrap()).collect();
    assert_eq!(names, ["Germany", "Luxembourg", "Nowhere"]);
    assert_eq!(rows[2]["n"], 0);
}

#[test]
fn one_column_of_a_list_under_two_keys_is_no_list_of_groups() {
    let dir = World::new(super::world::SILENT).write();
    let sql = "SELECT t.country AS a, c.code AS b, count(*) n FROM bank_a.t t JOIN regulator.c c ON t.country = c.code GROUP BY t.country, c.code ORDER BY a";
    let asked = super::world::ask(dir.path(), "rita@regulator", &[sql]);
    let rows = asked.answers[0]
        .as_ref()
        .unwrap_or_else(|| panic!("{:?}", asked.refusals));
    let both = |row: &serde_json::Map<String, serde_json::Value>| {
        (
            row["a"].as_str().unwrap().to_owned(),
            row["b"].as_str().unwrap().to_owned(),
        )
    };
    let told: Vec<_> = rows.iter().map(both).collect();
    let pair = |code: &str| (code.to_owned(), code.to_owned());
    assert_eq!(told, [pair("DE"), pair("LU")]);
}
