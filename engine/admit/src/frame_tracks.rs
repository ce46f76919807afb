//! The people of a window's frame, and those of them by whom a row's value is what it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::{Column, ScalarValue};
use datafusion_expr::expr::WindowFunction;
use datafusion_expr::{
    Expr, ExprSchemable, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition,
};

use crate::arms::{self, Difference, From, Gate, Made, Through};
use crate::branch::when;
use crate::clamp::clamped;
use crate::constant::constant;
use crate::frame::{counts_places, with_rows_between};
use crate::relation::{Rel, Slot};
use crate::sides;
use crate::terms;
use crate::traits::{SlotId, Traits};
use crate::walk::Walker;

/// A window function and by which slot the people of its frame are known: the partition's own, or one made for it.
pub(crate) struct Frame<'a> {
    pub(crate) call: &'a WindowFunction,
    /// By slot of the rows, the slot of their frames.
    pub(crate) slots: BTreeMap<SlotId, SlotId>,
    /// By slot of the rows, that of the rows that decide which ones are in the frame, where these are others beside them.
    pub(crate) deciding: BTreeMap<SlotId, SlotId>,
}

/// Whose tracks are wanted.
#[derive(Clone, Copy, PartialEq)]
enum Rows {
    /// Of the row that LAG or LEAD takes, or of all rows of the frame.
    Seen,
    /// Of all rows from the current one to those.
    Deciding,
}

/// The people of the frame, for every track that the partition does not hold fast.
pub(crate) fn frame_tracks<'a>(
    walker: &mut Walker<'_>,
    rel: &Rel,
    call: &'a WindowFunction,
    partition: &[Traits],
    exprs: &mut Vec<Expr>,
    slots: &mut Vec<Slot>,
) -> Frame<'a> {
    let keyed: BTreeSet<SlotId> = partition
        .iter()
        .flat_map(|t| t.slots.iter().copied())
        .collect();
    let mut frame = Frame {
        call,
        slots: BTreeMap::new(),
        deciding: BTreeMap::new(),
    };
    let window = walker.scan();
    let decided = others_decide(rel, call);
    // The row that LAG or LEAD takes is one of those that decide.
    let wanted: &[Rows] = match (decided, is_shift(call)) {
        (false, _) => &[Rows::Seen],
        (true, false) => &[Rows::Seen, Rows::Deciding],
        (true, true) => &[Rows::Deciding],
    };
    for slot in &rel.slots {
        let several = slot.parties.len() > 1;
        // Where rows of others stand side by side with them, theirs see people that they have not got themselves.
        let fast = slot.single && keyed.contains(&slot.id) && !rel.mixed;
        if fast && !several && !slot.set {
            frame.slots.insert(slot.id, slot.id);
            continue;
        }
        for rows in wanted {
            let over = tracked(walker, call, *rows, Expr::Column(slot.column.clone()));
            let shifted = is_shift(call) && *rows == Rows::Seen;
            let told = Slot {
                set: slot.set || !shifted,
                merged: slot.merged || several,
                over: BTreeSet::from([slot.id]),
                displaces: slot.displaces || is_of_places(call),
                windows: BTreeSet::from([window]),
                // The partition's own value is the name of all of them: one a party.
                single: slot.single && keyed.contains(&slot.id),
                ..slot.clone()
            };
            let id = numbered(walker, over, told, exprs, slots);
            if wanted.first() == Some(rows) {
                frame.slots.insert(slot.id, id);
            } else {
                frame.deciding.insert(slot.id, id);
            }
        }
    }
    frame
}

/// The number of a slot of these tracks: a new one, or that of a slot that says the same.
fn numbered(
    walker: &mut Walker<'_>,
    over: Expr,
    told: Slot,
    exprs: &mut Vec<Expr>,
    slots: &mut Vec<Slot>,
) -> SlotId {
    if let Some(known) = already(&over, exprs, slots) {
        known.windows.extend(told.windows);
        return known.id;
    }
    let id = walker.fresh();
    let column = Column::new_unqualified(format!("__t{id}"));
    exprs.push(over.alias(column.name.clone()));
    slots.push(Slot { id, column, ..told });
    id
}

/// Whether rows that are not in the frame decide which ones are.
fn others_decide(rel: &Rel, call: &WindowFunction) -> bool {
    if is_shift(call) {
        // The next row is told by none between; that it is there at all, by arms.
        return !rel.row_arms.is_empty() || offset(call).is_none_or(|rows| rows.unsigned_abs() > 1);
    }
    let frame = &call.params.window_frame;
    counts_places(frame) && *frame != with_rows_between(frame)
}

/// Whether places tell which rows a value is of: a row more takes the place of another.
fn is_of_places(call: &WindowFunction) -> bool {
    is_shift(call) || counts_places(&call.params.window_frame)
}

