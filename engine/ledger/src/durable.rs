//! Files that are replaced whole and survive a crash, of the program or of the machine.

use std::fs::{File, OpenOptions};
use std::io::{Result, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Replaces a file, making its folder if need be: a reader, or whoever comes after a crash, sees the
/// old bytes or the new ones. When it returns, they stay.
///
/// # Errors
/// When the disk fails; the file is then as it was.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::create_dir_all(folder_of(path))?;
    replace(path, bytes, OpenOptions::new())
}

/// Writes a new secret, for its owner alone, whole; never over one that is there: of several who
/// make the same secret at once, one does, and all of them have to read it back.
///
/// # Errors
/// When the disk fails, or the file is there (`AlreadyExists`).
pub fn write_new_secret(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder_of(path))?;
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let staged = stage(path, bytes, options)?;
    let placed = std::fs::hard_link(&staged, path);
    std::fs::remove_file(&staged)?;
    placed?;
    sync_folder(folder_of(path))
}

fn replace(path: &Path, bytes: &[u8], options: OpenOptions) -> Result<()> {
    let staged = stage(path, bytes, options)?;
    std::fs::rename(&staged, path)?;
    sync_folder(folder_of(path))
}

/// The bytes, on disk, under a name beside the one that they are for.
fn stage(path: &Path, bytes: &[u8], mut options: OpenOptions) -> Result<PathBuf> {
    let staged = staged(path);
    let _absent = std::fs::remove_file(&staged);
    let mut file = options.write(true).create_new(true).open(&staged)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(staged)
}

/// A name that no other process or thread stages under.
fn staged(path: &Path) -> PathBuf {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}-{turn}.new", std::process::id()))
}

fn folder_of(path: &Path) -> &Path {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    above.unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_leaves_nothing_beside() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("a/b.toml");
        write_whole(&path, b"old")?;
        write_whole(&path, b"new")?;
        assert_eq!(std::fs::read(&path)?, b"new");
        assert_eq!(std::fs::read_dir(dir.path().join("a"))?.count(), 1);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_their_owners_alone() -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("keys/identity.key");
        write_new_secret(&path, b"secret")?;
        let again = write_new_secret(&path, b"other").err();
        let again = again.map(|error| error.kind());
        assert_eq!(again, Some(std::io::ErrorKind::AlreadyExists));
        assert_eq!(std::fs::read(&path)?, b"secret");
        assert_eq!(std::fs::read_dir(folder_of(&path))?.count(), 1);
        let mode = |path: &Path| Ok(std::fs::metadata(path)?.permissions().mode() & 0o777);
        let modes: Result<Vec<u32>> = [path.as_path(), folder_of(&path)]
            .into_iter()
            .map(mode)
            .collect();
        assert_eq!(modes?, [0o600, 0o700]);
        Ok(())
    }
}
