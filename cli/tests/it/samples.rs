//! The worlds that come with the program: their stories run, their questions work or are refused as they say.

use std::path::Path;

use serde_json::Value;

use crate::docs_story::tell;
use crate::run::subrosa;

#[test]
fn the_story_of_the_hospitals() {
    let dir = tempfile::tempdir().unwrap();
    let text = include_str!("../../../sample-data/hospitals/README.md");
    assert!(tell("sample-data/hospitals/README.md", text, dir.path()) >= 6);
}

#[test]
fn the_story_of_the_banks() {
    let dir = tempfile::tempdir().unwrap();
    let text = include_str!("../../../sample-data/four-banks/README.md");
    assert!(tell("sample-data/four-banks/README.md", text, dir.path()) >= 6);
}

/// Asks every file below `questions/`: those named `refused_…` are denied, all others answered.
fn questions_do_what_their_names_say(dir: &Path, world: &str) -> usize {
    let mut names: Vec<String> = std::fs::read_dir(dir.join(world).join("questions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for name in &names {
        let file = format!("{world}/questions/{name}");
        let ran = subrosa(dir, &["lab", world, "--format", "json", "-f", &file]);
        let expected = if name.starts_with("refused_") { 3 } else { 0 };
        assert_eq!(ran.code, expected, "{name}: {}{}", ran.out, ran.err);
        if expected == 0 {
            let rows: Value = serde_json::from_str(&ran.out).unwrap();
            assert!(!rows.as_array().unwrap().is_empty(), "{name}: no row");
        }
    }
    names.len()
}

#[test]
fn the_hospitals_questions() {
    let dir = tempfile::tempdir().unwrap();
    let made = subrosa(dir.path(), &["generate", "hospitals", "--dir", "w"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(questions_do_what_their_names_say(dir.path(), "w"), 10);
}

#[test]
fn the_banks_questions() {
    let dir = tempfile::tempdir().unwrap();
    let size = ["--sf", "0.05", "--patterns", "60"];
    let made = [&["generate", "aml", "--dir", "w"], &size[..]].concat();
    assert_eq!(subrosa(dir.path(), &made).code, 0);
    assert_eq!(questions_do_what_their_names_say(dir.path(), "w"), 13);
}

#[test]
fn a_world_is_not_written_over_and_sizes_are_checked() {
    let dir = tempfile::tempdir().unwrap();
    let hospitals = ["generate", "hospitals", "--dir", "w"];
    assert_eq!(subrosa(dir.path(), &hospitals).code, 0);
    let again = subrosa(dir.path(), &hospitals);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("is a world already"), "{}", again.err);
    let sized = subrosa(
        dir.path(),
        &["generate", "hospitals", "--dir", "x", "--sf", "2"],
    );
    assert_eq!(sized.code, 1);
    let small = subrosa(
        dir.path(),
        &["generate", "aml", "--dir", "y", "--sf", "0.001"],
    );
    assert!(
        small.code == 1 && small.err.contains("scale"),
        "{}",
        small.err
    );
    std::fs::write(dir.path().join("file"), "").unwrap();
    let blocked = subrosa(dir.path(), &["generate", "hospitals", "--dir", "file/w"]);
    assert!(
        blocked.code == 2 && blocked.err.contains("--dir"),
        "{}",
        blocked.err
    );
}
