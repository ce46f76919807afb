//! The predicate grammar: which rows a question may pick out.

use datafusion_common::ExprSchema;
use datafusion_expr::expr::InList;
use datafusion_expr::{Between, BinaryExpr, Case, Expr, Like, Operator};
use policy::capability::{Filter, Grain};
use policy::denial::Code;

use crate::comparison;
use crate::constant::{Quantity, constant_quantity};
use crate::expression;
use crate::linear::strip;
use crate::refusals::{Explain, Refusals};
use crate::relation::Rel;
use crate::request::Policies;
use crate::traits::{Crowded, Growth, Traits};

/// What the predicate is for: picking rows, or naming output groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Rows inside.
    Filter,
    /// Groups that leave.
    Dimension,
}

/// Whether more rows behind a count can make the predicate's truth flip back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Polarity {
    /// True keeps the row.
    Positive,
    /// False keeps the row.
    Negative,
    /// Both matter.
    Both,
}

impl Polarity {
    fn flip(self) -> Self {
        match self {
            Self::Positive => Self::Negative,
            Self::Negative => Self::Positive,
            Self::Both => Self::Both,
        }
    }
}

/// Judges predicates over one relation.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    pub(crate) rel: &'a Rel,
    pub(crate) policies: &'a Policies,
    pub(crate) refusals: &'a mut Refusals,
    pub(crate) role: Role,
    /// Inside an aggregate's argument, where what is no measure is refused as such.
    pub(crate) in_measure: bool,
}

