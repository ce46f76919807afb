//! The rows of both banks: the base, and the one secret in which the two worlds of a pair differ.

use super::twister::Twister;

/// A row of a bank's accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `A0007-1`.
    pub account_id: String,
    /// `a0007`.
    pub customer_id: String,
    /// Hidden by the policy.
    pub name: String,
    /// The same at both banks for the same person.
    pub iban_hash: String,
    /// `vip` rows do not exist at bank A.
    pub risk: Option<String>,
    /// Two letters.
    pub country: String,
    /// Year, month, day.
    pub opened: (i32, u32, u32),
}

/// A row of a bank's transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Hidden by the policy.
    pub tx_id: i64,
    /// Whose.
    pub account_id: String,
    /// Whose customer's.
    pub customer_id: String,
    /// The other side.
    pub counterparty_account: String,
    /// Its bank.
    pub counterparty_bank: String,
    /// Hundredths.
    pub amount: i128,
    /// Three letters.
    pub currency: String,
    /// Month, day, hour and minute of 2025.
    pub ts: (u32, u32, u32, u32),
    /// Two letters.
    pub country: String,
}

/// The tables of one bank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bank {
    /// Its accounts.
    pub accounts: Vec<Account>,
    /// Its transactions.
    pub transactions: Vec<Transaction>,
}

/// The tables of both banks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// `bank_a`, the victim's.
    pub bank_a: Bank,
    /// `bank_b`.
    pub bank_b: Bank,
}

const CURRENCIES: &[&str] = &["EUR", "USD", "CHF"];
const COUNTRIES: &[&str] = &["LU", "DE", "FR", "BE"];
const RISKS: &[&str] = &["low", "low", "low", "medium", "medium", "high"];
const CUSTOMERS: u32 = 240;
/// Customers of both banks that are the same people.
const SHARED: u32 = 60;
const VICTIM: &str = "a0007";
/// The transaction that only the victim has.
const SECRET: i64 = 900_001;
/// Twelve people pay one account of the victim's.
const FAN: std::ops::Range<i64> = 910_000..910_012;

/// The rows of a world of a pair: `("TX", 0)` is before, `("TX", 1)` after.
#[must_use]
pub fn rows(pair: &str, world: u8) -> Rows {
    let mut rows = base();
    let (a, b) = (&mut rows.bank_a, &mut rows.bank_b);
    let own = |account: &&mut Account| account.customer_id == VICTIM;
    match (pair, world) {
        ("RISK", _) => {
            let risk = if world == 1 { "high" } else { "low" };
            let mut own = a.accounts.iter_mut().filter(own);
            own.by_ref().for_each(|r| r.risk = Some(risk.to_owned()));
        }
        ("EXIST_B", 0) => {
            b.accounts.retain(|row| row.customer_id != "b0007");
            b.transactions.retain(|row| row.customer_id != "b0007");
        }
        ("TX", 0) => a.transactions.retain(|row| row.tx_id != SECRET),
        ("AMT", 1) => {
            let mut secret = a.transactions.iter_mut().filter(|r| r.tx_id == SECRET);
            secret.by_ref().for_each(|row| row.amount = 25_000_000);
        }
        ("NAME", 1) => {
            let mut own = a.accounts.iter_mut().filter(own);
            own.by_ref().for_each(|row| row.name = "Zoe".to_owned());
        }
        ("NULL", 1) => a
            .accounts
            .iter_mut()
            .filter(own)
            .for_each(|r| r.risk = None),
        ("VIP", 1) => {
            let filtered = a.accounts.iter_mut().filter(|r| r.customer_id == "a0200");
            filtered.for_each(|row| {
                row.name = "Zoe".to_owned();
                row.country = "KY".to_owned();
            });
        }
        ("FAN", 1) => a.transactions.retain(|row| !FAN.contains(&row.tx_id)),
        ("EXIST_B" | "TX", 1) | ("AMT" | "NAME" | "NULL" | "VIP" | "FAN", 0) => {}
        other => panic!("no such world: {other:?}"),
    }
    rows
}

fn base() -> Rows {
    let mut random = Twister::new(42);
    let mut rows = Rows {
        bank_a: bank(&mut random, 'a', 1),
        bank_b: bank(&mut random, 'b', 500_001),
    };
    let a = &mut rows.bank_a;
    a.transactions.push(Transaction {
        ts: (2, 11, 10, 0),
        country: "KY".to_owned(),
        ..to_bank_b(SECRET, 7, "B0100-1", 973_155)
    });
    for (nth, customer) in (101..113_u32).enumerate() {
        let (nth, hour) = (nth as i64, nth as u32);
        a.transactions.push(Transaction {
            ts: (3, 3, hour, 0),
            country: "LI".to_owned(),
            ..to_bank_b(
                FAN.start + nth,
                customer,
                "B0007-1",
                90_000 + 100 * i128::from(nth),
            )
        });
    }
    for account in 3..15 {
        a.accounts.push(Account {
            account_id: format!("A0150-{account}"),
            customer_id: "a0150".to_owned(),
            name: "N0150".to_owned(),
            iban_hash: "ha0150".to_owned(),
            risk: Some("medium".to_owned()),
            country: "MT".to_owned(),
            opened: (2022, 2, 2),
        });
    }
    rows
}

