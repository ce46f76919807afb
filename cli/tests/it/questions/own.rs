//! Lists about the recipient's own entities: what they tell, to whom, and what every owner must have agreed to.

use super::clear::Clear;
use super::own_world::{BANKS, Banks, MULES, TERMS};
use super::table::same;
use super::world::{Outcome, World};
use crate::run::{Ran, subrosa};

pub(super) const CALL: &str = "SELECT * FROM approved('mules')";

/// The lines of a list.
fn lines(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(line) => line.clone(),
        Outcome::Refused(code) => panic!("refused: {code}"),
    }
}

pub(super) fn told(world: &World) -> String {
    lines(&world.ask(&[CALL])[0])
}

pub(super) fn code(world: &World, text: &str) -> String {
    world.ask(&[text])[0].code().unwrap_or("").to_owned()
}

/// One question as somebody, to somebody.
fn ask(world: &World, who: &str, to: &str, text: &str) -> Ran {
    let args = [
        "lab", ".", "--as", who, "--to", to, "--format", "json", "-c", text,
    ];
    subrosa(world.path(), &args)
}

pub(super) const A1: &str = r#"{"account_id":"A1","payers":"6 and more","large":true}"#;
pub(super) const A2: &str = r#"{"account_id":"A2","payers":"up to 5","large":false}"#;

