//! Sides measured in turn.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

/// One side of a comparison: runs a question, by its number, to its last row.
pub trait Side {
    /// Its name in the table.
    fn name(&self) -> &'static str;

    /// Runs the question; false if this side cannot.
    fn run<'a>(&'a mut self, question: usize) -> Pin<Box<dyn Future<Output = bool> + 'a>>;
}

/// Seconds by side of one question; none where a side cannot run it.
///
/// One round warms up. In every other round the sides run one after the other, beginning with
/// another one each time.
pub async fn in_turn(
    sides: &mut [Box<dyn Side>],
    question: usize,
    rounds: usize,
) -> Vec<Option<Vec<f64>>> {
    let mut seconds = vec![Some(Vec::new()); sides.len()];
    for round in 0..=rounds {
        for turn in 0..sides.len() {
            let index = turn.wrapping_add(round) % sides.len();
            let (Some(side), Some(slot)) = (sides.get_mut(index), seconds.get_mut(index)) else {
                continue;
            };
            let Some(times) = slot else { continue };
            let begun = Instant::now();
            let ran = side.run(question).await;
            let taken = begun.elapsed().as_secs_f64();
            if !ran {
                *slot = None;
            } else if round > 0 {
                times.push(taken);
            }
        }
    }
    seconds
}
