//! `policy diff`: what a new version widens and narrows, and a question that each widening lets in.
//!
//! An example is shown only once the engine's own admission has refused it under the old version and let
//! it in under the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use clap::Args;
use engine::{Agreed, Asked, Judge, visible_columns};
use policy::diff::{Example, PolicyDiff, Scene, diff, examples, scene};
use policy::document::PolicyDocument;
use policy::ident::{PartyId, Principal, TableRef};
use policy::resolve::{ColumnKind, ColumnShape};
use policy::table::TablePolicy;
use serde_json::{Value, json};

use crate::args::ReportArgs;
use crate::commands::block_on;
use crate::exit::Exit;
use crate::failure::{Failure, Failures};
use crate::say;

/// The analyst of each supposed party.
const ANALYST: &str = "analyst";

/// Arguments of `policy diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The policy as it was.
    old: PathBuf,
    /// The policy as it would be.
    new: PathBuf,
    /// The party whose policy it is, for the names in examples.
    #[arg(long, value_name = "PARTY", default_value = "owner")]
    owner: String,
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs `policy diff`.
pub(super) fn run(args: &DiffArgs) -> Result<Exit, Failures> {
    let (old, new) = (super::parse(&args.old)?, super::parse(&args.new)?);
    let owner = PartyId::new(&args.owner).map_err(|error| Failure::usage(error.to_string()))?;
    let found = diff(&old, &new, None);
    let today = chrono::Utc::now().date_naive();
    let scene = scene(&old, &new, &owner, today);
    let shown = match &scene {
        Some(scene) => block_on(async { Ok(shown(&found, scene, &old, &new).await) })?,
        None => vec![None; found.newly_possible.len()],
    };
    if args.report.is_json() {
        let supposed = scene.map(|scene| supposed(&scene)).unwrap_or_default();
        say::line(&as_json(&found, &shown, &supposed).to_string());
    } else {
        in_words(&found, &shown);
    }
    Ok(Exit::Answered)
}

/// For each widening the first question that the old version refuses and the new one lets in.
async fn shown(
    found: &PolicyDiff,
    scene: &Scene,
    old: &PolicyDocument,
    new: &PolicyDocument,
) -> Vec<Option<Example>> {
    let mut shown = vec![None; found.facets.len()];
    let (Some(before), Some(after)) = (judge(scene, old), judge(scene, new)) else {
        return shown;
    };
    for (slot, facet) in shown.iter_mut().zip(&found.facets) {
        for example in examples(scene, old, new, facet) {
            let Some(asked) = asked(&example) else {
                continue;
            };
            let refused = before.admits(&example.sql, &asked).await.is_err();
            if refused && after.admits(&example.sql, &asked).await.is_ok() {
                *slot = Some(example);
                break;
            }
        }
    }
    shown
}

fn principal(party: &PartyId) -> Option<Principal> {
    Principal::parse(&format!("{ANALYST}@{party}")).ok()
}

fn asked(example: &Example) -> Option<Asked> {
    Some(Asked {
        principal: principal(&example.asker)?,
        purpose: example.purpose.clone(),
        recipient: example.recipient.clone(),
        today: example.on,
    })
}

fn judge(scene: &Scene, document: &PolicyDocument) -> Option<Judge> {
    let shapes = scene.shapes();
    let mut tables = BTreeMap::new();
    let table = |document: &PolicyDocument, party: &PartyId| {
        // a rule that is only in the other version is about a column of this one too
        let declared = document.declared_unique(&shapes);
        let policy = TablePolicy::resolve_sealed(document, party, &shapes, &declared).ok()?;
        let schema = visible_columns(&schema(&shapes), document);
        Some((policy.table.clone(), (policy, schema)))
    };
    tables.extend(table(document, &scene.owner));
    for (party, text) in &scene.policies {
        let supposed = PolicyDocument::parse("supposed", text).ok();
        tables.extend(supposed.and_then(|document| table(&document, party)));
    }
    let agreed = Agreed {
        parties: scene.parties.clone(),
        principals: scene.parties.iter().filter_map(principal).collect(),
        purposes: scene.purposes.clone(),
        views: Vec::new(),
    };
    let own = |name: &TableRef| name.party == scene.owner;
    let there = tables.keys().any(own);
    there.then(|| Judge::new(&agreed, tables).ok()).flatten()
}

