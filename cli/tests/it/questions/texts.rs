//! The texts of the questions.

use std::path::PathBuf;

/// A folder of the tests' data.
pub(crate) fn data(below: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/data")
        .join(below)
}

/// A question as somebody asked it, and how else it can be put.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) id: String,
    /// What it asks for.
    pub(crate) name: String,
    /// As it stands.
    pub(crate) original: String,
    /// With the same answer.
    pub(crate) respelt: Option<String>,
    /// Who stands behind its answer; see `support`.
    pub(crate) support: Option<String>,
}

impl Question {
    /// The text that is answered, if one is.
    pub(crate) fn text(&self) -> &str {
        self.respelt.as_deref().unwrap_or(&self.original)
    }
}

/// All questions of a set, `aml` or `health`.
pub(crate) fn all(set: &str) -> Vec<Question> {
    let folder = data("questions").join(set);
    let read = |below: &str| std::fs::read_to_string(folder.join(below)).ok();
    let mut ids: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            Some(
                entry
                    .unwrap()
                    .file_name()
                    .to_str()?
                    .strip_suffix(".sql")?
                    .to_owned(),
            )
        })
        .collect();
    ids.sort();
    let question = |id: String| {
        let original = read(&format!("{id}.sql")).unwrap();
        Question {
            name: original
                .lines()
                .next()
                .unwrap()
                .trim_start_matches("-- ")
                .to_owned(),
            respelt: read(&format!("respelt/{id}.sql")),
            support: read(&format!("support/{id}.sql")),
            original,
            id,
        }
    };
    ids.into_iter().map(question).collect()
}
