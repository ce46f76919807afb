//! Canonical bytes of a contract, and the digest that is signed.
//!
//! One writer, fixed order, every text as a basic string with fixed escapes: equal contracts have
//! equal bytes, and different ones different bytes.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Contract, DigestHex, Floors, Member};
use crate::document::MinContributors;

/// What a signature covers besides the digest, so that it is good for nothing else.
pub const SIGNING_CONTEXT: &[u8] = b"subrosa contract v1\0";

impl Contract {
    /// The contract as text: what `contract show --toml` prints and what is signed.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = Writer::default();
        head(&mut out, self);
        floors(&mut out, &self.floors);
        for (party, member) in &self.parties {
            one_member(&mut out, party.as_str(), member);
        }
        for (table, digest) in &self.tables {
            out.section(&format!("tables.{}", quoted(&table.to_string())));
            out.line("policy", &quoted(&DigestHex(digest).to_string()));
            let texts = self.approved.get(table).filter(|texts| !texts.is_empty());
            if let Some(texts) = texts {
                out.section(&format!("tables.{}.approved", quoted(&table.to_string())));
                for (name, text) in texts {
                    out.line(&quoted(name), &quoted(text));
                }
            }
        }
        for (name, view) in &self.views {
            out.section(&format!("views.{}", quoted(name.as_str())));
            out.line(
                "owners",
                &list(view.owners.iter().map(super::super::ident::PartyId::as_str)),
            );
            out.line("sql", &quoted(&view.sql));
        }
        out.text
    }

    /// SHA-256 of the canonical bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_toml().as_bytes()).into()
    }

    /// The bytes that a member's identity key signs.
    #[must_use]
    pub fn signing_message(digest: &[u8; 32]) -> Vec<u8> {
        [SIGNING_CONTEXT, digest.as_slice()].concat()
    }
}

fn head(out: &mut Writer, contract: &Contract) {
    out.line("contract", "1");
    out.line("name", &quoted(&contract.name));
    out.line("version", &contract.version.to_string());
    if let Some(previous) = &contract.previous {
        out.line("previous", &quoted(&DigestHex(previous).to_string()));
    }
    out.line("lab", &contract.lab.to_string());
    if let Some(expires) = &contract.expires {
        out.line("expires", &expires.format("%Y-%m-%d").to_string());
    }
    out.line(
        "purposes",
        &list(
            contract
                .purposes
                .iter()
                .map(super::super::ident::Purpose::as_str),
        ),
    );
    out.line(
        "recipients",
        &list(
            contract
                .recipients
                .iter()
                .map(super::super::ident::PartyId::as_str),
        ),
    );
    out.line(
        "measurements",
        &list(contract.measurements.iter().map(String::as_str)),
    );
}

fn floors(out: &mut Writer, floors: &Floors) {
    if floors.is_empty() {
        return;
    }
    out.section("floors");
    if let Some(k) = &floors.min_contributors {
        out.line("min_contributors", &contributors(k));
    }
    out.line("jitter", &floors.jitter.to_string());
    out.line("history", &floors.history.to_string());
    out.line("noise", &floors.noise.to_string());
    if let Some(variance) = &floors.variance {
        out.line("variance", &variance.to_string());
    }
    out.line("dominance", &floors.dominance.to_string());
}

fn contributors(k: &MinContributors) -> String {
    if k.by_unit.is_empty() {
        return k.default.to_string();
    }
    let units: Vec<String> = k
        .by_unit
        .iter()
        .map(|(unit, k)| format!("{unit} = {k}"))
        .collect();
    format!("{{ default = {}, {} }}", k.default, units.join(", "))
}

fn one_member(out: &mut Writer, party: &str, member: &Member) {
    out.section(&format!("parties.{party}"));
    out.line("identity", &quoted(&member.identity.to_string()));
    out.line("recipient", &quoted(&member.recipient.to_string()));
    out.line(
        "analysts",
        &list(member.analysts.iter().map(String::as_str)),
    );
    if let Some(broker) = &member.broker {
        out.line("broker", &quoted(broker));
    }
    if let Some(pin) = &member.broker_pin {
        out.line("broker_pin", &quoted(&DigestHex(pin).to_string()));
    }
    if let Some(seed) = &member.seed {
        out.line("seed", &quoted(&DigestHex(seed).to_string()));
    }
}

#[derive(Debug, Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn line(&mut self, key: &str, value: &str) {
        self.text.push_str(key);
        self.text.push_str(" = ");
        self.text.push_str(value);
        self.text.push('\n');
    }

    fn section(&mut self, name: &str) {
        self.text.push_str("\n[");
        self.text.push_str(name);
        self.text.push_str("]\n");
    }
}

fn list<'t>(items: impl Iterator<Item = &'t str>) -> String {
    let items: Vec<String> = items.map(quoted).collect();
    format!("[{}]", items.join(", "))
}

/// A TOML basic string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                // writing to a String cannot fail
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
