//! The questions that people really ask: answered as they stand, respelt with the same answer, or refused.
//!
//! Two worlds each. With k = 1 nothing is withheld, so every cell of the answer must be the cell that plain SQL over
//! the clear data gives for the *original* text: a respelling has the same answer. With the policies' own k, what is
//! released must be what a slow, separate count of the people behind each value lets through.

mod aml;
mod approved;
mod banks;
mod bounds;
mod chosen_numbers;
mod clear;
mod clock;
mod conditions;
mod costs;
mod crowds;
mod determined;
pub(crate) mod few;
mod health;
mod hidden_in_values;
mod holes;
mod left;
mod lists;
mod misread;
mod not_in;
mod own;
mod own_made_up;
mod own_world;
mod padded;
mod page;
mod paired;
mod places;
mod pruned;
mod read;
mod recursion;
mod released;
mod repeated;
mod sides;
mod strangers;
mod support;
pub(crate) mod table;
mod terms;
pub(crate) mod texts;
mod ties;
mod told_before;
mod twice_named;
mod two_banks;
mod unseen;
mod weights;
mod whereabouts;
mod windows;
mod world;
