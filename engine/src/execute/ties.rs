//! Rows that a window's ORDER BY leaves equal come in an order that is the same every time.
//!
//! LAG, LEAD, `ROW_NUMBER`, NTILE and frames of ROWS look at places, not at values. If several rows are equal in what orders them,
//! which of them comes first would depend on threads, and the same question would have another answer each time, each with
//! noise of its own. So a keyed hash of the whole row is the last thing by which such windows are ordered. It is keyed
//! because an order that an asker can compute compares columns with one another that nobody lets be compared.

use std::fmt;
use std::hash::Hasher;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, UInt64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result as DfResult};
use datafusion::logical_expr::expr::{Sort, WindowFunction};
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, Projection, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility, Window, WindowFrameUnits,
};
use siphasher::sip::SipHasher24;

use crate::guard::TrackKey;

/// Name of the column that says which of equal rows comes first.
const TIE: &str = "__tie";

/// Functions of a row's place among those of its partition.
const OF_PLACES: &[&str] = &["lag", "lead", "ntile", "row_number"];

/// The plan with an order of every window in which places matter.
pub(super) fn broken(plan: LogicalPlan, tie: &Arc<ScalarUDF>) -> DfResult<LogicalPlan> {
    let ordered = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Window(window) if window.window_expr.iter().any(by_place) => {
            Ok(Transformed::yes(ordered(&window, tie)?))
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok(ordered.data)
}

/// The function that hashes rows with this engine's key.
pub(super) fn function(key: &TrackKey) -> Arc<ScalarUDF> {
    let (low, high) = key.halves();
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(ScalarUDF::from(Tie {
        low,
        high,
        signature,
    }))
}

/// Windows that look at values first, as they are; then those that look at places, over rows with a hash.
fn ordered(window: &Window, tie: &Arc<ScalarUDF>) -> DfResult<LogicalPlan> {
    let width = window.input.schema().fields().len();
    let outputs = window
        .schema
        .fields()
        .iter()
        .skip(width)
        .map(|field| field.name().clone());
    let named = window.window_expr.iter().zip(outputs);
    let (places, values): (Vec<_>, Vec<_>) = named.partition(|(expr, _)| by_place(expr));
    let mut input = Arc::clone(&window.input);
    if !values.is_empty() {
        let exprs = values.into_iter().map(|(expr, _)| expr.clone()).collect();
        input = Arc::new(LogicalPlan::Window(Window::try_new(exprs, input)?));
    }
    let columns: Vec<Expr> = window
        .input
        .schema()
        .columns()
        .into_iter()
        .map(Expr::Column)
        .collect();
    let hash = tie.call(columns).alias(TIE);
    let all = input.schema().columns().into_iter().map(Expr::Column);
    let hashed = Projection::try_new(all.chain([hash]).collect(), input)?;
    let exprs = places
        .into_iter()
        .map(|(expr, name)| last_by_hash(expr).alias(name))
        .collect();
    let above = Window::try_new(exprs, Arc::new(LogicalPlan::Projection(hashed)))?;
    let shown = window
        .schema
        .columns()
        .into_iter()
        .map(Expr::Column)
        .collect();
    Ok(LogicalPlan::Projection(Projection::try_new(
        shown,
        Arc::new(LogicalPlan::Window(above)),
    )?))
}

/// Whether which of equal rows comes first makes a difference.
fn by_place(expr: &Expr) -> bool {
    let Some(call) = call(expr) else {
        return false;
    };
    let frame = &call.params.window_frame;
    let whole = frame.start_bound.is_unbounded() && frame.end_bound.is_unbounded();
    OF_PLACES.contains(&call.fun.name()) || (frame.units == WindowFrameUnits::Rows && !whole)
}

fn call(expr: &Expr) -> Option<&WindowFunction> {
    match expr {
        Expr::WindowFunction(call) => Some(call),
        Expr::Alias(alias) => call(&alias.expr),
        _other => None,
    }
}

fn last_by_hash(expr: &Expr) -> Expr {
    let Some(call) = call(expr) else {
        return expr.clone();
    };
    let mut call = call.clone();
    let hash = Expr::Column(Column::new_unqualified(TIE));
    call.params.order_by.push(Sort::new(hash, true, false));
    Expr::WindowFunction(Box::new(call))
}

/// The hash of a row.
#[derive(PartialEq, Eq, Hash)]
struct Tie {
    low: u64,
    high: u64,
    signature: Signature,
}

impl fmt::Debug for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tie")
    }
}

