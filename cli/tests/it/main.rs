//! The program as its users meet it: commands in, text and exit codes out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod attacks;
mod cast_keys;
mod conformance;
mod contract;
mod cosigned;
mod crash;
mod demo;
mod derived;
mod differences;
mod docs;
mod docs_story;
mod drafts;
mod errors;
mod history;
mod house;
mod house_commands;
mod lab;
mod lab_output;
mod lab_world;
mod limits;
mod offline;
mod offline_doctor;
mod policy;
mod private;
mod properties;
mod pyarrow;
mod python;
mod questions;
mod readme;
mod repl;
mod restricted;
mod rewrites;
mod run;
mod s3;
mod samples;
mod satisfiable;
mod seal;
mod sealed_types;
mod secrets;
mod tampering;
mod time_buckets;
mod tpch;
