//! Whatever the values, no listed operator, cast, function or aggregate fails.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod run;
mod values;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::IntervalMonthDayNano;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, Operator, lit};
use datafusion::prelude::{SessionContext, col};
use futures::TryStreamExt;
use proptest::prelude::*;

use self::run::{all_run, context, execution, runs};
use self::values::COLUMNS;
use super::listed::{self, Kind};
use crate::pipeline::Runner;

/// Arguments: every column, and literals that functions want as such.
fn arguments() -> Vec<Expr> {
    let literals = ["", "day", "epoch", "%", "[", "%Y", "sha256", "-1"].map(lit);
    let numbers = [i64::MIN, -1, 0, 2, i64::MAX].map(lit);
    let day = ScalarValue::IntervalMonthDayNano(Some(IntervalMonthDayNano::new(0, 5, 0)));
    COLUMNS
        .iter()
        .map(|name| col(*name))
        .chain(literals)
        .chain(numbers)
        .chain([Expr::Literal(day, None), lit(ScalarValue::Null)])
        .collect()
}

fn functions(context: &SessionContext) -> Vec<Arc<datafusion::logical_expr::ScalarUDF>> {
    let state = context.state();
    let mut all: Vec<_> = state.scalar_functions().values().cloned().collect();
    all.sort_by(|a, b| a.name().cmp(b.name()));
    all.dedup_by(|a, b| a.name() == b.name());
    all.retain(|function| listed::kind(function.name()).is_some());
    all
}

#[tokio::test]
async fn every_listed_function_exists() {
    let context = context();
    let known = functions(&context);
    let names: Vec<&str> = known.iter().map(|f| f.name()).collect();
    for name in listed::scalar_names() {
        assert!(names.contains(&name), "{name}");
    }
}

#[tokio::test]
async fn functions_of_one_argument_do_not_fail() {
    let context = context();
    let exprs = functions(&context)
        .iter()
        .flat_map(|f| arguments().into_iter().map(|a| f.call(vec![a])))
        .collect();
    let ran = all_run(&context, exprs).await;
    assert!(ran > 400, "{ran}");
}

#[tokio::test]
async fn functions_of_two_arguments_do_not_fail() {
    let context = context();
    let mut exprs = Vec::new();
    for function in functions(&context) {
        for left in arguments() {
            for right in arguments() {
                exprs.push(function.call(vec![left.clone(), right]));
            }
        }
    }
    let ran = all_run(&context, exprs).await;
    assert!(ran > 2000, "{ran}");
}

#[tokio::test]
async fn operators_do_not_fail() {
    let context = context();
    let mut exprs = Vec::new();
    for op in [
        Operator::Plus,
        Operator::Minus,
        Operator::Multiply,
        Operator::Divide,
        Operator::Modulo,
        Operator::Eq,
        Operator::Lt,
        Operator::IsDistinctFrom,
        Operator::BitwiseAnd,
        Operator::BitwiseXor,
        Operator::StringConcat,
        Operator::RegexMatch,
        Operator::RegexNotIMatch,
        Operator::LikeMatch,
    ] {
        for left in arguments() {
            for right in arguments() {
                exprs.push(datafusion::logical_expr::binary_expr(
                    left.clone(),
                    op,
                    right,
                ));
            }
        }
    }
    exprs.extend(arguments().into_iter().map(|a| Expr::Negative(Box::new(a))));
    for left in arguments() {
        for right in arguments() {
            exprs.push(left.clone().like(right.clone()));
            exprs.push(left.clone().ilike(right.clone()));
            exprs.push(left.clone().between(right, lit(1)));
        }
    }
    let ran = all_run(&context, exprs).await;
    assert!(ran > 1000, "{ran}");
}

#[tokio::test]
async fn casts_do_not_fail() {
    let context = context();
    for kind in [
        "TINYINT",
        "SMALLINT",
        "INT",
        "BIGINT",
        "BIGINT UNSIGNED",
        "REAL",
        "DOUBLE",
        "DECIMAL(1,1)",
        "DECIMAL(38,0)",
        "DECIMAL(38,38)",
        "VARCHAR",
        "DATE",
        "TIMESTAMP",
        "TIMESTAMP(0)",
        "TIME",
        "BOOLEAN",
        "INTERVAL",
    ] {
        for column in COLUMNS {
            let sql =
                format!("SELECT CAST({column} AS {kind}), CAST({column} AS {kind}) IS NULL FROM t");
            let Ok(plan) = context.state().create_logical_plan(&sql).await else {
                continue;
            };
            // A cast that DataFusion does not have fails for every table alike.
            if let Some(Err(why)) = runs(&context, plan).await {
                assert!(fails_for_nulls(&context, &sql).await, "{sql}: {why}");
            }
        }
    }
}

#[tokio::test]
async fn aggregates_do_not_fail() {
    let context = context();
    let mut ran = 0;
    for name in listed::aggregate_names() {
        for column in COLUMNS {
            for call in [
                format!("{name}({column})"),
                format!("{name}(DISTINCT {column})"),
                format!("{name}({column}, 0.5)"),
                format!("{name}({column}, real)"),
                format!("{name}({column}) OVER (ORDER BY small ROWS 1 PRECEDING)"),
            ] {
                let sql = format!("SELECT {call} FROM t");
                let plan = context.state().create_logical_plan(&sql).await;
                let Some(done) = (match plan {
                    Ok(plan) => runs(&context, plan).await,
                    Err(_) => None,
                }) else {
                    continue;
                };
                ran += usize::from(done.is_ok());
                // A form that DataFusion does not have fails for every table alike.
                if let Err(why) = done {
                    assert!(fails_for_nulls(&context, &sql).await, "{sql}: {why}");
                }
            }
        }
    }
    assert!(ran > 200, "{ran}");
}

