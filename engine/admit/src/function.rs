//! Scalar functions below a release: which there are, and what they leave of a capability.

use chrono::Datelike;
use datafusion_expr::expr::ScalarFunction;
use datafusion_expr::{Expr, Operator};
use policy::capability::{Filter, Grain};
use policy::denial::Code;
use policy::number::Decimal;

use crate::comparison;
use crate::constant::{Quantity, constant_quantity};
use crate::expression::{self, meet_in_place, only_ungridded};
use crate::functions;
use crate::grain::{nests, unit_named};
use crate::partial;
use crate::predicate::{Judge, Polarity};
use crate::refusals::Explain;
use crate::size;
use crate::traits::Traits;

/// The capabilities of a function call.
pub(crate) fn traits(judge: &mut Judge<'_>, expr: &Expr, call: &ScalarFunction) -> Traits {
    let name = call.func.name();
    let args: Vec<Traits> = call
        .args
        .iter()
        .map(|arg| expression::opaque_refused(judge, arg))
        .collect();
    if !functions::is_below(name) {
        return refused(judge, expr, name, &args);
    }
    let first = args.first().cloned().unwrap_or_else(Traits::literal);
    let literal = |index: usize| call.args.get(index).and_then(constant_quantity);
    match name {
        "date_trunc" | "date_part" => match (literal(0), args.get(1)) {
            (Some(Quantity::Text(unit)), Some(moment)) => match unit_named(&unit) {
                Some(unit) => {
                    let cells = Grain::Time { count: 1, unit };
                    Traits {
                        lattice: (name == "date_trunc").then(|| cells.clone()),
                        ..bucketed(moment.clone(), &cells)
                    }
                }
                None => Traits {
                    degree: None,
                    ..only_ungridded(moment.clone())
                },
            },
            (Some(_) | None, _) => refused(judge, expr, name, &args),
        },
        "date_bin" => match (literal(0), args.get(1), literal(2)) {
            (Some(Quantity::Span(width)), Some(moment), origin) => {
                binned(moment.clone(), width, call.args.len() > 2, origin.as_ref())
            }
            _no_literal => refused(judge, expr, name, &args),
        },
        "floor" | "ceil" => bucketed(first, &Grain::Number(Decimal::from(1))),
        // Digits that a column chooses are no grid.
        "round" if call.args.len() > 1 && literal(1).is_none() => Traits {
            degree: None,
            filter: None,
            dimension: None,
            partial: true,
            ..only_ungridded(first)
        },
        // Cells of a rounded number begin half a step before it.
        "round" => bucketed(first, &Grain::Number(half(round_step(literal(1).as_ref())))),
        "abs" => Traits {
            degree: None,
            dimension: any(first.dimension.as_ref()),
            ..first
        },
        "ln" | "sqrt" => {
            // The binder casts to float; the sum of roots is a decimal again.
            let bare = call.args.first().map(uncast);
            let first = bare.map_or(first, |bare| expression::opaque_refused(judge, bare));
            let degree = first.degree.filter(|d| *d <= 1);
            Traits {
                degree,
                partial: chosen_root(judge, call, &first),
                from_zero: name == "sqrt",
                rounded: first.rounded || first.scaled,
                bits: if name == "ln" {
                    size::OF_LOGARITHM
                } else {
                    first.bits.div_ceil(2)
                },
                ..only_ungridded(first)
            }
        }
        "nullif" => {
            let found = Traits {
                chosen: args.iter().any(|arg| arg.chosen),
                ..choice(call, &args)
            };
            if let [value, other] = call.args.as_slice() {
                // A CASE WHEN value = other: whoever may not compare them may not ask this way either.
                comparison::judge(judge, value, Operator::Eq, other, Polarity::Both);
            }
            bounded(name, found, &args)
        }
        "lower" | "upper" => Traits {
            degree: None,
            ..only_ungridded(first)
        },
        "to_timestamp" => Traits {
            partial: true,
            ..choice(call, &args)
        },
        _choice => bounded(name, choice(call, &args), &args),
    }
}

/// Whether a root or logarithm is NULL by a bound that the question chose.
fn chosen_root(judge: &mut Judge<'_>, call: &ScalarFunction, first: &Traits) -> bool {
    let Some(argument) = call.args.first() else {
        return true;
    };
    let argument = uncast(argument);
    let after_one = match argument {
        Expr::BinaryExpr(binary) if constant_quantity(&binary.left).is_some() => {
            Some(expression::traits(judge, uncast(&binary.right)))
        }
        Expr::BinaryExpr(binary) => Some(expression::traits(judge, uncast(&binary.left))),
        _other => None,
    };
    partial::root(argument, first, after_one.as_ref())
}

/// The expression under casts.
fn uncast(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast(datafusion_expr::Cast { expr, .. })
        | Expr::TryCast(datafusion_expr::TryCast { expr, .. }) => uncast(expr),
        other => other,
    }
}

fn any(grain: Option<&Grain>) -> Option<Grain> {
    (grain == Some(&Grain::Any)).then_some(Grain::Any)
}

