//! The texts of approved questions, beside the policies that approve them.

use std::path::Path;

use policy::document::PolicyDocument;

use crate::failure::{self, Failures};

/// Reads the texts that a policy approves, relative to the policy's file.
pub(crate) fn read_texts(document: &mut PolicyDocument, policy: &Path) -> Result<(), Failures> {
    let folder = policy.parent().unwrap_or_else(|| Path::new(""));
    document
        .read_texts(|file| std::fs::read_to_string(folder.join(file)))
        .map_err(failure::all)
}
