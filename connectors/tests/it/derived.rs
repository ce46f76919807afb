//! Derived columns: what they hold, what they cannot be made of, and when they are made anew.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use connectors::{ConnectorError, Sealed};

use crate::party::Party;

const TRANSFERS: &str = "account,amount,vip\n\
    0017,1000,no\n17,2500,no\n,3000,no\n0018,0,no\n0019,4000,yes\n0020,7,no\n";
const ACCOUNTS: &str =
    "id,owner,score\n0017,ann,1.5\n17,bob,nan\n0018,,2\n0019,dee,3\n0021,eve,4\n";

fn policy(derive: &str) -> String {
    format!(
        "policy = 1\ntable = \"t\"\n[disclosure]\nmin_contributors = 10\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n\
         [rows]\nwhere = \"vip = 'no'\"\n[columns]\naccount = {{ unit = \"acct\" }}\namount = {{ measure = [0, 9] }}\n[derive]\n{derive}\n"
    )
}

fn party() -> Party {
    let party = Party::new();
    std::fs::write(party.path("transfers.csv"), TRANSFERS).unwrap();
    std::fs::write(party.path("accounts.csv"), ACCOUNTS).unwrap();
    party
}

fn seal(derive: &str) -> Result<(Sealed, RecordBatch), String> {
    let party = party();
    let sealed = party.seal("transfers.csv", &policy(derive));
    let sealed = sealed.map_err(|error| error.to_string())?;
    let batch = party.open(&sealed);
    Ok((sealed, batch))
}

fn texts(batch: &RecordBatch, column: &str) -> Vec<Option<String>> {
    let texts = arrow::compute::cast(&batch[column], &DataType::Utf8).unwrap();
    let texts = texts.as_string::<i32>();
    texts.iter().map(|text| text.map(str::to_owned)).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    let text = |text: &&str| (!text.is_empty()).then(|| (*text).to_owned());
    texts.iter().map(text).collect()
}

#[test]
fn an_expression_reads_hidden_columns_and_has_no_value_where_it_fails() {
    let (sealed, batch) = seal(
        "round = { sql = \"amount % 1000 = 0\", filter = true, measure = [0, 1] }\n\
         kind = { sql = \"upper(vip)\", dimension = true }\n\
         flag = { sql = \"amount > 1000\", filter = true }\n\
         ratio = { sql = \"1000 / amount\", measure = [0, 9] }\n\
         number = { sql = \"CAST(account AS INT)\", dimension = true }",
    )
    .unwrap();
    assert_eq!(
        texts(&batch, "account"),
        some(&["0017", "17", "0018", "0020"])
    );
    let round = batch["round"].as_primitive::<Int64Type>();
    assert_eq!(round.values(), &[1, 0, 1, 0]);
    assert_eq!(texts(&batch, "kind"), some(&["NO", "NO", "NO", "NO"]));
    assert_eq!(batch["flag"].data_type(), &DataType::Boolean);
    assert_eq!(texts(&batch, "ratio"), some(&["1", "0", "", "142"]));
    assert_eq!(texts(&batch, "number"), some(&["17", "17", "18", "20"]));
    let remarks = sealed.findings.remarks();
    let failed = "`ratio`: 1 row has no value, since its expression fails there".to_owned();
    assert!(remarks.contains(&failed), "{remarks:?}");
}

#[test]
fn a_lookup_finds_the_row_of_its_very_key() {
    let (sealed, batch) = seal(
        "person = { lookup = \"accounts.owner\", on = \"accounts.id = account\", unit = \"person\" }\n\
         score = { lookup = \"accounts.score\", on = \"account = accounts.id\", measure = [0, 9] }",
    )
    .unwrap();
    assert_eq!(
        texts(&batch, "account"),
        some(&["0017", "17", "0018", "0020"])
    );
    assert_eq!(texts(&batch, "person"), some(&["ann", "bob", "", ""]));
    assert_eq!(
        texts(&batch, "score"),
        some(&["1.500000", "", "2.000000", ""])
    );
    let remarks = sealed.findings.remarks();
    for remark in [
        "`person`: 1 row has no value, since their key is not in the other table",
        "`person`: 2 rows of 4 are without a value and count for nobody there",
        "`score`: 1 value is no exact number (NaN, infinite or too large) and sealed as NULL",
    ] {
        assert!(remarks.iter().any(|found| found == remark), "{remarks:?}");
    }
}

