//! Sums of terms: who adds something by one of them has taken an arm, and so has who adds something by all together
//! where a literal is added.

use std::collections::BTreeSet;

use super::cells::clamped;
use super::evaluate::Evaluator;
use super::expression::{Expr, Sum};
use super::number::Number;
use super::plan::{Aggregate, Function};
use super::relation::{Arm, Relation, Row};
use super::value::Value;

/// What must be so of a row.
#[derive(Debug, Clone)]
enum Guard {
    /// A condition is true, or is not.
    Holds(Expr, bool),
    /// A value is neither NULL nor 0.
    Adds(Expr),
    /// The row is of a side of a union.
    Of(Arm),
}

/// Rows that add something by a term.
#[derive(Debug)]
struct Term {
    guards: Vec<Guard>,
    /// The columns whose arms they may have taken as well.
    through: Vec<usize>,
    /// What they add by it, where it is a term itself and not a CASE in one.
    amount: Option<Expr>,
}

impl Term {
    fn taken(&self, row: &Row) -> bool {
        self.guards.iter().all(|guard| match guard {
            Guard::Holds(condition, wanted) => condition.holds(&row.raw()) == *wanted,
            Guard::Of(side) => row.took.contains_key(side),
            Guard::Adds(value) => clamped(value, row).number().is_some_and(|n| !n.is_zero()),
        })
    }
}

impl Evaluator<'_> {
    /// The arms of an expression's terms, and those that its columns have.
    pub(super) fn terms(&mut self, input: &mut Relation, expr: &Expr) -> BTreeSet<Arm> {
        let columns = amounts(expr);
        let mut all: BTreeSet<Arm> = columns
            .iter()
            .flat_map(|at| input.columns[*at].terms.clone())
            .collect();
        let mut found = Vec::new();
        collect(expr, &[], false, &mut found);
        for term in found {
            all.insert(self.arm(input, &term, None));
            let through = term.through.iter().flat_map(|at| &input.columns[*at].arms);
            let adding: BTreeSet<Arm> = through
                .filter(|(_, zero)| !**zero)
                .map(|(arm, _)| *arm)
                .collect();
            let rows = input.arms.iter().filter(|_| !term.through.is_empty());
            for below in adding.union(&rows.copied().collect()).copied() {
                all.insert(self.arm(input, &term, Some(below)));
            }
        }
        all
    }

    /// The same of an aggregate; nothing is added up by those that count.
    pub fn terms_of_aggregate(
        &mut self,
        input: &mut Relation,
        aggregate: &Aggregate,
    ) -> BTreeSet<Arm> {
        if super::aggregate::counts(aggregate.function) {
            return BTreeSet::new();
        }
        self.terms(input, &super::evaluate::whole(aggregate))
    }

    /// What each side of a union adds to a sum or mean of rows that are merged.
    pub(super) fn sides_of_aggregate(
        &mut self,
        input: &mut Relation,
        aggregate: &Aggregate,
    ) -> BTreeSet<Arm> {
        if !matches!(aggregate.function, Function::Sum | Function::Avg) {
            return BTreeSet::new();
        }
        let whole = super::evaluate::whole(aggregate);
        let terms = input.sides.clone().into_iter().map(|side| Term {
            guards: vec![Guard::Of(side), Guard::Adds(whole.clone())],
            through: Vec::new(),
            amount: Some(whole.clone()),
        });
        let terms: Vec<Term> = terms.collect();
        terms
            .iter()
            .map(|term| self.arm(input, term, None))
            .collect()
    }

    fn arm(&mut self, input: &mut Relation, term: &Term, below: Option<Arm>) -> Arm {
        self.arms += 1;
        if term.amount.is_some() && below.is_none() {
            input.amounts.insert(self.arms);
        }
        for row in &mut input.rows {
            let who = match below {
                None => Some(row.who.clone()),
                Some(below) => row.took.get(&below).cloned(),
            };
            if let Some(who) = who.filter(|_| term.taken(row)) {
                let amount = term.amount.as_ref().filter(|_| below.is_none());
                if let Some(number) = amount.and_then(|amount| clamped(amount, row).number()) {
                    row.adds.insert(self.arms, number);
                }
                row.took.insert(self.arms, who);
            }
        }
        self.arms
    }
}

/// Columns whose values go into the amount.
fn amounts(expr: &Expr) -> BTreeSet<usize> {
    match expr {
        Expr::Column(at) => BTreeSet::from([*at]),
        Expr::Math(_, a, b) => amounts(a).union(&amounts(b)).copied().collect(),
        Expr::Case(arms, otherwise) => {
            let values = arms.iter().map(|(_, then)| then);
            let values = values.chain(otherwise.as_deref());
            values.flat_map(amounts).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn collect(expr: &Expr, given: &[Guard], inside: bool, found: &mut Vec<Term>) {
    match expr {
        Expr::Math(Sum::Plus | Sum::Minus, _, _) => {
            let (terms, plain) = (parts(expr), without_literals(expr));
            if terms.len() > 1 && plain != *expr {
                let guards = with(given, Guard::Adds(plain.clone()));
                found.push(Term {
                    guards,
                    through: Vec::new(),
                    amount: Some(plain),
                });
            }
            for term in terms {
                let guards = with(given, Guard::Adds(term.clone()));
                collect(&term, &guards, true, found);
                found.push(Term {
                    guards,
                    through: term.columns(),
                    amount: Some(term),
                });
            }
        }
        Expr::Math(Sum::Times, a, b) => {
            collect(a, given, inside, found);
            collect(b, given, inside, found);
        }
        Expr::Case(arms, otherwise) => {
            let mut before = given.to_vec();
            let mut value = |value: &Expr, guards: Vec<Guard>| {
                collect(value, &guards, inside, found);
                if inside && !matches!(value, Expr::Literal(_)) {
                    found.push(Term {
                        guards,
                        through: Vec::new(),
                        amount: None,
                    });
                }
            };
            for (when, then) in arms {
                value(then, with(&before, Guard::Holds(when.clone(), true)));
                before.push(Guard::Holds(when.clone(), false));
            }
            if let Some(otherwise) = otherwise {
                value(otherwise, before);
            }
        }
        _ => {}
    }
}

fn with(given: &[Guard], guard: Guard) -> Vec<Guard> {
    given.iter().cloned().chain([guard]).collect()
}

/// What is added up, without literals and factors.
fn parts(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::Literal(_) => Vec::new(),
        Expr::Math(Sum::Plus | Sum::Minus, a, b) => [parts(a), parts(b)].concat(),
        Expr::Math(Sum::Times, a, b) if is_factor(a) => parts(b),
        Expr::Math(Sum::Times, a, b) if is_factor(b) => parts(a),
        other => vec![other.clone()],
    }
}

fn is_factor(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Number(number)) if !number.is_zero())
}

/// The sum with 0 for every literal that is added.
fn without_literals(expr: &Expr) -> Expr {
    let again = |e: &Expr| Box::new(without_literals(e));
    match expr {
        Expr::Literal(Value::Number(_)) => Expr::Literal(Value::Number(Number::from(0))),
        Expr::Math(Sum::Times, a, b) if is_factor(a) => Expr::Math(Sum::Times, a.clone(), again(b)),
        Expr::Math(Sum::Times, a, b) if is_factor(b) => Expr::Math(Sum::Times, again(a), b.clone()),
        Expr::Math(sum @ (Sum::Plus | Sum::Minus), a, b) => Expr::Math(*sum, again(a), again(b)),
        other => other.clone(),
    }
}
