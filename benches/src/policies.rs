//! The policies of the four banks, as a bench wants them.

use std::path::Path;

/// What is owed to the banks' rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// Support: k people behind every value.
    Support,
    /// Jitter, history and noise besides, as the policies say.
    Defaults,
}

/// Rewrites the policies of a new world of four banks, and takes away what they approve: a text that is approved is owed something else.
pub fn owe(root: &Path, owed: Owed) {
    let exact = "[disclosure]\njitter = false\nhistory = \"off\"\nnoise = \"off\"\n";
    for bank in ["bank_a", "bank_b", "bank_c", "bank_d"] {
        for table in ["transactions", "accounts", "flagged"] {
            let file = root.join(bank).join(format!("{table}.policy.toml"));
            let text = std::fs::read_to_string(&file).unwrap();
            let mut asked = text.split("# Read and approved").next().unwrap().to_owned();
            asked = asked.replace(exact, "[disclosure]\n");
            if owed == Owed::Support {
                asked = asked.replace("[disclosure]\n", exact);
            }
            std::fs::write(file, asked).unwrap();
        }
    }
}
