//! The program as its users meet it: commands in, text and exit codes out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod cosigned;
mod attacks;
mod contract;
mod crash;
mod errors;
mod demo;
mod docs;
mod docs_story;
mod lab;
mod lab_output;
mod lab_world;
mod limits;
mod offline;
mod questions;
mod properties;
mod pyarrow;
mod python;
mod offline_doctor;
mod policy;
mod readme;
mod repl;
mod run;
mod s3;
mod seal;
mod sealed_types;
mod secrets;
mod samples;
mod tampering;
mod tpch;
