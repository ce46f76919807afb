//! A contract in words, as `contract show` prints it.

use std::fmt::Write;

use super::{Contract, DigestHex, Floors};
use crate::ident::PartyId;

impl Contract {
    /// The contract in plain words, one fact a line.
    #[must_use]
    pub fn show(&self) -> String {
        let mut out = String::new();
        let mut say = |line: String| {
            // writing to a String cannot fail
            let _ = writeln!(out, "{line}");
        };
        say(format!(
            "{}, version {}, digest {}",
            self.name,
            self.version,
            DigestHex(&self.digest())
        ));
        if let Some(previous) = &self.previous {
            say(format!("follows {}", DigestHex(previous)));
        }
        if self.lab {
            say("LABORATORY: simulated evidence is accepted; nothing here is attested".to_owned());
        }
        match self.expires {
            Some(day) => say(format!("holds until {day}")),
            None => say("holds without an end".to_owned()),
        }
        say(format!(
            "purposes: {}",
            words(
                self.purposes
                    .iter()
                    .map(super::super::ident::Purpose::as_str),
                "any"
            )
        ));
        say(format!(
            "answers go to: {}",
            words(self.recipients.iter().map(PartyId::as_str), "every member")
        ));
        for line in self.floors.in_words() {
            say(format!("floor: {line}"));
        }
        for measurement in &self.measurements {
            say(format!("accepts the engine {measurement}"));
        }
        for (party, member) in &self.parties {
            let analysts = words(member.analysts.iter().map(String::as_str), "nobody");
            say(format!(
                "party {party}: key {}, asked for by {analysts}",
                member.identity
            ));
        }
        for (table, digest) in &self.tables {
            say(format!("table {table}: policy {}", DigestHex(digest)));
            for (name, text) in self.approved.get(table).into_iter().flatten() {
                let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                say(format!("  approves `{name}`: {line}"));
            }
        }
        for (name, view) in &self.views {
            let owners = words(view.owners.iter().map(PartyId::as_str), "nobody");
            say(format!("view {name}: over tables of {owners}"));
        }
        out
    }
}

impl Floors {
    /// Each floor in words.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(k) = &self.min_contributors {
            lines.push(format!(
                "at least {} contributors behind every value",
                k.in_words()
            ));
        }
        if self.jitter {
            lines.push("support is tested with sticky noise".to_owned());
        }
        if self.history {
            lines.push("earlier answers are remembered".to_owned());
        }
        if self.noise {
            lines.push("values carry sticky noise".to_owned());
        }
        if let Some(variance) = &self.variance {
            lines.push(format!("noise of variance {variance} at least"));
        }
        if self.dominance > 0 {
            lines.push(format!("dominance rule of {} %", self.dominance));
        }
        lines
    }
}

fn words<'t>(items: impl Iterator<Item = &'t str>, none: &str) -> String {
    let items: Vec<&str> = items.collect();
    if items.is_empty() {
        none.to_owned()
    } else {
        items.join(", ")
    }
}
