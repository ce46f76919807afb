//! Below a release: every node judged and instrumented with tracks, bottom up.

use std::collections::BTreeSet;

use datafusion_common::{Column, DataFusionError, Result as DfResult, plan_err};
use datafusion_expr::{Distinct, Expr, Filter, LogicalPlan, Projection, Union};
use policy::denial::{Code, Denial};

use crate::branch::{Branch, branches, measure_branches, of_condition};
use crate::clamp::in_its_stead;
use crate::conjunct::{conjuncts, equate_columns, unaliased};
use crate::predicate::{Judge, Polarity, Role};
use crate::refusals::{Explain, Refusals};
use crate::relation::{Arm, Col, Rel};
use crate::request::{Policies, Request, Tools};
use crate::traits::{ArmId, Traits};
use crate::{above, alias, expression, group, join, repeated, scan, terms, union, window};

/// The most hidden columns that a question may need: tracks, branches, and who took them.
const MOST_HIDDEN: usize = 1024;

/// Walks one question's plan.
#[derive(Debug)]
pub(crate) struct Walker<'a> {
    pub(crate) policies: &'a Policies,
    pub(crate) request: &'a Request,
    pub(crate) tools: &'a Tools,
    pub(crate) refusals: Refusals,
    /// It matters which of equal rows comes first.
    pub(crate) places: bool,
    /// Its tables are differentially private.
    pub(crate) private: bool,
    /// What could not be proved of its releases; said if nothing else is refused.
    pub(crate) unproved: Vec<Denial>,
    /// Branches that are flags of a row where they were made.
    pub(crate) flag_arms: BTreeSet<ArmId>,
    next: usize,
    /// Scans and windows so far.
    scans: usize,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(policies: &'a Policies, request: &'a Request, tools: &'a Tools) -> Self {
        Self {
            policies,
            request,
            tools,
            refusals: Refusals::of_text(request.approved),
            places: false,
            private: false,
            unproved: Vec::new(),
            flag_arms: BTreeSet::new(),
            next: 0,
            scans: 0,
        }
    }

    /// A number for a new hidden column.
    pub(crate) fn fresh(&mut self) -> usize {
        self.next = self.next.saturating_add(1);
        self.next
    }

    /// A number for a scan, or a window.
    pub(crate) fn scan(&mut self) -> usize {
        self.scans = self.scans.saturating_add(1);
        self.scans
    }

    /// A judge of predicates over a relation.
    pub(crate) fn judge<'b>(&'b mut self, rel: &'b Rel) -> Judge<'b> {
        Judge {
            rel,
            policies: self.policies,
            refusals: &mut self.refusals,
            role: Role::Filter,
            in_measure: false,
        }
    }

    /// Judges and instruments a plan. `hints` are equalities that a filter above states.
    pub(crate) fn walk(&mut self, plan: &LogicalPlan, hints: &[Expr]) -> DfResult<Rel> {
        let rel = self.node(plan, hints)?;
        if self.next > MOST_HIDDEN {
            return self.refuse_to_follow();
        }
        Ok(rel)
    }

    /// Branches multiply in every grouping above them, so a short text may ask for more than can be followed.
    fn refuse_to_follow(&mut self) -> DfResult<Rel> {
        let message = "the branches of this question (CASE, coalesce, terms of sums, windows over windows) are too many to be followed";
        self.refusals.rule(Code::Cost, message).help(
            "write fewer of them below an aggregate that is aggregated again, or fewer rounds",
        );
        plan_err!("too many branches")
    }

    fn node(&mut self, plan: &LogicalPlan, hints: &[Expr]) -> DfResult<Rel> {
        match plan {
            LogicalPlan::TableScan(node) => scan::walk(self, node),
            LogicalPlan::Projection(node) => self.projection(node),
            LogicalPlan::Filter(node) => self.filter(node, hints),
            LogicalPlan::SubqueryAlias(node) => alias::walk(self, node),
            LogicalPlan::Join(node) => join::walk(self, node, hints),
            LogicalPlan::Aggregate(node) => {
                group::walk(self, &node.input, &node.group_expr, &node.aggr_expr, plan)
            }
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let keys: Vec<Expr> = input
                    .schema()
                    .columns()
                    .into_iter()
                    .map(Expr::Column)
                    .collect();
                group::walk(self, input, &keys, &[], plan)
            }
            LogicalPlan::Window(node) => window::walk(self, node),
            LogicalPlan::Union(Union { inputs, schema }) => union::walk(self, inputs, schema),
            LogicalPlan::Values(node) => {
                let nothing = Rel::public(plan.clone());
                for value in node.values.iter().flatten() {
                    expression::traits(&mut self.judge(&nothing), value);
                }
                let mut rel = repeated::numbered(self, node)?;
                rel.literal_rows = Some(node.values.len());
                rel.unique = scan::unique_values(node);
                scan::note_values(&mut rel, node);
                Ok(rel)
            }
            LogicalPlan::EmptyRelation(_) => {
                let mut rel = Rel::public(plan.clone());
                rel.literal_rows = Some(1);
                Ok(rel)
            }
            LogicalPlan::Sort(node) => {
                let message = "ORDER BY may only stand above the aggregates that leave";
                self.refusals.rule(Code::Limit, message);
                self.above_all_columns(plan, &node.input)
            }
            LogicalPlan::Limit(node) => {
                let message = "LIMIT may only stand above the aggregates that leave";
                self.refusals.rule(Code::Limit, message);
                self.above_all_columns(plan, &node.input)
            }
            LogicalPlan::Distinct(Distinct::On(on)) => {
                self.refuse(Code::Limit, "DISTINCT ON picks rows by their order");
                self.walk(&on.input, &[])
            }
            LogicalPlan::Subquery(node) => {
                self.refuse(
                    Code::Subquery,
                    "a lateral subquery may not read protected rows",
                );
                self.walk(&node.subquery, &[])
            }
            LogicalPlan::RecursiveQuery(_) => {
                above::refuse_recursion(self);
                Ok(Rel::public(plan.clone()))
            }
            LogicalPlan::Unnest(node) => {
                self.refuse(Code::Fn, "unnest is not available");
                self.walk(&node.input, &[])
            }
            LogicalPlan::Repartition(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::Extension(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Ddl(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::DescribeTable(_) => {
                self.refuse(Code::Stmt, "only plain queries are answered");
                Ok(Rel::public(plan.clone()))
            }
        }
    }

    /// A node that passes on all columns of its input, the hidden ones too.
    fn above_all_columns(&mut self, node: &LogicalPlan, input: &LogicalPlan) -> DfResult<Rel> {
        let mut rel = self.walk(input, &[])?;
        rel.plan = node.with_new_exprs(node.expressions(), vec![rel.plan])?;
        Ok(rel)
    }

    fn refuse(&mut self, code: Code, message: &str) {
        self.refusals.add(code, message);
    }

    fn projection(&mut self, node: &Projection) -> DfResult<Rel> {
        let mut rel = self.walk(&node.input, &[])?;
        let mut traits = Vec::with_capacity(node.expr.len());
        let mut exprs = Vec::with_capacity(node.expr.len());
        let mut flags = Vec::new();
        for expr in &node.expr {
            let mut found = expression::traits(&mut self.judge(&rel), expr);
            if rel.is_protected() {
                let written = branches(expr);
                for branch in measure_branches(expr, &rel.facts()) {
                    // A choice among values that are no measures, coalesce say, is often one that nobody needs.
                    let lenient =
                        branch.lenient || (found.degree.is_none() && !written.contains(&branch));
                    let (arm, flag) = self.flag(&mut rel, branch);
                    found.arms.insert(arm);
                    if lenient {
                        rel.lenient_arms.insert(arm);
                    }
                    flags.push(flag);
                }
                for from in terms::arms(expr, &rel) {
                    let (arm, made) = terms::projected(self, &mut rel, &from);
                    found.terms.insert(arm);
                    flags.extend(made);
                }
                // A condition may be made a number, a key or a weight further up.
                if !found.plain && rel.is_condition(unaliased(expr)) {
                    for branch in of_condition(unaliased(expr)) {
                        let (arm, flag) = self.flag(&mut rel, branch);
                        found.arms.insert(arm);
                        rel.lenient_arms.insert(arm);
                        flags.push(flag);
                    }
                }
            }
            traits.push(found);
            exprs.push(expr.clone());
        }
        let instead = self.clamped_beside(&rel, &node.expr);
        let unique = projected_keys(&rel, &node.expr);
        exprs.extend(rel.hidden_but(&flags));
        exprs.extend(flags);
        let computed = instead.iter().flatten();
        exprs.extend(computed.filter_map(|(_, made)| made.clone()));
        let plan = LogicalPlan::Projection(Projection::try_new(exprs, rel.plan.clone().into())?);
        rel.cols = named(&plan, traits);
        for (col, instead) in rel.cols.iter_mut().zip(instead) {
            col.clamped = instead.map(|(column, _)| column);
        }
        rel.facts = Vec::new();
        rel.unique = unique;
        rel.plan = plan;
        Ok(rel)
    }

    /// For each expression the hidden column that enters aggregates in its stead, and what makes it if it is new.
    pub(crate) fn clamped_beside(
        &mut self,
        rel: &Rel,
        exprs: &[Expr],
    ) -> Vec<Option<(Column, Option<Expr>)>> {
        let mut beside = |expr: &Expr| match in_its_stead(expr, rel)? {
            Expr::Column(known) => Some((known, None)),
            made => {
                let name = format!("__c{}", self.fresh());
                let column = Column::new_unqualified(name.clone());
                Some((column, Some(made.alias(name))))
            }
        };
        exprs.iter().map(&mut beside).collect()
    }

    /// A new Boolean column that says which rows take a branch.
    pub(crate) fn flag(&mut self, rel: &mut Rel, branch: Branch) -> (ArmId, Expr) {
        let arm = self.fresh();
        let name = format!("__a{arm}");
        let column = Column::new_unqualified(name.clone());
        rel.arms.insert(arm, Arm::Flag(column));
        self.flag_arms.insert(arm);
        if branch.zero {
            rel.zero_arms.insert(arm);
        }
        (arm, branch.taken.alias(name))
    }

    fn filter(&mut self, node: &Filter, hints: &[Expr]) -> DfResult<Rel> {
        let mut equalities = hints.to_vec();
        conjuncts(&node.predicate, &mut equalities);
        let input = self.walk(&node.input, &equalities)?;
        self.filtered(input, &node.predicate)
    }

    /// The rows of a relation that a predicate picks.
    pub(crate) fn filtered(&mut self, input: Rel, predicate: &Expr) -> DfResult<Rel> {
        let mut rel = input;
        let found = self.judge(&rel).predicate(predicate, Polarity::Positive);
        rel.row_arms.extend(found.arms);
        let branches = if rel.is_protected() {
            branches(predicate)
        } else {
            Vec::new()
        };
        rel = self.with_row_arms(rel, branches)?;
        equate_columns(&mut rel, predicate);
        let filter = Filter::try_new(predicate.clone(), rel.plan.into())?;
        rel.plan = LogicalPlan::Filter(filter);
        conjuncts(predicate, &mut rel.facts);
        Ok(rel)
    }

    /// The relation with branches that decide which rows there are.
    pub(crate) fn with_row_arms(&mut self, mut rel: Rel, branches: Vec<Branch>) -> DfResult<Rel> {
        if branches.is_empty() {
            return Ok(rel);
        }
        let mut flags = Vec::new();
        for branch in branches {
            let (arm, flag) = self.flag(&mut rel, branch);
            rel.row_arms.insert(arm);
            flags.push(flag);
        }
        let mut exprs: Vec<Expr> = rel
            .cols
            .iter()
            .map(|c| Expr::Column(c.column.clone()))
            .collect();
        exprs.extend(rel.hidden_but(&flags));
        exprs.extend(flags);
        rel.plan = LogicalPlan::Projection(Projection::try_new(exprs, rel.plan.into())?);
        Ok(rel)
    }
}

/// Something that should not happen; the question is refused, not guessed at.
pub(crate) fn internal(what: &str) -> DataFusionError {
    DataFusionError::Plan(format!("admission: {what}"))
}

/// The first columns of the plan's schema with their traits.
pub(crate) fn named(plan: &LogicalPlan, traits: Vec<Traits>) -> Vec<Col> {
    let columns = plan.schema().columns();
    columns
        .into_iter()
        .zip(traits)
        .map(|(column, traits)| Col::new(column, traits))
        .collect()
}

/// Unique keys that survive a projection whole and bare.
fn projected_keys(rel: &Rel, exprs: &[Expr]) -> Vec<BTreeSet<usize>> {
    let position_of = |old: usize| {
        exprs.iter().position(|e| match unaliased(e) {
            Expr::Column(column) => rel.position(column) == Some(old),
            _expression => false,
        })
    };
    rel.unique
        .iter()
        .filter_map(|key| key.iter().map(|old| position_of(*old)).collect())
        .collect()
}
