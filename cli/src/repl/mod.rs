//! The REPL: history, many lines, completion of what may be asked, psql's backslash commands.

mod ask;
mod backslash;
mod complete;
mod highlight;
mod history;
mod line;
mod pager;
mod prompt;
mod settings;
mod words;

use std::path::Path;

pub(crate) use history::history_file;

use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::report::Reporter;
use crate::say;
use crate::statements;
use crate::world::{Session, World};
use line::{Lines, Typed};
use prompt::Asker;
use settings::Settings;

/// A session with a person in front of it.
pub(crate) struct Shell<'a> {
    world: &'a World,
    session: &'a Session,
    reporter: &'a Reporter,
    visible: Vec<engine::VisibleTable>,
    settings: Settings,
}

/// Reads and answers until the end of input.
pub(crate) async fn run(
    world: &World,
    session: &Session,
    reporter: &Reporter,
) -> Result<Exit, Failures> {
    let visible = world
        .engine
        .visible(&session.principal.party)
        .await
        .map_err(Failure::from)?;
    greet(world, session, visible.len());
    let mut lines = Lines::open(&visible);
    let prompt = Asker::new(session);
    let mut shell = Shell {
        world,
        session,
        reporter,
        visible,
        settings: Settings::default(),
    };
    loop {
        let typed = lines.next(&prompt).await;
        match typed.map_err(|error| Failure::io(Path::new("terminal"), &error))? {
            Typed::Interrupted => {}
            Typed::End => return Ok(Exit::Answered),
            Typed::Text(text) => {
                if act(&text, &mut shell).await {
                    return Ok(Exit::Answered);
                }
            }
        }
    }
}

/// Acts on what was typed; true to leave.
async fn act(text: &str, shell: &mut Shell<'_>) -> bool {
    let trimmed = text.trim();
    if trimmed.starts_with('\\') {
        return backslash::run(trimmed, shell).await;
    }
    if is_word_of_other_shells(trimmed) {
        let command = if trimmed.starts_with(['h', 'H']) {
            "\\?"
        } else {
            "\\q"
        };
        return backslash::run(command, shell).await;
    }
    for statement in statements::cut(statements::YOURS, text) {
        ask::ask(shell, &statement).await;
    }
    false
}

/// `exit`, `quit` and `help` mean here what they mean elsewhere.
fn is_word_of_other_shells(text: &str) -> bool {
    let word = text.trim_end_matches(';');
    ["exit", "quit", "help"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

fn greet(world: &World, session: &Session, visible: usize) {
    say::line(&format!(
        "{}: {} may ask {visible} tables and views\n\
         The engine is UNATTESTED: its TEE is simulated, and nothing vouches for it.\n\
         End statements with `;`. \\d lists tables, \\? helps, \\q leaves.",
        world.collaboration.name, session.principal
    ));
}
