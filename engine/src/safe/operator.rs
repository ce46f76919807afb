//! Operators that give NULL where the stock ones fail or wrap around.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::array::{RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::compute::kernels::numeric::neg;
use datafusion::arrow::compute::nullif;
use datafusion::arrow::datatypes::{DataType, Field, Float32Type, Float64Type, Int64Type, Schema};
use datafusion::common::{DFSchema, Result as DfResult, ScalarValue, internal_err, plan_err};
use datafusion::logical_expr::type_coercion::binary::BinaryTypeCoercer;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable, Operator, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{self, Column, Literal, NegativeExpr};

use super::retry;

/// Whether the operator can fail, or silently wrap around, on some values, or is taken for something else.
pub(super) fn may_fail(expr: &BinaryExpr, schema: &DFSchema) -> DfResult<bool> {
    Ok(match expr.op {
        Operator::Plus | Operator::Minus | Operator::Multiply => {
            may_overflow(&expr.left.get_type(schema)?)
                || may_overflow(&expr.right.get_type(schema)?)
        }
        Operator::Divide | Operator::Modulo => {
            let kind = expr.right.get_type(schema)?;
            !(divides(&expr.right) && (kind.is_integer() || kind.is_floating()))
        }
        Operator::RegexMatch
        | Operator::RegexIMatch
        | Operator::RegexNotMatch
        | Operator::RegexNotIMatch => !matches!(*expr.right, Expr::Literal(..)),
        Operator::Eq
        | Operator::NotEq
        | Operator::Lt
        | Operator::LtEq
        | Operator::Gt
        | Operator::GtEq
        | Operator::And
        | Operator::Or
        | Operator::IsDistinctFrom
        | Operator::IsNotDistinctFrom
        | Operator::LikeMatch
        | Operator::ILikeMatch
        | Operator::NotLikeMatch
        | Operator::NotILikeMatch
        | Operator::BitwiseAnd
        | Operator::BitwiseOr => false,
        // Of the first the optimizer makes 0 if both sides are one, NULL too; the second may grow; the others are refused by name
        // before anything runs.
        Operator::BitwiseXor
        | Operator::StringConcat
        | Operator::BitwiseShiftLeft
        | Operator::BitwiseShiftRight
        | Operator::AtArrow
        | Operator::ArrowAt
        | Operator::Arrow
        | Operator::LongArrow
        | Operator::HashArrow
        | Operator::HashLongArrow
        | Operator::AtAt
        | Operator::IntegerDivide
        | Operator::HashMinus
        | Operator::AtQuestion
        | Operator::Question
        | Operator::QuestionAnd
        | Operator::QuestionPipe
        | Operator::Colon => true,
    })
}

/// Whether an operator is one that questions may use.
pub(super) fn is_listed(op: Operator) -> bool {
    !matches!(
        op,
        Operator::AtArrow
            | Operator::ArrowAt
            | Operator::Arrow
            | Operator::LongArrow
            | Operator::HashArrow
            | Operator::HashLongArrow
            | Operator::AtAt
            | Operator::IntegerDivide
            | Operator::HashMinus
            | Operator::AtQuestion
            | Operator::Question
            | Operator::QuestionAnd
            | Operator::QuestionPipe
            | Operator::Colon
            | Operator::BitwiseShiftLeft
            | Operator::BitwiseShiftRight
    )
}

/// Whether the sign of some value of the type cannot be turned.
pub(super) fn may_fail_negated(kind: &DataType) -> bool {
    may_overflow(kind)
}

/// Everything that is counted in a fixed number of bits; floats have infinities instead.
fn may_overflow(kind: &DataType) -> bool {
    !matches!(
        kind,
        DataType::Float16 | DataType::Float32 | DataType::Float64 | DataType::Null
    )
}

/// A literal divisor that is neither zero nor minus one.
fn divides(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value, _) => {
            !value.is_null()
                && ScalarValue::new_zero(&value.data_type()).is_ok_and(|zero| zero != *value)
                && ScalarValue::new_negative_one(&value.data_type())
                    .map_or(true, |minus_one| minus_one != *value)
        }
        Expr::Cast(cast) => divides(&cast.expr),
        _other => false,
    }
}

/// The total form of an operator of two sides.
pub(super) fn binary(op: Operator) -> ScalarUDF {
    ScalarUDF::from(TotalOperator {
        op,
        name: format!("subrosa_total_{op}"),
        signature: Signature::any(2, Volatility::Immutable),
    })
}

