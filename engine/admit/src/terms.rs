//! Sums of terms: each term owes what it would owe alone.
//!
//! In `SUM(fee + 1)` everybody adds a one, and the few who paid a fee hide among them; `count(*) - count(fee)` tells of those
//! who did not, as a CASE would that nobody wrote. So wherever terms are added, whoever adds something by one of them takes
//! an arm; and where a literal is added, whoever adds something by all the others together. Such arms bind where amounts
//! are aggregated, not where rows are picked, grouped or counted; and nobody at all may have taken them.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use datafusion_common::Column;
use datafusion_expr::expr::Case;
use datafusion_expr::{BinaryExpr, Expr, ExprSchemable, Operator, TryCast};
use policy::number::Decimal;

use crate::arms::{From, not_zero};
use crate::branch::{Branch, and, binary, when};
use crate::clamp::clamped;
use crate::constant::{Quantity, constant_quantity};
use crate::relation::{Arm, Rel};
use crate::traits::ArmId;
use crate::walk::Walker;

/// Who adds something by the terms of the sums in an expression, also by what these went through further down.
pub(crate) fn arms(expr: &Expr, rel: &Rel) -> Vec<From> {
    let mut finder = Finder {
        rel,
        found: Vec::new(),
    };
    if rel.is_protected() {
        finder.visit(expr, &At::default());
    }
    finder.found
}

/// A projection's hidden columns that say who took such an arm.
pub(crate) fn projected(walker: &mut Walker<'_>, rel: &mut Rel, from: &From) -> (ArmId, Vec<Expr>) {
    let (arm, exprs) = if let From::Amount(amount) = from {
        let arm = walker.fresh();
        let name = format!("__e{arm}");
        let column = Column::new_unqualified(name.clone());
        rel.arms.insert(arm, Arm::Amount(column));
        (arm, vec![amount.clone().alias(name)])
    } else if matches!(from, From::Within(Arm::Tracks(_), _)) {
        let arm = walker.fresh();
        let name = |slot: &crate::relation::Slot| format!("__u{arm}_{}", slot.id);
        let slots = rel.slots.iter();
        let tracks = slots.clone().map(|slot| (slot.id, name(slot)));
        let exprs = slots
            .clone()
            .map(|slot| from.takers(slot).alias(name(slot)));
        let exprs = exprs.collect();
        let tracks = tracks.map(|(slot, name)| (slot, Column::new_unqualified(name)));
        let tracks = Arm::Tracks(tracks.collect());
        rel.arms.insert(arm, tracks);
        (arm, exprs)
    } else {
        let branch = Branch::strict(from.taken(), false);
        let (arm, flag) = walker.flag(rel, branch);
        (arm, vec![flag])
    };
    rel.lenient_arms.insert(arm);
    (arm, exprs)
}

/// Where in an expression we are.
#[derive(Clone, Default)]
struct At {
    /// What holds of the rows that come here.
    given: Option<Expr>,
    /// It is part of a term.
    inside: bool,
}

struct Finder<'a> {
    rel: &'a Rel,
    found: Vec<From>,
}

