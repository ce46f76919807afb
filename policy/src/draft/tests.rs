#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::document::PolicyDocument;
use crate::lint::lint;
use crate::table::TablePolicy;
use ColumnKind::{Bool, Date, Decimal, Float, Integer, Other, Text, Timestamp};

fn draft(columns: &[(&str, ColumnKind)]) -> (String, Vec<ColumnShape>) {
    let shapes: Vec<ColumnShape> = columns
        .iter()
        .map(|(n, k)| ColumnShape::new(*n, *k))
        .collect();
    let others = [PartyId::new("bank_b").unwrap()];
    let table = TableName::new("t").unwrap();
    (
        Draft {
            table: &table,
            columns: &shapes,
            others: &others,
        }
        .text(),
        shapes,
    )
}

fn columns_of(text: &str) -> Vec<String> {
    text.split_once("[columns]\n")
        .unwrap()
        .1
        .lines()
        .map(|l| l.split("  #").next().unwrap())
        .map(|l| l.split_once('=').unwrap())
        .map(|(column, rule)| format!("{} ={rule}", column.trim_end()))
        .collect()
}

#[test]
fn transactions_are_recognised() {
    let (text, _) = draft(&[
        ("tx_id", Integer),
        ("account_id", Text),
        ("customer_id", Text),
        ("counterparty_account", Text),
        ("counterparty_bank", Text),
        ("amount", Decimal),
        ("currency", Text),
        ("ts", Timestamp),
        ("memo", Text),
        ("is_cash", Bool),
    ]);
    assert_eq!(
        columns_of(&text),
        [
            "tx_id = { hidden = true }",
            "account_id = { join = \"acct\" }",
            "customer_id = { unit = \"person\", join = \"person\" }",
            "counterparty_account = { join = \"acct\" }",
            "counterparty_bank = { dimension = true, filter = true }",
            "amount = { measure = [0, 1000000], filter = 1000 }",
            "currency = { dimension = true, filter = true }",
            "ts = { filter = \"1 day\", dimension = \"month\" }",
            "memo = { hidden = true }",
            "is_cash = { dimension = true, filter = true }",
        ]
    );
    assert!(
        text.contains("# [joins.acct]\n# with = [\"bank_b\"]\n"),
        "{text}"
    );
}

#[test]
fn what_names_somebody_is_hidden() {
    let (text, _) = draft(&[
        ("patient_id", Text),
        ("first_name", Text),
        ("birth_date", Date),
        ("home address", Text),
        ("age", Integer),
        ("chol", Float),
        ("whatever", Text),
        ("nested", Other),
        ("drug_concept_id", Integer),
    ]);
    assert_eq!(
        columns_of(&text),
        [
            "patient_id = { unit = \"person\", join = \"person\" }",
            "first_name = { hidden = true }",
            "birth_date = { filter = \"1 year\" }",
            "\"home address\" = { hidden = true }",
            "age = { measure = [0, 120], dimension = 10, filter = 10 }",
            "chol = { measure = [0, 1000000], filter = 1000 }",
            "whatever = { hidden = true }",
            "nested = { hidden = true }",
            "drug_concept_id = { dimension = true, filter = true }",
        ]
    );
}

#[test]
fn a_draft_resolves_and_lints_without_errors() {
    let (text, shapes) = draft(&[
        ("customer_id", Text),
        ("account_id", Text),
        ("amount", Float),
        ("opened", Date),
        ("risk", Text),
        ("Ünïcode \"q\"", Text),
        ("star*", Text),
    ]);
    let document =
        PolicyDocument::parse("t", &text).unwrap_or_else(|e| unreachable!("{e:?}\n{text}"));
    let owner = PartyId::new("bank_a").unwrap();
    TablePolicy::resolve(&document, &owner, &shapes, &[]).unwrap();
    assert!(!document.shows("star*"));
    let errors: Vec<_> = lint(&document, Some(&shapes))
        .into_iter()
        .filter(super::super::problem::Problem::is_error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn accounts_stand_in_where_nobody_is_named() {
    let (text, _) = draft(&[("account_id", Text), ("amount", Decimal)]);
    assert!(
        text.contains("account_id = { unit = \"acct\", join = \"acct\" }"),
        "{text}"
    );
    let (text, _) = draft(&[("amount", Decimal)]);
    assert!(text.contains("# TODO no column was recognised"), "{text}");
}
