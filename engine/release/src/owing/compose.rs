//! Statistics from told base statistics: nothing here sees a row.

use arrow::datatypes::{DataType, i256};

use crate::finish::number;
use crate::measure::{power_of_ten, to_f64};
use crate::output::{Datum, fit};
use crate::plan::{Recipe, Source};

/// The value of a statistic; its base statistics in the order of [`super::base::bases`].
pub(crate) fn compose(recipe: &Recipe, told: &[i256]) -> Option<Datum> {
    fit(value(recipe, told)?, &recipe.output)
}

fn value(recipe: &Recipe, told: &[i256]) -> Option<Datum> {
    match (recipe.value, told) {
        (Source::Rows | Source::Present(_) | Source::Distinct(_), [count]) => {
            Some(Datum::Integer(whole(*count, &recipe.output)))
        }
        (Source::Sum { scale, .. }, [sum]) => match number(*sum, scale, &recipe.output)? {
            Datum::Integer(sum) => Some(Datum::Integer(whole(sum, &recipe.output))),
            Datum::Float(sum) => Some(Datum::Float(sum)),
        },
        (Source::Mean { scale, .. }, [sum, count]) if *count > i256::ZERO => {
            mean(*sum, *count, scale, &recipe.output)
        }
        (
            Source::Spread {
                scale,
                sample,
                root,
                ..
            },
            [sum, count, squares],
        ) => {
            let freedom = count.wrapping_sub(i256::from_i128(i128::from(sample)));
            if freedom <= i256::ZERO {
                return None;
            }
            let (sum, count, squares) = (to_f64(*sum), to_f64(*count), to_f64(*squares));
            let variance = (squares - sum * sum / count).max(0.0)
                / to_f64(freedom)
                / power_of_ten(2 * i32::from(scale));
            Some(Datum::Float(if root { variance.sqrt() } else { variance }))
        }
        (
            Source::Rows
            | Source::Present(_)
            | Source::Distinct(_)
            | Source::Supported { .. }
            | Source::Sum { .. }
            | Source::Mean { .. }
            | Source::Spread { .. },
            _,
        ) => None,
    }
}

fn mean(sum: i256, count: i256, scale: i8, output: &DataType) -> Option<Datum> {
    if let DataType::Decimal128(_, out) = output {
        let digits = u32::try_from(i16::from(*out) - i16::from(scale)).ok()?;
        let power = i256::from_i128(10).checked_pow(digits)?;
        return Some(Datum::Integer(sum.checked_mul(power)?.checked_div(count)?));
    }
    Some(Datum::Float(
        to_f64(sum) / power_of_ten(i32::from(scale)) / to_f64(count),
    ))
}

/// Noise can make a number negative that its type has no room for: that is 0.
fn whole(number: i256, output: &DataType) -> i256 {
    if *output == DataType::UInt64 && number.is_negative() {
        i256::ZERO
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(value: Source, output: DataType, told: &[i128]) -> Option<Datum> {
        let recipe = Recipe {
            value,
            output,
            support: Vec::new(),
            balance: Vec::new(),
            branches: Vec::new(),
        };
        let told: Vec<i256> = told.iter().map(|number| i256::from_i128(*number)).collect();
        compose(&recipe, &told)
    }

    #[test]
    fn a_mean_is_the_sum_in_its_scale_by_the_count() {
        let mean = |scale, numbers: &[i128]| {
            let mean = told(
                Source::Mean { measure: 0, scale },
                DataType::Float64,
                numbers,
            );
            mean.and_then(|mean| match mean {
                Datum::Float(mean) => Some(mean),
                Datum::Integer(_) => None,
            })
        };
        assert_eq!(mean(2, &[1250, 5]), Some(2.5));
        assert_eq!(mean(0, &[1250, 5]), Some(250.0));
        assert_eq!(mean(2, &[1250, 0]), None);
        assert_eq!(mean(2, &[1250, -5]), None);
    }
}
