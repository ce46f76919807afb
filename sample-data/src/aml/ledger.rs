//! The rows that banks keep of a payment, and their digest.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

use super::BANKS;
use super::payment::Payment;
use super::stream::Stream;
use super::words::{CURRENCIES, HOME, at};
use crate::Error;

/// Which side of a payment a ledger row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leg {
    /// The bank's own customer pays.
    Debit,
    /// Its customer is paid by a customer of another member.
    Credit,
    /// Its customer is paid from outside, or in cash.
    External,
}

impl Leg {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Debit => "D",
            Self::Credit => "C",
            Self::External => "X",
        }
    }
}

/// One end of a payment as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    pub(super) bank: String,
    pub(super) account: String,
    pub(super) country: &'static str,
}

/// A row of a ledger.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) payment: &'a Payment,
    pub(super) leg: Leg,
    pub(super) from: End,
    pub(super) to: End,
    pub(super) device: Option<u64>,
}

impl Row<'_> {
    pub(super) fn currency(&self) -> &'static str {
        at(&CURRENCIES, self.payment.currency)
    }

    fn canonical(&self, line: &mut String) {
        let (from, to, payment) = (&self.from, &self.to, self.payment);
        let device = self
            .device
            .map(|device| device.to_string())
            .unwrap_or_default();
        line.clear();
        // Writing to a string cannot fail.
        let _ = writeln!(
            line,
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{device}",
            payment.number,
            payment.time,
            from.bank,
            from.account,
            to.bank,
            to.account,
            payment.amount,
            self.currency(),
            payment.cents(),
            payment.channel.name(),
            from.country,
            to.country,
            self.leg.name(),
        );
    }
}

/// The row, if any, that a bank keeps of a payment.
pub(super) fn row<'a>(stream: &Stream, bank: u8, payment: &'a Payment) -> Option<Row<'a>> {
    let of = |account: Option<u64>| account.and_then(|account| stream.accounts().get(account).bank);
    let (debited, paid) = (of(payment.from), of(payment.to));
    let leg = match (debited, paid) {
        (Some(payer), _) if payer == bank => Leg::Debit,
        (Some(_), Some(other)) if other == bank => Leg::Credit,
        (None, Some(other)) if other == bank => Leg::External,
        (Some(_) | None, Some(_) | None) => return None,
    };
    let device = if leg == Leg::Debit {
        payment.device.or_else(|| device(stream, payment))
    } else {
        None
    };
    Some(Row {
        payment,
        leg,
        from: end(stream, payment.from, paid),
        to: end(stream, payment.to, debited),
        device,
    })
}

fn device(stream: &Stream, payment: &Payment) -> Option<u64> {
    let payer = payment.from?;
    let personal = matches!(stream.accounts().get(payer).segment, 0 | 1 | 5);
    let entity = stream.plan().entity(stream.accounts(), payer);
    (personal && payment.channel.has_device()).then(|| stream.accounts().device(entity))
}

fn end(stream: &Stream, account: Option<u64>, other: Option<u8>) -> End {
    match account {
        Some(account) => {
            let this = stream.accounts().get(account);
            End {
                bank: this.bic(),
                account: this.text(account),
                country: this.country(),
            }
        }
        None => End {
            bank: "CASH".to_owned(),
            account: "CASH".to_owned(),
            country: other.map_or("", |bank| at(&HOME, u64::from(bank))),
        },
    }
}

