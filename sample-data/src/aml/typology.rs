//! The kinds of laundering schemes that are planted.

/// A kind of scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Typology {
    /// Many pay one.
    FanIn,
    /// One pays many.
    FanOut,
    /// Money comes back to where it started.
    Cycle,
    /// One source, many mules, one sink.
    ScatterGather,
    /// A hub gathers from many, then scatters to many.
    GatherScatter,
    /// Every account of one layer pays every one of the next.
    Bipartite,
    /// The same over three layers.
    Stack,
    /// A random tree.
    Random,
    /// One person's cash deposits below the reporting threshold, at several banks.
    Structuring,
    /// A chain that passes nearly everything on within hours.
    PassThrough,
    /// A long chain that loses a little cash at every hop.
    PeelChain,
    /// A silent account wakes up, collects and empties.
    Dormant,
    /// One device operates the accounts of many.
    SharedDevice,
    /// Wires from high-risk countries, forwarded within a day.
    Corridor,
    /// Exact thousands among three shells.
    RoundAmounts,
    /// Dozens of payments within a day.
    Velocity,
    /// Invented invoices, whose first digits give them away.
    Benford,
    /// One person flagged at three banks.
    FlagOverlap,
}

impl Typology {
    /// All, in the order in which they are planted.
    pub const ALL: [Self; 18] = [
        Self::FanIn,
        Self::FanOut,
        Self::Cycle,
        Self::ScatterGather,
        Self::GatherScatter,
        Self::Bipartite,
        Self::Stack,
        Self::Random,
        Self::Structuring,
        Self::PassThrough,
        Self::PeelChain,
        Self::Dormant,
        Self::SharedDevice,
        Self::Corridor,
        Self::RoundAmounts,
        Self::Velocity,
        Self::Benford,
        Self::FlagOverlap,
    ];

    /// Its name in the truth tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FanIn => "FAN_IN",
            Self::FanOut => "FAN_OUT",
            Self::Cycle => "CYCLE",
            Self::ScatterGather => "SCATTER_GATHER",
            Self::GatherScatter => "GATHER_SCATTER",
            Self::Bipartite => "BIPARTITE",
            Self::Stack => "STACK",
            Self::Random => "RANDOM",
            Self::Structuring => "STRUCTURING",
            Self::PassThrough => "PASS_THROUGH",
            Self::PeelChain => "PEEL_CHAIN",
            Self::Dormant => "DORMANT",
            Self::SharedDevice => "SHARED_DEVICE",
            Self::Corridor => "CORRIDOR",
            Self::RoundAmounts => "ROUND_AMOUNTS",
            Self::Velocity => "VELOCITY",
            Self::Benford => "BENFORD",
            Self::FlagOverlap => "FLAG_OVERLAP",
        }
    }

    /// Over how many hours it spreads.
    pub(super) const fn hours(self) -> u64 {
        match self {
            Self::FanIn => 85,
            Self::FanOut => 77,
            Self::Cycle | Self::Corridor => 72,
            Self::ScatterGather => 89,
            Self::GatherScatter => 151,
            Self::Bipartite => 24,
            Self::Stack => 73,
            Self::Random => 46,
            Self::Structuring => 216,
            Self::PassThrough | Self::Dormant => 60,
            Self::PeelChain | Self::SharedDevice => 96,
            Self::RoundAmounts => 480,
            Self::Velocity => 20,
            Self::Benford => 1680,
            Self::FlagOverlap => 0,
        }
    }

    /// All its payments are in dollars.
    pub(super) const fn in_dollars(self) -> bool {
        matches!(
            self,
            Self::Structuring
                | Self::RoundAmounts
                | Self::PeelChain
                | Self::PassThrough
                | Self::Cycle
                | Self::ScatterGather
                | Self::Benford
        )
    }
}
