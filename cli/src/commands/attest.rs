//! `subrosa attest`: the evidence that the engine of a world showed to its parties.

use clap::Subcommand;
use policy::ident::PartyId;

use crate::args::{ReportArgs, WorldArg};
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::say;
use crate::world::{Collaboration, Layout, Shown, contract_history};

const EXAMPLES: &str = "\
Examples:
  subrosa attest show --world world
  subrosa attest verify --world world --format json";

/// What to do with evidence.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum AttestCommand {
    /// Put the last evidence that each party was shown into words.
    Show {
        #[command(flatten)]
        world: WorldArg,
        #[command(flatten)]
        report: ReportArgs,
    },
    /// Verify it again: binding, measurement, debug bit, against the contract it was shown under.
    Verify {
        #[command(flatten)]
        world: WorldArg,
        #[command(flatten)]
        report: ReportArgs,
    },
}

/// Runs `attest`.
pub(crate) fn run(command: &AttestCommand) -> Result<Exit, Failures> {
    match command {
        AttestCommand::Show { world, report } => show(world, report)?,
        AttestCommand::Verify { world, report } => verify(world, report)?,
    }
    Ok(Exit::Answered)
}

/// Every party's last evidence; somebody must have been shown some.
fn kept(world: &WorldArg) -> Result<Vec<(PartyId, Shown)>, Failures> {
    let collaboration = Collaboration::read(&world.world).map_err(failure::all)?;
    let layout = Layout::of(&world.world);
    let mut found = Vec::new();
    for (party, _) in collaboration.parties {
        let path = layout.evidence(&party);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::file(&path, &error).into()),
        };
        let shown = serde_json::from_slice(&text)
            .map_err(|_| Failure::tampered(format!("{}: is no evidence", path.display())))?;
        found.push((party, shown));
    }
    if found.is_empty() {
        let failure = Failure::usage("no engine of this world has shown evidence to anybody yet");
        let help =
            "`subrosa lab` starts one; it shows evidence when a question first reads a table";
        return Err(failure.with_help(help).into());
    }
    Ok(found)
}

fn show(world: &WorldArg, report: &ReportArgs) -> Result<(), Failures> {
    for (party, shown) in kept(world)? {
        if report.is_json() {
            let value = serde_json::json!({
                "party": party.as_str(),
                "time": when(shown.time),
                "attested": false,
                "evidence": shown.evidence,
                "transcript": shown.transcript,
            });
            say::line(&value.to_string());
            continue;
        }
        let (evidence, transcript) = (&shown.evidence, &shown.transcript);
        say::line(&format!(
            "shown to {party} on {}\n  platform     {} (UNATTESTED: no hardware vouches for it)\n  \
             measurement  {}\n  debug        {}\n  engine key   {}\n  HPKE key     {}\n  \
             contract     {}\n  nonce        {}\n  report data  {}",
            when(shown.time),
            evidence.platform.as_str(),
            evidence.measurement,
            if evidence.debug { "on" } else { "off" },
            transcript.client,
            transcript.hpke_key,
            transcript.contract,
            transcript.nonce,
            evidence.report_data,
        ));
    }
    Ok(())
}

fn verify(world: &WorldArg, report: &ReportArgs) -> Result<(), Failures> {
    let contracts = contract_history(&Layout::of(&world.world))?;
    for (party, shown) in kept(world)? {
        let wrong = |what: &str| Failure::tampered(format!("evidence shown to {party}: {what}"));
        let contract = contracts
            .iter()
            .map(|(contract, _)| contract)
            .find(|contract| hex::encode(contract.digest()) == shown.transcript.contract)
            .ok_or_else(|| wrong("names a contract that this world never signed"))?;
        let references = attest::References {
            measurements: contract.measurements.clone(),
            lab: contract.lab,
        };
        let appraised = attest::appraise(&shown.evidence, &shown.transcript, &references)
            .map_err(|error| wrong(&error.to_string()))?;
        let version = contract.version;
        if report.is_json() {
            let value = serde_json::json!({
                "party": party.as_str(),
                "verified": true,
                "attested": appraised.attested,
                "platform": appraised.platform,
                "measurement": appraised.measurement,
                "contract_version": version,
            });
            say::line(&value.to_string());
        } else {
            say::line(&format!(
                "shown to {party}: bound to its exchange, measurement accepted by contract version {version}; \
                 {} evidence, so UNATTESTED",
                appraised.platform.as_str()
            ));
        }
    }
    Ok(())
}

fn when(seconds: u64) -> String {
    let time = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    time.map_or_else(
        || seconds.to_string(),
        |time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    )
}
