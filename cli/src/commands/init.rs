//! `subrosa init`: a small world to edit, which works as it is.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::say;
use crate::world::write_whole;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder to make.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

const COLLABORATION: &str = include_str!("init/collaboration.toml");
const POLICY: &str = include_str!("init/visits.policy.toml");
const IGNORE: &str = ".subrosa/\n";

/// Runs `init`.
pub(crate) fn run(args: &InitArgs) -> Result<Exit, Failures> {
    let dir = &args.dir;
    if dir.join("collaboration.toml").exists() {
        let message = format!("{} is a world already", dir.display());
        return Err(Failure::usage(message)
            .with_help("choose another folder")
            .into());
    }
    for (clinic, shift) in [("clinic_a", 0), ("clinic_b", 1)] {
        write(&dir.join(clinic).join("visits.policy.toml"), POLICY)?;
        write(&dir.join(clinic).join("visits.csv"), &visits(clinic, shift))?;
    }
    write(&dir.join(".gitignore"), IGNORE)?;
    write(&dir.join("collaboration.toml"), COLLABORATION)?;
    let shown = dir.display();
    say::line(&format!("{shown} is a world of two clinics. Try:"));
    let question = "SELECT diagnosis, COUNT(DISTINCT patient) AS patients FROM clinic_a.visits GROUP BY diagnosis";
    say::line(&format!(
        "  subrosa lab {shown} --as bob@clinic_b -c \"{question}\""
    ));
    Ok(Exit::Answered)
}

fn write(path: &Path, text: &str) -> Result<(), Failures> {
    write_whole(path, text.as_bytes()).map_err(|error| Failure::io(path, &error).into())
}

/// Sixty visits of forty made-up patients.
fn visits(clinic: &str, shift: usize) -> String {
    let kinds = ["asthma", "flu", "flu", "gout"];
    let mut text = "patient,day,diagnosis,cost,name\n".to_owned();
    for number in 0_usize..60 {
        let patient = (number.wrapping_mul(7)) % 40;
        let at = patient.wrapping_add(shift) % kinds.len();
        let diagnosis = kinds.get(at).copied().unwrap_or("flu");
        let (day, cost) = (number % 28, number.wrapping_mul(13) % 190);
        let line = format!(
            "{clinic}-{patient:03},2026-0{}-{:02},{diagnosis},{}.50,Patient {patient}\n",
            number % 6 + 1,
            day + 1,
            cost + 10
        );
        text.push_str(&line);
    }
    text
}
