//! What a principal may see: tables, their columns and what each may be used for.

use datafusion::arrow::datatypes::DataType;
use serde::Serialize;

/// A table or view that a principal may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisibleTable {
    /// `party.table` or the view's name.
    pub name: String,
    /// Its owner; the contract for views.
    pub owner: String,
    /// `own`, `protected`, `public` or `view`.
    pub kind: String,
    /// Its columns.
    pub columns: Vec<VisibleColumn>,
}

/// A column that a principal may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisibleColumn {
    /// Its exact name.
    pub name: String,
    /// Its type as SQL writes it.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it may be used for.
    pub uses: Vec<String>,
}

/// A type as SQL writes it.
pub(super) fn type_name(kind: &DataType) -> String {
    match kind {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Int8 => "TINYINT".to_owned(),
        DataType::Int16 => "SMALLINT".to_owned(),
        DataType::Int32 => "INTEGER".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::Float32 => "REAL".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR".to_owned(),
        DataType::Date32 | DataType::Date64 => "DATE".to_owned(),
        DataType::Timestamp(_, None) => "TIMESTAMP".to_owned(),
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE".to_owned(),
        DataType::Decimal128(precision, scale) => format!("DECIMAL({precision},{scale})"),
        other => other.to_string().to_uppercase(),
    }
}