/// coalesce, nvl, nullif, greatest, least: one of the arguments.
fn choice(call: &ScalarFunction, args: &[Traits]) -> Traits {
    let mut all: Option<(Traits, &Expr)> = None;
    for (found, expr) in args.iter().zip(&call.args) {
        all = Some(match all {
            None => (found.clone(), expr),
            Some((before, before_expr)) => {
                let both = meet_in_place(&before, before_expr, found, expr);
                (both, if before.literal { expr } else { before_expr })
            }
        });
    }
    let found = all.map(|(found, _)| found).unwrap_or_default();
    let several = expression::told(call.args.iter()).len() > 1;
    Traits {
        chosen: found.chosen || several,
        ..found
    }
}

/// A quotient that has a least and a greatest value is a measure.
fn bounded(name: &str, found: Traits, args: &[Traits]) -> Traits {
    let quotients = args.iter().all(|t| t.known.is_some() || t.ratio.is_some());
    if !quotients || args.iter().all(|t| t.ratio.is_none()) {
        return found;
    }
    let low = |t: &Traits| t.ratio.is_none_or(|(low, _)| low);
    let high = |t: &Traits| t.ratio.is_none_or(|(_, high)| high);
    let (low, high) = match name {
        "greatest" => (args.iter().any(low), args.iter().all(high)),
        "least" => (args.iter().all(low), args.iter().any(high)),
        _other => return found,
    };
    Traits {
        degree: (low && high).then_some(1),
        ratio: (!(low && high)).then_some((low, high)),
        ..found
    }
}

fn refused(judge: &mut Judge<'_>, expr: &Expr, name: &str, args: &[Traits]) -> Traits {
    let all = args.iter().fold(Traits::literal(), |all, t| all.meet(t));
    let stays = Traits {
        literal: false,
        degree: None,
        ..Traits::default()
    };
    if judge.in_measure && functions::is_listed(name) {
        return Traits {
            owners: all.owners,
            origin: all.origin,
            ..stays
        };
    }
    let message = if functions::is_above(name) {
        format!("the function {name} may only stand above the aggregates that leave")
    } else {
        format!("the function {name} is not available")
    };
    judge.refusals.rule(Code::Fn, message).at(expr);
    Traits {
        owners: all.owners,
        origin: all.origin,
        ..stays
    }
}

/// Values put into cells of a grid: free where the cells are no finer than what is allowed.
pub(crate) fn bucketed(found: Traits, cells: &Grain) -> Traits {
    let filter = match &found.filter {
        Some(Filter::Grain(grain)) if nests(grain, cells) => Some(Filter::Grain(Grain::Any)),
        // Whether the end of a smaller cell belongs to it moves the bound off the grid, by a cell.
        Some(Filter::Grain(_) | Filter::Values(_)) | None => None,
    };
    let dimension = match &found.dimension {
        Some(grain) if nests(grain, cells) => Some(Grain::Any),
        Some(_) | None => None,
    };
    Traits {
        filter,
        dimension,
        degree: None,
        plain: false,
        known: None,
        lattice: None,
        ratio: None,
        ..found
    }
}

fn binned(
    found: Traits,
    width: crate::grain::Span,
    has_origin: bool,
    origin: Option<&Quantity>,
) -> Traits {
    let Some(cells) = width.as_grain() else {
        return Traits {
            degree: None,
            ..only_ungridded(found)
        };
    };
    // Cells of n days from an origin on the day grid are unions of days wherever they start.
    let origin_fits = |grain: &Grain| match (origin, has_origin) {
        (None, false) => true,
        (Some(at @ Quantity::Moment(moment)), true) => {
            is_near(at) && crate::grain::moment_on(grain, *moment)
        }
        (Some(_), _) | (None, true) => false,
    };
    let far = has_origin && !origin.is_some_and(is_near);
    let filter_fits = found.filter_grain().is_some_and(origin_fits);
    let dimension_fits = found.dimension.as_ref().is_some_and(origin_fits);
    let mut result = bucketed(found, &cells);
    result.lattice = (filter_fits || dimension_fits).then_some(cells);
    result.partial |= far;
    if !filter_fits {
        result.filter = None;
    }
    if !dimension_fits {
        result.dimension = None;
    }
    result
}

/// Whether the time from an origin to what is stored fits its type, in nanoseconds too.
fn is_near(origin: &Quantity) -> bool {
    match origin {
        Quantity::Moment(at) => (1900..2100).contains(&at.year()),
        Quantity::Null
        | Quantity::Bool(_)
        | Quantity::Number(_)
        | Quantity::Text(_)
        | Quantity::Span(_)
        | Quantity::Other => false,
    }
}

/// The width of the cells that `round(x, n)` makes.
fn round_step(places: Option<&Quantity>) -> Decimal {
    match places {
        None => Decimal::from(1),
        Some(Quantity::Number(n)) if n.scale() == 0 => {
            let n = n.mantissa();
            let power = |e: i128| u32::try_from(e).ok().and_then(|e| 10_i128.checked_pow(e));
            if n <= 0 {
                power(n.saturating_neg()).map_or(Decimal::from(0), |p| Decimal::new(p, 0))
            } else {
                u8::try_from(n).map_or(Decimal::from(0), |scale| Decimal::new(1, scale))
            }
        }
        Some(_) => Decimal::from(0),
    }
}

fn half(step: Decimal) -> Decimal {
    let tenths = step.mantissa().checked_mul(5);
    let scale = step.scale().checked_add(1);
    tenths
        .zip(scale)
        .map_or(Decimal::from(0), |(tenths, scale)| {
            Decimal::new(tenths, scale)
        })
}