#[test]
fn a_list_tells_own_accounts_with_enough_of_the_others_behind_them() {
    let world = Banks::with_mules().world();
    assert_eq!(told(&world), format!("[{A1},{A2}]"));
    // In its very words, and with what may stand above it.
    let picked = "SELECT account_id FROM approved('mules') m WHERE NOT m.large ORDER BY 1 LIMIT 5";
    let outcomes = world.ask(&[MULES, picked]);
    assert_eq!(lines(&outcomes[0]), format!("[{A1},{A2}]"));
    assert_eq!(lines(&outcomes[1]), r#"[{"account_id":"A2"}]"#);
}

/// Plain SQL over the clear data, and of it the rows that three people and three accounts of the others stand behind.
#[test]
fn it_is_what_plain_sql_finds_among_those_with_enough_behind_them() {
    let mut banks = Banks::with_mules();
    for n in 0..60_u32 {
        let bank = if n % 3 == 0 { "C" } else { "B" };
        let from = format!("{bank}{}", 20 + n * 7 % 19);
        banks.pay(&from, &format!("A{}", 20 + n * 5 % 23), 100 * (n % 40 + 1));
    }
    // The same pair pays once: its reference is its name.
    banks.payments.sort_by(|a, b| a.uetr.cmp(&b.uetr));
    banks.payments.dedup_by(|a, b| a.uetr == b.uetr);
    for bank in BANKS {
        let terms = TERMS.replace("rows = 10", "rows = 100");
        banks.approvals.retain(|(of, ..)| *of != bank);
        banks
            .approvals
            .push((bank, "mules".to_owned(), MULES.to_owned(), terms));
    }
    let world = banks.world();
    let plain = "SELECT a.account_id, CASE WHEN count(DISTINCT b.account_id) >= 6 THEN '6 and more' ELSE 'up to 5' END AS payers, \
         sum(b.amount) >= 5000 AS large FROM bank_a.payments a \
         JOIN (SELECT * FROM bank_b.payments UNION ALL SELECT * FROM bank_c.payments) b ON b.uetr = a.uetr AND b.direction = 'out' \
         GROUP BY 1 HAVING count(DISTINCT b.account_id) >= 3 AND count(DISTINCT b.customer_id) >= 3";
    let names = ["account_id", "payers", "large"].map(str::to_owned);
    let clear = Clear::open(world.path()).answer(plain);
    let list = world.ask(&[CALL])[0].table(&names);
    assert!(list.rows.len() > 5, "{} rows", list.rows.len());
    assert_eq!(list.rows.len(), clear.rows.len());
    let (list, clear) = (list.by_key(1), clear.by_key(1));
    for (account, row) in &clear {
        for name in &names {
            let ours = list[account][name].as_deref();
            assert!(same(ours, row[name].as_deref()), "{account:?} {name}");
        }
    }
}

#[test]
fn rows_that_the_recipient_may_not_use_stand_behind_nothing() {
    let mut banks = Banks::with_mules();
    let only = "[[rows.only]]\nparty = \"bank_a\"\nwhere = \"account_id <> 'B4'\"\n[joins.acct]\n";
    banks.policy.push(("bank_b", "[joins.acct]\n", only));
    let world = banks.world();
    assert_eq!(told(&world), format!("[{A1}]"));
    // Whoever asks: the list is for bank A.
    let ran = ask(&world, "rita@regulator", "bank_a", CALL);
    assert_eq!(ran.out.trim_end(), format!("[{A1}]"), "{}", ran.err);
}

#[test]
fn nobody_else_receives_it() {
    let world = Banks::with_mules().world();
    for (who, to) in [
        ("bob@bank_b", "bank_b"),
        ("alice@bank_a", "bank_c"),
        ("rita@regulator", "regulator"),
    ] {
        let ran = ask(&world, who, to, CALL);
        assert_eq!(ran.code, 3, "{who} to {to}: {}", ran.out);
        assert!(
            ran.err.contains("E_DENIED_ASKER") && ran.err.contains("bank_a"),
            "{}",
            ran.err
        );
    }
    // Whoever asks, the list is bank A's, and sealed to it.
    let ran = ask(&world, "rita@regulator", "bank_a", CALL);
    assert_eq!(
        (ran.code, ran.out.trim_end()),
        (0, format!("[{A1},{A2}]").as_str()),
        "{}",
        ran.err
    );
}

#[test]
fn every_owner_has_approved_this_very_text_as_this_list() {
    for missing in BANKS {
        let mut banks = Banks::with_mules();
        banks.approvals.retain(|(bank, ..)| *bank != missing);
        let ran = ask(&banks.world(), "alice@bank_a", "bank_a", CALL);
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(
            ran.err
                .contains(&format!("{missing} has not approved `mules`")),
            "{}",
            ran.err
        );
    }
    let edited = MULES.replace(">= 6", ">= 5");
    // An ordinary question, whoever approved another.
    let made_up = code(&Banks::new().world(), MULES);
    assert!(made_up.starts_with("E_"), "{made_up}");
    assert_eq!(code(&Banks::with_mules().world(), &edited), made_up);
    for (what, terms) in [
        ("aggregate", "exact = true\nhistory = \"off\"\n".to_owned()),
        (
            "other mirror",
            TERMS.replace("uetr = \"uetr\"", "uetr = \"direction\""),
        ),
    ] {
        let mut banks = Banks::with_mules();
        for approval in banks
            .approvals
            .iter_mut()
            .filter(|(bank, ..)| *bank == "bank_c")
        {
            approval.3.clone_from(&terms);
        }
        let ran = ask(&banks.world(), "alice@bank_a", "bank_a", CALL);
        assert_ne!(ran.code, 0, "{what}: {}", ran.out);
        assert!(ran.err.contains("different answers"), "{what}: {}", ran.err);
    }
}

/// The strictest bounds of all owners hold; of more rows than that none is told, whatever the asker picks among them.
#[test]
fn of_more_rows_than_any_owner_permits_none_is_told() {
    let bounded = |from: &str, to: &str| {
        let mut banks = Banks::with_mules();
        for approval in banks
            .approvals
            .iter_mut()
            .filter(|(bank, ..)| *bank == "bank_b")
        {
            approval.3 = TERMS.replace(from, to);
        }
        banks.world()
    };
    assert_eq!(
        told(&bounded("rows = 10", "rows = 2")),
        format!("[{A1},{A2}]")
    );
    let world = bounded("rows = 10", "rows = 1");
    let picked = [
        "SELECT * FROM approved('mules') LIMIT 1",
        "SELECT * FROM approved('mules') WHERE large",
    ];
    for outcome in world.ask(&[CALL, MULES, picked[0], picked[1]]) {
        assert_eq!(lines(&outcome), "[]");
    }
    assert_eq!(
        told(&bounded("others = 3", "others = 4")),
        format!("[{A1}]")
    );
    let mut banks = Banks::with_mules();
    banks.policy = vec![(
        "bank_c",
        "min_contributors = 10",
        "min_contributors = 10\nfloor = 5",
    )];
    assert_eq!(told(&banks.world()), format!("[{A1}]"));
}

/// Texts that are no lists, or would tell more than bands about own entities.
#[test]
fn a_list_is_own_entities_and_bands() {
    let from = "FROM bank_a.payments a JOIN bank_b.payments b ON b.uetr = a.uetr";
    let texts = [
        (format!("SELECT a.account_id, sum(b.amount) AS s {from} GROUP BY 1"), "E_ROLE_DIM"),
        (format!("SELECT a.account_id, count(*) AS n {from} GROUP BY 1"), "E_ROLE_DIM"),
        (format!("SELECT a.account_id, max(b.account_id) AS payer {from} GROUP BY 1"), "E_ROLE_DIM"),
        (format!("SELECT a.account_id, CASE WHEN count(*) > 3 THEN max(b.account_id) ELSE '' END AS p {from} GROUP BY 1"), "E_ROLE_DIM"),
        (format!("SELECT concat(a.account_id, max(b.account_id)) AS both {from} GROUP BY a.account_id"), "E_ROLE_DIM"),
        // What the largest of them comes to, one customer did.
        (format!("SELECT a.account_id, max(b.amount) >= 9000 AS x {from} GROUP BY 1"), "E_ROLE_DIM"),
        (format!("SELECT account_id, m + 1 > 9000 AS x FROM (SELECT a.account_id, max(b.amount) AS m {from} GROUP BY 1) q"), "E_ROLE_DIM"),
        (format!("SELECT a.account_id, min(b.account_id) = 'B6' AS x {from} GROUP BY 1"), "E_ROLE_DIM"),
        (format!("SELECT a.counterparty_account AS x {from} GROUP BY 1"), "E_TEMPLATE"),
        (format!("SELECT b.account_id AS x {from} GROUP BY 1"), "E_DENIED_ASKER"),
        (format!("SELECT b.counterparty_account AS x {from} GROUP BY 1"), "E_TEMPLATE"),
        (format!("SELECT coalesce(a.account_id, b.account_id) AS x {from} GROUP BY 1"), "E_TEMPLATE"),
        (format!("SELECT a.account_id, b.direction {from} GROUP BY 1, 2"), "E_TEMPLATE"),
        (format!("SELECT a.account_id {from}"), "E_STMT"),
        (format!("SELECT count(*) AS n {from}"), "E_TEMPLATE"),
        (format!("SELECT a.account_id {from} GROUP BY 1 ORDER BY count(*) DESC LIMIT 3"), "E_STMT"),
        ("SELECT x FROM (SELECT account_id AS x FROM bank_a.payments UNION ALL SELECT account_id FROM bank_b.payments) GROUP BY 1".to_owned(), "E_TEMPLATE"),
        // What nobody else holds of A's rows cannot be read.
        (format!("SELECT a.account_id {from} AND b.amount > a.amount GROUP BY 1"), "E_TEMPLATE"),
    ];
    let mut banks = Banks::new();
    for (n, (text, _)) in texts.iter().enumerate() {
        banks = banks.approve(&format!("q{n}"), text, TERMS);
    }
    let world = banks.world();
    let calls: Vec<String> = (0..texts.len())
        .map(|n| format!("SELECT * FROM approved('q{n}')"))
        .collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    for (outcome, (text, expected)) in world.ask(&calls).iter().zip(&texts) {
        assert_eq!(outcome.code(), Some(*expected), "{text}");
    }
}

/// Policies under which a list could not be what it promises.
#[test]
fn what_does_not_hold_is_refused() {
    let cases: [(&str, &str, &str, &str); 4] = [
        (
            "bank_a",
            "join = \"acct\", own = true",
            "join = \"acct\"",
            "E_TEMPLATE",
        ),
        (
            "bank_b",
            "account_id = { unit = \"acct\", join = \"acct\", own = true }\ncustomer_id = { unit = \"person\", own = true }",
            "account_id = { unit = \"acct\", join = \"acct\" }\ncustomer_id = { unit = \"person\" }",
            "E_TEMPLATE",
        ),
        (
            "bank_c",
            "counterparty_account = { unit = \"acct\", join = \"acct\" }",
            "counterparty_account = { unit = \"partner\", join = \"acct\", own = true }",
            "E_TEMPLATE",
        ),
        (
            "bank_c",
            "min_contributors = 10",
            "min_contributors = 10\nmode = \"template\"",
            "",
        ),
    ];
    for (bank, from, to, expected) in cases {
        let mut banks = Banks::with_mules();
        banks.policy = vec![(bank, from, to)];
        assert_eq!(code(&banks.world(), CALL), expected, "{bank} {to}");
    }
    for (without, expected) in [
        ("history = \"off\"\n", "E_MODE"),
        ("exact = true\n", "E_MODE"),
    ] {
        let mut banks = Banks::with_mules();
        banks.policy = vec![("bank_b", "history = \"off\"\nnoise = \"off\"\n", "")];
        for approval in &mut banks.approvals {
            approval.3 = TERMS.replace(without, "");
        }
        assert_eq!(code(&banks.world(), CALL), expected, "{without}");
    }
}

/// Who signed one text does not answer another.
#[test]
fn a_text_that_is_changed_under_the_contract_is_not_run() {
    let world = Banks::with_mules().world();
    assert_eq!(told(&world), format!("[{A1},{A2}]"));
    let find = |folder: std::path::PathBuf| -> Vec<std::path::PathBuf> {
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    };
    let mut tampered = 0;
    let mut folders = vec![world.path().join(".subrosa/contract")];
    while let Some(folder) = folders.pop() {
        for path in find(folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text).into_owned();
            if text.contains(">= 5000") {
                std::fs::write(&path, text.replace(">= 5000", ">= 2000")).unwrap();
                tampered += 1;
            }
        }
    }
    assert!(tampered > 0, "the contract holds the text");
    let ran = ask(&world, "alice@bank_a", "bank_a", CALL);
    assert_eq!(ran.code, 4, "{}{}", ran.out, ran.err);
}

