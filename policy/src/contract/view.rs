//! Views that the contract defines over its members' tables.
//!
//! A view names, it does not protect. It stands as its text, and every owner of a table in it must be
//! among the signers; so the owners are computed from the text, never taken from a file.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;

use sqlparser::ast::{ObjectName, Query, SelectItem, SetExpr, Statement, visit_relations};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::ident::{PartyId, TableName, TableRef};

/// A view's name: `schema.view`, or one word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewName(String);

/// A view of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// One SELECT.
    pub sql: String,
    /// Owners of the tables in it.
    pub owners: BTreeSet<PartyId>,
}

impl ViewName {
    /// Parses `schema.view` or `view`, lower-case names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let named = parts.iter().all(|part| TableName::new(*part).is_ok());
        (named && parts.len() <= 2).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The schema, if it has one.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        self.0.split_once('.').map(|(schema, _)| schema)
    }
}

impl fmt::Display for ViewName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl View {
    /// A view from its text, with the owners of the tables it reads.
    ///
    /// # Errors
    /// In words, when the text is not one SELECT over `party.table` with its columns written out.
    pub fn parse(sql: &str) -> Result<Self, String> {
        let tables = Self::tables_in(sql)?;
        Ok(Self {
            sql: sql.to_owned(),
            owners: tables.into_iter().map(|t| t.party).collect(),
        })
    }

    /// The tables a view's text reads.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn tables_in(sql: &str) -> Result<BTreeSet<TableRef>, String> {
        let query = one_query(sql)?;
        written_out(&query.body)?;
        let common: BTreeSet<String> = query
            .with
            .iter()
            .flat_map(|with| {
                with.cte_tables
                    .iter()
                    .map(|cte| cte.alias.name.value.to_lowercase())
            })
            .collect();
        let mut tables = BTreeSet::new();
        let walked = visit_relations(&query, |name| match relation(name, &common) {
            Ok(table) => {
                tables.extend(table);
                ControlFlow::Continue(())
            }
            Err(message) => ControlFlow::Break(message),
        });
        match walked {
            ControlFlow::Break(message) => Err(message),
            ControlFlow::Continue(()) if tables.is_empty() => Err("it reads no table".to_owned()),
            ControlFlow::Continue(()) => Ok(tables),
        }
    }
}

fn one_query(sql: &str) -> Result<Query, String> {
    let statements = Parser::parse_sql(&GenericDialect {}, sql).map_err(|e| e.to_string())?;
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => Ok(*query),
        Ok(_) | Err(_) => Err("a view is one SELECT".to_owned()),
    }
}

/// Refuses `*`: a view must not grow when a table does.
fn written_out(body: &SetExpr) -> Result<(), String> {
    match body {
        SetExpr::Select(select) => {
            let starred = select.projection.iter().any(|item| {
                matches!(
                    item,
                    SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)
                )
            });
            if starred {
                Err("write the columns out instead of `*`".to_owned())
            } else {
                Ok(())
            }
        }
        SetExpr::Query(query) => written_out(&query.body),
        SetExpr::SetOperation { left, right, .. } => {
            written_out(left)?;
            written_out(right)
        }
        SetExpr::Values(_)
        | SetExpr::Insert(_)
        | SetExpr::Update(_)
        | SetExpr::Delete(_)
        | SetExpr::Merge(_)
        | SetExpr::Table(_) => Err("a view is one SELECT".to_owned()),
    }
}

fn relation(name: &ObjectName, common: &BTreeSet<String>) -> Result<Option<TableRef>, String> {
    let path: Vec<String> = name
        .0
        .iter()
        .filter_map(|part| part.as_ident())
        .map(|ident| {
            if ident.quote_style.is_some() {
                ident.value.clone()
            } else {
                ident.value.to_lowercase()
            }
        })
        .collect();
    if let [one] = path.as_slice()
        && common.contains(one)
    {
        return Ok(None);
    }
    let wrong = || format!("`{name}` is not a table: write `party.table`");
    let [party, table] = path.as_slice() else {
        return Err(wrong());
    };
    let party = PartyId::new(party.as_str()).map_err(|_| wrong())?;
    let table = TableName::new(table.as_str()).map_err(|_| wrong())?;
    Ok(Some(TableRef { party, table }))
}
