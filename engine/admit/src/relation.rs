//! A plan on its way through admission: what its columns may be used for, whose rows they are.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;
use datafusion_common::Column;
use datafusion_expr::{Expr, ExprSchemable, LogicalPlan};
use policy::ident::{KeyDomain, PartyId, TableRef, UnitSpace};

use crate::limits::Facts;
use crate::traits::{ArmId, SlotId, Traits};

/// A visible column of the relation.
#[derive(Debug, Clone)]
pub(crate) struct Col {
    /// Its qualified name in the plan.
    pub(crate) column: Column,
    /// What it may be used for.
    pub(crate) traits: Traits,
    /// Of a value computed from measures: the hidden column that enters aggregates in its stead, computed from the
    /// clamped measures. A bare measure needs none, its bounds are among its traits.
    pub(crate) clamped: Option<Column>,
}

impl Col {
    /// A column that needs no other in its stead.
    pub(crate) fn new(column: Column, traits: Traits) -> Self {
        Self {
            column,
            traits,
            clamped: None,
        }
    }
}

/// A track: whose row this is, in one unit space at one place of the plan.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a track, each asked for by its name"
)]
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) id: SlotId,
    /// The hidden column that carries it.
    pub(crate) column: Column,
    /// The unit space.
    pub(crate) space: UnitSpace,
    /// Party number → k.
    pub(crate) parties: BTreeMap<u8, u32>,
    /// A set of entities instead of one.
    pub(crate) set: bool,
    /// Rows of several parties were merged into one.
    pub(crate) merged: bool,
    /// Still one entity a row (or one a party): may key a group.
    pub(crate) single: bool,
    /// The scans whose rows it is of.
    pub(crate) scans: BTreeSet<usize>,
    /// Of a window's frames: the slots of the rows that they are gathered from.
    pub(crate) over: BTreeSet<SlotId>,
    /// The windows of which it is a frame.
    pub(crate) windows: BTreeSet<usize>,
    /// Of a frame of places: a row more in it takes the place of another.
    pub(crate) displaces: bool,
    /// They only confirm rows of the recipient of a list.
    pub(crate) confirms: bool,
}

/// Where the entities that took a branch are found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Arm {
    /// A Boolean column: this row took it.
    Flag(Column),
    /// Per slot a column of entities that took it, further down.
    Tracks(BTreeMap<SlotId, Column>),
    /// A column of which every value is an arm: which row of a public table a row was joined with.
    Each(Column),
    /// A column of amounts: what a row adds by a term of a sum; NULL where it adds nothing by it.
    Amount(Column),
}

/// An annotated, instrumented relation.
#[derive(Debug, Clone)]
pub(crate) struct Rel {
    /// The plan with its hidden columns.
    pub(crate) plan: LogicalPlan,
    /// Visible columns, in the order of the original schema.
    pub(crate) cols: Vec<Col>,
    /// Tracks.
    pub(crate) slots: Vec<Slot>,
    /// Branches that columns went through.
    pub(crate) arms: BTreeMap<ArmId, Arm>,
    /// Of these, branches that yield a literal 0.
    pub(crate) zero_arms: BTreeSet<ArmId>,
    /// Branches that decided which rows there are.
    pub(crate) row_arms: BTreeSet<ArmId>,
    /// Of whose rows a union put side by side this one is, where they do not count together.
    pub(crate) sides: BTreeSet<ArmId>,
    /// Of the branches that columns went through, those that decided which rows there are: nobody may take them.
    pub(crate) lenient_arms: BTreeSet<ArmId>,
    /// Protected owners behind the rows.
    pub(crate) owners: BTreeSet<PartyId>,
    /// Rows of different owners stand side by side: whose people are behind a group of them says who is where.
    pub(crate) mixed: bool,
    /// Tables behind the rows.
    pub(crate) tables: BTreeSet<TableRef>,
    /// Domains that rows were linked on so far.
    pub(crate) linked: BTreeSet<KeyDomain>,
    /// Keys known to be unique: sets of positions in `cols`.
    pub(crate) unique: Vec<BTreeSet<usize>>,
    /// Literal rows: how many.
    pub(crate) literal_rows: Option<usize>,
    /// How often the question may hold a row of somebody's: by CROSS JOIN with literal rows, or in several branches of a union.
    pub(crate) repeats: usize,
    /// The hidden numbers of literal rows, and how many rows they number.
    pub(crate) literal_ids: Vec<(Column, usize)>,
    /// Rows of the question's own are among these whose numbers were lost: grouped, or united.
    pub(crate) unnumbered: bool,
    /// The hidden columns that tell rows apart which are not the same, where it matters.
    pub(crate) ties: Vec<Column>,
    /// What the filter that made these rows says of each, while its columns keep their names.
    pub(crate) facts: Vec<Expr>,
}

