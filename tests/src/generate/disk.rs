//! A world as the files that `subrosa lab` reads.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;

use crate::oracle::value::{Kind, Value};
use crate::oracle::world::{Table, World};

use super::policy::policy;

/// Writes a world into a folder.
///
/// # Errors
/// If a file cannot be written.
pub fn write(world: &World, folder: &Path) -> std::io::Result<()> {
    let mut text = "name = \"generated\"\n".to_owned();
    for (number, party) in world.parties.iter().enumerate() {
        text += &format!("\n[parties.{party}]\nanalysts = [\"ann\"]\n");
        for table in world.tables.iter().filter(|table| table.party == number) {
            let name = &table.name;
            text += &format!(
                "[parties.{party}.tables.{name}]\ndata = \"{party}/{name}.parquet\"\npolicy = \"{party}/{name}.policy.toml\"\n"
            );
            let own = folder.join(party);
            fs::create_dir_all(&own)?;
            fs::write(
                own.join(format!("{name}.policy.toml")),
                policy(world, table),
            )?;
            data(table, &own.join(format!("{name}.parquet")))?;
        }
    }
    text += "\n[engine]\npurposes = [\"tests\"]\n";
    fs::write(folder.join("collaboration.toml"), text)
}

/// Writes the rows of a table.
fn data(table: &Table, file: &Path) -> std::io::Result<()> {
    let named = table.columns.iter().enumerate().map(|(at, column)| {
        let values = || table.rows.iter().map(move |row| &row[at]);
        (column.name, array(column.kind, values), true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(named).map_err(std::io::Error::other)?;
    let mut writer = ArrowWriter::try_new(fs::File::create(file)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

fn array<'a, I: Iterator<Item = &'a Value>>(kind: Kind, values: impl Fn() -> I) -> ArrayRef {
    let numbers = |scale| values().map(move |value| value.number().map(|number| number.at(scale)));
    match kind {
        Kind::Text => Arc::new(values().map(text).collect::<StringArray>()),
        Kind::Truth => Arc::new(values().map(Value::truth).collect::<BooleanArray>()),
        Kind::Whole => {
            let whole =
                numbers(0).map(|number| number.map(|number| i64::try_from(number).unwrap()));
            Arc::new(whole.collect::<Int64Array>())
        }
        Kind::Decimal(scale) => {
            let digits = i8::try_from(scale).unwrap();
            let array: Decimal128Array = numbers(scale).collect();
            Arc::new(array.with_precision_and_scale(12, digits).unwrap())
        }
        Kind::Moment => Arc::new(values().map(moment).collect::<TimestampMicrosecondArray>()),
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Moment(at) => Some(*at),
        _ => None,
    }
}
