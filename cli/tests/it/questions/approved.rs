//! Questions that owners have read and approved: who may run which text, on which terms.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::table::same;
use super::two_banks;
use super::world::{Outcome, World};
use crate::run::subrosa;

const MEDIANS: &str =
    "SELECT country, median(amount) AS m, count(*) AS n FROM bank_b.transactions GROUP BY country";
const DIGITS: &str = "SELECT substr(CAST(amount AS VARCHAR), 1, 1) AS digit, count(*) AS n\nFROM bank_b.transactions WHERE country = $country GROUP BY 1;\n";
const LARGE: &str =
    "SELECT count(*) AS n, sum(amount) AS s FROM bank_b.transactions WHERE amount >= 9000";
/// Links payments of nearly the same amount, finer than any policy allows.
const JOINT: &str = "SELECT count(DISTINCT a.customer_id) AS n FROM bank_a.transactions a \
     JOIN bank_b.transactions b ON b.account_id = a.counterparty_account AND b.amount = a.amount - 200";
const ALONE: &str = "SELECT min(amount) AS least FROM bank_a.transactions a WHERE EXISTS \
     (SELECT 1 FROM bank_b.transactions b WHERE b.account_id = a.counterparty_account)";

/// What a bank approves: name, text, further terms.
type Approval = (&'static str, &'static str, &'static str);

const BANK_B: [Approval; 6] = [
    ("medians", MEDIANS, "min_contributors = 5\nexact = true\n"),
    (
        "digits",
        DIGITS,
        "runs = { count = 2, per = \"year\" }\n[approve.parameters]\ncountry = [\"LU\", \"DE\", \"FR\"]\n",
    ),
    ("large", LARGE, "min_contributors = 4\n"),
    ("joint", JOINT, ""),
    ("mixed", MIXED, "exact = true\n"),
    (
        "shared",
        SHARED,
        "min_contributors = 4\n[approve.parameters]\nd = [100, 1000]\n",
    ),
];
/// Of all who stand behind a row, few stand behind one of its values.
const MIXED: &str = "SELECT median(amount) AS m, count(*) AS n, \
     count(*) FILTER (WHERE amount >= 9000) AS few FROM bank_b.transactions";
const SHARED: &str = "SELECT count(*) AS n FROM bank_b.transactions WHERE amount / $d >= 90.5";

const BANK_A: [Approval; 2] = [("joint", JOINT, ""), ("alone", ALONE, "")];

fn approve(world: &World, bank: &str, approvals: &[Approval], mode: &str) {
    let folder = world.path().join(bank);
    let file = folder.join("transactions.policy.toml");
    let mut policy = std::fs::read_to_string(&file).unwrap();
    policy = policy.replace("[disclosure]\n", &format!("[disclosure]\n{mode}"));
    std::fs::create_dir_all(folder.join("queries")).unwrap();
    for (name, text, terms) in approvals {
        std::fs::write(folder.join(format!("queries/{name}.sql")), text).unwrap();
        write!(
            policy,
            "\n[[approve]]\nname = \"{name}\"\nsql = \"queries/{name}.sql\"\n{terms}"
        )
        .unwrap();
    }
    std::fs::write(file, policy).unwrap();
}

fn world(mode: &str) -> World {
    let world = two_banks::world(10);
    approve(&world, "bank_a", &BANK_A, "");
    approve(&world, "bank_b", &BANK_B, mode);
    world
}

/// Country and amount of every payment of bank B.
fn payments(world: &World) -> Vec<(String, i64)> {
    let text = std::fs::read_to_string(world.path().join("bank_b/transactions.csv")).unwrap();
    let cells = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let amount = cells[5].strip_suffix(".00").unwrap().parse().unwrap();
        (cells[8].to_owned(), amount)
    });
    cells.collect()
}

fn rows(outcome: &Outcome, columns: &[&str]) -> Vec<Vec<String>> {
    let names: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let table = outcome.table(&names);
    let cell = |row: &BTreeMap<String, Option<String>>, name: &String| {
        row[name].clone().unwrap_or_default()
    };
    let row = |row| names.iter().map(|name| cell(row, name)).collect();
    table.rows.iter().map(row).collect()
}

#[test]
fn an_approved_text_runs_by_name_and_in_its_own_words_with_the_plain_answer() {
    let world = world("");
    let mut amounts: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (country, amount) in payments(&world) {
        amounts.entry(country).or_default().push(amount);
    }
    let called = "SELECT country, m FROM approved('medians') WHERE n > 0 ORDER BY country";
    let outcomes = world.ask(&[
        called,
        MEDIANS,
        "SELECT m.n FROM approved('medians') m LIMIT 1",
    ]);
    let told = rows(&outcomes[0], &["country", "m"]);
    assert_eq!(told.len(), amounts.len());
    for row in told {
        let mut all = amounts[&row[0]].clone();
        all.sort_unstable();
        let median = i64::midpoint(all[(all.len() - 1) / 2], all[all.len() / 2]);
        assert!(same(Some(&row[1]), Some(&median.to_string())), "{row:?}");
    }
    assert_eq!(rows(&outcomes[1], &["n"]).len(), amounts.len());
    assert_eq!(rows(&outcomes[2], &["n"]).len(), 1);
    // Another text with the same meaning is judged by the rules.
    let other = "SELECT country, median(amount) FROM bank_b.transactions GROUP BY country";
    assert_eq!(world.ask(&[other])[0].code(), Some("E_AGG"));
}

