//! The README keeps its word.

use crate::docs_story::{blocks, tell};

const README: &str = include_str!("../../../README.md");

#[test]
fn every_command_of_the_readme_runs() {
    let dir = tempfile::tempdir().unwrap();
    assert!(tell("README.md", README, dir.path()) >= 3);
}

#[test]
fn the_two_commands_are_the_ones_that_are_not_run_here() {
    let building: Vec<String> = blocks(README)
        .into_iter()
        .filter(|block| block.language() == "sh" && block.text.starts_with("cargo "))
        .map(|block| block.text)
        .collect();
    assert_eq!(
        building,
        ["cargo run --release -- demo\n", "cargo test --workspace\n"]
    );
}
