//! Questions that a bank asks can be afforded; products that explode cannot.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use policy::ident::{PartyId, TableName, TableRef};

use super::*;

const VIEWS: [(&str, &str); 2] = [
    (
        "payments",
        include_str!("../../../../sample-data/four-banks/views/payments.sql"),
    ),
    (
        "accounts",
        include_str!("../../../../sample-data/four-banks/views/accounts.sql"),
    ),
];

const ASKED: [&str; 6] = [
    include_str!("../../../../sample-data/four-banks/questions/fan_in.sql"),
    include_str!("../../../../sample-data/four-banks/questions/gateways.sql"),
    include_str!("../../../../sample-data/four-banks/questions/round_trips.sql"),
    include_str!("../../../../sample-data/four-banks/questions/scatter_gather.sql"),
    include_str!("../../../../sample-data/four-banks/questions/shared_device.sql"),
    include_str!("../../../../sample-data/four-banks/questions/structuring.sql"),
];

fn table(columns: &[(&str, DataType)]) -> Arc<EmptyTable> {
    let field = |(name, kind): &(&str, DataType)| Field::new(*name, kind.clone(), true);
    Arc::new(EmptyTable::new(Arc::new(Schema::new(
        columns.iter().map(field).collect::<Vec<_>>(),
    ))))
}

fn transactions() -> Arc<EmptyTable> {
    let (text, whole) = (DataType::Utf8View, DataType::Int64);
    let money = DataType::Decimal128(18, 2);
    table(&[
        ("e2e_id", whole.clone()),
        ("ts", DataType::Timestamp(TimeUnit::Microsecond, None)),
        ("leg", text.clone()),
        ("from_bank", text.clone()),
        ("from_acct", text.clone()),
        ("to_bank", text.clone()),
        ("to_acct", text.clone()),
        ("amount", money.clone()),
        ("currency", text.clone()),
        ("amount_usd", money),
        ("channel", text.clone()),
        ("from_country", text.clone()),
        ("to_country", text),
        ("device_id", whole.clone()),
        ("first_digit", DataType::Int32),
        ("is_round", whole),
    ])
}

fn accounts() -> Arc<EmptyTable> {
    let text = DataType::Utf8View;
    table(&[
        ("acct", text.clone()),
        ("bank", text.clone()),
        ("entity_hash", text.clone()),
        ("holder_type", text.clone()),
        ("segment", text.clone()),
        ("country", text),
        ("opened_on", DataType::Date32),
        ("kyc_risk", DataType::Int16),
        ("declared_monthly_usd", DataType::Decimal128(18, 2)),
    ])
}

const BANKS: [&str; 4] = ["bank_a", "bank_b", "bank_c", "bank_d"];

async fn context() -> SessionContext {
    let context = SessionContext::new_with_config(crate::plan::config());
    for schema in BANKS.iter().chain(&["ref", "consortium"]) {
        let made = context.sql(&format!("CREATE SCHEMA {schema}")).await;
        made.unwrap().collect().await.unwrap();
    }
    for bank in BANKS {
        let name = |table: &str| format!("{bank}.{table}");
        context
            .register_table(name("transactions"), transactions())
            .unwrap();
        context
            .register_table(name("accounts"), accounts())
            .unwrap();
    }
    let risk = [("country", DataType::Utf8View), ("risk", DataType::Int64)];
    context
        .register_table("ref.country_risk", table(&risk))
        .unwrap();
    for (name, sql) in VIEWS {
        let sql = sql.trim().trim_end_matches(';');
        let made = context
            .sql(&format!("CREATE VIEW consortium.{name} AS {sql}"))
            .await;
        made.unwrap().collect().await.unwrap();
    }
    context
}

/// The figures of four banks with a million payments between them.
fn sizes() -> Sizes {
    let mut sizes = Sizes::new();
    let mut add = |party: &str, table: &str, rows, most: &[(&str, u64)], unique: &[&str]| {
        let name = TableRef {
            party: PartyId::new(party).unwrap(),
            table: TableName::new(table).unwrap(),
        };
        let most = most
            .iter()
            .map(|(column, most)| ((*column).to_owned(), *most));
        let unique: BTreeSet<String> = unique.iter().map(|&column| column.to_owned()).collect();
        let most_rows = most.collect();
        sizes.insert(
            name,
            TableSize {
                rows,
                most_rows,
                unique,
            },
        );
    };
    for bank in BANKS {
        let most = [
            ("from_acct", 6_710),
            ("to_acct", 7_790),
            ("e2e_id", 2),
            ("device_id", 3_010),
        ];
        add(bank, "transactions", 410_000, &most, &[]);
        add(bank, "accounts", 6_300, &[("entity_hash", 4)], &["acct"]);
    }
    add("ref", "country_risk", 200, &[], &["country"]);
    sizes
}