/// SHA-256 of all ledgers, bank after bank, a line a row.
pub(super) fn digest(stream: &Stream) -> Result<String, Error> {
    let mut sha = Sha256::new();
    let mut line = String::new();
    for bank in 0..BANKS {
        stream.each(|payments| {
            for row in payments
                .iter()
                .filter_map(|payment| row(stream, bank, payment))
            {
                row.canonical(&mut line);
                sha.update(line.as_bytes());
            }
            Ok(())
        })?;
    }
    Ok(hex::encode(sha.finalize()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::aml::{Options, ledger_digest};

    fn digest_at(scale: f64) -> String {
        ledger_digest(&Options {
            scale,
            seed: 42,
            patterns: None,
        })
        .unwrap()
    }

    #[test]
    fn ten_thousand_payments_are_the_published_ones() {
        assert_eq!(
            digest_at(0.01),
            "4933c66d1555630ff3dd06bd328ee173a8b17ff94c6aad47384729be84241313"
        );
    }

    #[test]
    fn a_hundred_thousand_payments_are_the_published_ones() {
        assert_eq!(
            digest_at(0.1),
            "3827446623c928c541e09b52d3ff1a69f881cba6fb3b0e64c8870ccf466d2b7a"
        );
    }

    #[test]
    #[ignore = "takes minutes without optimisation"]
    fn a_million_payments_are_the_published_ones() {
        assert_eq!(
            digest_at(1.0),
            "d1c6b5b082236ad0d771d277f456713a9b7c45184b1f931525dde8dc1aff24d9"
        );
    }

    #[test]
    fn chunks_do_not_matter() {
        let options = Options {
            scale: 0.01,
            seed: 7,
            patterns: None,
        };
        let whole = digest(&Stream::new(&options).unwrap()).unwrap();
        for chunk in [1, 977, 10_000] {
            assert_eq!(
                digest(&Stream::new(&options).unwrap().chunked(chunk)).unwrap(),
                whole,
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn seed_and_patterns_matter() {
        let options = Options {
            scale: 0.01,
            seed: 42,
            patterns: None,
        };
        let digest = |options: &Options| ledger_digest(options).unwrap();
        assert_eq!(
            digest(&Options {
                patterns: Some(2),
                ..options.clone()
            }),
            digest(&options)
        );
        assert_ne!(
            digest(&Options {
                patterns: Some(3),
                ..options.clone()
            }),
            digest(&options)
        );
        assert_ne!(
            digest(&Options {
                seed: 43,
                ..options.clone()
            }),
            digest(&options)
        );
    }

    #[test]
    fn time_does_not_go_back_and_sleepers_sleep() {
        let stream = Stream::new(&Options {
            scale: 0.02,
            seed: 3,
            patterns: Some(30),
        })
        .unwrap();
        let planted: std::collections::HashMap<u64, _> =
            stream.planted_numbers().into_iter().collect();
        assert_eq!(planted.len(), stream.plan().payments.len());
        let (mut last, mut seen) = (0, 0);
        stream
            .each(|payments| {
                for payment in payments {
                    assert!(payment.time >= last, "payment {}", payment.number);
                    last = payment.time;
                    seen += 1;
                    let members = stream.size().members..stream.size().accounts;
                    let sleeper = [payment.from, payment.to]
                        .into_iter()
                        .flatten()
                        .any(|account| members.contains(&account));
                    assert!(
                        !sleeper || planted.contains_key(&payment.number),
                        "payment {} wakes a sleeper",
                        payment.number
                    );
                    if let Some(planted) = planted.get(&payment.number) {
                        let unnumbered = Payment {
                            number: 0,
                            ..*payment
                        };
                        assert_eq!(
                            planted.payment, unnumbered,
                            "truth misnames payment {}",
                            payment.number
                        );
                    }
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, stream.payments());
    }

    #[test]
    fn legs_pair_one_to_one() {
        let stream = Stream::new(&Options {
            scale: 0.01,
            seed: 42,
            patterns: None,
        })
        .unwrap();
        let mut nowhere = 0;
        stream
            .each(|payments| {
                for payment in payments {
                    let legs: Vec<Leg> = (0..BANKS)
                        .filter_map(|bank| row(&stream, bank, payment))
                        .map(|row| row.leg)
                        .collect();
                    let debits = legs.iter().filter(|leg| **leg == Leg::Debit).count();
                    let credits = legs.iter().filter(|leg| **leg == Leg::Credit).count();
                    assert!(
                        legs.len() <= 2 && credits <= debits,
                        "payment {}: {legs:?}",
                        payment.number
                    );
                    nowhere += u64::from(legs.is_empty());
                }
                Ok(())
            })
            .unwrap();
        assert!(
            nowhere * 100 < stream.payments(),
            "only payments between outsiders are in no ledger: {nowhere}"
        );
    }
}
