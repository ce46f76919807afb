//! The REPL on a real terminal: `script` gives it one, and what it prints is what a person sees.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::run::world;

/// How long a person would wait before calling it broken.
const PATIENCE: Duration = Duration::from_mins(1);
/// A terminal is asked where its cursor is, and says so.
const WHERE: &str = "\u{1b}[6n";

struct Terminal {
    child: Child,
    keys: ChildStdin,
    printed: Receiver<String>,
    seen: String,
}

impl Terminal {
    fn open(dir: &Path, kind: &str) -> Self {
        let program = env!("CARGO_BIN_EXE_subrosa");
        let line = format!("stty cols 80 rows 24; exec {program} lab w --as bob@clinic_b");
        let mut child = Command::new("script")
            .args(["-qefc", &line, "/dev/null"])
            .current_dir(dir)
            .env("TERM", kind)
            .env("SHELL", "/bin/sh")
            .env("HOME", dir.join("home"))
            .env("PAGER", "cat")
            .env_remove("XDG_STATE_HOME")
            .env_remove("SUBROSA_HISTORY")
            .env_remove("NO_COLOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let keys = child.stdin.take().unwrap();
        let mut screen = child.stdout.take().unwrap();
        let (send, printed) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0_u8; 4096];
            while let Ok(read @ 1..) = screen.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                if send.send(text).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            keys,
            printed,
            seen: String::new(),
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until something is printed, and forgets what came before it.
    fn expect(&mut self, wanted: &str) {
        loop {
            while self.seen.contains(WHERE) {
                self.seen = self.seen.replacen(WHERE, "", 1);
                self.press("\u{1b}[1;1R");
            }
            let plain = without_escapes(&self.seen);
            if let Some(at) = plain.find(wanted) {
                plain[at + wanted.len()..].clone_into(&mut self.seen);
                return;
            }
            match self.printed.recv_timeout(PATIENCE) {
                Ok(more) => self.seen.push_str(&more),
                Err(gone) => panic!("{gone}: no {wanted:?} after: {plain}"),
            }
        }
    }

    fn ends(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

/// The text without colours and cursor movements, but for the question where the cursor is.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
        } else if chars.next_if_eq(&'[').is_some() {
            while chars
                .next_if(|c| !c.is_ascii_alphabetic() && *c != '~')
                .is_some()
            {}
            chars.next();
        }
    }
    plain
}

/// What both kinds of terminal do alike.
fn a_visit(terminal: &mut Terminal, enter: &str) {
    terminal.expect("UNATTESTED");
    terminal.expect("bob@clinic_b");
    terminal.press(&format!(
        "SELECT diagnosis, COUNT(DISTINCT patient) AS n{enter}"
    ));
    terminal.expect("-> ");
    terminal.press(&format!("FROM clinic_a.visits GROUP BY diagnosis;{enter}"));
    terminal.expect("flu       | 20");
    terminal.expect("groups with fewer than 10 patients");
    terminal.press(&format!(
        "SELECT patient, COUNT(*) FROM clinic_a.visits GROUP BY patient;{enter}"
    ));
    terminal.expect("E_ROLE_DIM");
    terminal.expect("^^^^^^^");
    terminal.expect("clinic_a/visits.policy.toml:12");
    terminal.expect("this line decides");
    terminal.expect("these may name groups");
    terminal.press(&format!("\\why{enter}"));
    terminal.expect("verdict: deny");
    terminal.press(&format!("\\can clinic_a.visits{enter}"));
    terminal.expect("sum, avg");
    terminal.expect("0 to 500");
    terminal.press(&format!("\\timin{enter}"));
    terminal.expect("did you mean \\timing?");
    terminal.press(&format!("\\x on{enter}"));
    terminal.expect("one block a row");
    terminal.press(&format!(
        "SELECT COUNT(*) AS visits FROM clinic_a.visits;{enter}"
    ));
    terminal.expect("-[ row 1 ]-");
    terminal.press(&format!("\\o answer.csv{enter}"));
    terminal.expect("answers go to answer.csv");
    terminal.press(&format!(
        "SELECT COUNT(*) AS visits FROM clinic_a.visits;{enter}"
    ));
    terminal.expect("1 rows written to answer.csv");
}

#[test]
fn a_terminal_that_only_prints() {
    let dir = world();
    let mut terminal = Terminal::open(dir.path(), "dumb");
    a_visit(&mut terminal, "\n");
    terminal.press("\\q\n");
    assert_eq!(terminal.ends(), 0);
    let written = std::fs::read_to_string(dir.path().join("answer.csv")).unwrap();
    assert_eq!(written, "visits\n60\n");
}

#[test]
fn a_terminal_with_an_editor() {
    let dir = world();
    let mut terminal = Terminal::open(dir.path(), "xterm-256color");
    a_visit(&mut terminal, "\r");
    terminal.press("SELECT SUM(cos\t");
    terminal.expect("SUM(cost");
    terminal.press("\u{3}");
    terminal.expect("UNATTESTED");
    terminal.press("\u{4}");
    assert_eq!(terminal.ends(), 0);
    let history = dir.path().join("home/.local/state/subrosa/history");
    let mode = std::os::unix::fs::PermissionsExt::mode(&history.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(history).unwrap();
    assert!(kept.contains("GROUP BY diagnosis;"), "{kept}");
    assert!(!dir.path().join("w/.subrosa/history").exists());
}

#[test]
fn ctrl_c_gives_up_the_question_and_keeps_the_session() {
    let dir = world();
    let mut terminal = Terminal::open(dir.path(), "dumb");
    terminal.expect("UNATTESTED> ");
    let endless = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 1000000000) \
        SELECT COUNT(*) AS n FROM r;\n";
    terminal.press(endless);
    terminal.expect("FROM r;");
    std::thread::sleep(Duration::from_secs(1));
    terminal.press("\u{3}");
    terminal.expect("given up");
    terminal.press("SELECT 41 + 1 AS n;\n");
    terminal.expect("42");
    terminal.press("\\q\n");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_end_of_input_ends_a_plain_terminal() {
    let dir = world();
    let mut terminal = Terminal::open(dir.path(), "dumb");
    terminal.expect("UNATTESTED> ");
    terminal.press("\u{4}");
    assert_eq!(terminal.ends(), 0);
}
