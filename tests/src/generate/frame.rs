//! Frames of windows: by value or by place, with the current row in them or beside it.

use std::collections::BTreeSet;

use crate::oracle::evaluate::Evaluator;
use crate::oracle::frame::{Frame, Units};
use crate::oracle::plan::{Function, Plan};
use crate::oracle::relation::Row;
use crate::oracle::value::{Kind, Value};
use crate::oracle::window::is_plain;
use crate::oracle::world::World;

use super::question::Asker;
use super::random::Random;
use super::shape::Shape;

impl Asker<'_> {
    /// A frame over rows of these columns, now and then; none is the whole partition.
    pub(super) fn frame(
        &mut self,
        input: &Plan,
        columns: &[Shape],
        partition: &[usize],
    ) -> Option<Frame> {
        let random = self.more.as_mut()?;
        let orders = |at: &usize| {
            let shape = &columns[*at];
            !shape.identifier && !shape.crowded && shape.filter.is_some()
        };
        let usable: Vec<usize> = (0..columns.len()).filter(orders).collect();
        if usable.is_empty() || random.percent(40) {
            return None;
        }
        let by = *random.pick(&usable);
        let kind = columns[by].kind;
        let mut units = *random.pick(&[Units::Range, Units::Groups, Units::Rows, Units::Rows]);
        if units == Units::Rows && has_ties(self.world, input, partition, by) {
            units = Units::Groups;
        }
        let far = units != Units::Range || matches!(kind, Kind::Moment | Kind::Whole);
        let (start, end) = ends(random, far, is_plain(input));
        Some(Frame {
            by,
            kind,
            descending: random.percent(30),
            units,
            start,
            end,
        })
    }

    /// How far LAG or LEAD looks over these rows, where a frame counts them; the frame is that one row then.
    pub(super) fn shift(&mut self, input: &Plan, frame: Option<&mut Frame>) -> Option<Function> {
        let frame = frame.filter(|frame| frame.units == Units::Rows)?;
        let random = self.more.as_mut()?;
        if random.percent(40) {
            return None;
        }
        // The next row may be none, and whom the partition names is known of plain rows alone.
        let far: &[i64] = if is_plain(input) {
            &[1, 1, -1, 2, -2]
        } else {
            &[2, -2, 3]
        };
        let rows = *random.pick(far);
        (frame.start, frame.end) = (Some(-rows), Some(-rows));
        Some(Function::Shift(rows))
    }
}

/// The ends of a frame: `far` where they may be offsets, and such that a row sees itself unless `beside`.
fn ends(random: &mut Random, far: bool, beside: bool) -> (Option<i64>, Option<i64>) {
    let mut ends = [None, Some(0)];
    if far {
        let offset = |low| Some(low + i64::try_from(random.below(5)).unwrap());
        ends = [-3, -1].map(offset);
    }
    // Where a row may see none, whom the partition names is known of plain rows alone.
    if !beside {
        ends = [
            ends[0].map(|start| start.min(0)),
            ends[1].map(|end| end.max(0)),
        ];
    }
    ends.sort_by_key(|end| end.unwrap_or(i64::MIN));
    let [start, end] = ends.map(|end| end.filter(|_| !random.percent(20)));
    (start, end)
}

/// Whether rows of one partition have one value: which of them comes first is nobody's to say.
fn has_ties(world: &World, input: &Plan, partition: &[usize], by: usize) -> bool {
    [true, false].into_iter().any(|free| {
        let rows = Evaluator::new(world, free).rows(input).rows;
        let place = |row: &Row| -> Vec<Value> {
            let columns = partition.iter().chain([&by]);
            columns.map(|at| row.cells[*at].raw.clone()).collect()
        };
        let places: BTreeSet<Vec<Value>> = rows.iter().map(place).collect();
        places.len() < rows.len()
    })
}