impl ScalarUDFImpl for Tie {
    fn name(&self) -> &'static str {
        "subrosa_tie"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> DfResult<DataType> {
        Ok(DataType::UInt64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        Ok(ColumnarValue::Array(Arc::new(self.hashes(&arrays)?)))
    }
}

impl Tie {
    fn hashes(&self, columns: &[ArrayRef]) -> DfResult<UInt64Array> {
        let fields = columns
            .iter()
            .map(|column| SortField::new(column.data_type().clone()));
        let converter = RowConverter::new(fields.collect())?;
        let rows = converter.convert_columns(columns)?;
        let hash = |row: &[u8]| {
            let mut hasher = SipHasher24::new_with_keys(self.low, self.high);
            hasher.write(b"tie");
            hasher.write(row);
            hasher.finish()
        };
        Ok(rows.iter().map(|row| hash(row.as_ref())).collect())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;

    /// Three people with six payments each, two on every day.
    fn rows() -> Vec<(String, i64, i64)> {
        let row = |at: i64| (format!("p{}", at % 3), at / 6, at * at % 17);
        (0..18).map(row).collect()
    }

    /// The rows as a table `t` in so many pieces.
    fn table(rows: &[(String, i64, i64)], pieces: usize) -> SessionContext {
        let config = SessionConfig::new().with_target_partitions(pieces);
        let context = SessionContext::new_with_config(config);
        let piece = |rows: &[(String, i64, i64)]| {
            let person: StringArray = rows.iter().map(|row| Some(row.0.as_str())).collect();
            let day: Int64Array = rows.iter().map(|row| row.1).collect();
            let amount: Int64Array = rows.iter().map(|row| row.2).collect();
            let columns: [(&str, ArrayRef); 3] = [
                ("person", Arc::new(person)),
                ("day", Arc::new(day)),
                ("amount", Arc::new(amount)),
            ];
            vec![RecordBatch::try_from_iter(columns).unwrap()]
        };
        let chunks = rows.chunks(rows.len().div_ceil(pieces));
        let pieces: Vec<_> = chunks.map(piece).collect();
        let schema = pieces
            .first()
            .and_then(|piece| piece.first())
            .unwrap()
            .schema();
        let table = MemTable::try_new(schema, pieces).unwrap();
        context.register_table("t", Arc::new(table)).unwrap();
        context
    }

    /// What a question comes to, its lines sorted.
    async fn asked(sql: &str, context: &SessionContext, key: u8) -> String {
        let plan = context.sql(sql).await.unwrap();
        let plan = plan.into_optimized_plan().unwrap();
        let plan = broken(plan, &function(&TrackKey::of(&[key; 16]))).unwrap();
        let frame = context.execute_logical_plan(plan).await.unwrap();
        let found = frame.collect().await.unwrap();
        let text = pretty_format_batches(&found).unwrap().to_string();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    }

    const PLACES: [&str; 5] = [
        "lag(amount) OVER (PARTITION BY person ORDER BY day)",
        "lead(amount, 2) OVER (PARTITION BY person ORDER BY day DESC)",
        "row_number() OVER (PARTITION BY person)",
        "ntile(2) OVER (ORDER BY day)",
        "sum(amount) OVER (PARTITION BY person ORDER BY day ROWS 1 PRECEDING)",
    ];

    #[tokio::test]
    async fn which_of_equal_rows_comes_first_does_not_depend_on_how_they_come() {
        let mut turned = rows();
        turned.reverse();
        turned.swap(3, 9);
        for place in PLACES {
            let sql = format!(
                "SELECT *, {place} AS found, rank() OVER (PARTITION BY person ORDER BY day) AS r FROM t"
            );
            let one = asked(&sql, &table(&rows(), 1), 7).await;
            assert_eq!(one, asked(&sql, &table(&turned, 1), 7).await, "{place}");
            assert_eq!(one, asked(&sql, &table(&turned, 3), 7).await, "{place}");
        }
    }

    #[tokio::test]
    async fn it_depends_on_the_key() {
        let context = table(&rows(), 1);
        for place in PLACES {
            let sql = format!("SELECT *, {place} AS found FROM t");
            let mut found = BTreeSet::new();
            for key in 0..6 {
                found.insert(asked(&sql, &context, key).await);
            }
            assert!(found.len() > 1, "{place}");
        }
    }

    /// Ranks and frames of values have no order among equal rows to be broken.
    #[tokio::test]
    async fn windows_of_values_stay_as_they_are() {
        let sql = "SELECT rank() OVER (ORDER BY day) AS r, sum(amount) OVER (PARTITION BY person ORDER BY day) AS s, \
            count(*) OVER (PARTITION BY person ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS n FROM t";
        let context = table(&rows(), 1);
        let plan = context.sql(sql).await.unwrap();
        let plan = plan.into_optimized_plan().unwrap();
        let after = broken(plan.clone(), &function(&TrackKey::of(&[7; 16]))).unwrap();
        assert_eq!(plan, after);
    }
}
