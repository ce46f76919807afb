//! Files that a policy names: they lie in its world, and nowhere else.
//!
//! A policy may come from another party, and what it names is read, quoted in messages, and put into contracts that all
//! parties see. So a name leads to no file outside, be it by `..` or by a link, and no message shows what is there.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::world::COLLABORATION;

/// Most bytes of a file that a policy names.
const MOST: u64 = 1 << 20;

/// The folder in which the files that a policy names must lie.
#[derive(Debug)]
pub(crate) struct Confines {
    root: PathBuf,
    folder: PathBuf,
}

impl Confines {
    /// Those of a policy: its world; without one, the nearest folder above it that is a world, or else the folder above
    /// the policy's own.
    pub(crate) fn of(policy: &Path, world: Option<&Path>) -> io::Result<Self> {
        let folder = match policy.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let folder = folder.canonicalize()?;
        let world = world.map(Path::canonicalize).transpose()?;
        let root = match world.filter(|world| folder.starts_with(world)) {
            Some(world) => world,
            None => root_of(&folder).to_owned(),
        };
        Ok(Self { root, folder })
    }

    /// The policy's own folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that is named in a file of some folder, and its text.
    pub(crate) fn read(&self, from: &Path, named: &str) -> io::Result<(PathBuf, String)> {
        if Path::new(named).is_absolute() {
            return Err(io::Error::other(
                "it must be relative to the file that names it",
            ));
        }
        let path = from.join(named).canonicalize()?;
        if !path.starts_with(&self.root) {
            let root = self.root.display();
            return Err(io::Error::other(format!("it lies outside {root}")));
        }
        if !path.metadata()?.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        let mut text = String::new();
        let read = File::open(&path)?
            .take(MOST + 1)
            .read_to_string(&mut text)?;
        if u64::try_from(read).is_ok_and(|read| read <= MOST) {
            Ok((path, text))
        } else {
            Err(io::Error::other("it is larger than 1 MiB"))
        }
    }
}

/// The world that a folder is in, or the folder above; never the whole machine.
fn root_of(folder: &Path) -> &Path {
    let world = folder
        .ancestors()
        .find(|above| above.join(COLLABORATION).is_file());
    let above = || folder.parent().filter(|above| above.parent().is_some());
    world.or_else(above).unwrap_or(folder)
}
