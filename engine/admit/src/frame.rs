//! Offsets of windows: of frames, on the grid of what orders them; of LAG and LEAD, numbers of rows.

use datafusion_expr::expr::WindowFunction;
use datafusion_expr::{Expr, WindowFrame, WindowFrameBound, WindowFrameUnits};
use policy::denial::Code;

use crate::constant::{Quantity, constant, quantity};
use crate::grain::{number_on, span_on};
use crate::refusals::Explain;
use crate::traits::Traits;
use crate::walk::Walker;

/// A literal number of rows.
pub(crate) fn is_whole(expr: &Expr) -> bool {
    match constant(expr) {
        Some(value) => {
            let offset = value.cast_to(&arrow::datatypes::DataType::Int32);
            value.data_type().is_integer() && offset.is_ok_and(|offset| !offset.is_null())
        }
        None => false,
    }
}

/// Whether a frame is the whole partition.
pub(crate) fn is_unbounded(frame: &WindowFrame) -> bool {
    frame.start_bound.is_unbounded() && frame.end_bound.is_unbounded()
}

/// Whether a frame is told off by rows, so that it matters which of equal ones comes first.
pub(crate) fn counts_rows(frame: &WindowFrame) -> bool {
    frame.units == WindowFrameUnits::Rows && !is_unbounded(frame)
}

/// Whether a frame is told off by places, of rows or of equal ones: a row more takes the place of another.
pub(crate) fn counts_places(frame: &WindowFrame) -> bool {
    frame.units != WindowFrameUnits::Range && !is_unbounded(frame)
}

/// The frame from the current row on: the rows in between decide which ones are in it.
pub(crate) fn with_rows_between(frame: &WindowFrame) -> WindowFrame {
    let start = match &frame.start_bound {
        WindowFrameBound::Following(_) => WindowFrameBound::CurrentRow,
        bound @ (WindowFrameBound::Preceding(_) | WindowFrameBound::CurrentRow) => bound.clone(),
    };
    let end = match &frame.end_bound {
        WindowFrameBound::Preceding(_) => WindowFrameBound::CurrentRow,
        bound @ (WindowFrameBound::Following(_) | WindowFrameBound::CurrentRow) => bound.clone(),
    };
    WindowFrame::new_bounds(frame.units, start, end)
}

/// Offsets of a RANGE frame lie on the grid of what it is ordered by.
pub(crate) fn check_frame(walker: &mut Walker<'_>, call: &WindowFunction, order: &Traits) {
    let frame = &call.params.window_frame;
    if frame.units != WindowFrameUnits::Range {
        return;
    }
    for bound in [&frame.start_bound, &frame.end_bound] {
        let offset = match bound {
            WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => value,
            WindowFrameBound::CurrentRow => continue,
        };
        let fits = offset.is_null()
            || order
                .filter_grain()
                .is_some_and(|grain| match quantity(offset) {
                    Quantity::Span(span) => span_on(grain, span),
                    Quantity::Number(n) => number_on(grain, n),
                    Quantity::Text(_) | Quantity::Null => true,
                    Quantity::Bool(_) | Quantity::Moment(_) | Quantity::Other => false,
                });
        if !fits {
            walker
                .refusals
                .rule(
                    Code::FilterGrain,
                    "the window's frame is not on the grid of what orders it",
                )
                .of(order.origin.as_ref());
        }
    }
}