#[test]
fn people_see_what_a_list_tells_and_on_which_terms() {
    let world = Banks::with_mules().world();
    let say = |text: &str| {
        let ran = subrosa(
            world.path(),
            &[
                "lab",
                ".",
                "--as",
                "alice@bank_a",
                "--format",
                "table",
                "-c",
                text,
            ],
        );
        format!("> {text}\n{}{}", ran.out, ran.err)
    };
    let seen = ["SHOW APPROVED", &format!("EXPLAIN POLICY {CALL}"), CALL]
        .map(say)
        .join("\n");
    assert_eq!(seen, include_str!("own_seen.txt"));
    let explained = subrosa(
        world.path(),
        &["policy", "explain", "bank_b/payments.policy.toml"],
    );
    let answers = explained.out.split("\njoins").next().unwrap().to_owned();
    assert_eq!(answers, include_str!("own_explained.txt"));
}

/// What the recipient got verifies offline, and says on which terms.
#[test]
fn the_receipt_of_a_list_tells_its_terms() {
    let world = Banks::with_mules().world();
    assert_eq!(told(&world), format!("[{A1},{A2}]"));
    let answers = std::fs::read_dir(world.path().join(".subrosa/answers")).unwrap();
    let answer = answers.map(|file| file.unwrap().path()).next().unwrap();
    let verify = ["answer", "verify", answer.to_str().unwrap(), "--world", "."];
    let ran = subrosa(world.path(), &verify);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for words in [
        "approved question `mules`",
        "for the recipient alone",
        "at least 3 entities of the parties other than the recipient",
        "account_id as counterparty_account, uetr as uetr",
        "at most 10 rows: where there are more, none is told",
    ] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
}

/// A parameter is part of the text, and takes the values alone that owners wrote.
#[test]
fn a_list_may_have_parameters() {
    let text = format!("{MULES} HAVING count(DISTINCT b.account_id) >= $least");
    let terms = format!("{TERMS}[approve.parameters]\nleast = [3, 6]\n");
    let world = Banks::new().approve("mules", &text, &terms).world();
    let call = |least: u32| format!("SELECT * FROM approved('mules', least => {least})");
    let outcomes = world.ask(&[&call(3), &call(6), &call(4)]);
    assert_eq!(lines(&outcomes[0]), format!("[{A1},{A2}]"));
    assert_eq!(lines(&outcomes[1]), format!("[{A1}]"));
    assert_eq!(outcomes[2].code(), Some("E_TEMPLATE"));
}
