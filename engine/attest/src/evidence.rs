//! Evidence (RFC 9334): what an attester says of itself.

use serde::{Deserialize, Serialize};

use crate::transcript::Transcript;

/// Platforms that evidence can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// No hardware at all.
    Simulated,
    /// AMD SEV-SNP.
    SevSnp,
    /// Intel TDX.
    Tdx,
    /// AWS Nitro enclaves.
    Nitro,
    /// Azure vTPM with SEV-SNP or TDX behind it.
    AzureVtpm,
    /// IBM Secure Execution.
    SecureExecution,
}

impl Platform {
    /// The name as measurements and receipts write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Simulated => "simulated",
            Self::SevSnp => "sev-snp",
            Self::Tdx => "tdx",
            Self::Nitro => "nitro",
            Self::AzureVtpm => "azure-vtpm",
            Self::SecureExecution => "secure-execution",
        }
    }
}

/// Evidence with the transcript that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The platform.
    pub platform: Platform,
    /// Measurement of what runs, hexadecimal.
    pub measurement: String,
    /// Whether it can be debugged.
    pub debug: bool,
    /// Report data, hexadecimal.
    pub report_data: String,
}

impl Evidence {
    /// What the simulated TEE says: the measurement of its own binary, bound to the transcript.
    #[must_use]
    pub fn simulated(measurement: &str, transcript: &Transcript) -> Self {
        Self {
            platform: Platform::Simulated,
            measurement: measurement.to_owned(),
            debug: false,
            report_data: hex::encode(transcript.report_data()),
        }
    }

    /// The bytes whose digest receipts name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
