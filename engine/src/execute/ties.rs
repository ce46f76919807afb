//! Rows that a window's ORDER BY leaves equal come in an order that is the same every time.
//!
//! Where a window looks at places, admission lets it order rows by hashes that they have from their tables on, the same for every spelling of a
//! question. Rows that are still equal (a row that the question holds twice, and what was released or is public) would be in an order of threads, and
//! the same question would have another answer each time, each with noise of its own. So a keyed hash of the whole row is the last thing by
//! which such windows are ordered.

use std::sync::Arc;

use admit::by_place;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result as DfResult};
use datafusion::logical_expr::expr::{Sort, WindowFunction};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, ScalarUDF, Window};

/// Name of the column that says which of equal rows comes first.
const TIE: &str = "__tie";

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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use datafusion::arrow::util::pretty::pretty_format_batches;
    use datafusion::datasource::MemTable;
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;
    use crate::guard::{self, TrackKey};

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
        let plan = broken(plan, &guard::tie(&TrackKey::of(&[key; 16]))).unwrap();
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
        let after = broken(plan.clone(), &guard::tie(&TrackKey::of(&[7; 16]))).unwrap();
        assert_eq!(plan, after);
    }
}
