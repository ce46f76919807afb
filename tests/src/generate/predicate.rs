//! Predicates and measures over columns whose shape is known.

use crate::oracle::calendar::{DAY, day_of};
use crate::oracle::expression::{Expr, Op, Sum};
use crate::oracle::number::Number;
use crate::oracle::value::{Kind, Value};
use crate::oracle::world::Grain;

use super::random::Random;
use super::shape::Shape;

/// What a predicate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Picking rows.
    Filter,
    /// Naming groups.
    Dimension,
}

/// A predicate, if some column may be asked.
pub fn predicate(random: &mut Random, columns: &[Shape], what: Use, depth: usize) -> Option<Expr> {
    if depth > 0 && random.percent(35) {
        let one = predicate(random, columns, what, depth - 1)?;
        if random.percent(25) {
            return Some(Expr::Not(Box::new(one)));
        }
        let other = predicate(random, columns, what, depth - 1)?;
        let (one, other) = (Box::new(one), Box::new(other));
        return Some(if random.percent(50) {
            Expr::And(one, other)
        } else {
            Expr::Or(one, other)
        });
    }
    let grain = |shape: &Shape| match what {
        Use::Filter => shape.filter.clone(),
        Use::Dimension => shape.dimension.clone(),
    };
    let usable: Vec<usize> = (0..columns.len())
        .filter(|at| grain(&columns[*at]).is_some())
        .collect();
    let keys: Vec<usize> = (0..columns.len())
        .filter(|at| columns[*at].identifier)
        .collect();
    if !keys.is_empty() && what == Use::Filter && random.percent(8) {
        return Some(identifier(random, columns, &keys));
    }
    if usable.is_empty() {
        return None;
    }
    let at = *random.pick(&usable);
    let shape = &columns[at];
    if what == Use::Filter
        && random.percent(12)
        && let Some(pair) = two(random, columns, at)
    {
        return Some(pair);
    }
    Some(simple(random, at, shape, &grain(shape)?))
}

fn identifier(random: &mut Random, columns: &[Shape], keys: &[usize]) -> Expr {
    let at = *random.pick(keys);
    match columns[at].absent.first() {
        Some(nobody) if columns[at].kind == Kind::Text && random.percent(60) => {
            let op = if random.percent(50) { Op::Eq } else { Op::Ne };
            Expr::Column(at).against(op, Value::text(nobody))
        }
        _ if random.percent(50) => Expr::IsNull(Box::new(Expr::Column(at))),
        _ => Expr::Not(Box::new(Expr::IsNull(Box::new(Expr::Column(at))))),
    }
}

/// Two columns of one kind.
fn two(random: &mut Random, columns: &[Shape], at: usize) -> Option<Expr> {
    let one = &columns[at];
    let numbers = |kind: Kind| matches!(kind, Kind::Whole | Kind::Decimal(_));
    let fits = |other: &usize| {
        let shape = &columns[*other];
        let same = shape.kind == one.kind || (numbers(shape.kind) && numbers(one.kind));
        let agreed = shape.parties == one.parties && shape.parties.len() == 1
            || (shape.compare && one.compare);
        *other != at && same && agreed && shape.filter.is_some() && !shape.crowded && !one.crowded
    };
    let others: Vec<usize> = (0..columns.len()).filter(fits).collect();
    if others.is_empty() {
        return None;
    }
    let other = Expr::Column(*random.pick(&others));
    let op = *random.pick(&[Op::Lt, Op::Ge, Op::Eq, Op::Ne]);
    Some(Expr::Compare(
        op,
        Box::new(Expr::Column(at)),
        Box::new(other),
    ))
}

