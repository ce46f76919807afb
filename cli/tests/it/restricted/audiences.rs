//! Who is restricted: the asker and the recipient, together, and the owner of the rows only where it says so.

use super::world::{Made, Row, World};

const VIPS: &[Row] = &[
    ("v1", "LU", "10.00", "1"),
    ("v2", "LU", "10.00", "1"),
    ("v3", "LU", "10.00", "1"),
    ("v4", "DE", "10.00", "5"),
    ("v5", "DE", "10.00", "5"),
    ("v6", "DE", "10.00", "5"),
];
const COUNT: &str = "SELECT count(*) AS n FROM bank.t";

/// How many rows of the bank each pair of asker and recipient counts.
fn counted(made: &Made, pairs: &[(&str, &str)]) -> Vec<String> {
    let world = made.world();
    let count = |(asker, to): &(&str, &str)| {
        let answer = world.answer(asker, to, COUNT);
        answer.lines().nth(1).unwrap_or("none").to_owned()
    };
    pairs.iter().map(count).collect()
}

#[test]
fn asker_and_recipient_are_both_restricted() {
    let pairs = [
        ("dan@desk", "desk"),
        ("dan@desk", "regulator"),
        ("rita@regulator", "desk"),
        ("rita@regulator", "regulator"),
        ("bea@bank", "bank"),
        ("bea@bank", "desk"),
        ("bea@bank", "other"),
        ("otto@other", "other"),
    ];
    let expected = ["40", "40", "40", "46", "46", "40", "46", "46"];
    assert_eq!(counted(&Made::of(VIPS), &pairs), expected);
}

#[test]
fn several_conditions_hold_together_and_who_is_not_named_is_everybody_else() {
    let made = Made {
        only: Some(
            "[[rows.only]]\nparty = \"desk\"\nwhere = \"risk <> 'vip'\"\n\
             [[rows.only]]\nparty = \"desk\"\nwhere = \"country = 'LU'\"\n\
             [[rows.only]]\nparty = \"*\"\nwhere = \"n < 5\"\n\
             [[rows.only]]\nparty = \"other\"\nwhere = \"true\"\n",
        ),
        ..Made::of(VIPS)
    };
    let pairs = [
        ("dan@desk", "desk"),
        ("rita@regulator", "regulator"),
        ("otto@other", "other"),
        ("bea@bank", "bank"),
        ("bea@bank", "regulator"),
        ("rita@regulator", "desk"),
    ];
    let expected = ["20", "43", "46", "46", "43", "20"];
    assert_eq!(counted(&made, &pairs), expected);
}

#[test]
fn an_owner_is_held_to_what_names_it_unless_it_asks_alone() {
    let only = "[[rows.only]]\nparty = \"bank\"\nwhere = \"country = 'LU'\"\n";
    let owner = |owner: &'static str| Made {
        only: Some(owner),
        ..Made::of(VIPS)
    };
    let pairs = [("bea@bank", "bank"), ("bea@bank", "other")];
    assert_eq!(counted(&owner(only), &pairs), ["46", "23"]);
    let held = "[access]\nowner = \"policy\"\n[[rows.only]]\nparty = \"bank\"\nwhere = \"country = 'LU'\"\n";
    assert_eq!(counted(&owner(held), &pairs), ["23", "23"]);
    let world = owner(only).world();
    let both = "SELECT src, count(*) AS n FROM consortium.all GROUP BY src ORDER BY src";
    let told = world.answer("bea@bank", "bank", both);
    assert_eq!(told, "src,n\nbank,23\nother,20\n");
}

#[test]
fn an_owner_that_holds_itself_to_its_policy_may_not_ask_unless_it_says_so() {
    let made = |only: &'static str| Made {
        only: Some(only),
        ..Made::of(VIPS)
    };
    let desks = made("[access]\nowner = \"policy\"\nask = [\"desk\"]\n").world();
    let refused = desks.ask("bea@bank", "bank", &[COUNT]).err;
    assert!(
        refused.contains("E_DENIED_ASKER") && refused.contains("bank may not ask bank.t"),
        "{refused}"
    );
    assert!(
        refused.contains("\"rule\":{\"file\":\"bank/t.policy.toml\",\"line\""),
        "the line: {refused}"
    );
    assert_eq!(desks.answer("dan@desk", "desk", COUNT), "n\n46\n");
    let pairs = [("bea@bank", "bank"), ("dan@desk", "desk")];
    let both = made("[access]\nowner = \"policy\"\nask = [\"bank\", \"desk\"]\n");
    assert_eq!(counted(&both, &pairs), ["46", "46"]);
    let free = made("[access]\nask = [\"desk\"]\n");
    assert_eq!(counted(&free, &pairs), ["46", "46"]);
}

