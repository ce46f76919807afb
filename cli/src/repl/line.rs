//! Reading questions: an editor where the terminal can, plain lines where it only prints.

use std::io::{self, Write};

use reedline::{
    DefaultHinter, DescriptionMode, Emacs, IdeMenu, KeyCode, KeyModifiers, MenuBuilder, Reedline,
    ReedlineEvent, ReedlineMenu, Signal, ValidationResult, Validator, default_emacs_keybindings,
};
use tokio::task::JoinHandle;

use super::prompt::Asker;
use super::{complete, highlight, history};
use crate::{statements, term};

const MENU: &str = "completion";

/// What was typed.
pub(super) enum Typed {
    Text(String),
    /// Ctrl-C: what was typed so far is given up.
    Interrupted,
    /// Ctrl-D, or the end of input.
    End,
}

/// Where questions come from.
pub(super) enum Lines {
    Editor(Box<Reedline>),
    Plain(Plain),
}

/// Plain lines; a read goes on when it is interrupted, so it is kept.
#[derive(Default)]
pub(super) struct Plain {
    reading: Option<JoinHandle<io::Result<Option<String>>>>,
}

/// A statement goes on until its semicolon; a command is one line.
struct UntilSemicolon;

impl Validator for UntilSemicolon {
    fn validate(&self, line: &str) -> ValidationResult {
        if is_whole(line) {
            ValidationResult::Complete
        } else {
            ValidationResult::Incomplete
        }
    }
}

/// Whether a text can be acted on.
fn is_whole(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.is_empty()
        || trimmed.starts_with('\\')
        || super::is_word_of_other_shells(trimmed)
        || !statements::is_open(text)
}

impl Lines {
    pub(super) fn open(visible: &[engine::VisibleTable]) -> Self {
        if term::is_dumb() {
            Self::Plain(Plain::default())
        } else {
            Self::Editor(Box::new(editor(visible)))
        }
    }

    /// The next text, or why there is none.
    pub(super) async fn next(&mut self, prompt: &Asker) -> io::Result<Typed> {
        match self {
            Self::Editor(editor) => match editor.read_line(prompt) {
                Ok(Signal::Success(text)) => Ok(Typed::Text(text)),
                Ok(Signal::CtrlD) => Ok(Typed::End),
                Ok(_interrupted) => Ok(Typed::Interrupted),
                Err(error) => Err(error),
            },
            Self::Plain(plain) => plain.next(prompt).await,
        }
    }
}

impl Plain {
    async fn next(&mut self, prompt: &Asker) -> io::Result<Typed> {
        let mut text = String::new();
        loop {
            let mut stdout = io::stdout();
            write!(stdout, "{}", prompt.plain(text.is_empty()))?;
            stdout.flush()?;
            let reading = self
                .reading
                .get_or_insert_with(|| tokio::task::spawn_blocking(read));
            let line = tokio::select! {
                line = reading => line.map_err(io::Error::other)?,
                _ = tokio::signal::ctrl_c() => {
                    writeln!(stdout)?;
                    return Ok(Typed::Interrupted);
                }
            };
            self.reading = None;
            let Some(line) = line? else {
                writeln!(stdout)?;
                return Ok(Typed::End);
            };
            text.push_str(&line);
            if is_whole(&text) {
                return Ok(Typed::Text(text));
            }
        }
    }
}

fn read() -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}

fn editor(visible: &[engine::VisibleTable]) -> Reedline {
    let color = term::has_colors(&io::stdout());
    let mut keys = default_emacs_keybindings();
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![
            ReedlineEvent::Menu(MENU.to_owned()),
            ReedlineEvent::MenuNext,
        ]),
    );
    let (columns, _) = term::size();
    let beside = u16::try_from(columns / 2).unwrap_or(u16::MAX);
    let menu = IdeMenu::default()
        .with_name(MENU)
        .with_marker("> ")
        .with_max_completion_width(beside)
        .with_max_completion_height(10)
        .with_description_mode(DescriptionMode::PreferRight)
        .with_max_description_width(beside.saturating_sub(4));
    let editor = Reedline::create()
        .with_ansi_colors(color)
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_history_exclusion_prefix(Some(" ".to_owned()))
        .with_validator(Box::new(UntilSemicolon))
        .with_highlighter(Box::new(highlight::Sql))
        .with_completer(Box::new(complete::Names::new(visible)))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    let editor = match history::open() {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    };
    if color {
        let faint = nu_ansi_term::Style::new().dimmed();
        editor.with_hinter(Box::new(DefaultHinter::default().with_style(faint)))
    } else {
        editor
    }
}
