//! What a recipient gets by making rows up, by leaving some out, and by asking again: nothing.

use super::own::{A1, A2, CALL, code, told};
use super::own_world::{Banks, TERMS};

/// Rows that bank A makes up are as if they were not there, whatever they say.
#[test]
fn a_row_without_a_mirror_changes_nothing() {
    let plain = told(&Banks::with_mules().world());
    let rows = [
        // a reference that nobody has
        ["u-x", "A3", "B1"],
        // payments among others, by a guessed reference
        ["u-C1-B1", "B1", "C1"],
        ["u-C2-B1", "B1", "C2"],
        // an account at another bank as its own
        ["u-B6-A3", "B6", "A3"],
        // payments to others of its accounts
        ["u-B1-A1", "A3", "B1"],
        ["u-B2-A1", "A3", "B2"],
        // what it has, once more
        ["u-B6-A3", "A3", "B6"],
        ["u-B6-A3", "A3", "C5"],
    ];
    for row in rows {
        let mut banks = Banks::with_mules();
        banks.made_up = vec![row];
        assert_eq!(told(&banks.world()), plain, "{row:?}");
    }
    let mut banks = Banks::with_mules();
    banks.made_up = rows.to_vec();
    assert_eq!(told(&banks.world()), plain);
}

/// Who guesses references of payments among others gets nothing about accounts that another owner has.
#[test]
fn nobody_lists_whom_another_owner_has() {
    let mut banks = Banks::with_mules();
    for payer in ["C11", "C12", "C13", "C14"] {
        banks.pay(payer, "B30", 900);
    }
    let plain = told(&banks.world());
    assert_eq!(plain, format!("[{A1},{A2}]"));
    banks.made_up = vec![
        ["u-C11-B30", "B30", "C11"],
        ["u-C12-B30", "B30", "C12"],
        ["u-C13-B30", "B30", "C13"],
        ["u-C14-B30", "B30", "C14"],
    ];
    assert_eq!(told(&banks.world()), plain);
}

/// Nor by calling its own units something else: what an entity is, the others say.
#[test]
fn the_recipients_word_for_a_unit_opens_nothing() {
    let mut banks = Banks::with_mules();
    for payer in ["C11", "C12", "C13", "C14"] {
        banks.pay(payer, "B30", 900);
    }
    banks.made_up = vec![
        ["u-C11-B30", "B30", "C11"],
        ["u-C12-B30", "B30", "C12"],
        ["u-C13-B30", "B30", "C13"],
        ["u-C14-B30", "B30", "C14"],
    ];
    banks.policy = vec![(
        "bank_a",
        "account_id = { unit = \"acct\"",
        "account_id = { unit = \"konto\"",
    )];
    assert_eq!(told(&banks.world()), format!("[{A1},{A2}]"));
}

/// Nor by a parameter that leaves the other owner's branch of a view out: it is in the text that all have agreed to.
#[test]
fn a_branch_that_is_not_asked_still_says_whom_its_owner_has() {
    let text = "SELECT a.account_id, sum(b.amount) >= 5000 AS large FROM bank_a.payments a JOIN both_banks.payments b ON b.uetr = a.uetr \
         WHERE b.direction = 'out' AND b.bank = $one GROUP BY a.account_id";
    let terms = format!("{TERMS}[approve.parameters]\none = [\"b\", \"c\"]\n");
    let mut banks = Banks::new().approve("mules", text, &terms);
    banks.contract = "\"both_banks.payments\" = \"both.sql\"";
    for payer in ["C11", "C12", "C13", "C14"] {
        banks.pay(payer, "B30", 900);
        banks.pay(payer, "A7", 900);
    }
    banks.made_up = vec![
        ["u-C11-B30", "B30", "C11"],
        ["u-C12-B30", "B30", "C12"],
        ["u-C13-B30", "B30", "C13"],
        ["u-C14-B30", "B30", "C14"],
    ];
    let world = banks.world_with("both.sql", "SELECT 'b' AS bank, uetr, direction, amount FROM bank_b.payments UNION ALL SELECT 'c' AS bank, uetr, direction, amount FROM bank_c.payments");
    let outcome = &world.ask(&["SELECT * FROM approved('mules', one => 'c')"])[0];
    let rows = format!("{outcome:?}");
    assert!(rows.contains("A7") && !rows.contains("B30"), "{rows}");
}

