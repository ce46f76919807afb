//! `subrosa answer`: answers opened and verified offline.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use connectors::KeyFolder;
use policy::ident::PartyId;
use seal::{SealedAnswer, SignedReceipt};

use crate::args::{OutputArgs, ReportArgs, WorldArg};
use crate::exit::Exit;
use crate::failure::{self, Failure, Failures};
use crate::output::{self, Format};
use crate::say;
use crate::world::{Layout, engine_public, signatories};

/// What to do with an answer.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum AnswerCommand {
    /// Open an answer with the recipient's key.
    Open {
        /// The sealed answer.
        file: PathBuf,
        #[command(flatten)]
        world: WorldArg,
        /// The recipient.
        #[arg(long)]
        party: String,
        #[command(flatten)]
        out: OutputArgs,
    },
    /// Verify an answer's receipt and that the ledger includes it; needs nobody's secrets.
    Verify {
        /// The sealed answer.
        file: PathBuf,
        #[command(flatten)]
        world: WorldArg,
        #[command(flatten)]
        report: ReportArgs,
    },
}

const EXAMPLES: &str = "\
Examples (in a world's folder):
  subrosa answer open .subrosa/answers/00000003.answer --party bank_a -o answer.parquet
  subrosa answer verify .subrosa/answers/00000003.answer --format json";

/// Runs `answer`.
pub(crate) fn run(command: &AnswerCommand) -> Result<Exit, Failures> {
    match command {
        AnswerCommand::Open {
            file,
            world,
            party,
            out,
        } => open(file, world, party, out)?,
        AnswerCommand::Verify {
            file,
            world,
            report,
        } => verify(file, world, report.is_json())?,
    }
    Ok(Exit::Answered)
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::file(file, &error))
}

fn open(file: &Path, world: &WorldArg, party: &str, out: &OutputArgs) -> Result<(), Failures> {
    let party = PartyId::new(party).map_err(|error| Failure::usage(error.to_string()))?;
    let layout = Layout::of(&world.world);
    let engine = engine_public(&layout)?;
    if !layout.party_keys(&party).join("recipient.key").exists() {
        let failure = Failure::usage(format!("{party} has no key in this world"));
        return Err(failure
            .with_help("`--party` takes the recipient of the answer")
            .into());
    }
    let keys = KeyFolder::new(layout.party_keys(&party))
        .party()
        .map_err(failure::of_connector)?;
    let format = Format::chosen(out.format, out.output.as_deref(), Format::Table)?;
    let bytes = read(file)?;
    check_recipient(file, &bytes, &engine, &party)?;
    let opened = engine::open_answer(&bytes, &engine, &keys.recipient).map_err(Failure::from)?;
    let mut text = Vec::new();
    output::write(format, &opened.schema, &opened.batches, &mut text)
        .map_err(|error| Failure::io(file, &error))?;
    match &out.output {
        Some(path) => output::to_file(path, &text),
        None => output::to_stdout(&text),
    }
}

/// An answer to somebody else is whole, but not this party's to open.
fn check_recipient(
    file: &Path,
    bytes: &[u8],
    engine: &[u8; 32],
    party: &PartyId,
) -> Result<(), Failure> {
    let receipt = SealedAnswer::from_bytes(bytes)
        .ok()
        .and_then(|sealed| SignedReceipt::verify(&sealed.receipt, engine).ok());
    match receipt {
        Some(receipt) if receipt.recipient != party.as_str() => {
            let recipient = &receipt.recipient;
            let message = format!(
                "{} is sealed to {recipient}, not to {party}",
                file.display()
            );
            Err(Failure::new(Exit::Verification, "recipient", message)
                .with_help(format!("{recipient} opens it, with `--party {recipient}`")))
        }
        Some(_) | None => Ok(()),
    }
}

/// What the receipts of a world are verified against: the contract's keys, the engine's, and the ledger.
pub(crate) struct Verifier {
    engine: [u8; 32],
    report: ledger::Report,
}

impl Verifier {
    /// Verifies the ledger, against which receipts are then checked.
    pub(crate) fn open(layout: &Layout) -> Result<Self, Failures> {
        let engine = engine_public(layout)?;
        let signatories = signatories(layout, engine)?;
        let report = ledger::verify(&layout.ledger(), &signatories).map_err(Failure::from)?;
        Ok(Self { engine, report })
    }

    /// The ledger, verified.
    pub(crate) fn ledger(&self) -> &ledger::Report {
        &self.report
    }

    /// The receipt of an answer, if the engine signed it for these bytes and the ledger includes it.
    pub(crate) fn receipt(&self, file: &Path) -> Result<seal::Receipt, Failures> {
        let wrong = |what: String| Failure::tampered(format!("{}: {what}", file.display()));
        let sealed = SealedAnswer::from_bytes(&read(file)?).map_err(|e| wrong(e.to_string()))?;
        let receipt = SignedReceipt::verify(&sealed.receipt, &self.engine)
            .map_err(|e| wrong(e.to_string()))?;
        let bytes = seal::length_prefixed([sealed.encapsulated.as_slice(), &sealed.ciphertext]);
        if seal::digest_hex(&bytes) != receipt.sealed {
            return Err(wrong("its receipt is about other bytes".to_owned()).into());
        }
        if !self.includes(&receipt) {
            return Err(wrong("the ledger does not include it".to_owned()).into());
        }
        Ok(receipt)
    }

    fn includes(&self, receipt: &seal::Receipt) -> bool {
        let index = usize::try_from(receipt.ledger_index).unwrap_or(usize::MAX);
        let commitment = ledger::commitment(receipt.salt.as_bytes(), &[&receipt.answer]);
        let entry = self.report.entries.get(index);
        entry.is_some_and(|entry| match &entry.event {
            ledger::Event::Released { answer, .. } => *answer == commitment,
            ledger::Event::Contract { .. }
            | ledger::Event::KeyReleased { .. }
            | ledger::Event::SeedReleased { .. }
            | ledger::Event::State { .. }
            | ledger::Event::Admitted { .. }
            | ledger::Event::Denied { .. }
            | ledger::Event::Failed { .. } => false,
        })
    }
}

fn verify(file: &Path, world: &WorldArg, json: bool) -> Result<(), Failures> {
    let verifier = Verifier::open(&Layout::of(&world.world))?;
    let receipt = verifier.receipt(file)?;
    let report = verifier.ledger();
    if json {
        say::line(&serde_json::to_string(&receipt).unwrap_or_default());
        return Ok(());
    }
    say::line(&format!(
        "the receipt is the engine's and the ledger includes it at {} of {}\n\
         asked by {} for {} on {}\nengine {} UNATTESTED (simulated TEE)",
        receipt.ledger_index,
        report.entries.len(),
        receipt.principal,
        receipt.recipient,
        receipt.time,
        receipt.measurement
    ));
    for table in &receipt.tables {
        say::line(&format!("read {} version {}", table.table, table.version));
    }
    receipt
        .obligations
        .iter()
        .for_each(|words| say::line(words));
    receipt
        .note
        .iter()
        .for_each(|note| say::line(&format!("note: {note}")));
    Ok(())
}