impl Judge<'_> {
    /// Judges a predicate; refusals are collected, what it reads is returned.
    pub(crate) fn predicate(&mut self, expr: &Expr, polarity: Polarity) -> Traits {
        let schema = std::sync::Arc::clone(self.rel.plan.schema());
        match strip(expr, schema.as_ref()) {
            Expr::BinaryExpr(binary) => self.binary(binary, polarity),
            Expr::Not(inner) => self.predicate(inner, polarity.flip()),
            Expr::IsTrue(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner) => self.predicate(inner, Polarity::Both),
            Expr::IsNull(inner) => self.is_null(inner, schema.as_ref(), polarity.flip()),
            Expr::IsNotNull(inner) => self.is_null(inner, schema.as_ref(), polarity),
            Expr::Between(between) => self.between(between, polarity),
            Expr::InList(list) => self.in_list(list),
            Expr::Like(like) => self.like(like),
            Expr::SimilarTo(like) => self.regular(&like.expr),
            Expr::Case(case) => self.case(case),
            Expr::Literal(_, _) => Traits::literal(),
            other => self.truth(other),
        }
    }

    fn binary(&mut self, binary: &BinaryExpr, polarity: Polarity) -> Traits {
        match binary.op {
            Operator::And | Operator::Or => {
                let left = self.predicate(&binary.left, polarity);
                left.meet(&self.predicate(&binary.right, polarity))
            }
            Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom => {
                comparison::judge(self, &binary.left, binary.op, &binary.right, polarity)
            }
            Operator::RegexMatch
            | Operator::RegexIMatch
            | Operator::RegexNotMatch
            | Operator::RegexNotIMatch => self.regular(&binary.left),
            _no_predicate => self.truth(&Expr::BinaryExpr(binary.clone())),
        }
    }

    /// A value that is true or false by itself.
    fn truth(&mut self, expr: &Expr) -> Traits {
        let traits = expression::traits(self, expr);
        comparison::refuse_undone(self.refusals, &traits, expr);
        let allowed = match self.role {
            Role::Filter => match &traits.filter {
                Some(Filter::Grain(grain)) => *grain == Grain::Any,
                Some(Filter::Values(_)) => true,
                None => false,
            },
            Role::Dimension => traits.dimension == Some(Grain::Any),
        };
        if !allowed {
            self.refuse(&traits, expr, "this may not decide which rows count");
        }
        traits
    }

    /// Refuses a predicate over a value that has no (fitting) capability.
    pub(crate) fn refuse(&mut self, traits: &Traits, expr: &Expr, why: &str) {
        let code = if traits.identifier {
            Code::KeyExpr
        } else {
            Code::FilterGrain
        };
        self.refusals
            .rule(code, sentence(traits, why))
            .of(traits.origin.as_ref())
            .at(expr);
    }

    /// `polarity` is that of the value being there.
    fn is_null(&mut self, inner: &Expr, schema: &dyn ExprSchema, polarity: Polarity) -> Traits {
        let bare = strip(inner, schema);
        let mut traits = expression::traits(self, bare);
        let only_grows = |crowded: Crowded| matches!(crowded.growth, Growth::Up | Growth::Down);
        if !(polarity == Polarity::Positive && traits.crowded.is_none_or(only_grows)) {
            comparison::refuse_undone(self.refusals, &traits, inner);
        }
        let allowed = match self.role {
            Role::Filter => traits.identifier || traits.filter.is_some(),
            Role::Dimension => !traits.identifier && traits.dimension.is_some(),
        };
        if !allowed || traits.partial {
            self.refuse(
                &traits,
                inner,
                "its being NULL may not decide which rows count",
            );
        }
        traits.identifier = false;
        traits
    }

    fn between(&mut self, between: &Between, polarity: Polarity) -> Traits {
        let (low, high) = if between.negated {
            (Operator::Lt, Operator::Gt)
        } else {
            (Operator::GtEq, Operator::LtEq)
        };
        let traits = comparison::judge(self, &between.expr, low, &between.low, polarity);
        traits.meet(&comparison::judge(
            self,
            &between.expr,
            high,
            &between.high,
            polarity,
        ))
    }

    fn in_list(&mut self, list: &InList) -> Traits {
        let op = if list.negated {
            Operator::NotEq
        } else {
            Operator::Eq
        };
        let mut traits = expression::traits(self, &list.expr);
        for item in &list.list {
            if constant_quantity(item).is_none() {
                self.refuse(&traits, item, "IN takes literals only");
            }
            traits = traits.meet(&comparison::judge(
                self,
                &list.expr,
                op,
                item,
                Polarity::Both,
            ));
        }
        traits.identifier = false;
        traits
    }

    fn like(&mut self, like: &Like) -> Traits {
        let traits = expression::traits(self, &like.expr);
        comparison::refuse_undone(self.refusals, &traits, &like.expr);
        let pattern = matches!(constant_quantity(&like.pattern), Some(Quantity::Text(_)));
        let allowed = match self.role {
            Role::Filter => traits.filter == Some(Filter::Grain(Grain::Any)),
            Role::Dimension => traits.dimension == Some(Grain::Any),
        };
        if !(allowed && pattern) {
            self.refuse(
                &traits,
                &like.expr,
                "LIKE needs `filter = true` and a literal pattern",
            );
        }
        traits
    }

    fn regular(&mut self, inner: &Expr) -> Traits {
        let traits = expression::traits(self, inner);
        let code = if traits.identifier {
            Code::KeyExpr
        } else {
            Code::Fn
        };
        self.refusals
            .rule(code, "regular expressions are not available")
            .of(traits.origin.as_ref())
            .at(inner)
            .help("write LIKE 'abc%' or IN ('…')");
        traits
    }

    fn case(&mut self, case: &Case) -> Traits {
        let mut all = Traits::literal();
        for (when, then) in &case.when_then_expr {
            let condition = match &case.expr {
                Some(subject) => {
                    comparison::judge(self, subject, Operator::Eq, when, Polarity::Both)
                }
                None => self.predicate(when, Polarity::Both),
            };
            all = all
                .meet(&condition)
                .meet(&self.predicate(then, Polarity::Both));
        }
        if let Some(otherwise) = &case.else_expr {
            all = all.meet(&self.predicate(otherwise, Polarity::Both));
        }
        all
    }
}

/// Names the column in front of what may not be done with it.
fn sentence(traits: &Traits, why: &str) -> String {
    match &traits.origin {
        Some(origin) if traits.identifier => {
            format!(
                "{}.{} is an identifier: it may only stand bare in joins, inner GROUP BY and COUNT(DISTINCT)",
                origin.table, origin.column
            )
        }
        Some(origin) => format!("{}.{}: {why}", origin.table, origin.column),
        None => why.to_owned(),
    }
}
