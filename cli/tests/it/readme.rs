//! The README keeps its word: every `subrosa …` command in it runs.

use crate::run::subrosa;

#[test]
fn every_command_of_the_readme_runs() {
    let dir = tempfile::tempdir().unwrap();
    let text = include_str!("../../../README.md");
    let commands: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("subrosa "))
        .collect();
    assert!(commands.len() >= 6);
    for command in commands {
        let mut args: Vec<&str> = Vec::new();
        for (index, part) in command.split('"').enumerate() {
            if index % 2 == 1 {
                args.push(part)
            } else {
                args.extend(part.split_whitespace())
            }
        }
        let ran = subrosa(dir.path(), &args[1..]);
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    }
}
