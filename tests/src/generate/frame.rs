//! Frames of windows: by value or by place, with the current row in them or beside it.

use crate::oracle::frame::{Frame, Units};
use crate::oracle::plan::Plan;
use crate::oracle::value::Kind;
use crate::oracle::window::is_plain;

use super::question::Asker;
use super::shape::Shape;

impl Asker<'_> {
    /// A frame over rows of these columns, now and then; none is the whole partition.
    pub(super) fn frame(&mut self, input: &Plan, columns: &[Shape]) -> Option<Frame> {
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
        let units = *random.pick(&[Units::Range, Units::Groups]);
        let far = units == Units::Groups || matches!(kind, Kind::Moment | Kind::Whole);
        let mut ends = [None, Some(0)];
        if far {
            let offset = |low| Some(low + i64::try_from(random.below(5)).unwrap());
            ends = [-3, -1].map(offset);
        }
        // Where a row may see none, whom the partition names is known of plain rows alone.
        if !is_plain(input) {
            ends = [
                ends[0].map(|start| start.min(0)),
                ends[1].map(|end| end.max(0)),
            ];
        }
        ends.sort_by_key(|end| end.unwrap_or(i64::MIN));
        let [start, end] = ends;
        let [start, end] =
            [(start, 20), (end, 20)].map(|(end, open)| end.filter(|_| !random.percent(open)));
        Some(Frame {
            by,
            kind,
            descending: random.percent(30),
            units,
            start,
            end,
        })
    }
}
