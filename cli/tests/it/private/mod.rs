//! Differential privacy, from policies to answers.

mod attacks;
mod budget;
mod noise;
mod refusals;
mod sensitivity;
mod told;
mod world;