#[test]
fn a_condition_reads_hidden_columns_and_a_row_on_which_it_fails_is_kept_away() {
    let made = Made {
        only: Some(
            "[[rows.only]]\nparty = \"desk\"\nwhere = \"10 / (n - 5) < 0 AND risk = 'no'\"\n",
        ),
        ..Made::of(VIPS)
    };
    let pairs = [("dan@desk", "desk"), ("rita@regulator", "regulator")];
    assert_eq!(counted(&made, &pairs), ["40", "46"]);
}

/// What somebody is told, or that a budget is used up.
fn told(world: &World, asker: &str, to: &str, sql: &str) -> String {
    let ran = world.ask(asker, to, &[sql]);
    if ran.err.contains("E_BUDGET") {
        "E_BUDGET".to_owned()
    } else {
        ran.out
    }
}

#[test]
fn the_same_question_about_other_rows_is_charged() {
    let disclosure = "[disclosure]\nmin_contributors = 5\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n\
         questions = { count = 1, per = \"year\" }\n";
    let made = Made {
        disclosure: Some(disclosure),
        ..Made::of(VIPS)
    };
    let world = made.world();
    let ask = |asker: &str, to: &str| told(&world, asker, to, COUNT);
    let (all, some) = ("[{\"n\":46}]\n", "[{\"n\":40}]\n");
    assert_eq!(ask("rita@regulator", "regulator"), all);
    assert_eq!(ask("rita@regulator", "regulator"), all, "costs nothing");
    assert_eq!(ask("rita@regulator", "desk"), "E_BUDGET");
    assert_eq!(ask("dan@desk", "desk"), some);
    assert_eq!(ask("dan@desk", "regulator"), some, "about the same rows");
}

/// Two sights of a table could be compared like two versions of it.
#[test]
fn another_sight_of_a_table_is_another_version_of_it() {
    let text = "SELECT count(*) AS n FROM bank.t a JOIN other.t b ON a.person = b.person";
    let made = Made {
        approved: vec![("meet", text, "")],
        ..Made::of(VIPS)
    };
    let world = made.world();
    let ask = |asker: &str, to: &str| told(&world, asker, to, "SELECT * FROM approved('meet')");
    let met = "[{\"n\":20}]\n";
    assert_eq!(ask("otto@other", "other"), met);
    assert_eq!(ask("otto@other", "regulator"), met, "the same rows");
    assert_eq!(ask("otto@other", "desk"), "E_BUDGET");
    assert_eq!(ask("dan@desk", "desk"), met);
}

#[test]
fn an_explanation_names_the_line_and_no_count() {
    let world = Made::of(VIPS).world();
    let explain = |asker: &str, to: &str, format: &str| {
        let sql = "EXPLAIN POLICY SELECT count(*) AS n FROM consortium.all";
        let args = [
            "lab", ".", "--as", asker, "--to", to, "--format", format, "-c", sql,
        ];
        crate::run::subrosa(world.path(), &args).out
    };
    let line = "rows bank.t: desk uses only some of them (bank/t.policy.toml:9)\n";
    for (asker, to, restricted) in [
        ("dan@desk", "desk", true),
        ("rita@regulator", "desk", true),
        ("rita@regulator", "regulator", false),
    ] {
        let told = explain(asker, to, "table");
        assert_eq!(told.contains(line), restricted, "{told}");
        assert_eq!(
            told.matches("uses only some").count(),
            usize::from(restricted)
        );
        let told: serde_json::Value = serde_json::from_str(&explain(asker, to, "json")).unwrap();
        let expected = serde_json::json!([
            { "table": "bank.t", "party": "desk", "file": "bank/t.policy.toml", "line": 9 }
        ]);
        let told = told.get("restrictions").cloned();
        assert_eq!(told, restricted.then_some(expected));
    }
}

#[test]
fn a_receipt_names_the_table_of_which_some_rows_were_used() {
    for (asker, to, restricted) in [
        ("dan@desk", "desk", true),
        ("rita@regulator", "regulator", false),
    ] {
        let world = Made::of(VIPS).world();
        world.answer(asker, to, COUNT);
        let answers = std::fs::read_dir(world.path().join(".subrosa/answers")).unwrap();
        let mut files = answers.map(|entry| entry.unwrap().path().display().to_string());
        let answer = files.find(|file| file.ends_with(".answer")).unwrap();
        let args = ["answer", "verify", &answer, "--world", "."];
        let ran = crate::run::subrosa(world.path(), &args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let said = "bank.t: only the rows that its owner lets asker and recipient use\n";
        assert_eq!(ran.out.contains(said), restricted, "{}", ran.out);
    }
}
