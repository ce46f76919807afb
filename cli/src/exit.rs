//! Exit codes, from the least to the worst.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Answered; an answer with every group withheld is still an answer.
    Answered = 0,
    /// Bad SQL, a bad flag, a bad file.
    Yours = 1,
    /// Remote or operational.
    Operational = 2,
    /// Denied by policy.
    Denied = 3,
    /// Evidence, a signature, a receipt or sealed data is not what it should be.
    Verification = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
