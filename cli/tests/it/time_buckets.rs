//! Answers leave at the end of a time bucket where a world has them.

use std::fs;
use std::time::{Duration, Instant};

use crate::questions::few;
use crate::run::subrosa;

/// The world of the few, with something more under `[engine]`.
fn world(engine: &str) -> few::World {
    let world = few::world(2);
    let file = world.path().join("collaboration.toml");
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("[engine]", &format!("[engine]\n{engine}"));
    fs::write(file, text).unwrap();
    world
}

#[test]
fn an_answer_leaves_no_sooner_than_its_bucket_ends() {
    let world = world("time_buckets = \"900ms\"");
    let statements = [
        "SELECT count(*) AS v FROM bank.t",
        "SELECT count(*) AS v FROM bank.t WHERE n >= 90",
        "SELECT person FROM bank.t",
    ];
    let started = Instant::now();
    let outcomes = world.ask(&statements);
    // Two were admitted, one of which has no answer; the third was refused, which depends on nobody's rows.
    assert!(started.elapsed() >= Duration::from_millis(1800));
    let codes: Vec<Option<&str>> = outcomes.iter().map(few::Outcome::code).collect();
    assert_eq!(codes, [None, None, Some("E_NOAGG")]);
}

#[test]
fn what_is_no_length_of_time_is_said() {
    let world = world("time_buckets = \"soon\"");
    let args = ["lab", ".", "--as", "rita@regulator", "-c", "SELECT 1"];
    let ran = subrosa(world.path(), &args);
    let expected = "`soon` is not a length of time";
    assert!(ran.err.contains(expected) && ran.code != 0, "{}", ran.err);
    assert!(ran.err.contains("\"100ms\""), "{}", ran.err);
}