impl Finder<'_> {
    fn visit(&mut self, expr: &Expr, at: &At) {
        match expr {
            Expr::Alias(alias) => self.visit(&alias.expr, at),
            Expr::Cast(cast) => self.visit(&cast.expr, at),
            Expr::TryCast(cast) => self.visit(&cast.expr, at),
            Expr::Negative(inner) => self.visit(inner, at),
            Expr::Case(case) => self.case(case, at),
            Expr::BinaryExpr(sides) if self.is_sum(expr, sides) => self.sum(expr, at),
            Expr::BinaryExpr(sides) if sides.op.is_numerical_operators() => {
                self.visit(&sides.left, at);
                self.visit(&sides.right, at);
            }
            Expr::ScalarFunction(call) => call.args.iter().for_each(|arg| self.visit(arg, at)),
            _no_amount => {}
        }
    }

    fn is_sum(&self, expr: &Expr, sides: &BinaryExpr) -> bool {
        let kind = expr.get_type(self.rel.plan.schema().as_ref());
        matches!(sides.op, Operator::Plus | Operator::Minus) && kind.is_ok_and(|k| k.is_numeric())
    }

    fn sum(&mut self, expr: &Expr, at: &At) {
        let mut flat = Flat {
            rel: self.rel,
            terms: Vec::new(),
            literal: false,
        };
        let others = flat.take(expr);
        if let (Some(others), true, true) = (others, flat.literal, flat.terms.len() > 1) {
            self.note(&others, at);
        }
        for term in &flat.terms {
            let taken = self.note(term, at);
            if let Some(taken) = &taken {
                self.below(term, taken);
            }
            let inside = At {
                given: taken.or_else(|| at.given.clone()),
                inside: true,
            };
            self.visit(term, &inside);
        }
    }

    /// Notes who adds something by a term; `None` if everybody does, or nobody's rows are in it.
    fn note(&mut self, term: &Expr, at: &At) -> Option<Expr> {
        if self.is_owed_nothing(term) {
            return None;
        }
        let value = clamped(term, self.rel);
        let kind = value.get_type(self.rel.plan.schema().as_ref());
        let kind = kind.unwrap_or(DataType::Null);
        let taken = and(at.given.clone(), not_zero(value.clone(), &kind));
        if !kind.is_numeric() {
            // Spans of time are no amounts that add up.
            self.push(From::Taken(taken.clone()));
            return Some(taken);
        }
        let amount = match kind {
            // Sums of floats are exact ones of six digits.
            kind if kind.is_floating() => {
                let exact = DataType::Decimal128(38, 6);
                Expr::TryCast(TryCast::new(Box::new(value), exact))
            }
            _exact => value,
        };
        self.push(From::Amount(when(taken.clone(), amount)));
        Some(taken)
    }

    fn is_owed_nothing(&self, term: &Expr) -> bool {
        let mut columns = term.column_refs().into_iter();
        let varies = |column: &Column| !is_constant(self.rel, column);
        let above_zero = match term {
            Expr::Column(column) => {
                let bounds = self.rel.col(column).and_then(|col| col.traits.bounds);
                bounds.is_some_and(|bounds| bounds.low > Decimal::from(0))
            }
            _computed => false,
        };
        above_zero || !columns.any(varies)
    }

    /// The arms that a term's columns and the rows went through, taken by those who add something by the term.
    fn below(&mut self, term: &Expr, taken: &Expr) {
        let columns = term.column_refs();
        let cols = columns
            .into_iter()
            .filter_map(|column| self.rel.col(column));
        let adding = cols.flat_map(|col| {
            let arms = col.traits.arms.iter().copied();
            arms.filter(|arm| !self.rel.is_zero_by(*arm, &col.traits))
        });
        let adding: BTreeSet<ArmId> = adding.collect();
        let arms: Vec<Arm> = adding
            .union(&self.rel.row_arms)
            .filter_map(|arm| self.rel.arms.get(arm).cloned())
            .collect();
        for arm in arms {
            self.push(From::Within(arm, taken.clone()));
        }
    }

    fn case(&mut self, case: &Case, at: &At) {
        let mut before = at.given.clone();
        for (when, then) in &case.when_then_expr {
            let condition = match &case.expr {
                Some(subject) => {
                    let (subject, when) = (subject.as_ref().clone(), when.as_ref().clone());
                    binary(subject, Operator::Eq, when)
                }
                None => when.as_ref().clone(),
            };
            let taken = and(before.clone(), Expr::IsTrue(Box::new(condition.clone())));
            self.arm(then, taken, at);
            before = Some(and(before, Expr::IsNotTrue(Box::new(condition))));
        }
        if let (Some(otherwise), Some(taken)) = (&case.else_expr, before) {
            self.arm(otherwise, taken, at);
        }
    }

    /// An arm of a CASE within a term: its people are those who add something by the term.
    fn arm(&mut self, value: &Expr, taken: Expr, at: &At) {
        if at.inside && constant_quantity(value).is_none() {
            self.push(From::Taken(taken.clone()));
        }
        let inside = At {
            given: Some(taken),
            ..at.clone()
        };
        self.visit(value, &inside);
    }

    fn push(&mut self, from: From) {
        if !self.found.contains(&from) {
            self.found.push(from);
        }
    }
}

/// Whether a column is the same literal in all rows. One of a list or a public table is not: whose row it stands in is a matter of whom it was
/// joined with.
fn is_constant(rel: &Rel, column: &Column) -> bool {
    rel.col(column).is_some_and(|col| {
        let known = col.traits.known.as_ref();
        let one = known.is_some_and(|values| values.len() < 2);
        one && col.traits.owners.is_empty() && !col.traits.counted
    })
}

/// A sum taken apart.
struct Flat<'a> {
    rel: &'a Rel,
    terms: Vec<Expr>,
    /// A literal other than 0 is added.
    literal: bool,
}

impl Flat<'_> {
    /// Notes the terms; returns the sum without its literals.
    fn take(&mut self, expr: &Expr) -> Option<Expr> {
        if let Some(Quantity::Number(n)) = constant_quantity(expr) {
            self.literal |= n.mantissa() != 0;
            return None;
        }
        if let Expr::Column(column) = expr
            && is_constant(self.rel, column)
        {
            self.literal = true;
            return None;
        }
        match expr {
            Expr::Alias(alias) => self.take(&alias.expr),
            Expr::Negative(inner) => self
                .take(inner)
                .map(|inner| Expr::Negative(Box::new(inner))),
            Expr::BinaryExpr(sides) if matches!(sides.op, Operator::Plus | Operator::Minus) => {
                self.both(sides)
            }
            Expr::BinaryExpr(sides) if sides.op == Operator::Multiply => self.scaled(expr, sides),
            _term => Some(self.term(expr)),
        }
    }

    fn both(&mut self, sides: &BinaryExpr) -> Option<Expr> {
        let (left, right) = (self.take(&sides.left), self.take(&sides.right));
        match (left, right) {
            (Some(left), Some(right)) => Some(binary(left, sides.op, right)),
            (Some(one), None) => Some(one),
            (None, Some(right)) if sides.op == Operator::Minus => {
                Some(Expr::Negative(Box::new(right)))
            }
            (None, other) => other,
        }
    }

    fn scaled(&mut self, expr: &Expr, sides: &BinaryExpr) -> Option<Expr> {
        let is_number = |e: &Expr| matches!(constant_quantity(e), Some(Quantity::Number(n)) if n.mantissa() != 0);
        let (inner, factor) = if is_number(&sides.right) {
            (&sides.left, &sides.right)
        } else if is_number(&sides.left) {
            (&sides.right, &sides.left)
        } else {
            return Some(self.term(expr));
        };
        let inner = self.take(inner)?;
        Some(binary(inner, Operator::Multiply, factor.as_ref().clone()))
    }

    fn term(&mut self, expr: &Expr) -> Expr {
        self.terms.push(expr.clone());
        expr.clone()
    }
}