#[test]
fn its_own_threshold_holds_and_only_for_it() {
    let world = world("");
    let almost = "SELECT count(*) AS n FROM bank_b.transactions WHERE amount >= 9000";
    let outcomes = world.ask(&["SELECT * FROM approved('large')", LARGE, almost]);
    let few: Vec<i64> = payments(&world)
        .into_iter()
        .map(|(_, amount)| amount)
        .filter(|amount| *amount >= 9000)
        .collect();
    let expected = [few.len().to_string(), few.iter().sum::<i64>().to_string()];
    for outcome in &outcomes[..2] {
        let told = rows(outcome, &["n", "s"]);
        assert_eq!(told[0][0], expected[0]);
        assert!(same(Some(&told[0][1]), Some(&expected[1])), "{told:?}");
    }
    assert!(rows(&outcomes[2], &["n"]).is_empty(), "four are too few");
}

#[test]
fn parameters_take_the_approved_values_and_runs_are_counted() {
    let world = world("");
    let asked = [
        "SELECT * FROM approved('digits', country => 'LU')",
        "SELECT * FROM approved('digits', country => 'KY')",
        "SELECT * FROM approved('digits')",
        "SELECT * FROM approved('digits', land => 'LU', country => 'LU')",
        "SELECT * FROM approved('digits', 'LU')",
        "SELECT * FROM approved('digits', country => 'DE')",
        "SELECT * FROM approved('digits', country => 'LU') ORDER BY n",
        "SELECT * FROM approved('digits', country => 'FR')",
        "SELECT * FROM approved('digits', country => 'LU')",
    ];
    let codes: Vec<Option<String>> = world
        .ask(&asked)
        .iter()
        .map(|outcome| outcome.code().map(str::to_owned))
        .collect();
    let codes: Vec<&str> = codes
        .iter()
        .map(|code| code.as_deref().unwrap_or(""))
        .collect();
    let expected = [
        "",
        "E_TEMPLATE",
        "E_STMT",
        "E_STMT",
        "E_STMT",
        "",
        "E_BUDGET",
        "E_BUDGET",
        "",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn it_is_a_whole_statement_and_every_owner_has_approved_it() {
    let world = world("");
    let asked = [
        "SELECT count(*) FROM approved('medians') GROUP BY country",
        "SELECT * FROM approved('medians') a JOIN approved('large') b ON a.n = b.n",
        "SELECT * FROM bank_b.accounts a JOIN approved('medians') b ON a.country = b.country",
        "WITH x AS (SELECT * FROM approved('medians')) SELECT * FROM x",
        "SELECT count(*) FROM approved('medians')",
        "SELECT sum(m) OVER () FROM approved('medians')",
        "SELECT DISTINCT country FROM approved('medians')",
        "SELECT * FROM approved('medians') WHERE n > (SELECT max(amount) FROM bank_b.transactions)",
        "SELECT * FROM approved('medians') WHERE EXISTS (SELECT 1 FROM bank_b.transactions t WHERE t.amount = 9500)",
        "SELECT * FROM approved('medians') UNION ALL SELECT country, amount, 1 FROM bank_b.transactions",
        "SELECT * FROM (SELECT * FROM approved('medians')) x",
        "SELECT * FROM approved('alone')",
        "SELECT * FROM approved('nothing')",
        ALONE,
        "SELECT * FROM approved('joint')",
    ];
    let outcomes = world.ask(&asked);
    let codes: Vec<&str> = outcomes.iter().map(|o| o.code().unwrap_or("")).collect();
    let (stmt, rest) = codes.split_at(11);
    assert_eq!(stmt, ["E_STMT"; 11]);
    assert_eq!(rest[..2], ["E_TEMPLATE", "E_UNKNOWN"]);
    // Not approved by all, its words are an ordinary question.
    assert!(
        rest[2].starts_with("E_") && rest[2] != "E_TEMPLATE",
        "{}",
        rest[2]
    );
    assert_eq!(rest[3], "");
    assert_eq!(rows(outcomes.last().unwrap(), &["n"]).len(), 1);
    // The same join is refused to whoever makes it up.
    let near = JOINT.replace("count(DISTINCT a.customer_id)", "count(*)");
    assert!(world.ask(&[&near])[0].code().is_some());
}

#[test]
fn a_row_leaves_only_if_enough_people_stand_behind_each_of_its_values() {
    let world = world("");
    let outcomes = world.ask(&[
        "SELECT * FROM approved('mixed')",
        "SELECT * FROM approved('medians')",
    ]);
    assert!(
        rows(&outcomes[0], &["m", "n", "few"]).is_empty(),
        "four are too few"
    );
    assert!(!rows(&outcomes[1], &["m"]).is_empty());
}

/// A parameter is the value that the owner wrote, however the asker spells it.
#[test]
fn a_parameter_spelt_otherwise_is_the_same() {
    let world = world("");
    let outcomes = world.ask(&[
        "SELECT * FROM approved('shared', d => 100)",
        "SELECT * FROM approved('shared', d => 100.00)",
    ]);
    let told = rows(&outcomes[0], &["n"]);
    assert_eq!(told.len(), 1);
    assert_eq!(told, rows(&outcomes[1], &["n"]));
}

/// What cannot be remembered does not run where earlier answers are owed.
#[test]
fn medians_are_not_told_where_history_is_owed() {
    let world = world("");
    let file = world.path().join("bank_b/transactions.policy.toml");
    let policy = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        policy.replacen("history = \"off\"", "history = \"snap\"", 1),
    )
    .unwrap();
    let outcomes = world.ask(&[
        "SELECT * FROM approved('medians')",
        "SELECT * FROM approved('large')",
    ]);
    assert_eq!(outcomes[0].code(), Some("E_MODE"));
    assert_eq!(outcomes[1].code(), None);
}

/// Of another type it is not even bound, and its refusal is the same.
#[test]
fn a_value_of_another_type_is_one_that_nobody_approved() {
    let world = world("");
    let asked = [
        "SELECT * FROM approved('shared', d => '1000')",
        "SELECT * FROM approved('shared', d => 'many')",
        "SELECT * FROM approved('shared', d => 1000.5)",
    ];
    for (sql, outcome) in asked.iter().zip(world.ask(&asked)) {
        assert_eq!(outcome.code(), Some("E_TEMPLATE"), "{sql}");
    }
}

/// Jitter is of support, which rows have: they are told where it is owed.
#[test]
fn medians_are_told_where_jitter_is_owed() {
    let world = world("");
    let file = world.path().join("bank_b/transactions.policy.toml");
    let policy = std::fs::read_to_string(&file).unwrap();
    assert!(policy.contains("jitter = false"));
    std::fs::write(&file, policy.replace("jitter = false", "jitter = true")).unwrap();
    let outcomes = world.ask(&["SELECT * FROM approved('medians')"]);
    assert!(!rows(&outcomes[0], &["m"]).is_empty());
}

#[test]
fn a_table_of_mode_template_answers_nothing_else() {
    let world = world("mode = \"template\"\n");
    let outcomes = world.ask(&[
        "SELECT count(*) AS n FROM bank_b.transactions",
        "SELECT * FROM approved('medians')",
        "SELECT count(*) AS n FROM bank_a.transactions",
    ]);
    assert_eq!(outcomes[0].code(), Some("E_TEMPLATE"));
    assert_eq!(outcomes[1].code(), None);
    assert_eq!(outcomes[2].code(), None);
}

#[test]
fn people_see_what_is_approved_and_what_was_given_up() {
    let world = world("");
    let ask = |sql: &str| {
        let args = [
            "lab",
            ".",
            "--as",
            "rita@regulator",
            "--format",
            "csv",
            "-c",
        ];
        subrosa(world.path(), &[&args[..], &[sql]].concat())
    };
    let shown = [
        "name,call,parameters,answers,approved_by,missing",
        "alone,SELECT * FROM approved('alone'),\"\",aggregates,bank_a,bank_b",
        "digits,\"SELECT * FROM approved('digits', country => …)\",\"country: LU, DE, FR\",aggregates,bank_b,\"\"",
        "joint,SELECT * FROM approved('joint'),\"\",aggregates,\"bank_a, bank_b\",\"\"",
        "large,SELECT * FROM approved('large'),\"\",aggregates,bank_b,\"\"",
        "medians,SELECT * FROM approved('medians'),\"\",aggregates,bank_b,\"\"",
        "mixed,SELECT * FROM approved('mixed'),\"\",aggregates,bank_b,\"\"",
        "shared,\"SELECT * FROM approved('shared', d => …)\",\"d: 100, 1000\",aggregates,bank_b,\"\"",
    ];
    assert_eq!(ask("SHOW APPROVED").out.trim_end(), shown.join("\n"));
    let explain = |sql: &str| {
        subrosa(
            world.path(),
            &["lab", ".", "--as", "rita@regulator", "-c", sql],
        )
    };
    let explained = explain("EXPLAIN POLICY SELECT * FROM approved('medians')").out;
    for line in [
        "mode: approved",
        "threshold approved question `medians`",
        "threshold bank_b.transactions: numbers carry no noise",
        "threshold bank_b.transactions: at least 5 contributors (person) behind every value",
    ] {
        assert!(explained.contains(line), "{line}: {explained}");
    }
    let status = subrosa(world.path(), &["contract", "show", "--world", "."]);
    assert!(
        status.out.contains("approves `medians`: SELECT country"),
        "{}{}",
        status.out,
        status.err
    );
}