fn schema(shapes: &[ColumnShape]) -> SchemaRef {
    let field = |shape: &ColumnShape| {
        let data_type = match shape.kind {
            ColumnKind::Text | ColumnKind::Other => DataType::Utf8,
            ColumnKind::Integer => DataType::Int64,
            ColumnKind::Decimal | ColumnKind::Float => DataType::Decimal128(18, 2),
            ColumnKind::Bool => DataType::Boolean,
            ColumnKind::Date => DataType::Date32,
            ColumnKind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        };
        Field::new(&shape.name, data_type, true)
    };
    Arc::new(Schema::new(shapes.iter().map(field).collect::<Vec<_>>()))
}

/// The policies of tables that examples suppose at other parties.
fn supposed(scene: &Scene) -> BTreeMap<String, String> {
    let policies = scene.policies.iter();
    policies
        .map(|(party, text)| (party.to_string(), text.clone()))
        .collect()
}

fn as_json(
    found: &PolicyDiff,
    shown: &[Option<Example>],
    supposed: &BTreeMap<String, String>,
) -> Value {
    let example = |example: &Example| {
        json!({
            "sql": example.sql,
            "as": format!("{ANALYST}@{}", example.asker),
            "to": example.recipient.as_str(),
            "purpose": example.purpose.as_ref().map(policy::ident::Purpose::as_str),
            "on": example.on.to_string(),
        })
    };
    let widens = found.newly_possible.iter().zip(shown).map(|(says, shown)| {
        let shown = shown.as_ref().map(example);
        json!({"direction": "widens", "says": says, "example": shown})
    });
    let narrows = found
        .no_longer
        .iter()
        .map(|says| json!({"direction": "narrows", "says": says}));
    let changes = found
        .changed
        .iter()
        .map(|says| json!({"direction": "changes", "says": says}));
    json!({
        "newly_possible": found.newly_possible,
        "no_longer": found.no_longer,
        "changed": found.changed,
        "differences": widens.chain(narrows).chain(changes).collect::<Vec<_>>(),
        "supposed": supposed,
    })
}

fn in_words(found: &PolicyDiff, shown: &[Option<Example>]) {
    if found.is_empty() {
        say::line("the two policies say the same");
    }
    if !found.newly_possible.is_empty() {
        say::line("newly possible (widens)");
    }
    let mut seen = BTreeSet::new();
    for (line, example) in found.newly_possible.iter().zip(shown) {
        say::line(&format!("  {line}"));
        if let Some(example) = example
            && seen.insert((circumstances(example), &example.sql))
        {
            say::line(&format!(
                "    e.g. {}: {}",
                circumstances(example),
                example.sql
            ));
        }
    }
    let parts = [
        ("no longer possible (narrows)", &found.no_longer),
        ("otherwise changed", &found.changed),
    ];
    for (title, lines) in parts.iter().filter(|(_, lines)| !lines.is_empty()) {
        say::line(title);
        lines
            .iter()
            .for_each(|line| say::line(&format!("  {line}")));
    }
}

fn circumstances(example: &Example) -> String {
    let Example {
        asker, recipient, ..
    } = example;
    let to = (recipient != asker).then(|| format!(" for {recipient}"));
    let purpose = example
        .purpose
        .as_ref()
        .map(|purpose| format!(" ({purpose})"));
    let today = chrono::Utc::now().date_naive();
    let on = (example.on != today).then(|| format!(" on {}", example.on));
    let more: String = [to, purpose, on].into_iter().flatten().collect();
    format!("{asker} asks{more}")
}
