//! House rules, read in beside the policies that extend them.

use std::path::{Component, Path, PathBuf};

use policy::document::{Placed, PolicyDocument, PolicySource};
use policy::house::{DEEPEST, HouseRules};
use policy::problem::Problem;

use crate::confine::Confines;

/// A policy of a file under the house rules that it extends, if it extends any.
pub(crate) fn extended(
    document: PolicyDocument,
    file: &Path,
    world: Option<&Path>,
) -> Result<PolicyDocument, Vec<Problem>> {
    let Some(extends) = document.extends.clone() else {
        return Ok(document);
    };
    match above(file, world, &document.source, extends)? {
        Some(house) => document.under(&house),
        None => Ok(document),
    }
}

/// What is wrong with a file of house rules and those that it extends.
pub(crate) fn problems(file: &Path, text: &str, world: Option<&Path>) -> Vec<Problem> {
    let read = HouseRules::parse(&file.display().to_string(), text).and_then(|rules| {
        let Some(extends) = rules.extends.clone() else {
            return Ok(rules);
        };
        match above(file, world, &rules.source, extends)? {
            Some(house) => rules.under(&house),
            None => Ok(rules),
        }
    });
    read.err().unwrap_or_default()
}

/// The house rules that a file extends, under all those above them.
fn above(
    file: &Path,
    world: Option<&Path>,
    source: &PolicySource,
    extends: Placed<String>,
) -> Result<Option<HouseRules>, Vec<Problem>> {
    let unread = |error: std::io::Error| refused(source, &extends, &error.to_string());
    let confines = Confines::of(file, world).map_err(unread)?;
    let file = file.canonicalize().map_err(unread)?;
    let from = confines.folder().to_owned();
    let chain = Chain {
        confines,
        files: vec![file],
        rules: Vec::new(),
    };
    chain.read(source.clone(), extends, from)
}

/// The files above a policy, nearest first.
struct Chain {
    confines: Confines,
    files: Vec<PathBuf>,
    rules: Vec<HouseRules>,
}

impl Chain {
    fn read(
        mut self,
        source: PolicySource,
        extends: Placed<String>,
        from: PathBuf,
    ) -> Result<Option<HouseRules>, Vec<Problem>> {
        let mut next = Some((source, extends, from));
        while let Some((source, extends, from)) = next {
            if self.rules.len() == DEEPEST {
                let why = format!("more than {DEEPEST} files of house rules stand above a policy");
                return Err(refused(&source, &extends, &why));
            }
            let read = self.confines.read(&from, &extends.value);
            let (path, text) = read.map_err(|e| refused(&source, &extends, &e.to_string()))?;
            if self.files.contains(&path) {
                return Err(refused(&source, &extends, "it extends itself in the end"));
            }
            let rules = HouseRules::parse(&beside(&source.file, &extends.value), &text)
                .map_err(|problems| unquoted(problems, &source, &extends))?;
            let from = path.parent().unwrap_or(&path).to_owned();
            next = rules
                .extends
                .clone()
                .map(|extends| (rules.source.clone(), extends, from));
            self.files.push(path);
            self.rules.push(rules);
        }
        self.whole()
    }

    /// Each under those above it.
    fn whole(mut self) -> Result<Option<HouseRules>, Vec<Problem>> {
        let Some(mut house) = self.rules.pop() else {
            return Ok(None);
        };
        while let Some(rules) = self.rules.pop() {
            house = rules.under(&house)?;
        }
        Ok(Some(house))
    }
}

/// What is wrong with a file, without its lines where it is no TOML: it may be somebody's data.
fn unquoted(
    problems: Vec<Problem>,
    source: &PolicySource,
    extends: &Placed<String>,
) -> Vec<Problem> {
    match problems.iter().find(|p| p.message.starts_with("not TOML")) {
        Some(first) => refused(source, extends, &format!("line {} is no TOML", first.line)),
        None => problems,
    }
}

fn refused(source: &PolicySource, extends: &Placed<String>, why: &str) -> Vec<Problem> {
    let message = format!("the house rules {} cannot be read: {why}", extends.value);
    let help = "`extends` names a file of the same world, relative to the file that says so";
    vec![Problem::error(source, &extends.span, message).with_help(help)]
}

/// A file's name as shown, from the shown name of the file that names it.
fn beside(shown: &str, named: &str) -> String {
    let folder = Path::new(shown).parent().unwrap_or_else(|| Path::new(""));
    let mut path = PathBuf::new();
    for part in folder.join(named).components() {
        let last = path.components().next_back();
        match (part, last) {
            (Component::ParentDir, Some(Component::Normal(_))) => {
                path.pop();
            }
            (Component::CurDir, _) => {}
            (part, _) => path.push(part),
        }
    }
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn names_are_shown_without_detours() {
        assert_eq!(beside("bank/t.policy.toml", "../house.toml"), "house.toml");
        assert_eq!(beside("t.policy.toml", "../house.toml"), "../house.toml");
        assert_eq!(beside("../a/t.toml", "./../../h.toml"), "../../h.toml");
        assert_eq!(beside("/w/bank/t.toml", "../h.toml"), "/w/h.toml");
    }
}
