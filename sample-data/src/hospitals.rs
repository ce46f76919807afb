//! The world of four hospitals.
