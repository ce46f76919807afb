//! The appraisal: every check, in one place.

use std::collections::BTreeSet;

use subtle::ConstantTimeEq;

use crate::evidence::{Evidence, Platform};
use crate::transcript::Transcript;

/// What a relying party accepts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct References {
    /// Measurements, as `platform:hex`.
    pub measurements: BTreeSet<String>,
    /// Whether this is a laboratory, where simulated evidence passes.
    pub lab: bool,
}

/// The result of an appraisal that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appraisal {
    /// The platform.
    pub platform: Platform,
    /// The measurement, as `platform:hex`.
    pub measurement: String,
    /// False for simulated evidence, which proves nothing: UNATTESTED.
    pub attested: bool,
}

/// Why evidence is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttestError {
    /// Simulated evidence outside a laboratory.
    #[error("simulated evidence is accepted only in a contract marked lab")]
    NotALab,
    /// A platform whose evidence this version cannot verify.
    #[error("evidence of {0} cannot be verified by this version")]
    Unsupported(&'static str),
    /// Evidence for another exchange.
    #[error("the evidence is not bound to this exchange")]
    Binding,
    /// A measurement nobody accepted.
    #[error("the engine's measurement is not one that the contract accepts")]
    Measurement,
    /// It can be debugged.
    #[error("the engine can be debugged")]
    Debug,
    /// A nonce that was not given out, is used or too old.
    #[error("the nonce is unknown, used or expired")]
    Nonce,
    /// A key that may not leave the party.
    #[error("the key of {0} is not released")]
    NotReleased(String),
}

/// Appraises evidence against what is accepted and the transcript that the relying party saw itself.
///
/// # Errors
/// The first check that fails.
pub fn appraise(
    evidence: &Evidence,
    transcript: &Transcript,
    references: &References,
) -> Result<Appraisal, AttestError> {
    match evidence.platform {
        Platform::Simulated if references.lab => {}
        Platform::Simulated => return Err(AttestError::NotALab),
        Platform::SevSnp
        | Platform::Tdx
        | Platform::Nitro
        | Platform::AzureVtpm
        | Platform::SecureExecution => {
            return Err(AttestError::Unsupported(evidence.platform.as_str()));
        }
    }
    let reported = hex::decode(&evidence.report_data).map_err(|_| AttestError::Binding)?;
    if !bool::from(
        reported
            .as_slice()
            .ct_eq(transcript.report_data().as_slice()),
    ) {
        return Err(AttestError::Binding);
    }
    if evidence.debug {
        return Err(AttestError::Debug);
    }
    let measurement = format!("{}:{}", evidence.platform.as_str(), evidence.measurement);
    if !references.measurements.contains(&measurement) {
        return Err(AttestError::Measurement);
    }
    Ok(Appraisal {
        platform: evidence.platform,
        measurement,
        attested: false,
    })
}
