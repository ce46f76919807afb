//! Checks of this machine: clock, versions, TEE, terminal, history file.

use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use super::Check;
use crate::exit::Exit;
use crate::{repl, term};

/// No clock that is right is before this version was made.
const MADE: i64 = 1_735_689_600;
/// Seconds that file system and clock may differ.
const SKEW: u64 = 5;
/// Devices by which a guest of a confidential-computing platform asks for evidence.
const DEVICES: [(&str, &str); 4] = [
    ("/dev/sev-guest", "AMD SEV-SNP"),
    ("/dev/tdx_guest", "Intel TDX"),
    ("/dev/nsm", "AWS Nitro"),
    ("/dev/uv", "IBM Secure Execution"),
];

/// Every check of the machine.
pub(super) fn checks() -> Vec<Check> {
    vec![
        version(),
        clock(Utc::now()),
        files_clock(),
        tee(),
        tls(),
        terminal(),
        history(),
    ]
}

fn version() -> Check {
    let (version, os, arch) = (
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    let found =
        format!("subrosa {version} on {os} {arch}; policy language 1, contract 1, receipt 1");
    Check::ok("version", found)
}

fn clock(now: DateTime<Utc>) -> Check {
    let shown = now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    if now.timestamp() < MADE {
        let found = format!("{shown} is before this version was made");
        let remedy = "set the clock and keep it set by NTP: expiry, receipts and nonces go by it";
        return Check::error("clock", Exit::Operational, found, remedy);
    }
    Check::ok("clock", shown)
}

/// A file made now should be from now.
fn files_clock() -> Check {
    let made =
        tempfile::NamedTempFile::new().and_then(|file| file.as_file().metadata()?.modified());
    let folder = std::env::temp_dir();
    match made {
        Err(error) => {
            let found = format!("{}: {error}", folder.display());
            let remedy = "make room in it, or set TMPDIR to a folder that can be written";
            Check::error("temp", Exit::Operational, found, remedy)
        }
        Ok(made) => {
            let now = SystemTime::now();
            let apart = now
                .duration_since(made)
                .or_else(|_| made.duration_since(now));
            if apart.is_ok_and(|apart| apart.as_secs() <= SKEW) {
                Check::ok("temp", format!("{} can be written", folder.display()))
            } else {
                let found = format!("{}: its file times are off the clock", folder.display());
                Check::warning(
                    "temp",
                    found,
                    "set the clocks of machine and file server by NTP",
                )
            }
        }
    }
}

fn tee() -> Check {
    let found = DEVICES.iter().find(|(path, _)| Path::new(path).exists());
    match found {
        None => Check::warning(
            "tee",
            "none: the engine is simulated and everything it says is UNATTESTED",
            "use it with data that may be seen; real evidence comes with the server",
        ),
        Some((path, name)) => Check::warning(
            "tee",
            format!("{name} ({path}), which this version does not use: UNATTESTED"),
            "use it with data that may be seen; real evidence comes with the server",
        ),
    }
}

fn tls() -> Check {
    Check::ok(
        "tls",
        "not used: nothing listens or dials, but for a store at https",
    )
}

fn terminal() -> Check {
    let (columns, lines) = term::size();
    if term::is_dumb() {
        let found = "TERM is unset or dumb: the REPL reads plain lines";
        return Check::warning("terminal", found, "set TERM, as in TERM=xterm-256color");
    }
    Check::ok("terminal", format!("{columns} columns, {lines} lines"))
}

fn history() -> Check {
    let Some(path) = repl::history_file() else {
        return Check::ok("history", "none is kept");
    };
    let shown = path.display();
    match private(&path) {
        None => Check::ok("history", format!("{shown} (not there yet)")),
        Some(true) => Check::ok("history", format!("{shown}, yours alone")),
        Some(false) => Check::error(
            "history",
            Exit::Yours,
            format!("{shown} can be read by others"),
            format!("chmod 600 {shown}"),
        ),
    }
}

/// Whether only its owner reads a file or enters a folder; `None` if it is not there.
pub(super) fn private(path: &Path) -> Option<bool> {
    let data = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Some(data.permissions().mode().trailing_zeros() >= 6)
    }
    #[cfg(not(unix))]
    {
        let _no_modes = data;
        Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::{DateTime, MADE, clock};
    use crate::commands::doctor::Status;

    #[test]
    fn a_clock_before_this_version_is_wrong() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).map(clock);
        assert_eq!(at(0).map(|check| check.status), Some(Status::Error));
        assert_eq!(at(MADE).map(|check| check.status), Some(Status::Ok));
    }
}
