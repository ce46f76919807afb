//! Chapter five: how much of what was planted do these rules find? Measured on the clear data, against the generator's truth.

use std::collections::BTreeSet;

use sample_data::four_banks::RECALL;
use serde_json::json;

use super::DemoArgs;
use super::clear::Clear;
use super::findings::{BANKS, FINDINGS, Finding};
use super::story::{Story, columns};
use crate::failure::{Failure, Failures};
use crate::progress;

/// What a rule looks for.
struct Rule {
    sql: &'static str,
    typology: &'static str,
    roles: String,
}

/// Measures every rule, on all banks' data and on each bank's.
pub(super) async fn tell(args: &DemoArgs, story: &mut Story) -> Result<(), Failures> {
    story.chapter("Measured against the truth")?;
    let bar = progress::spinner("rules");
    bar.set_message("measuring in the clear");
    let names = BANKS.map(|(bank, _)| bank);
    let joint = Clear::of(&args.dir, &names).await?;
    let mut single = Vec::new();
    for bank in names {
        single.push(Clear::of(&args.dir, &[bank]).await?);
    }
    let mut rows = vec![
        ["", "planted", "together", "any bank alone"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut facts = Vec::new();
    for finding in FINDINGS {
        let Some(rule) = rule(finding) else {
            continue;
        };
        let planted = planted(&joint, &rule).await?;
        let together = patterns(&joint, &rule).await?;
        let mut alone = BTreeSet::new();
        for clear in &single {
            alone.extend(patterns(clear, &rule).await?);
        }
        bar.inc(1);
        let words = rule.typology.to_lowercase().replace('_', " ");
        rows.push(vec![
            words,
            planted.to_string(),
            together.len().to_string(),
            alone.len().to_string(),
        ]);
        facts.push(json!({
            "typology": rule.typology, "planted": planted, "together": together.len(), "alone": alone.len(),
        }));
    }
    bar.finish_and_clear();
    story.say(
        "Nobody has this in life. The demo does, because it made the data: the same rules as plain SQL over all four ledgers in the clear, \
         compared with what the generator says it planted. Planted schemes that are found:",
    )?;
    story.show(&columns(&rows))?;
    story.line("")?;
    story.say(
        "The answers in chapter 4 can count less than these rules find: groups too small are missing from them. They can count more: a rule \
         also finds what nobody planted, or several accounts of one scheme.",
    )?;
    story.fact("recall", json!(facts));
    Ok(())
}

fn rule(finding: Finding) -> Option<Rule> {
    let (_, sql) = RECALL.iter().find(|(name, _)| *name == finding.name)?;
    let head = sql.lines().next()?.strip_prefix("-- ")?;
    let (typology, roles) = head.split_once(": ")?;
    let roles: Vec<String> = roles.split(", ").map(|role| format!("'{role}'")).collect();
    Some(Rule {
        sql,
        typology,
        roles: roles.join(", "),
    })
}

async fn planted(clear: &Clear, rule: &Rule) -> Result<i64, Failure> {
    let sql = format!(
        "SELECT count(*) FROM patterns WHERE typology = '{}'",
        rule.typology
    );
    Ok(clear.wholes(&sql).await?.into_iter().sum())
}

/// The planted schemes of which the rule finds an account that plays a part it looks for.
async fn patterns(clear: &Clear, rule: &Rule) -> Result<BTreeSet<i64>, Failure> {
    let Rule {
        sql,
        typology,
        roles,
    } = rule;
    let sql = format!(
        "SELECT DISTINCT t.pattern_id FROM pattern_accts t JOIN (\n{sql}\n) AS found ON found.acct = t.acct \
         JOIN accounts a ON a.acct = t.acct WHERE t.typology = '{typology}' AND t.role IN ({roles})"
    );
    Ok(clear.wholes(&sql).await?.into_iter().collect())
}
