//! `DuckDB` as the peer, in a process of its own that runs one question a line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::measure::Side;

/// A `DuckDB` that waits for questions.
#[derive(Debug)]
pub struct DuckDb {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl DuckDb {
    /// Starts one over the Parquet files of a world; none if that Python has no `DuckDB`.
    #[must_use]
    pub fn start(python: &str, data: &Path, questions: &Path, threads: usize) -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peer/duck.py");
        let mut child = Command::new(python)
            .arg(script)
            .args([data, questions])
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let questions = child.stdin.take()?;
        let mut answers = BufReader::new(child.stdout.take()?);
        let mut ready = String::new();
        answers.read_line(&mut ready).ok()?;
        (ready.trim() == "ready").then_some(Self {
            child,
            questions,
            answers,
        })
    }

    fn ask(&mut self, question: usize) -> Option<bool> {
        writeln!(self.questions, "{question}").ok()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).ok()?;
        Some(answer.trim() == "done")
    }
}

impl Side for DuckDb {
    fn name(&self) -> &'static str {
        "DuckDB plaintext"
    }

    fn run<'a>(&'a mut self, question: usize) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        let ran = self.ask(question).unwrap_or(false);
        Box::pin(async move { ran })
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
