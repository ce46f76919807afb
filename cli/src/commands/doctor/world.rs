//! Checks of a world: its file, its policies, its keys, its store, its ledger's last time.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::Check;
use super::machine::private;
use crate::exit::Exit;
use crate::failure::Failures;
use crate::world::{
    Collaboration, Layout, contract_history, engine_public, open_store, read_policies, signatories,
};

/// What a probe of the store is called.
const PROBE: &str = "doctor.probe";

/// Every check of a world.
pub(super) async fn checks(root: &Path) -> Vec<Check> {
    let collaboration = match Collaboration::read(root) {
        Ok(found) => found,
        Err(problems) => {
            let each = problems.into_iter().map(|problem| {
                let found = match problem.line {
                    0 => problem.message,
                    line => format!("{}:{line}: {}", problem.file, problem.message),
                };
                let remedy = problem.help.unwrap_or_else(|| "mend the file".to_owned());
                Check::error("world", Exit::Yours, found, remedy)
            });
            return each.collect();
        }
    };
    let layout = Layout::of(root);
    let (parties, tables) = (collaboration.parties.len(), collaboration.tables.len());
    let found = format!("{}: {parties} parties, {tables} tables", collaboration.name);
    let mut checks = vec![Check::ok("world", found), policies(root, &collaboration)];
    checks.push(keys(&layout));
    checks.push(contract(&layout));
    checks.push(ledger(&layout));
    checks.push(store(&collaboration, &layout).await);
    checks
}

fn policies(root: &Path, collaboration: &Collaboration) -> Check {
    match read_policies(root, collaboration) {
        Ok(documents) => Check::ok("policies", format!("{} can be used", documents.len())),
        Err(failures) => {
            let remedy = "`subrosa policy lint` tells all of it";
            of_failures("policies", &failures, remedy)
        }
    }
}

fn of_failures(check: &'static str, failures: &Failures, remedy: &str) -> Check {
    let worst = failures.iter().map(|failure| failure.exit).max();
    let first = failures.first();
    let place = first
        .and_then(|failure| failure.rule.as_ref())
        .map_or_else(String::new, |rule| format!("{}:{}: ", rule.file, rule.line));
    let message = first.map_or("", |failure| failure.message.as_str());
    let more = match failures.len() {
        0 | 1 => String::new(),
        several => format!(" (and {} more)", several.saturating_sub(1)),
    };
    let remedy = first
        .and_then(|failure| failure.help.clone())
        .unwrap_or_else(|| remedy.to_owned());
    let exit = worst.unwrap_or(Exit::Operational);
    Check::error(check, exit, format!("{place}{message}{more}"), remedy)
}

fn keys(layout: &Layout) -> Check {
    let folder = layout.keys();
    let mut found = Vec::new();
    walk(&folder, &mut found);
    if found.is_empty() {
        return Check::ok("keys", "none yet: the first `subrosa lab` makes them");
    }
    let open: Vec<&PathBuf> = found
        .iter()
        .filter(|path| private(path) == Some(false))
        .collect();
    match open.first() {
        None => Check::ok(
            "keys",
            format!("{} files, each its owner's alone", found.len()),
        ),
        Some(first) => Check::error(
            "keys",
            Exit::Yours,
            format!("{} can be read by others", first.display()),
            format!("chmod -R go= {}", folder.display()),
        ),
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn contract(layout: &Layout) -> Check {
    match contract_history(layout) {
        Ok(all) => match all.last() {
            None => Check::ok("contract", "none yet: the first `subrosa lab` draws it up"),
            Some((last, _)) if !last.holds_on(Utc::now().date_naive()) => Check::error(
                "contract",
                Exit::Yours,
                format!("version {} has expired", last.version),
                "sign the next version with a later day",
            ),
            Some((last, signers)) => Check::ok(
                "contract",
                format!(
                    "version {}, signed by {} parties",
                    last.version,
                    signers.len()
                ),
            ),
        },
        Err(failures) => {
            let remedy = "restore the contract from a copy that the parties keep";
            of_failures("contract", &failures, remedy)
        }
    }
}

/// The clock goes on from the last entry, or receipts will not be believed.
fn ledger(layout: &Layout) -> Check {
    let report = || -> Result<Option<ledger::Report>, Failures> {
        if contract_history(layout)?.is_empty() {
            return Ok(None);
        }
        let signatories = signatories(layout, engine_public(layout)?)?;
        let verified = ledger::verify(&layout.ledger(), &signatories);
        verified
            .map(Some)
            .map_err(|error| crate::failure::Failure::from(error).into())
    };
    match report() {
        Ok(None) => Check::ok("ledger", "none yet"),
        Ok(Some(report)) => {
            let last = report.entries.last().map(|entry| entry.time.clone());
            let last = last.unwrap_or_default();
            let ahead = DateTime::parse_from_rfc3339(&last).is_ok_and(|time| time > Utc::now());
            if ahead {
                let found = format!("its last entry is of {last}, which is still to come");
                return Check::error("ledger", Exit::Operational, found, "set the clock by NTP");
            }
            Check::ok(
                "ledger",
                format!("{} entries, last of {last}", report.entries.len()),
            )
        }
        Err(failures) => of_failures("ledger", &failures, "`subrosa ledger verify` tells more"),
    }
}

/// Writes, reads and deletes a probe.
async fn store(collaboration: &Collaboration, layout: &Layout) -> Check {
    let remedy = "check the address, AWS_ENDPOINT_URL, AWS_REGION and the credentials in AWS_…, or the folder's owner";
    let local = collaboration.store.is_none();
    if local && !layout.store().exists() {
        return Check::ok("store", "a folder of the world, not made yet");
    }
    let store = match open_store(collaboration, layout) {
        Ok(store) => store,
        Err(failures) => return of_failures("store", &failures, remedy),
    };
    let tried = async {
        store.remove(PROBE).await?;
        store.create(PROBE, b"probe".as_slice().into()).await?;
        let read = store.get(PROBE).await?;
        store.remove(PROBE).await?;
        Ok::<_, connectors::ConnectorError>(read)
    };
    match tried.await {
        Ok(Some(bytes)) if bytes.as_ref() == b"probe" => {
            Check::ok("store", format!("{} can be written and read", store.name))
        }
        Ok(_other) => Check::error(
            "store",
            Exit::Operational,
            format!("{} does not give back what was written", store.name),
            remedy,
        ),
        Err(error) => Check::error("store", Exit::Operational, error.to_string(), remedy),
    }
}