/// The tracks of some rows.
fn tracked(walker: &Walker<'_>, call: &WindowFunction, rows: Rows, track: Expr) -> Expr {
    match rows {
        Rows::Seen if is_shift(call) => shift(call, track),
        Rows::Seen => gathered(walker, call, call.params.window_frame.clone(), track),
        Rows::Deciding if is_shift(call) => gathered(walker, call, between(call), track),
        Rows::Deciding => {
            let frame = with_rows_between(&call.params.window_frame);
            gathered(walker, call, frame, track)
        }
    }
}

/// The slot that says the same of another call.
fn already<'s>(over: &Expr, exprs: &[Expr], slots: &'s mut [Slot]) -> Option<&'s mut Slot> {
    let same = |slot: &&mut Slot| {
        exprs
            .iter()
            .any(|e| matches!(e, Expr::Alias(a) if *a.expr == *over && a.name == slot.column.name))
    };
    slots.iter_mut().find(same)
}

fn is_shift(call: &WindowFunction) -> bool {
    matches!(call.fun.name(), "lag" | "lead")
}

/// LAG or LEAD of another value.
fn shift(call: &WindowFunction, value: Expr) -> Expr {
    let mut over = call.clone();
    let offset = call.params.args.iter().skip(1).take(1).cloned();
    over.params.args = std::iter::once(value).chain(offset).collect();
    Expr::WindowFunction(Box::new(over))
}

/// All tracks of a frame.
fn gathered(walker: &Walker<'_>, call: &WindowFunction, frame: WindowFrame, tracks: Expr) -> Expr {
    let mut over = call.clone();
    over.params.window_frame = frame;
    over.fun = WindowFunctionDefinition::AggregateUDF(Arc::clone(&walker.tools.tracks));
    over.params.args = vec![tracks];
    if matches!(call.fun.name(), "row_number" | "rank") {
        // They look at all rows before this one, whatever frame is written.
        let order = (!call.params.order_by.is_empty()).then_some(false);
        over.params.window_frame = WindowFrame::new(order);
    }
    Expr::WindowFunction(Box::new(over))
}

/// How many rows LAG or LEAD looks back or ahead, where that is known.
fn offset(call: &WindowFunction) -> Option<i64> {
    let Some(offset) = call.params.args.get(1) else {
        return Some(1);
    };
    match constant(offset)?.cast_to(&DataType::Int64).ok()? {
        ScalarValue::Int64(rows) => rows,
        _other => None,
    }
}

/// The rows from the current one to the one that LAG or LEAD takes: those that decide which one it is.
fn between(call: &WindowFunction) -> WindowFrame {
    let rows = offset(call);
    let back = (call.fun.name() == "lag") == rows.is_none_or(|rows| rows >= 0);
    let far = ScalarValue::UInt64(rows.map(i64::unsigned_abs));
    let (start, end) = if back {
        (
            WindowFrameBound::Preceding(far),
            WindowFrameBound::CurrentRow,
        )
    } else {
        (
            WindowFrameBound::CurrentRow,
            WindowFrameBound::Following(far),
        )
    };
    WindowFrame::new_bounds(WindowFrameUnits::Rows, start, end)
}

