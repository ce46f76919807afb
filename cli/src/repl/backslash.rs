//! psql's backslash commands, and two of our own: `\why` and `\can`.

use super::Settings;
use crate::report::Reporter;
use crate::say;
use crate::world::{Session, World};

const HELP: &str = r"\d           tables and views you may ask
\d TABLE     its columns, their types and what each may be used for
\can TABLE   the same, as sentences
\why         why the last question was denied
\timing      show how long questions take
\x           one block a row
\conninfo    who you are and what the engine is
\?           this
\q           leave";

/// Runs a command; true to leave.
pub(super) async fn run(
    text: &str,
    world: &World,
    session: &Session,
    reporter: &Reporter,
    settings: &mut Settings,
) -> bool {
    let (command, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let argument = argument.trim().trim_end_matches(';');
    match command {
        "\\q" | "\\quit" => return true,
        "\\?" | "\\h" | "\\help" => say::line(HELP),
        "\\timing" => {
            settings.timing = !settings.timing;
            say::line(if settings.timing {
                "timing is on"
            } else {
                "timing is off"
            });
        }
        "\\x" => {
            settings.expanded = !settings.expanded;
            say::line(if settings.expanded {
                "expanded is on"
            } else {
                "expanded is off"
            });
        }
        "\\d" | "\\dt" | "\\dv" | "\\d+" | "\\l" | "\\dn" if argument.is_empty() => {
            super::ask("SHOW TABLES", world, session, reporter, settings).await;
        }
        "\\d" | "\\dt" | "\\dv" | "\\d+" => {
            super::ask(
                &format!("DESCRIBE {argument}"),
                world,
                session,
                reporter,
                settings,
            )
            .await;
        }
        "\\can" => can(argument, world, session).await,
        "\\why" => match settings.last_denied.clone() {
            None => say::line("no question of this session was denied"),
            Some(sql) => {
                let question = format!("EXPLAIN POLICY {sql}");
                super::ask(&question, world, session, reporter, settings).await;
            }
        },
        "\\conninfo" => say::line(&format!(
            "{} for {}, answers to {}; engine {} UNATTESTED (simulated TEE)",
            session.principal,
            session
                .purpose
                .as_ref()
                .map_or("any purpose".to_owned(), ToString::to_string),
            session.recipient,
            hex::encode(world.engine.public())
        )),
        other => say::note(&format!("unknown command {other}; \\? lists them")),
    }
    false
}

async fn can(table: &str, world: &World, session: &Session) {
    let visible = world
        .engine
        .visible(&session.principal.party)
        .await
        .unwrap_or_default();
    let Some(table) = visible.iter().find(|found| found.name == table) else {
        say::note("there is no such table; \\d lists them");
        return;
    };
    for column in &table.columns {
        let uses = if column.uses.is_empty() {
            "be counted, no more".to_owned()
        } else {
            column.uses.join(", ")
        };
        say::line(&format!("{} can: {uses}", column.name));
    }
}