/// Who pays by chance into the same account stands behind the row that they confirm, and not behind what one of them did besides.
#[test]
fn those_who_confirm_do_not_stand_behind_what_another_did() {
    let joined = "SELECT a.account_id, count(*) > 0 AS x FROM bank_a.payments a JOIN bank_b.payments b ON b.counterparty_account = a.account_id \
         JOIN bank_b.payments c ON c.account_id = b.account_id AND c.amount >= 9000 GROUP BY a.account_id";
    let arm = "SELECT a.account_id, count(CASE WHEN c.amount >= 9000 THEN 1 END) > 0 AS x FROM bank_a.payments a \
         JOIN bank_b.payments b ON b.counterparty_account = a.account_id JOIN bank_b.payments c ON c.account_id = b.account_id GROUP BY a.account_id";
    for text in [joined, arm] {
        let mut banks = Banks::new();
        for bank in ["bank_a", "bank_b"] {
            let consent = "[joins.acct]\nwith = [\"bank_a\", \"bank_b\", \"bank_c\"]\n";
            let many = "[joins.acct]\nwith = [\"bank_a\", \"bank_b\", \"bank_c\"]\nmany = [\"bank_a\", \"bank_b\"]\n";
            banks.policy.push((bank, consent, many));
            banks
                .approvals
                .push((bank, "mules".to_owned(), text.to_owned(), TERMS.to_owned()));
        }
        let plain = told(&banks.world());
        assert!(plain.starts_with('['), "{plain}");
        banks.pay("B1", "X9", 9500);
        assert_eq!(told(&banks.world()), plain, "{text}");
    }
}

/// With two payers or with one, with the third or without it: below `others` an account is not there.
#[test]
fn below_others_all_worlds_look_the_same() {
    let plain = told(&Banks::with_mules().world());
    let without = |payer: &str| {
        let mut banks = Banks::with_mules();
        banks
            .payments
            .retain(|payment| payment.from != payer || payment.to != "A3");
        told(&banks.world())
    };
    assert_eq!(without("B6"), plain);
    assert_eq!(without("C5"), plain);
    // More of the same payer, or of the same person, are nobody more.
    let mut banks = Banks::with_mules();
    for n in 0..5 {
        banks.pay("B6", "A3", 100 + n);
        let last = banks.payments.last_mut().unwrap();
        last.uetr = format!("{}-{n}", last.uetr);
    }
    assert_eq!(told(&banks.world()), plain);
    // One person at two banks is one.
    let mut banks = Banks::with_mules();
    banks.pay("C6", "A3", 10);
    banks
        .same_person
        .extend([("C6", "person"), ("B6", "person")]);
    assert_eq!(told(&banks.world()), plain);
    // The third one is seen.
    banks.same_person.retain(|(account, _)| *account != "C6");
    assert!(told(&banks.world()).contains("A3"));
}

/// Whom the other banks merely deal with are nobody of theirs: A's own accounts do not stand behind a row.
#[test]
fn only_the_others_own_entities_count() {
    let text = "SELECT a.account_id, count(*) >= 2 AS several FROM bank_a.payments a \
         JOIN bank_b.payments b ON b.uetr = a.uetr JOIN bank_b.payments again ON again.account_id = b.account_id \
         GROUP BY a.account_id";
    let mut banks = Banks::new();
    // No persons beside the accounts: they would be counted by themselves.
    let person = "customer_id = { unit = \"person\", own = true }";
    banks.policy = vec![("bank_b", person, "customer_id = { hidden = true }")];
    // B6 pays many accounts of bank A.
    for n in 30..40 {
        banks.pay("B6", &format!("A{n}"), 50);
    }
    for bank in ["bank_a", "bank_b"] {
        banks
            .approvals
            .push((bank, "mules".to_owned(), text.to_owned(), TERMS.to_owned()));
    }
    let outcome = told(&banks.world());
    assert!(
        outcome.contains("A1") && !outcome.contains("A3") && !outcome.contains("A30"),
        "{outcome}"
    );
}

