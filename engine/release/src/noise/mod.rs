//! Exact noise: samplers over integers and rationals whose randomness is a keyed stream.
//!
//! The constructions are those of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy"
//! (2020). Nothing is a floating point number, so no draw betrays anything by its last bits; and the same key and the
//! same input give the same draw for ever, which is what makes noise *sticky*.

mod bernoulli;
mod gaussian;
mod laplace;
mod ratio;
mod stream;
#[cfg(test)]
mod tests;

pub use gaussian::discrete_gaussian;
pub use laplace::{discrete_laplace, discrete_laplace_of};
pub use ratio::Ratio;
pub(crate) use ratio::gcd;
pub use stream::Stream;
pub(crate) use stream::keyed;