/// The total form of unary minus.
pub(super) fn negative() -> ScalarUDF {
    ScalarUDF::from(TotalNegative {
        signature: Signature::any(1, Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TotalOperator {
    op: Operator,
    name: String,
    signature: Signature,
}

impl TotalOperator {
    fn run(&self, args: &[ColumnarValue], rows: usize) -> DfResult<ColumnarValue> {
        let mut args = args.to_vec();
        if matches!(self.op, Operator::Divide | Operator::Modulo)
            && let Some(divisor) = args.last_mut()
        {
            *divisor = without_zero(divisor)?;
        }
        if self.op == Operator::StringConcat {
            retry::bounded(&args, rows)?;
        }
        over(&args, rows, |mut sides| {
            let right = sides.pop()?;
            let left = sides.pop()?;
            let exact = expressions::BinaryExpr::new(left, self.op, right);
            Some(Arc::new(exact.with_fail_on_overflow(true)))
        })
    }
}

impl ScalarUDFImpl for TotalOperator {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> DfResult<DataType> {
        match kinds {
            [left, right] => BinaryTypeCoercer::new(left, &self.op, right).get_result_type(),
            _other => plan_err!("an operator has two sides"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let kind = args.return_field.data_type();
        retry::or_null(&args.args, args.number_rows, kind, &|args, rows| {
            self.run(args, rows)
        })
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct TotalNegative {
    signature: Signature,
}

impl ScalarUDFImpl for TotalNegative {
    fn name(&self) -> &'static str {
        "subrosa_total_negative"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> DfResult<DataType> {
        match kinds {
            [kind] => Ok(kind.clone()),
            _other => plan_err!("a sign has one side"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let kind = args.return_field.data_type();
        retry::or_null(&args.args, args.number_rows, kind, &|args, rows| {
            let args = checked_sign(args)?;
            over(&args, rows, |mut sides| {
                Some(Arc::new(NegativeExpr::new(sides.pop()?)))
            })
        })
    }
}

/// The stock kernel turns the sign of the smallest integer into itself; it fails here instead.
fn checked_sign(args: &[ColumnarValue]) -> DfResult<Vec<ColumnarValue>> {
    for arg in args {
        let array = arg.to_array(1)?;
        if array.data_type().is_integer() {
            neg(&array)?;
        }
    }
    Ok(args.to_vec())
}

/// Evaluates a physical expression over the arguments as its columns.
fn over(
    args: &[ColumnarValue],
    rows: usize,
    expression: impl FnOnce(Vec<Arc<dyn PhysicalExpr>>) -> Option<Arc<dyn PhysicalExpr>>,
) -> DfResult<ColumnarValue> {
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut sides: Vec<Arc<dyn PhysicalExpr>> = Vec::new();
    for arg in args {
        match arg {
            ColumnarValue::Array(array) => {
                sides.push(Arc::new(Column::new("side", columns.len())));
                fields.push(Field::new("side", array.data_type().clone(), true));
                columns.push(Arc::clone(array));
            }
            ColumnarValue::Scalar(value) => sides.push(Arc::new(Literal::new(value.clone()))),
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new_with_options(schema, columns, &options)?;
    let Some(expression) = expression(sides) else {
        return internal_err!("an operator lacks a side");
    };
    expression.evaluate(&batch)
}

/// The divisor with NULL in the place of every zero, also of a negative one.
fn without_zero(divisor: &ColumnarValue) -> DfResult<ColumnarValue> {
    match divisor {
        ColumnarValue::Array(array) => Ok(ColumnarValue::Array(nulls_for_zeros(array)?)),
        ColumnarValue::Scalar(value) => {
            let array = nulls_for_zeros(&value.to_array()?)?;
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &array, 0,
            )?))
        }
    }
}

fn nulls_for_zeros(array: &ArrayRef) -> DfResult<ArrayRef> {
    let kind = array.data_type();
    let zeros = match kind {
        DataType::Float64 => {
            BooleanArray::from_unary(array.as_primitive::<Float64Type>(), |v| v == 0.0)
        }
        DataType::Float32 => {
            BooleanArray::from_unary(array.as_primitive::<Float32Type>(), |v| v == 0.0)
        }
        DataType::Int64 => BooleanArray::from_unary(array.as_primitive::<Int64Type>(), |v| v == 0),
        DataType::Null => return Ok(new_null_array(kind, array.len())),
        _other => match ScalarValue::new_zero(kind) {
            Ok(zero) => eq(array, &zero.to_scalar()?)?,
            Err(_) => return Ok(Arc::clone(array)),
        },
    };
    if zeros.true_count() == 0 {
        return Ok(Arc::clone(array));
    }
    Ok(nullif(array, &zeros)?)
}
