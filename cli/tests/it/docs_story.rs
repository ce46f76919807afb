//! Texts that keep their word: their `sh` blocks run, in order, in one folder, and print what the text says they print.
//!
//! A block ```` ```sh exit=3 ```` must end with that code (0 unless said). A ```` ```text ```` block right after it is what it prints,
//! stdout and stderr together; there, `…` alone on a line stands for any lines, and within a line for any characters. In a table's cell,
//! `~81` stands for a number that is about 81, and `~` for anything, nothing included: noise is another's in every world.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// The line of its opening fence, from 1.
    pub(crate) line: usize,
    /// What follows the fence: language and remarks.
    pub(crate) info: String,
    /// What it holds.
    pub(crate) text: String,
}

impl Block {
    /// Its language.
    pub(crate) fn language(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or("")
    }

    /// The code with which it must end.
    fn exit(&self) -> i32 {
        let code = self
            .info
            .split_whitespace()
            .find_map(|word| word.strip_prefix("exit="));
        code.map_or(0, |code| code.parse().unwrap())
    }

    /// Whether it is about building this program, which is what runs this test.
    fn builds(&self) -> bool {
        self.text.lines().all(|line| line.starts_with("cargo "))
    }
}

/// The fenced blocks of a text.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    for (line, text) in (1..).zip(markdown.lines()) {
        match text.trim_start().strip_prefix("```") {
            Some(info) if !open => {
                open = true;
                let info = info.trim().to_owned();
                found.push(Block {
                    line,
                    info,
                    text: String::new(),
                });
            }
            Some(_end) => open = false,
            None if open => {
                let block = found.last_mut().unwrap();
                block.text.push_str(text);
                block.text.push('\n');
            }
            None => {}
        }
    }
    assert!(!open, "a block has no end");
    found
}

/// Runs the commands of a text in a folder; how many blocks ran.
pub(crate) fn tell(name: &str, markdown: &str, dir: &Path) -> usize {
    let all = blocks(markdown);
    let mut ran = 0;
    for (at, block) in all.iter().enumerate() {
        if block.language() != "sh" || block.builds() {
            continue;
        }
        let place = format!("{name}:{}", block.line);
        let (code, printed) = run(dir, &block.text);
        assert_eq!(code, block.exit(), "{place} ends otherwise:\n{printed}");
        if let Some(shown) = all.get(at + 1).filter(|next| next.language() == "text") {
            let matches = lines_match(&lines(&shown.text), &lines(&printed));
            assert!(
                matches,
                "{place} prints otherwise:\n{printed}\n--- the text says:\n{}",
                shown.text
            );
        }
        ran += 1;
    }
    ran
}

fn run(dir: &Path, commands: &str) -> (i32, String) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_subrosa"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output = Command::new("sh")
        .args(["-euc", &format!("exec 2>&1\n{commands}")])
        .current_dir(dir)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), printed)
}

fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}

fn lines_match(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], printed) => printed.is_empty(),
        (["…", rest @ ..], printed) => {
            (0..=printed.len()).any(|skip| lines_match(rest, &printed[skip..]))
        }
        ([first, rest @ ..], [line, others @ ..]) => {
            line_matches(first, line) && lines_match(rest, others)
        }
        ([_, ..], []) => false,
    }
}

fn line_matches(shown: &str, printed: &str) -> bool {
    if shown.contains('~') {
        let (shown, printed) = (cells(shown), cells(printed));
        let alike = |(shown, printed): (&&str, &&str)| cell_matches(shown, printed);
        return shown.len() == printed.len() && shown.iter().zip(&printed).all(alike);
    }
    match shown.split_once('…') {
        None => shown == printed,
        Some((head, tail)) => printed.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| line_matches(tail, &rest[at..]))
        }),
    }
}

fn cells(line: &str) -> Vec<&str> {
    line.split('|').map(str::trim).collect()
}

/// Whether a cell is what the text says. About a number is what is off by less than half of it.
fn cell_matches(shown: &str, printed: &str) -> bool {
    match shown.strip_prefix('~') {
        None => shown == printed,
        Some("") => true,
        Some(about) => {
            let about: f64 = about.parse().unwrap();
            let printed = printed.parse::<f64>();
            printed.is_ok_and(|printed| (printed - about).abs() < about.abs() / 2.0)
        }
    }
}

#[test]
fn blocks_and_matches_are_found() {
    let text = "a\n```sh exit=3\nls\n```\n```text\nb\n```\n";
    let found = blocks(text);
    assert_eq!(
        (found[0].language(), found[0].exit(), found[0].line),
        ("sh", 3, 2)
    );
    assert_eq!(found[1].text, "b\n");
    assert!(lines_match(&["a", "…", "d … f"], &["a", "b", "c", "d e f"]));
    assert!(lines_match(&[" a | ~81 | ~"], &[" a |  92 |"]));
    assert!(!lines_match(&[" a | ~81"], &[" a | 30"]) && !lines_match(&[" a | ~81"], &[" b | 81"]));
    assert!(!lines_match(&[" a | ~81"], &[" a |"]) && !lines_match(&[" a | ~"], &[" a"]));
    assert!(!lines_match(&["a", "d"], &["a", "b"]) && !lines_match(&["…", "x"], &["a"]));
}