fn to_bank_b(tx_id: i64, customer: u32, to: &str, amount: i128) -> Transaction {
    Transaction {
        tx_id,
        account_id: format!("A{customer:04}-1"),
        customer_id: format!("a{customer:04}"),
        counterparty_account: to.to_owned(),
        counterparty_bank: "bank_b".to_owned(),
        amount,
        currency: "EUR".to_owned(),
        ts: (1, 1, 0, 0),
        country: String::new(),
    }
}

fn bank(random: &mut Twister, letter: char, first: i64) -> Bank {
    let (mut bank, mut tx_id) = (Bank::default(), first);
    let upper = letter.to_ascii_uppercase();
    let other = if letter == 'a' { 'B' } else { 'A' };
    for index in 1..=CUSTOMERS {
        let customer_id = format!("{letter}{index:04}");
        let account = customer(random, letter, index);
        for number in 1..=(if index % 5 == 0 { 2 } else { 1 }) {
            let account_id = format!("{upper}{index:04}-{number}");
            bank.accounts.push(Account {
                account_id,
                ..account.clone()
            });
        }
        for _ in 0..random.between(6, 14) {
            let to = if random.less_than(0.6) { other } else { upper };
            let payee = random.between(1, CUSTOMERS);
            let bank_of = if to == 'B' { "bank_b" } else { "bank_a" };
            bank.transactions.push(Transaction {
                tx_id,
                account_id: format!("{upper}{index:04}-1"),
                customer_id: customer_id.clone(),
                counterparty_account: format!("{to}{payee:04}-1"),
                counterparty_bank: bank_of.to_owned(),
                amount: i128::from(random.between(1_000, 950_000)),
                currency: random.choice(CURRENCIES).to_owned(),
                ts: (
                    random.between(1, 6),
                    random.between(1, 28),
                    random.between(0, 23),
                    random.between(0, 59),
                ),
                country: random.choice(COUNTRIES).to_owned(),
            });
            tx_id += 1;
        }
    }
    bank
}

fn customer(random: &mut Twister, letter: char, index: u32) -> Account {
    let same = format!("h{index:04}");
    let (mut risk, mut country) = (random.choice(RISKS), random.choice(COUNTRIES));
    let year = i32::try_from(random.between(2015, 2023)).unwrap();
    let mut opened = (year, random.between(1, 12), random.between(1, 28));
    if index.is_multiple_of(40) {
        risk = "vip";
    }
    if index == 7 {
        (risk, country, opened) = ("low", "LU", (2021, 3, 5));
    }
    Account {
        account_id: String::new(),
        customer_id: format!("{letter}{index:04}"),
        name: format!("N{index:04}"),
        iban_hash: if index <= SHARED {
            same
        } else {
            format!("h{letter}{index:04}")
        },
        risk: Some(risk.to_owned()),
        country: country.to_owned(),
        opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: &Rows) -> String {
        let mut text = String::new();
        for bank in [&rows.bank_a, &rows.bank_b] {
            for row in &bank.accounts {
                let (y, m, d) = row.opened;
                let risk = row.risk.as_deref().unwrap_or_default();
                let Account {
                    account_id,
                    customer_id,
                    name,
                    iban_hash,
                    country,
                    ..
                } = row;
                text.push_str(&format!("{account_id}|{customer_id}|{name}|{iban_hash}|{risk}|{country}|{y}-{m:02}-{d:02}\n"));
            }
            for row in &bank.transactions {
                let ((m, d, h, min), cents) = (row.ts, row.amount);
                let amount = python(cents, row.tx_id >= SECRET);
                let Transaction {
                    tx_id,
                    account_id,
                    customer_id,
                    counterparty_account,
                    counterparty_bank,
                    currency,
                    country,
                    ..
                } = row;
                text.push_str(&format!("{tx_id}|{account_id}|{customer_id}|{counterparty_account}|{counterparty_bank}|{amount}|{currency}|2025-{m:02}-{d:02}T{h:02}:{min:02}:00|{country}\n"));
            }
        }
        text
    }

    /// A decimal as Python writes a quotient: no zeros at its end.
    fn python(cents: i128, written: bool) -> String {
        let whole = format!("{}.{:02}", cents / 100, cents % 100);
        if written {
            return whole;
        }
        whole.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Digests of what the Python that made the catalogue draws.
    #[test]
    fn the_rows_are_those_that_the_catalogue_was_made_on() {
        for (pair, digests) in [
            ("RISK", ["b7285aa9f2b7aac4", "345844ff40c6f15d"]),
            ("EXIST_B", ["0fe8fa83c776b28d", "b7285aa9f2b7aac4"]),
            ("TX", ["71dfd3e365c068cd", "b7285aa9f2b7aac4"]),
            ("AMT", ["b7285aa9f2b7aac4", "3863adb697c8d438"]),
            ("NAME", ["b7285aa9f2b7aac4", "1673c7ac2b67c224"]),
            ("NULL", ["b7285aa9f2b7aac4", "5be2cc791aa04951"]),
            ("VIP", ["b7285aa9f2b7aac4", "d515bddc5135717d"]),
            ("FAN", ["b7285aa9f2b7aac4", "c234fdd2908a97f8"]),
        ] {
            for (world, digest) in (0..).zip(digests) {
                let found = seal::digest_hex(text(&rows(pair, world)).as_bytes());
                assert_eq!(&found[..16], digest, "{pair}{world}");
            }
        }
    }
}