async fn judged(sql: &str) -> Result<(), String> {
    judged_by(sql, &sizes()).await
}

async fn judged_by(sql: &str, sizes: &Sizes) -> Result<(), String> {
    let context = context().await;
    let state = context.state();
    let plan = state.create_logical_plan(sql).await.unwrap();
    let options = state.config_options();
    let plan = state.analyzer().execute_and_check(plan, options, |_, _| {});
    let admitted = Admitted::Plain {
        plan: plan.unwrap(),
        tables: BTreeSet::new(),
    };
    let limits = limits(4 << 30, Duration::from_mins(10));
    match check(&admitted, sizes, limits) {
        Ok(_) => Ok(()),
        Err(Refusal::Denied(denial)) => {
            Err(format!("{}: {}", denial.code.as_str(), denial.message))
        }
        Err(other) => Err(format!("{other:?}")),
    }
}

async fn refuses(sql: &str, code: &str) {
    let why = judged(sql).await.unwrap_err();
    assert!(why.starts_with(code), "{sql}: {why}");
}

#[tokio::test]
async fn what_banks_ask_can_be_afforded() {
    for sql in ASKED {
        let sql = sql.trim().trim_end_matches(';');
        assert_eq!(judged(sql).await, Ok(()), "{sql}");
    }
}

#[tokio::test]
async fn a_product_of_literals_cannot() {
    let rows: Vec<String> = (0..5_000).map(|n| format!("({n})")).collect();
    let rows = format!("(VALUES {})", rows.join(", "));
    let two = format!("SELECT COUNT(*) FROM {rows} AS a, {rows} AS b");
    assert_eq!(judged(&two).await, Ok(()));
    let three = format!("{two}, {rows} AS c");
    refuses(&three, "E_COST").await;
}

#[tokio::test]
async fn a_product_of_tables_cannot() {
    let sql = "SELECT COUNT(*) FROM bank_a.transactions a, bank_b.transactions b";
    refuses(sql, "E_COST").await;
    let condition = "SELECT COUNT(*) FROM bank_a.transactions a JOIN bank_b.transactions b ON a.amount < b.amount";
    refuses(condition, "E_COST").await;
}

#[tokio::test]
async fn a_chain_of_joins_that_multiplies_cannot() {
    let chain = |hops: usize| {
        let joins = (1..hops).map(|n| {
            let before = n - 1;
            format!(" JOIN consortium.payments p{n} ON p{n}.from_acct = p{before}.to_acct")
        });
        format!(
            "SELECT COUNT(*) FROM consortium.payments p0{}",
            joins.collect::<String>()
        )
    };
    assert_eq!(judged(&chain(2)).await, Ok(()));
    refuses(&chain(4), "E_COST").await;
}

#[tokio::test]
async fn a_chain_of_joins_on_one_key_of_a_small_table_cannot() {
    let mut small = sizes();
    for size in small.values_mut() {
        size.rows = 300;
        size.most_rows.values_mut().for_each(|most| *most = 20);
    }
    let chain = |links: usize| {
        let joins = (1..links).map(|n| {
            let table = format!("bank_a.transactions t{n}");
            format!(" JOIN {table} ON t{n}.from_acct = t{}.from_acct", n - 1)
        });
        let joins: String = joins.collect();
        format!("SELECT COUNT(*) FROM bank_a.transactions t0{joins}")
    };
    assert_eq!(judged_by(&chain(3), &small).await, Ok(()));
    let why = judged_by(&chain(9), &small).await.unwrap_err();
    assert!(why.starts_with("E_COST"), "{why}");
}

#[tokio::test]
async fn what_would_be_held_at_once_is_bounded_too() {
    let sql = "SELECT a.from_acct, b.to_acct, a.ts, b.ts, a.amount, b.amount, COUNT(*)
        FROM consortium.payments a JOIN consortium.payments b ON b.from_acct = a.to_acct
        GROUP BY a.from_acct, b.to_acct, a.ts, b.ts, a.amount, b.amount";
    refuses(sql, "E_COST").await;
}

#[tokio::test]
async fn a_key_joined_with_its_owner_costs_a_row_each() {
    let sql = "SELECT COUNT(*) FROM consortium.payments p JOIN consortium.accounts a ON a.acct = p.from_acct";
    assert_eq!(judged(sql).await, Ok(()));
}

#[tokio::test]
async fn an_unlisted_function_is_refused_by_name() {
    let sql = "SELECT repeat(from_acct, 1000000000) FROM bank_a.transactions";
    refuses(sql, "E_FN").await;
}
