//! The world of four hospitals: recorded data (CC BY 4.0, see its `LICENSE-DATA.md`), the hospitals' policies, the view they agreed on.

use std::path::Path;

use crate::{Error, files};

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../hospitals/", $name)))),*]
    };
}

/// Every file of the world, `collaboration.toml` last.
pub const FILES: [(&str, &str); 23] = shipped![
    "README.md",
    "LICENSE-DATA.md",
    ".gitignore",
    "cleveland/heart.csv",
    "cleveland/heart.policy.toml",
    "budapest/heart.csv",
    "budapest/heart.policy.toml",
    "zurich/heart.csv",
    "zurich/heart.policy.toml",
    "long_beach/heart.csv",
    "long_beach/heart.policy.toml",
    "views/heart.sql",
    "questions/accuracy.sql",
    "questions/accuracy_by_hospital.sql",
    "questions/chest_pain.sql",
    "questions/cholesterol.sql",
    "questions/prevalence.sql",
    "questions/women.sql",
    "questions/refused_age.sql",
    "questions/refused_list.sql",
    "questions/refused_oldest.sql",
    "questions/refused_threshold.sql",
    "collaboration.toml",
];

/// Writes the whole world.
///
/// # Errors
/// Files that cannot be written.
pub fn write_world(dir: &Path) -> Result<(), Error> {
    FILES
        .iter()
        .try_for_each(|(name, text)| files::text(&dir.join(name), text))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn all_files_of_the_folder_are_shipped() {
        let dir = tempfile::tempdir().unwrap();
        write_world(dir.path()).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hospitals");
        let mut found = Vec::new();
        let mut folders = vec![folder.clone()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with(".subrosa") {
                    folders.push(path);
                } else if path.is_file() {
                    let name = path.strip_prefix(&folder).unwrap().to_owned();
                    let written = std::fs::read(dir.path().join(&name)).unwrap();
                    assert_eq!(written, std::fs::read(path).unwrap(), "{}", name.display());
                    found.push(name);
                }
            }
        }
        assert_eq!(found.len(), FILES.len());
    }
}