impl Rel {
    /// A relation that reads nobody's rows.
    pub(crate) fn public(plan: LogicalPlan) -> Self {
        let cols = plan
            .schema()
            .columns()
            .into_iter()
            .map(|column| Col::new(column, Traits::public()))
            .collect();
        Self {
            plan,
            cols,
            slots: Vec::new(),
            arms: BTreeMap::new(),
            zero_arms: BTreeSet::new(),
            row_arms: BTreeSet::new(),
            sides: BTreeSet::new(),
            lenient_arms: BTreeSet::new(),
            owners: BTreeSet::new(),
            mixed: false,
            tables: BTreeSet::new(),
            linked: BTreeSet::new(),
            unique: Vec::new(),
            literal_rows: None,
            repeats: 1,
            literal_ids: Vec::new(),
            unnumbered: false,
            ties: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Whether rows of the question's own are among these that have no number any more: whatever became of them on the way here.
    pub(crate) fn has_lost_numbers(&self) -> bool {
        let own = !self.is_protected() && self.tables.is_empty() && self.literal_rows != Some(1);
        self.unnumbered || (own && self.literal_ids.is_empty())
    }

    /// Whether it reads anybody's protected rows.
    pub(crate) fn is_protected(&self) -> bool {
        !self.owners.is_empty()
    }

    /// Whether an expression over its columns is a truth value.
    pub(crate) fn is_condition(&self, expr: &Expr) -> bool {
        let kind = expr.get_type(self.plan.schema().as_ref());
        kind.is_ok_and(|kind| kind == DataType::Boolean)
    }

    /// What is known of every row.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            all: &self.facts,
            schema: self.plan.schema().as_ref(),
        }
    }

    /// Whether a value is 0 in the rows that took a branch.
    pub(crate) fn is_zero_by(&self, arm: ArmId, value: &Traits) -> bool {
        self.zero_arms.contains(&arm) && !value.exposed.contains(&arm)
    }

    /// The position of a column named in an expression.
    pub(crate) fn position(&self, column: &Column) -> Option<usize> {
        let exact = self.cols.iter().position(|c| same_name(&c.column, column));
        if exact.is_some() || column.relation.is_some() {
            return exact;
        }
        let mut found = self
            .cols
            .iter()
            .enumerate()
            .filter(|(_, c)| c.column.name == column.name);
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Some(index),
            (Some(_), Some(_)) | (None, _) => None,
        }
    }

    /// The column named in an expression.
    pub(crate) fn col(&self, column: &Column) -> Option<&Col> {
        self.position(column).and_then(|index| self.cols.get(index))
    }

    /// The hidden columns, as expressions that pass them on.
    pub(crate) fn hidden(&self) -> Vec<Expr> {
        let slots = self.slots.iter().map(|s| Expr::Column(s.column.clone()));
        let arms = self.arms.values().flat_map(|arm| match arm {
            Arm::Flag(column) | Arm::Each(column) | Arm::Amount(column) => {
                vec![Expr::Column(column.clone())]
            }
            Arm::Tracks(tracks) => tracks.values().cloned().map(Expr::Column).collect(),
        });
        let ids = self.literal_ids.iter().map(|(id, _)| id);
        let ids = ids.chain(&self.ties).cloned().map(Expr::Column);
        let mut hidden: Vec<Expr> = slots.chain(arms).chain(ids).collect();
        // Two visible columns may share one.
        for column in self.cols.iter().filter_map(|col| col.clamped.clone()) {
            let column = Expr::Column(column);
            if !hidden.contains(&column) {
                hidden.push(column);
            }
        }
        hidden
    }

    /// The hidden columns that are not being made by these expressions.
    pub(crate) fn hidden_but(&self, made: &[Expr]) -> Vec<Expr> {
        let is_made = |column: &Column| {
            made.iter()
                .any(|e| matches!(e, Expr::Alias(alias) if alias.name == column.name))
        };
        self.hidden()
            .into_iter()
            .filter(|e| !matches!(e, Expr::Column(column) if is_made(column)))
            .collect()
    }

    /// Renames every hidden column's qualifier, as an alias does.
    pub(crate) fn requalify_hidden(&mut self, alias: &datafusion_common::TableReference) {
        let rename = |column: &mut Column| column.relation = Some(alias.clone());
        for slot in &mut self.slots {
            rename(&mut slot.column);
        }
        for arm in self.arms.values_mut() {
            match arm {
                Arm::Flag(column) | Arm::Each(column) | Arm::Amount(column) => rename(column),
                Arm::Tracks(tracks) => tracks.values_mut().for_each(rename),
            }
        }
        self.literal_ids.iter_mut().for_each(|(id, _)| rename(id));
        self.ties.iter_mut().for_each(rename);
        let clamped = self.cols.iter_mut().filter_map(|c| c.clamped.as_mut());
        clamped.for_each(rename);
    }

    /// Whether the columns at these positions together hold no value twice.
    pub(crate) fn is_unique_on(&self, positions: &BTreeSet<usize>) -> bool {
        self.unique.iter().any(|key| key.is_subset(positions))
    }
}

/// Equality of names; where they stood in the text does not matter.
pub(crate) fn same_name(a: &Column, b: &Column) -> bool {
    a.name == b.name && a.relation == b.relation
}
