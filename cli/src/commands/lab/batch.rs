//! Statements one after the other, for scripts: a failed one does not stop the next.

use std::io::ErrorKind;
use std::path::Path;

use super::{LabArgs, show};
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::hint;
use crate::output::{self, Format};
use crate::progress;
use crate::report::Reporter;
use crate::statements::Statement;
use crate::world::{Session, World};

/// Asks every statement; the worst outcome is the exit code.
pub(super) async fn run(
    args: &LabArgs,
    world: &World,
    session: &Session,
    reporter: &Reporter,
    (statements, format): (&[Statement], Format),
) -> Result<Exit, Failures> {
    let output = args.out.output.as_deref();
    let mut worst = Exit::Answered;
    let mut answered = Vec::new();
    for (number, statement) in (1_usize..).zip(statements) {
        match ask(world, session, statement, format).await {
            Ok(text) if output.is_some() => answered.push(text),
            Ok(text) => match output::emit(&text) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(worst),
                Err(error) => return Err(Failure::io(Path::new("stdout"), &error).into()),
            },
            Err(failure) => {
                worst = worst.max(failure.exit);
                let failure = with_hint(failure, world, session, statement).await;
                reporter.show(&failure.of_statement(number, statement));
            }
        }
    }
    let Some(path) = output else {
        return Ok(worst);
    };
    match (answered.as_slice(), worst, statements.len()) {
        ([one], Exit::Answered, 1) => output::to_file(path, one)?,
        _several_or_failed => {
            let why = "nothing is written: `-o` takes one statement that is answered";
            let failure = Failure::usage(format!("{}: {why}", path.display()));
            worst = worst.max(failure.exit);
            reporter.show(&failure);
        }
    }
    Ok(worst)
}

/// A refusal with what its asker could write instead, from what it may see.
async fn with_hint(
    mut failure: Failure,
    world: &World,
    session: &Session,
    statement: &Statement,
) -> Failure {
    if failure.exit == Exit::Denied
        && let Ok(visible) = world.engine.visible(&session.principal.party).await
        && let Some(instead) = hint::instead(&failure, &statement.sql, &visible)
    {
        failure.help = Some(match failure.help.take() {
            Some(help) => format!("{help}; {instead}"),
            None => instead,
        });
    }
    failure
}

async fn ask(
    world: &World,
    session: &Session,
    statement: &Statement,
    format: Format,
) -> Result<Vec<u8>, Failure> {
    let asked = progress::of_question(session.ask(world, &statement.sql)).await;
    let mut text = Vec::new();
    show(&asked?, format, &mut text).map_err(|error| Failure::io(Path::new("answer"), &error))?;
    Ok(text)
}
