//! Outcomes as bytes, for whoever keeps them. What names a party's entities passes through a seal of that party.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::i256;

use super::history::Record;
use super::print::Print;
use super::trace::{Trace, Whose};

/// Forms of an outcome. The first two are of the time when all entities counted, and do not say how many did.
const TOLD_OF_ALL: u8 = 0;
const WITHHELD_OF_ALL: u8 = 1;
const TOLD: u8 = 2;
const WITHHELD: u8 = 3;

/// One outcome to be remembered: opaque, and not to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry(pub(crate) Outcome);

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A value.
    Told(Record),
    /// Too few stood behind it.
    Withheld(Trace),
}

impl Entry {
    /// The outcome as bytes. `seal` is given the names of the parties whose entities some bytes are about.
    ///
    /// # Errors
    /// What `seal` fails with.
    pub fn to_bytes<E>(
        &self,
        seal: &mut impl FnMut(&[String], &[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let mut out = Vec::new();
        match &self.0 {
            Outcome::Told(record) => {
                out.push(TOLD);
                out.extend(record.raw.to_be_bytes());
                out.extend(record.value.to_be_bytes());
                out.push(u8::from(record.fresh));
                out.extend(length(record.traces.len()));
                for trace in &record.traces {
                    write_trace(&mut out, trace, seal)?;
                }
            }
            Outcome::Withheld(trace) => {
                out.push(WITHHELD);
                write_trace(&mut out, trace, seal)?;
            }
        }
        Ok(out)
    }

    /// Undoes [`Self::to_bytes`]; `None` if the bytes are not an outcome, or `open` does not open a part of them.
    pub fn from_bytes(
        bytes: &[u8],
        open: &mut impl FnMut(&[String], &[u8]) -> Option<Vec<u8>>,
    ) -> Option<Self> {
        let mut reader = Reader(bytes);
        let form = reader.byte()?;
        let outcome = match form {
            TOLD | TOLD_OF_ALL => {
                let raw = i256::from_be_bytes(reader.array()?);
                let value = i256::from_be_bytes(reader.array()?);
                let fresh = reader.flag()?;
                let count = reader.length()?;
                let mut traces = Vec::new();
                for _ in 0..count {
                    traces.push(read_trace(&mut reader, form == TOLD, open)?);
                }
                Outcome::Told(Record {
                    traces,
                    raw,
                    value,
                    fresh,
                })
            }
            WITHHELD | WITHHELD_OF_ALL => {
                Outcome::Withheld(read_trace(&mut reader, form == WITHHELD, open)?)
            }
            _ => return None,
        };
        reader.0.is_empty().then_some(Self(outcome))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entry(..)")
    }
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

fn write_text(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(length(bytes.len()));
    out.extend(bytes);
}

fn write_trace<E>(
    out: &mut Vec<u8>,
    trace: &Trace,
    seal: &mut impl FnMut(&[String], &[u8]) -> Result<Vec<u8>, E>,
) -> Result<(), E> {
    out.extend(length(trace.whose.parties.len()));
    for party in &trace.whose.parties {
        write_text(out, party.as_bytes());
    }
    write_text(out, trace.whose.space.as_bytes());
    out.extend(trace.k.to_be_bytes());
    out.extend(trace.slack.to_be_bytes());
    out.extend(trace.cut.to_be_bytes());
    out.push(u8::from(trace.additive));
    out.extend(trace.entities.to_be_bytes());
    out.extend(trace.stand.to_be_bytes());
    write_text(
        out,
        &seal(&trace.whose.parties, &print_bytes(&trace.print))?,
    );
    Ok(())
}

fn print_bytes(print: &Print) -> Vec<u8> {
    let mut out = Vec::new();
    match print {
        Print::Exact(entries) => {
            out.push(0);
            out.extend(length(entries.len()));
            for (entity, amount) in entries {
                out.extend(entity.to_be_bytes());
                out.extend(amount.to_be_bytes());
            }
        }
        Print::Buckets(sums) => {
            out.push(1);
            out.extend(length(sums.len()));
            for sum in sums {
                out.extend(sum.to_be_bytes());
            }
        }
    }
    out
}

fn read_trace(
    reader: &mut Reader<'_>,
    says_stand: bool,
    open: &mut impl FnMut(&[String], &[u8]) -> Option<Vec<u8>>,
) -> Option<Trace> {
    let count = reader.length()?;
    let mut parties = Vec::new();
    for _ in 0..count {
        parties.push(reader.text()?);
    }
    let space = reader.text()?;
    let k = u32::from_be_bytes(reader.array()?);
    let slack = u32::from_be_bytes(reader.array()?);
    let cut = i128::from_be_bytes(reader.array()?);
    let additive = reader.flag()?;
    let entities = u64::from_be_bytes(reader.array()?);
    let stand = if says_stand {
        u64::from_be_bytes(reader.array()?)
    } else {
        entities
    };
    let size = reader.length()?;
    let opened = open(&parties, reader.take(size)?)?;
    Some(Trace {
        whose: Arc::new(Whose { parties, space }),
        k,
        slack,
        cut,
        additive,
        entities,
        stand,
        print: read_print(&opened)?,
    })
}

fn read_print(bytes: &[u8]) -> Option<Print> {
    let mut reader = Reader(bytes);
    let form = reader.byte()?;
    let count = reader.length()?;
    let print = match form {
        0 => {
            let mut entries = Vec::new();
            for _ in 0..count {
                entries.push((
                    u64::from_be_bytes(reader.array()?),
                    i128::from_be_bytes(reader.array()?),
                ));
            }
            Print::Exact(entries)
        }
        1 => {
            let mut sums = Vec::new();
            for _ in 0..count {
                sums.push(i128::from_be_bytes(reader.array()?));
            }
            Print::Buckets(sums)
        }
        _ => return None,
    };
    reader.0.is_empty().then_some(print)
}

/// Bytes that are read from the front.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(u32::from_be_bytes(self.array()?)).ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }
}
