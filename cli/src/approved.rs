//! The texts of approved questions, beside the policies that approve them.

use std::path::Path;

use policy::document::PolicyDocument;

use crate::confine::Confines;
use crate::failure::{self, Failure, Failures};

/// Reads the texts that a policy approves, relative to the policy's file.
pub(crate) fn read_texts(
    document: &mut PolicyDocument,
    policy: &Path,
    world: Option<&Path>,
) -> Result<(), Failures> {
    if document.approve.is_empty() {
        return Ok(());
    }
    let confines = Confines::of(policy, world).map_err(|error| Failure::file(policy, &error))?;
    document
        .read_texts(|file| Ok(confines.read(confines.folder(), file)?.1))
        .map_err(failure::all)
}
