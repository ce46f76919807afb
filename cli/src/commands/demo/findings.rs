//! What the demo looks for: schemes that a single bank cannot see.

/// The banks, each with an analyst.
pub(super) const BANKS: [(&str, &str); 4] = [
    ("bank_a", "alice@bank_a"),
    ("bank_b", "bob@bank_b"),
    ("bank_c", "carol@bank_c"),
    ("bank_d", "dan@bank_d"),
];

/// A question that is asked of all banks and of each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finding {
    /// The question's name; also that of the plain SQL that measures it.
    pub(super) name: &'static str,
    /// The column that counts.
    pub(super) column: &'static str,
    /// What it counts, in words.
    pub(super) about: &'static str,
}

/// The typologies of the story.
pub(super) const FINDINGS: [Finding; 6] = [
    Finding {
        name: "scatter_gather",
        column: "schemes",
        about: "money scattered and gathered again",
    },
    Finding {
        name: "pass_through",
        column: "starters",
        about: "accounts that start three-bank chains",
    },
    Finding {
        name: "bipartite",
        column: "payers",
        about: "payers at two banks with shared payees",
    },
    Finding {
        name: "structuring",
        column: "entities",
        about: "people splitting cash below 10 000",
    },
    Finding {
        name: "shared_device",
        column: "devices",
        about: "devices used by several people",
    },
    Finding {
        name: "flag_overlap",
        column: "people",
        about: "people flagged at several banks",
    },
];
