//! The REPL: history, many lines, completion of what may be asked, psql's backslash commands.

mod backslash;
mod complete;
mod highlight;

use std::io::IsTerminal;
use std::time::Instant;

use reedline::{
    ColumnarMenu, DefaultPrompt, DefaultPromptSegment, Emacs, FileBackedHistory, KeyCode,
    KeyModifiers, MenuBuilder, Reedline, ReedlineEvent, ReedlineMenu, Signal, ValidationResult,
    Validator, default_emacs_keybindings,
};

use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::output::Format;
use crate::report::Reporter;
use crate::world::{Outcome, Session, World};
use crate::{output, progress, say, statements};

/// What the backslash commands change.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) timing: bool,
    pub(crate) expanded: bool,
    pub(crate) last_denied: Option<String>,
}

/// A statement goes on until its semicolon; a backslash command is one line.
struct UntilSemicolon;

impl Validator for UntilSemicolon {
    fn validate(&self, line: &str) -> ValidationResult {
        let command = line.trim_start().starts_with('\\') || line.trim().is_empty();
        if command || !statements::is_open(line) {
            ValidationResult::Complete
        } else {
            ValidationResult::Incomplete
        }
    }
}

/// Reads and answers until the end of input.
pub(crate) async fn run(
    world: &World,
    session: &Session,
    reporter: &Reporter,
) -> Result<Exit, Failures> {
    if !std::io::stdin().is_terminal() {
        let failure = Failure::usage("the REPL needs a terminal");
        return Err(failure
            .with_help("give `-c SQL`, or `-f -` to read stdin")
            .into());
    }
    let visible = world
        .engine
        .visible(&session.principal.party)
        .await
        .map_err(Failure::from)?;
    greet(world, session);
    let mut editor = editor(world, &visible);
    let name = DefaultPromptSegment::Basic(format!("{} UNATTESTED", session.principal));
    let prompt = DefaultPrompt::new(name, DefaultPromptSegment::Empty);
    let mut settings = Settings::default();
    loop {
        match editor.read_line(&prompt) {
            Ok(Signal::Success(text)) if text.trim_start().starts_with('\\') => {
                if backslash::run(text.trim(), world, session, reporter, &mut settings).await {
                    return Ok(Exit::Answered);
                }
            }
            Ok(Signal::Success(text)) => {
                for sql in statements::split(&text) {
                    ask(&sql, world, session, reporter, &mut settings).await;
                }
            }
            Ok(Signal::CtrlD) => return Ok(Exit::Answered),
            Ok(_interrupted) => {}
            Err(error) => return Err(Failure::io(std::path::Path::new("terminal"), &error).into()),
        }
    }
}

fn greet(world: &World, session: &Session) {
    say::line(&format!(
        "{}: {} tables, {} asks; the engine is UNATTESTED (simulated TEE)\nEnd statements with `;`. \\? helps, \\q leaves.",
        world.collaboration.name,
        world.collaboration.tables.len(),
        session.principal
    ));
}

fn editor(world: &World, visible: &[engine::VisibleTable]) -> Reedline {
    let mut keys = default_emacs_keybindings();
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![
            ReedlineEvent::Menu("completion".to_owned()),
            ReedlineEvent::MenuNext,
        ]),
    );
    let menu = Box::new(ColumnarMenu::default().with_name("completion"));
    let editor = Reedline::create()
        .with_validator(Box::new(UntilSemicolon))
        .with_highlighter(Box::new(highlight::Sql))
        .with_completer(Box::new(complete::Names::new(visible)))
        .with_menu(ReedlineMenu::EngineCompleter(menu))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    match FileBackedHistory::with_file(1_000, world.layout.history()) {
        Ok(history) => editor.with_history(Box::new(history)),
        Err(_) => editor,
    }
}

/// Asks one statement; Ctrl-C gives it up and keeps the session.
pub(crate) async fn ask(
    sql: &str,
    world: &World,
    session: &Session,
    reporter: &Reporter,
    settings: &mut Settings,
) {
    let started = Instant::now();
    let bar = progress::spinner("");
    bar.set_message("asking");
    let asked = tokio::select! {
        asked = session.ask(world, sql) => Some(asked),
        _ = tokio::signal::ctrl_c() => None,
    };
    bar.finish_and_clear();
    match asked {
        None => say::note("cancelled"),
        Some(Ok(outcome)) => page(&shown(&outcome, settings)),
        Some(Err(failure)) => {
            settings.last_denied = (failure.exit == Exit::Denied).then(|| sql.to_owned());
            reporter.show(&failure.in_statement(1, sql));
        }
    }
    if settings.timing {
        say::note(&format!(
            "{:.0} ms",
            started.elapsed().as_secs_f64() * 1_000.0
        ));
    }
}

fn shown(outcome: &Outcome, settings: &Settings) -> String {
    let mut text = Vec::new();
    let written = match outcome {
        Outcome::Answer(answer) if settings.expanded => {
            output::expanded(&answer.schema, &answer.batches, &mut text)
        }
        Outcome::Answer(_) | Outcome::Explanation(_) | Outcome::Tables(_) | Outcome::Columns(_) => {
            crate::commands::lab::show(outcome, Format::Table, &mut text)
        }
    };
    match written {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => error.to_string(),
    }
}

/// Long answers go through the pager, if there is one.
fn page(text: &str) {
    let height = crossterm::terminal::size().map_or(24, |(_, rows)| usize::from(rows));
    let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    if text.lines().count() < height || pager.is_empty() || !through(&pager, text) {
        say::line(text.trim_end());
    }
}

fn through(pager: &str, text: &str) -> bool {
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    let mut command = std::process::Command::new(program);
    command.args(words).stdin(std::process::Stdio::piped());
    if program == "less" {
        command.arg("-SFX");
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut stdin) = child.stdin.take() {
        let _closed_early = std::io::Write::write_all(&mut stdin, text.as_bytes());
    }
    child.wait().is_ok()
}