impl Frame<'_> {
    /// Notes the arms of a call's result: those of its argument and of the rows, taken by people of the frame.
    pub(crate) fn arms(
        &self,
        walker: &mut Walker<'_>,
        rel: &Rel,
        found: &mut Traits,
        value: &(Column, Expr),
        (exprs, made): (&mut Vec<Expr>, &mut Made),
    ) {
        let name = self.call.fun.name();
        let through = self.through(rel, found);
        found.arms.clear();
        found.exposed.clear();
        found.terms.clear();
        let sets = if has_amounts(name) {
            arms::left_out(name, false, through.len())
        } else {
            Some(Vec::new())
        };
        let sets = sets.unwrap_or_else(|| {
            arms::refuse_many(walker, name);
            Vec::new()
        });
        let mut rests = Vec::new();
        for set in &sets {
            let taken = set.iter().filter_map(|at| through.get(*at));
            if let Some(rest) = without(taken.map(|arm| arm.from.taken()), &value.1) {
                let column = Column::new_unqualified(format!("__r{}", walker.fresh()));
                exprs.push(rest.alias(column.name.clone()));
                rests.push(column);
            }
        }
        for (at, arm) in through.iter().enumerate() {
            if arm.term {
                let tracks = self.takers(walker, rel, (&arm.from, Rows::Seen), None, exprs);
                found.terms.insert(made.arm(walker, tracks, true));
            }
            let net = self.summed(walker, rel, arm, exprs);
            let adds = match &net {
                // Spelt otherwise than for the presence above: the optimizer takes two equal windows out into a projection, where none may stand.
                Some(_) => vec![(Rows::Seen, Some(arm.from.taken()))],
                None => self.adds(rel, arm, &value.1, found.degree.is_some()),
            };
            for (rows, adds) in adds {
                let tracks = self.takers(walker, rel, (&arm.from, rows), adds.as_ref(), exprs);
                let by = match &net {
                    Some((sum, kind)) => Difference::Sum(sum.clone(), kind.clone()),
                    None => Difference::Without {
                        value: value.0.clone(),
                        pairs: arms::pairs_of(at, &sets, &rests),
                    },
                };
                // Without a row the others would stand elsewhere: what the value would be is not computed.
                if rows == Rows::Seen {
                    made.gates.push(Gate {
                        by,
                        tracks: tracks.values().cloned().collect(),
                    });
                }
                found.goes_through(made.arm(walker, tracks, arm.lenient), arm.term);
            }
        }
    }

    /// Whether a row adds something to the call's value, in every respect that matters. Where places tell which rows a value is of, a
    /// row that is there by an arm adds something wherever it stands among those that decide.
    fn adds(
        &self,
        rel: &Rel,
        arm: &Through,
        value: &Expr,
        is_amount: bool,
    ) -> Vec<(Rows, Option<Expr>)> {
        let argument = match value {
            Expr::WindowFunction(call) => call.params.args.first(),
            _other => None,
        };
        let rows = arm.lenient && !arm.term;
        let adds = arms::adds(self.call.fun.name(), argument, rel, arm.lenient);
        let seen = adds.into_iter().map(|adds| (Rows::Seen, adds));
        if !(rows && is_of_places(self.call)) {
            return seen.collect();
        }
        let seen = seen.filter(|_| is_amount || !is_shift(self.call));
        seen.chain([(Rows::Deciding, None)]).collect()
    }

    /// What a frame adds in all by a term of what is summed up: a new column, and its type.
    fn summed(
        &self,
        walker: &mut Walker<'_>,
        rel: &Rel,
        arm: &Through,
        exprs: &mut Vec<Expr>,
    ) -> Option<(Column, DataType)> {
        let amount = arm.amount();
        let amount = amount.filter(|_| matches!(self.call.fun.name(), "sum" | "avg"))?;
        let mut over = self.call.clone();
        over.params.args = vec![amount];
        let over = Expr::WindowFunction(Box::new(over));
        let kind = over.get_type(rel.plan.schema().as_ref()).ok()?;
        let column = format!("__r{}", walker.fresh());
        exprs.push(over.alias(column.clone()));
        Some((Column::new_unqualified(column), kind))
    }

    fn through(&self, rel: &Rel, argument: &Traits) -> Vec<Through> {
        let name = self.call.fun.name();
        let mut through = arms::below(rel, name, argument);
        if name != "count" {
            let own = self.call.params.args.first();
            let own = own.map(|arg| terms::arms(arg, rel)).unwrap_or_default();
            through.extend(arms::terms(rel, &own, argument));
            let summed = self.call.params.args.first().map(|arg| clamped(arg, rel));
            through.extend(sides::terms(rel, name, summed.as_ref()));
        }
        through
    }

    /// Who in the frame took an arm, in rows that add something.
    fn takers(
        &self,
        walker: &mut Walker<'_>,
        rel: &Rel,
        (from, rows): (&From, Rows),
        adds: Option<&Expr>,
        exprs: &mut Vec<Expr>,
    ) -> BTreeMap<SlotId, Column> {
        let mut tracks = BTreeMap::new();
        for slot in &rel.slots {
            let deciding = self.deciding.get(&slot.id);
            let deciding = deciding.filter(|_| rows == Rows::Deciding);
            let Some(frame) = deciding.or_else(|| self.slots.get(&slot.id)) else {
                continue;
            };
            let takers = from.takers(slot);
            let takers = match adds {
                Some(adds) => when(adds.clone(), takers),
                None => takers,
            };
            let over = tracked(walker, self.call, rows, takers);
            let column = format!("__b{}", walker.fresh());
            exprs.push(over.alias(column.clone()));
            tracks.insert(*frame, Column::new_unqualified(column));
        }
        tracks
    }
}

fn has_amounts(name: &str) -> bool {
    matches!(name, "count" | "sum" | "avg" | "min" | "max")
}

/// The value without the rows that took an arm; `None` where it is not a matter of amounts.
fn without(taken: impl Iterator<Item = Expr>, value: &Expr) -> Option<Expr> {
    let Expr::WindowFunction(call) = value else {
        return None;
    };
    if !has_amounts(call.fun.name()) {
        return None;
    }
    let mut call = call.clone();
    call.params.args = vec![arms::without(taken, call.params.args.first())];
    Some(Expr::WindowFunction(call))
}