#[test]
fn a_row_may_be_about_somebody_by_a_derived_unit_alone() {
    let party = party();
    let text = policy(
        "p = { sql = \"coalesce(CAST(account AS VARCHAR), 'x' || amount)\", unit = \"person\" }",
    );
    let text = text.replace("account = { unit = \"acct\" }\n", "");
    let sealed = party.seal("transfers.csv", &text).unwrap();
    let batch = party.open(&sealed);
    assert_eq!(
        texts(&batch, "p"),
        some(&["0017", "17", "x3000", "0018", "0020"])
    );
}

#[test]
fn what_cannot_be_derived_is_said_at_its_place() {
    for (derive, expected) in [
        (
            "amount = { sql = \"1\" }",
            "policy.toml:14:1: error: `amount` is in [columns] and in [derive]",
        ),
        (
            "vip = { sql = \"1\" }",
            "policy.toml:14:1: error: `t` has a column `vip` of its own\n  help: give the derived column a name that is free",
        ),
        (
            "x = { sql = \"amuont + 1\" }",
            "policy.toml:14:13: error: `t` has no column `amuont`\n  help: did you mean `amount`?",
        ),
        (
            "x = { sql = \"frobnicate(amount)\" }",
            "policy.toml:14:13: error: Invalid function 'frobnicate'.",
        ),
        (
            "x = { sql = \"sum(amount)\" }",
            "policy.toml:14:13: error: Physical plan does not support logical expression AggregateFunction",
        ),
        (
            "x = { sql = \"make_array(amount)\" }",
            "policy.toml:14:1: error: `x` has type List(Int64), which cannot be sealed\n  help: cast it",
        ),
        (
            "x = { sql = \"amount > 0\", dimension = \"month\" }",
            "policy.toml:14:39: error: a dimension by 1 month does not fit `x`, which is a truth value\n  help: write `true`, or a list of values for `filter`",
        ),
        (
            "x = { lookup = \"acounts.owner\", on = \"acounts.id = account\" }",
            "policy.toml:14:16: error: its owner has no table `acounts` here to look up in\n  help: there are only CSV files",
        ),
        (
            "x = { lookup = \"accounts.ower\", on = \"accounts.id = account\" }",
            "policy.toml:14:16: error: `accounts` has no column `ower`\n  help: did you mean `owner`?",
        ),
        (
            "x = { lookup = \"accounts.owner\", on = \"accounts.nr = account\" }",
            "policy.toml:14:39: error: `accounts` has no column `nr`\n  help: it has id, owner, score",
        ),
        (
            "x = { lookup = \"transfers.amount\", on = \"transfers.vip = account\" }",
            "policy.toml:14:41: error: `transfers.vip` is no key: 4 rows repeat an earlier value\n  help: look up by a column that is unique in `transfers`",
        ),
    ] {
        let told = match policy::document::PolicyDocument::parse("policy.toml", &policy(derive)) {
            Ok(_) => seal(derive).unwrap_err(),
            Err(problems) => problems[0].to_string(),
        };
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let derive =
        "x = { sql = \"frobnicate(1)\" }\ny = { lookup = \"a.b\", on = \"a.c = account\" }";
    let error = party().seal("transfers.csv", &policy(derive)).unwrap_err();
    let places = match error {
        ConnectorError::Policy(problems) => problems.iter().map(|p| p.line).collect(),
        _other => Vec::new(),
    };
    assert_eq!(places, [14, 15]);
}

#[test]
fn another_expression_or_another_table_behind_it_is_another_version() {
    let party = party();
    let sealed = |derive: &str| {
        let sealed = party.seal("transfers.csv", &policy(derive)).unwrap();
        let manifest = sealed.manifest.verify(&party.owner()).unwrap();
        (manifest.declarations, manifest.source)
    };
    let (expression, source) = sealed("x = { sql = \"amount + 1\", filter = true }");
    let (other, same) = sealed("x = { sql = \"amount + 2\", filter = true }");
    assert_ne!(expression, other);
    assert_eq!(source, same);
    let lookup =
        "x = { lookup = \"accounts.owner\", on = \"accounts.id = account\", filter = true }";
    let (before, data) = sealed(lookup);
    std::fs::write(party.path("accounts.csv"), ACCOUNTS.replace("ann", "amy")).unwrap();
    let (after, changed) = sealed(lookup);
    assert_eq!(before, after);
    assert_ne!(data, changed);
}
