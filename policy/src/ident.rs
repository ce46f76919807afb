//! Names, parsed once and then trusted: whoever holds a [`PartyId`] need not check it again.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}: {rule}")]
pub struct NameError {
    /// The text as it stood.
    pub text: String,
    /// What it should have been, in words.
    pub kind: &'static str,
    /// The rule it breaks, in words.
    pub rule: &'static str,
}

const LOWER: &str = "a lower-case letter, then lower-case letters, digits and underscores";

fn is_lower_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

macro_rules! lower_name {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the name.
            ///
            /// # Errors
            /// When the text does not match `[a-z][a-z0-9_]*`.
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                if is_lower_name(&text) {
                    Ok(Self(text))
                } else {
                    Err(NameError { text, kind: $kind, rule: LOWER })
                }
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

lower_name!(
    /// An organisation in the contract.
    PartyId,
    "party name"
);
lower_name!(
    /// A table of one party, without the party's name.
    TableName,
    "table name"
);
lower_name!(
    /// A space of entities whose members are counted as contributors (`person`, `acct`).
    UnitSpace,
    "unit space"
);
lower_name!(
    /// A space of keys that owners may consent to link on.
    KeyDomain,
    "key domain"
);
lower_name!(
    /// What an answer is for.
    Purpose,
    "purpose"
);

/// A table with its owner: `party.table` in SQL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableRef {
    /// The owner.
    pub party: PartyId,
    /// The table.
    pub table: TableName,
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.party, self.table)
    }
}

/// Somebody who asks: `name@party`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Principal {
    /// The analyst's name within the party.
    pub name: String,
    /// The party the analyst belongs to.
    pub party: PartyId,
}

impl Principal {
    /// Parses `name@party`.
    ///
    /// # Errors
    /// When either half is missing or is not a lower-case name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError {
            text: text.to_owned(),
            kind: "principal",
            rule: "an analyst and a party, as in alice@bank_a",
        };
        let (name, party) = text.split_once('@').ok_or_else(wrong)?;
        if !is_lower_name(name) {
            return Err(wrong());
        }
        Ok(Self {
            name: name.to_owned(),
            party: PartyId::new(party).map_err(|_| wrong())?,
        })
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.party)
    }
}

impl TryFrom<String> for Principal {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Principal> for String {
    fn from(principal: Principal) -> Self {
        principal.to_string()
    }
}
