//! Where earlier questions are kept: a file of the person's own, never in a world that is shared.

use std::path::PathBuf;

use reedline::FileBackedHistory;

/// Questions kept.
const KEPT: usize = 2_000;
/// The variable that names another file; empty: none is kept.
const VARIABLE: &str = "SUBROSA_HISTORY";

/// The history's file, if one is kept.
pub(crate) fn history_file() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os(VARIABLE) {
        return Some(PathBuf::from(given)).filter(|path| !path.as_os_str().is_empty());
    }
    let absolute = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local").join("state")))?;
    Some(state.join("subrosa").join("history"))
}

/// The history, from its file; the file is made private before anything is in it.
pub(super) fn open() -> Option<FileBackedHistory> {
    let path = history_file()?;
    make_private(&path).ok()?;
    FileBackedHistory::with_file(KEPT, path).ok()
}

fn make_private(path: &std::path::Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        file.set_permissions(private)?;
    }
    Ok(())
}
