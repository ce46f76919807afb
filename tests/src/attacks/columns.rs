//! Rows as Arrow columns and Parquet files.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::TimestampMicrosecondArray;
use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;
use chrono::{NaiveDate, NaiveDateTime};
use parquet::arrow::ArrowWriter;

use super::fixture::{Account, Transaction};

fn texts<'a>(values: impl Iterator<Item = &'a String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

pub(super) fn accounts(rows: &[Account]) -> RecordBatch {
    let opened = rows.iter().map(|row| {
        let (year, month, day) = row.opened;
        Date32Type::from_naive_date(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    });
    let risks: StringArray = rows.iter().map(|row| row.risk.as_deref()).collect();
    RecordBatch::try_from_iter_with_nullable([
        (
            "account_id",
            texts(rows.iter().map(|r| &r.account_id)),
            true,
        ),
        (
            "customer_id",
            texts(rows.iter().map(|r| &r.customer_id)),
            true,
        ),
        ("name", texts(rows.iter().map(|r| &r.name)), true),
        ("iban_hash", texts(rows.iter().map(|r| &r.iban_hash)), true),
        ("risk", Arc::new(risks) as ArrayRef, true),
        ("country", texts(rows.iter().map(|r| &r.country)), true),
        (
            "opened",
            Arc::new(Date32Array::from_iter_values(opened)),
            true,
        ),
    ])
    .unwrap()
}

fn moment((month, day, hour, minute): (u32, u32, u32, u32)) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2025, month, day).unwrap();
    day.and_hms_opt(hour, minute, 0).unwrap()
}

pub(super) fn transactions(rows: &[Transaction]) -> RecordBatch {
    let amounts = Decimal128Array::from_iter_values(rows.iter().map(|row| row.amount));
    let amounts = amounts.with_precision_and_scale(18, 2).unwrap();
    let moments = rows
        .iter()
        .map(|row| moment(row.ts).and_utc().timestamp_micros());
    let ids = Int64Array::from_iter_values(rows.iter().map(|row| row.tx_id));
    let payees = rows.iter().map(|r| &r.counterparty_account);
    RecordBatch::try_from_iter_with_nullable([
        ("tx_id", Arc::new(ids) as ArrayRef, true),
        (
            "account_id",
            texts(rows.iter().map(|r| &r.account_id)),
            true,
        ),
        (
            "customer_id",
            texts(rows.iter().map(|r| &r.customer_id)),
            true,
        ),
        ("counterparty_account", texts(payees), true),
        (
            "counterparty_bank",
            texts(rows.iter().map(|r| &r.counterparty_bank)),
            true,
        ),
        ("amount", Arc::new(amounts), true),
        ("currency", texts(rows.iter().map(|r| &r.currency)), true),
        (
            "ts",
            Arc::new(TimestampMicrosecondArray::from_iter_values(moments)),
            true,
        ),
        ("country", texts(rows.iter().map(|r| &r.country)), true),
    ])
    .unwrap()
}

pub(super) fn write(path: &Path, batch: &RecordBatch) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}