/// The recipient may not ask again and again with other rows of its own: its table's versions are counted, too.
#[test]
fn another_version_of_the_recipients_table_waits() {
    let mut other = Banks::with_mules();
    let world = other.world();
    assert_eq!(told(&world), format!("[{A1},{A2}]"));
    // Only bank A's table changes.
    other.made_up.push(["u-x", "A1", "B1"]);
    other.write(&world);
    assert_eq!(code(&world, CALL), "E_BUDGET");
}

/// Nor with another policy of its own, which may call some of its rows nobody's.
#[test]
fn another_policy_of_the_recipients_waits_too() {
    let mut other = Banks::with_mules();
    let world = other.world();
    assert_eq!(told(&world), format!("[{A1},{A2}]"));
    let uetr = "uetr = { join = \"uetr\" }";
    let absent = "uetr = { join = \"uetr\", absent = [\"u-B4-A2\"] }";
    other.policy = vec![("bank_a", uetr, absent)];
    other.write(&world);
    assert_eq!(code(&world, CALL), "E_BUDGET");
}

/// What is nobody to the bank that holds the mirror mirrors nobody, and where the test is blurred it stays above `others`.
#[test]
fn nobody_mirrors_nobody_and_jitter_only_takes_away() {
    let mut banks = Banks::with_mules();
    for payer in ["B11", "B12", "B13", "C11", "C12", "C13", "C14"] {
        banks.pay(payer, "NIL", 500);
    }
    banks.made_up = vec![
        ["u-B11-NIL", "NIL", "B11"],
        ["u-B12-NIL", "NIL", "B12"],
        ["u-C13-NIL", "NIL", "C13"],
    ];
    let world = banks.world();
    assert!(
        told(&world).contains("NIL"),
        "as it stands, the others hold it"
    );
    let unit = "counterparty_account = { unit = \"acct\", join = \"acct\"";
    banks.policy = vec![
        (
            "bank_b",
            unit,
            "counterparty_account = { unit = \"acct\", absent = [\"NIL\"], join = \"acct\"",
        ),
        (
            "bank_c",
            unit,
            "counterparty_account = { unit = \"acct\", absent = [\"NIL\"], join = \"acct\"",
        ),
    ];
    assert_eq!(told(&banks.world()), format!("[{A1},{A2}]"));
    let mut banks = Banks::with_mules();
    for payer in ["B14", "B15", "C15", "C16"] {
        banks.pay(payer, "A1", 500);
    }
    banks.policy = vec![("bank_b", "jitter = false", "jitter = true")];
    let blurred = told(&banks.world());
    assert!(
        blurred.contains(A1) && !blurred.contains("A3") && !blurred.contains("A4"),
        "{blurred}"
    );
}

/// Texts that would carry what the recipient wrote: copies of a confirmed row weigh nothing, nor does another table of its own.
#[test]
fn copies_of_a_confirmed_row_are_one_row() {
    let text = "SELECT a.account_id, count(*) >= 4 AS many, sum(b.amount) >= 400 AS large FROM bank_a.payments a \
         JOIN (SELECT uetr, amount FROM bank_b.payments WHERE direction = 'out' \
         UNION ALL SELECT uetr, amount FROM bank_c.payments WHERE direction = 'out') b ON b.uetr = a.uetr GROUP BY a.account_id";
    let mut banks = Banks::new().approve("mules", text, TERMS);
    let plain = told(&banks.world());
    assert!(
        plain.contains(r#"{"account_id":"A2","many":false,"large":false}"#),
        "{plain}"
    );
    for _ in 0..5 {
        banks.made_up.push(["u-B4-A2", "A2", "B4"]);
        banks.made_up.push(["u-B4-A2", "A2", "another"]);
    }
    assert_eq!(told(&banks.world()), plain);
}
