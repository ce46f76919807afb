//! What banks know besides payments: their accounts, their flagged customers; and the public list of country risks.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int16Array, Int64Array, StringArray};

use super::BANKS;
use super::columns::money;
use super::stream::Stream;
use super::words::{ABROAD, EPOCH_DAYS, HIGH_RISK_FROM, HOME, SEGMENTS, at, bank_name};
use crate::{Error, files};

/// Writes accounts and flagged customers of every bank, and `ref/country_risk.parquet`.
pub(super) fn write(dir: &Path, stream: &Stream) -> Result<(), Error> {
    for bank in 0..BANKS {
        let folder = dir.join(bank_name(bank));
        files::table(&folder.join("accounts.parquet"), accounts(stream, bank)?)?;
        files::table(&folder.join("flagged.parquet"), flagged(stream, bank))?;
    }
    files::table(
        &dir.join("ref").join("country_risk.parquet"),
        country_risk(),
    )
}

fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn wholes(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(
        values.into_iter().map(u64::cast_signed),
    ))
}

fn smalls(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    Arc::new(Int16Array::from_iter_values(
        values
            .into_iter()
            .map(|value| i16::try_from(value).unwrap_or(i16::MAX)),
    ))
}

/// Dates `offset` days from the first one.
fn dates(offsets: impl IntoIterator<Item = i64>) -> ArrayRef {
    let day = |offset| EPOCH_DAYS + i32::try_from(offset).unwrap_or_default();
    Arc::new(Date32Array::from_iter_values(offsets.into_iter().map(day)))
}

fn accounts(stream: &Stream, bank: u8) -> Result<Vec<(&'static str, ArrayRef)>, Error> {
    let all = stream.accounts();
    let own: Vec<u64> = all.of_bank(bank).collect();
    let each = || own.iter().map(|account| (*account, all.get(*account)));
    let entity = |account: u64| stream.plan().entity(all, account);
    let person = |segment: u8| if segment < 2 { "P" } else { "C" };
    Ok(vec![
        (
            "acct",
            texts(each().map(|(account, this)| this.text(account))),
        ),
        ("bank", texts(each().map(|(_, this)| this.bic()))),
        (
            "entity_hash",
            texts(each().map(|(account, _)| all.entity_hash(entity(account)))),
        ),
        (
            "holder_type",
            texts(each().map(|(_, this)| person(this.segment))),
        ),
        (
            "segment",
            texts(each().map(|(_, this)| at(&SEGMENTS, u64::from(this.segment)))),
        ),
        ("country", texts(each().map(|(_, this)| this.country()))),
        (
            "opened_on",
            dates(each().map(|(account, _)| -all.age(account).cast_signed())),
        ),
        (
            "kyc_risk",
            smalls(each().map(|(account, _)| all.kyc_risk(account))),
        ),
        (
            "phone_hash",
            wholes(each().map(|(account, _)| all.phone(entity(account)))),
        ),
        (
            "address_hash",
            wholes(each().map(|(account, _)| all.address(account))),
        ),
        (
            "declared_monthly_usd",
            money(each().map(|(account, _)| all.declared(account)))?,
        ),
    ])
}

fn flagged(stream: &Stream, bank: u8) -> Vec<(&'static str, ArrayRef)> {
    let all = stream.accounts();
    let flags: Vec<_> = stream
        .plan()
        .flags
        .iter()
        .filter(|(account, ..)| all.get(*account).bank == Some(bank))
        .collect();
    let entity = |account: u64| all.entity_hash(stream.plan().entity(all, account));
    vec![
        (
            "acct",
            texts(
                flags
                    .iter()
                    .map(|(account, ..)| all.get(*account).text(*account)),
            ),
        ),
        (
            "entity_hash",
            texts(flags.iter().map(|(account, ..)| entity(*account))),
        ),
        ("reason", texts(flags.iter().map(|(_, reason, _)| reason))),
        (
            "flagged_on",
            dates(flags.iter().map(|(.., day)| day.cast_signed())),
        ),
    ]
}

fn country_risk() -> Vec<(&'static str, ArrayRef)> {
    let home = HOME.iter().take(usize::from(BANKS));
    let countries: BTreeSet<&str> = home.chain(&ABROAD).copied().collect();
    let high: BTreeSet<&str> = ABROAD
        .iter()
        .zip(0..)
        .filter(|(_, at)| *at >= HIGH_RISK_FROM)
        .map(|(name, _)| *name)
        .collect();
    let risk = |country: &&str| match *country {
        high_risk if high.contains(high_risk) => 5,
        "AE" | "TR" | "HK" => 3,
        _ => 1,
    };
    vec![
        ("country", texts(&countries)),
        ("risk", smalls(countries.iter().map(risk))),
    ]
}