fn simple(random: &mut Random, at: usize, shape: &Shape, grain: &Grain) -> Expr {
    let column = || Expr::Column(at);
    if shape.crowded {
        return column().against(Op::Ge, literal(random, shape.kind, grain));
    }
    if shape.kind == Kind::Truth && *grain == Grain::Any && random.percent(50) {
        return column();
    }
    match random.below(10) {
        0 => Expr::IsNull(Box::new(column())),
        1 => Expr::Not(Box::new(Expr::IsNull(Box::new(column())))),
        2 if *grain == Grain::Any => {
            let mut values = vec![
                literal(random, shape.kind, grain),
                literal(random, shape.kind, grain),
            ];
            if random.percent(15) {
                values.push(Value::Null);
            }
            Expr::In(Box::new(column()), values)
        }
        3 if shape.kind == Kind::Text && *grain == Grain::Any => {
            Expr::Prefix(Box::new(column()), "b".into())
        }
        4 if shape.kind != Kind::Truth && *grain != Grain::Month => {
            let (low, high) = (
                literal(random, shape.kind, grain),
                literal(random, shape.kind, grain),
            );
            Expr::Between(Box::new(column()), low, high)
        }
        5 | 6 if shape.kind != Kind::Truth => {
            column().against(Op::Ge, literal(random, shape.kind, grain))
        }
        7 if shape.kind != Kind::Truth => {
            column().against(Op::Lt, literal(random, shape.kind, grain))
        }
        8 => column().against(Op::Ne, literal(random, shape.kind, grain)),
        _ => column().against(Op::Eq, literal(random, shape.kind, grain)),
    }
}

/// A literal on the grid.
fn literal(random: &mut Random, kind: Kind, grain: &Grain) -> Value {
    let whole = |number: i64| Value::Number(Number::from(number));
    match (kind, grain) {
        (Kind::Text, _) => Value::text(random.word(&["red", "blue", "black", ""])),
        (Kind::Truth, _) => Value::Truth(random.percent(50)),
        (Kind::Moment, Grain::Month) => Value::Moment(day_of(2025, 2, 1) * DAY),
        (Kind::Moment, _) => {
            let days = i64::try_from(random.below(9)).unwrap();
            Value::Moment((day_of(2025, 1, 28) + days) * DAY)
        }
        (Kind::Whole, Grain::Any) => whole(*random.pick(&[0, 1, 2, 3, 5])),
        (Kind::Whole | Kind::Decimal(_), Grain::Step(step)) => {
            whole(step * *random.pick(&[0, 1, 2, 5, -1]))
        }
        (Kind::Whole | Kind::Decimal(_), _) => whole(*random.pick(&[0, 10, 20, 15, 50, -3])),
    }
}

/// An expression to be summed, if some column is a measure.
pub fn measure(random: &mut Random, columns: &[Shape], most: u8) -> Option<Expr> {
    let measures: Vec<usize> = (0..columns.len())
        .filter(|at| columns[*at].degree.is_some_and(|d| d > 0 && d <= most))
        .collect();
    if measures.is_empty() {
        return None;
    }
    let column = Expr::Column(*random.pick(&measures));
    let math = |sum, a: Expr, b: Expr| Expr::Math(sum, Box::new(a), Box::new(b));
    let whole = |number: i64| Expr::Literal(Value::Number(Number::from(number)));
    let condition = predicate(random, columns, Use::Filter, 1);
    Some(match (random.below(14), condition) {
        (0, _) => math(Sum::Plus, column, whole(1)),
        (1, _) => math(Sum::Times, column, whole(3)),
        (2, _) => math(Sum::Minus, column, Expr::Column(*random.pick(&measures))),
        (3, _)
            if most > 1
                && columns
                    .iter()
                    .all(|shape| shape.degree.is_none_or(|d| d < 2)) =>
        {
            math(Sum::Times, column, Expr::Column(*random.pick(&measures)))
        }
        (4 | 5, Some(when)) => Expr::Case(vec![(when, column)], Some(Box::new(whole(0)))),
        (6, Some(when)) => Expr::Case(vec![(when, column)], None),
        (7, Some(when)) => {
            let other = Expr::Column(*random.pick(&measures));
            Expr::Case(vec![(when, column)], Some(Box::new(other)))
        }
        (8, Some(when)) => math(
            Sum::Plus,
            Expr::Case(vec![(when, whole(5))], Some(Box::new(whole(0)))),
            whole(1),
        ),
        (9, Some(when)) => {
            let flag = Expr::Case(vec![(when, whole(1))], Some(Box::new(whole(0))));
            math(Sum::Times, column, flag)
        }
        (_, _) => column,
    })
}
