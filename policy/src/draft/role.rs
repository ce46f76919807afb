//! What a column probably is, by its name and type.

use super::is_number;
use crate::resolve::{ColumnKind, ColumnShape};

/// What a column probably is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Whom a row is about: unit space, and the domain it could be linked on.
    Unit(&'static str, &'static str),
    /// A key that rows could be linked on.
    Key(&'static str),
    /// The table's own key, or anything that names one row or one human being.
    Hidden(&'static str),
    /// A few kinds: country, currency, status.
    Category,
    /// An amount.
    Amount,
    /// An age in years.
    Age,
    /// A day or moment of birth.
    Birth,
    /// A day or moment.
    When,
    /// Not recognised.
    Unknown,
}

const PEOPLE: &[&str] = &[
    "customer",
    "client",
    "person",
    "patient",
    "subject",
    "member",
    "employee",
    "user",
    "holder",
    "citizen",
    "beneficiary",
    "cardholder",
    "insured",
    "taxpayer",
    "student",
];
const ACCOUNTS: &[&str] = &["account", "acct", "card", "wallet"];
const NAMING: &[&str] = &[
    "name",
    "firstname",
    "lastname",
    "surname",
    "forename",
    "email",
    "mail",
    "phone",
    "mobile",
    "fax",
    "address",
    "street",
    "postcode",
    "zip",
    "zipcode",
    "ssn",
    "passport",
    "licence",
    "license",
    "ip",
    "password",
    "secret",
    "token",
    "note",
    "notes",
    "comment",
    "comments",
    "text",
    "memo",
    "description",
    "remark",
    "reference",
    "latitude",
    "longitude",
    "lat",
    "lon",
];
const KINDS: &[&str] = &[
    "country",
    "currency",
    "status",
    "type",
    "kind",
    "category",
    "class",
    "segment",
    "region",
    "state",
    "gender",
    "sex",
    "channel",
    "code",
    "bank",
    "branch",
    "sector",
    "industry",
    "risk",
    "level",
    "grade",
    "race",
    "ethnicity",
    "concept",
    "source",
    "direction",
    "product",
    "diagnosis",
    "ward",
    "site",
];
const AMOUNTS: &[&str] = &[
    "amount", "balance", "price", "total", "value", "cost", "fee", "salary", "income", "turnover",
    "charge", "sum", "limit", "rate", "score", "quantity", "qty", "count", "volume", "weight",
    "height", "pressure", "dose",
];

/// Every column with its role; where nobody but accounts could be counted, the first of these is.
pub(super) fn all(columns: &[ColumnShape]) -> Vec<(&ColumnShape, Role)> {
    let mut roles: Vec<_> = columns
        .iter()
        .map(|column| (column, role(column)))
        .collect();
    if !roles.iter().any(|(_, role)| matches!(role, Role::Unit(..)))
        && let Some((_, first)) = roles
            .iter_mut()
            .find(|(_, role)| *role == Role::Key("acct"))
    {
        *first = Role::Unit("acct", "acct");
    }
    roles
}

fn role(column: &ColumnShape) -> Role {
    let lower = column.name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let identifies = matches!(
        words.last(),
        Some(&("id" | "key" | "no" | "number" | "hash" | "uuid" | "nr"))
    );
    match column.kind {
        ColumnKind::Other => return Role::Hidden("of a type that policies do not cover"),
        ColumnKind::Bool => return Role::Category,
        ColumnKind::Date | ColumnKind::Timestamp => {
            return if has(&["birth", "born", "dob", "birthdate", "death"]) {
                Role::Birth
            } else {
                Role::When
            };
        }
        ColumnKind::Text | ColumnKind::Integer | ColumnKind::Decimal | ColumnKind::Float => {}
    }
    if column.kind != ColumnKind::Float
        && let Some(role) = identifier(&words, identifies)
    {
        return role;
    }
    if has(NAMING) {
        return Role::Hidden("names somebody, or is free text");
    }
    if is_number(column.kind) {
        number(column.kind, &has)
    } else {
        text(&has)
    }
}

fn identifier(words: &[&str], identifies: bool) -> Option<Role> {
    let first = words.first().copied().unwrap_or("");
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let other = has(&[
        "counterparty",
        "beneficiary",
        "debtor",
        "creditor",
        "merchant",
    ]);
    if has(&["iban"]) {
        return Some(Role::Key("iban"));
    }
    let ends = words.last().is_some_and(|word| ACCOUNTS.contains(word));
    if has(ACCOUNTS) && (identifies || other || ends) {
        return Some(Role::Key("acct"));
    }
    if has(PEOPLE) && (identifies || words.len() == 1) {
        return Some(if PEOPLE.contains(&first) && !other {
            Role::Unit("person", "person")
        } else {
            Role::Key("person")
        });
    }
    if has(&["concept"]) {
        return None;
    }
    identifies.then_some(Role::Hidden(
        "names one row; list it only if rows are to be linked on it",
    ))
}

fn number(kind: ColumnKind, has: &impl Fn(&[&str]) -> bool) -> Role {
    if has(&["age"]) {
        Role::Age
    } else if has(AMOUNTS) {
        Role::Amount
    } else if (has(KINDS) || has(&["year", "month", "quarter"])) && kind == ColumnKind::Integer {
        Role::Category
    } else {
        Role::Amount
    }
}

fn text(has: &impl Fn(&[&str]) -> bool) -> Role {
    if has(KINDS) {
        Role::Category
    } else {
        Role::Unknown
    }
}

impl Role {
    /// The domain a key could be linked on.
    pub(super) fn domain(&self) -> Option<&'static str> {
        match self {
            Self::Unit(_, domain) | Self::Key(domain) => Some(domain),
            Self::Hidden(_)
            | Self::Category
            | Self::Amount
            | Self::Age
            | Self::Birth
            | Self::When
            | Self::Unknown => None,
        }
    }

    /// What the draft grants, and a remark.
    pub(super) fn written(&self, kind: ColumnKind) -> (String, &'static str) {
        let (grants, remark) = match self {
            Self::Unit(unit, domain) => {
                return (
                    format!("unit = \"{unit}\", join = \"{domain}\""),
                    "whom a row is about: counted, never shown",
                );
            }
            Self::Key(domain) => return (format!("join = \"{domain}\""), "a key: never shown"),
            Self::Hidden(why) => ("hidden = true", *why),
            Self::Category => (
                "dimension = true, filter = true",
                "answers are grouped by it: is each value shared by many?",
            ),
            Self::Amount => (
                "measure = [0, 1000000], filter = 1000",
                "bounds and step are guesses: values outside are clamped",
            ),
            Self::Age => (
                "measure = [0, 120], dimension = 10, filter = 10",
                "in steps of ten years",
            ),
            Self::Birth => (
                "filter = \"1 year\"",
                "a year at most: a birthday names somebody",
            ),
            Self::When if kind == ColumnKind::Date => {
                ("filter = \"1 day\", dimension = \"month\"", "")
            }
            Self::When => (
                "filter = \"1 day\", dimension = \"month\"",
                "days inside, months outside",
            ),
            Self::Unknown => ("hidden = true", "not recognised"),
        };
        (grants.to_owned(), remark)
    }
}