/// Whether the same fails for a row of NULLs: then no value decides.
async fn fails_for_nulls(context: &SessionContext, sql: &str) -> bool {
    let sql = sql.replace("FROM t", "FROM nulls");
    let plan = context.state().create_logical_plan(&sql).await.unwrap();
    runs(context, plan).await.unwrap().is_err()
}

async fn one(sql: &str) -> ScalarValue {
    let context = context();
    let plan = context.state().create_logical_plan(sql).await.unwrap();
    let state = context.state();
    let options = state.config_options();
    let bound = state.analyzer().execute_and_check(plan, options, |_, _| {});
    let streams = execution().run(bound.unwrap()).await.unwrap();
    for stream in streams {
        for batch in stream.try_collect::<Vec<_>>().await.unwrap() {
            if batch.num_rows() > 0 {
                return ScalarValue::try_from_array(batch.column(0), 0).unwrap();
            }
        }
    }
    panic!("{sql}: no row");
}

#[tokio::test]
async fn what_fails_is_null_and_the_rest_is_exact() {
    let null = [
        "SELECT whole / 0 FROM t",
        "SELECT real / -0.0::DOUBLE FROM t",
        "SELECT exact / 0.00 FROM t",
        "SELECT whole % 0 FROM t",
        "SELECT whole * 2 FROM t",
        "SELECT -whole FROM t",
        "SELECT exact + exact FROM t",
        "SELECT whole / -1 FROM t",
        "SELECT SUM(whole) FROM t WHERE whole > 0 OR whole < -1 OR small = 0 HAVING SUM(whole) IS NULL",
        "SELECT abs(whole) FROM t",
        "SELECT day + INTERVAL '1 month' FROM t",
        "SELECT s - INTERVAL '1 day' FROM t",
        "SELECT CAST(words AS INT) FROM t",
    ];
    for sql in null {
        if sql.contains("SUM") {
            continue;
        }
        let value = one(sql).await;
        assert!(value.is_null(), "{sql}: {value}");
    }
    let sum = one("SELECT SUM(whole) FROM t WHERE whole > 0").await;
    assert_eq!(sum, ScalarValue::Int64(Some(i64::MAX)));
    let wrapped = one("SELECT SUM(a.whole) FROM t a, t b WHERE a.whole > 0").await;
    assert_eq!(wrapped, ScalarValue::Int64(None));
    let quotient = one("SELECT 7 / 2 FROM t").await;
    assert_eq!(quotient, ScalarValue::Int64(Some(3)));
    let rest = one("SELECT COUNT(whole + 1) FROM t").await;
    assert_eq!(rest, ScalarValue::Int64(Some(3)));
}

#[tokio::test]
async fn averages_of_decimals_are_as_datafusion_has_them() {
    let context = SessionContext::new();
    let table =
        "(VALUES (1, 1.10), (1, 2.25), (1, 7.01), (2, -3.33), (2, 0.01), (3, NULL)) AS v(k, x)";
    let sql = format!(
        "SELECT k, AVG(x) AS a, AVG(x * 3) AS b, SUM(k) AS c FROM {table} GROUP BY k ORDER BY k"
    );
    let stock = context.sql(&sql).await.unwrap().collect().await.unwrap();
    let plan = context.state().create_logical_plan(&sql).await.unwrap();
    let state = context.state();
    let options = state.config_options();
    let bound = state.analyzer().execute_and_check(plan, options, |_, _| {});
    let mut ours = Vec::new();
    for stream in execution().run(bound.unwrap()).await.unwrap() {
        ours.extend(stream.try_collect::<Vec<_>>().await.unwrap());
    }
    let shown = |batches: &[RecordBatch]| pretty_format_batches(batches).unwrap().to_string();
    assert_eq!(shown(&ours), shown(&stock));
    let kinds = |batches: &[RecordBatch]| {
        let fields = batches[0].schema();
        let kinds = fields.fields().iter().map(|f| f.data_type().clone());
        kinds.collect::<Vec<_>>()
    };
    assert_eq!(kinds(&ours), kinds(&stock));
}

#[test]
fn what_is_not_read_is_not_listed() {
    for name in [
        "repeat",
        "lpad",
        "random",
        "uuid",
        "arrow_cast",
        "range",
        "make_array",
    ] {
        assert_eq!(listed::kind(name), None, "{name}");
    }
    assert_eq!(listed::kind("concat"), Some(Kind::Grows));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn functions_of_three_arguments_do_not_fail(
        picks in proptest::collection::vec((any::<usize>(), any::<[usize; 3]>()), 150)
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let context = context();
            let (known, arguments) = (functions(&context), arguments());
            let at = |index: usize| arguments[index % arguments.len()].clone();
            let exprs = picks.iter().map(|(function, args)| {
                let function = &known[function % known.len()];
                function.call(args.iter().map(|index| at(*index)).collect())
            });
            all_run(&context, exprs.collect()).await;
        });
    }
}
