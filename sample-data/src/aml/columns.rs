//! Ledgers as Parquet tables, one per bank, all written in one pass.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use rayon::prelude::*;

use super::BANKS;
use super::ledger::{Row, row};
use super::payment::Payment;
use super::stream::Stream;
use super::words::{EPOCH_SECONDS, bank_name};
use crate::Error;
use crate::files::TableFile;

/// A bank's ledger on its way to its file.
#[derive(Debug)]
struct Ledger {
    bank: u8,
    rows: u64,
    file: TableFile,
}

/// Writes every bank's ledger; how many rows each has.
pub(super) fn write(
    dir: &Path,
    stream: &Stream,
    progress: &dyn Fn(u64),
) -> Result<Vec<u64>, Error> {
    let schema = Arc::new(schema());
    let mut ledgers = (0..BANKS)
        .map(|bank| {
            let path = dir.join(bank_name(bank)).join("transactions.parquet");
            Ok(Ledger {
                bank,
                rows: 0,
                file: TableFile::create(&path, Arc::clone(&schema))?,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    stream.each(|payments| {
        ledgers
            .par_iter_mut()
            .try_for_each(|ledger| append(stream, &schema, ledger, payments))?;
        progress(payments.last().map_or(0, |payment| payment.number));
        Ok(())
    })?;
    let rows = ledgers.iter().map(|ledger| ledger.rows).collect();
    ledgers
        .into_iter()
        .try_for_each(|ledger| ledger.file.finish())?;
    Ok(rows)
}

fn append(
    stream: &Stream,
    schema: &Arc<Schema>,
    ledger: &mut Ledger,
    payments: &[Payment],
) -> Result<(), Error> {
    let rows: Vec<Row<'_>> = payments
        .iter()
        .filter_map(|payment| row(stream, ledger.bank, payment))
        .collect();
    let batch = batch(schema, &rows, ledger.rows)?;
    ledger.rows += rows.len() as u64;
    ledger.file.append(&batch)
}

fn schema() -> Schema {
    let text = |name| Field::new(name, DataType::Utf8, true);
    let whole = |name| Field::new(name, DataType::Int64, true);
    let money = |name| Field::new(name, MONEY, true);
    Schema::new(vec![
        whole("tx_id"),
        whole("e2e_id"),
        Field::new("ts", DataType::Timestamp(TimeUnit::Microsecond, None), true),
        text("leg"),
        text("from_bank"),
        text("from_acct"),
        text("to_bank"),
        text("to_acct"),
        money("amount"),
        text("currency"),
        money("amount_usd"),
        text("channel"),
        text("from_country"),
        text("to_country"),
        whole("device_id"),
    ])
}

const MONEY: DataType = DataType::Decimal128(18, 2);

fn batch(schema: &Arc<Schema>, rows: &[Row<'_>], before: u64) -> Result<RecordBatch, Error> {
    let text = |of: fn(&Row<'_>) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let micros = |row: &Row<'_>| (EPOCH_SECONDS + row.payment.time.cast_signed()) * 1_000_000;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(
            (before + 1..).take(rows.len()).map(u64::cast_signed),
        )),
        Arc::new(Int64Array::from_iter_values(
            rows.iter().map(|row| row.payment.number.cast_signed()),
        )),
        Arc::new(TimestampMicrosecondArray::from_iter_values(
            rows.iter().map(micros),
        )),
        text(|row| row.leg.name()),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| &row.from.bank),
        )),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| &row.from.account),
        )),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| &row.to.bank),
        )),
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|row| &row.to.account),
        )),
        money(rows.iter().map(|row| row.payment.amount))?,
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(Row::currency),
        )),
        money(rows.iter().map(|row| row.payment.cents()))?,
        text(|row| row.payment.channel.name()),
        text(|row| row.from.country),
        text(|row| row.to.country),
        Arc::new(
            rows.iter()
                .map(|row| row.device.map(u64::cast_signed))
                .collect::<Int64Array>(),
        ),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// Cents as money.
pub(super) fn money(cents: impl Iterator<Item = u64>) -> Result<ArrayRef, Error> {
    let array =
        Decimal128Array::from_iter_values(cents.map(i128::from)).with_precision_and_scale(18, 2)?;
    Ok(Arc::new(array))
}
