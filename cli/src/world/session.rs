//! A principal at an engine: asks, opens the sealed answer with its party's key, keeps a copy.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use engine::{ApprovedQuestion, Explanation, Question, Reply, VisibleTable, open_answer};
use policy::ident::{PartyId, Principal, Purpose};
use seal::Receipt;

use super::start::World;
use super::write_whole;
use crate::failure::Failure;

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) principal: Principal,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) recipient: PartyId,
}

/// An answer in clear.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) receipt: Receipt,
    pub(crate) file: std::path::PathBuf,
}

/// What a statement came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Box<Answered>),
    Explanation(Box<Explanation>),
    Tables(Vec<VisibleTable>),
    Columns(VisibleTable),
    Approved(Vec<ApprovedQuestion>),
}

impl Session {
    /// A session from what the command line says, with its defaults.
    pub(crate) fn new(
        world: &World,
        principal: Option<&str>,
        purpose: Option<&str>,
        recipient: Option<&str>,
    ) -> Result<Self, Failure> {
        let principal = match principal.map(principal_of).transpose()? {
            Some(given) => given,
            None => world
                .collaboration
                .first_principal()
                .ok_or_else(|| Failure::usage("the world has no analyst; add one to a party"))?,
        };
        let purposes = &world.contract.purposes;
        let only = || purposes.first().filter(|_| purposes.len() == 1).cloned();
        let purpose = purpose.map(purpose_of).transpose()?.or_else(only);
        let recipient = recipient.map(party_of).transpose()?;
        let recipient = recipient.unwrap_or_else(|| principal.party.clone());
        Ok(Self {
            principal,
            purpose,
            recipient,
        })
    }

    /// Whether names are names, which needs no world.
    pub(crate) fn check(
        principal: Option<&str>,
        purpose: Option<&str>,
        recipient: Option<&str>,
    ) -> Result<(), Failure> {
        principal.map(principal_of).transpose()?;
        purpose.map(purpose_of).transpose()?;
        recipient.map(party_of).transpose().map(|_| ())
    }

    /// Asks one statement.
    pub(crate) async fn ask(&self, world: &World, sql: &str) -> Result<Outcome, Failure> {
        let mut nonce = [0_u8; 32];
        getrandom::fill(&mut nonce)
            .map_err(|_| Failure::new(crate::exit::Exit::Operational, "random", "no randomness"))?;
        let question = Question {
            principal: self.principal.clone(),
            purpose: self.purpose.clone(),
            recipient: self.recipient.clone(),
            nonce: hex::encode(nonce),
            sql: sql.to_owned(),
        };
        match Box::pin(world.engine.ask(&question)).await? {
            Reply::Answer(sealed) => self.open(world, &question, &sealed),
            Reply::Explanation(explanation) => Ok(Outcome::Explanation(explanation)),
            Reply::Tables(tables) => Ok(Outcome::Tables(tables)),
            Reply::Columns(table) => Ok(Outcome::Columns(table)),
            Reply::Approved(questions) => Ok(Outcome::Approved(questions)),
        }
    }

    fn open(&self, world: &World, question: &Question, sealed: &[u8]) -> Result<Outcome, Failure> {
        let keys = world.keys.get(&self.recipient).ok_or_else(|| {
            Failure::usage(format!("{} is no party of this world", self.recipient))
        })?;
        let opened = open_answer(sealed, &world.engine.public(), &keys.recipient)?;
        if opened.receipt.nonce != question.nonce
            || opened.receipt.query != seal::digest_hex(question.sql.as_bytes())
        {
            return Err(Failure::tampered("the answer is to another question"));
        }
        let file = world
            .layout
            .answers()
            .join(format!("{:08}.answer", opened.receipt.ledger_index));
        write_whole(&file, sealed).map_err(|error| Failure::io(&file, &error))?;
        let (schema, batches, receipt) = (opened.schema, opened.batches, opened.receipt);
        Ok(Outcome::Answer(Box::new(Answered {
            schema,
            batches,
            receipt,
            file,
        })))
    }
}

fn principal_of(text: &str) -> Result<Principal, Failure> {
    Principal::parse(text).map_err(|error| Failure::usage(format!("--as {text}: {error}")))
}

fn purpose_of(text: &str) -> Result<Purpose, Failure> {
    Purpose::new(text).map_err(|error| Failure::usage(format!("--purpose {text}: {error}")))
}

fn party_of(text: &str) -> Result<PartyId, Failure> {
    PartyId::new(text).map_err(|error| Failure::usage(format!("--to {text}: {error}")))
}
