//! What is made of a statement, in words.

use std::fmt::Write as _;

use admit::cost::Sizes;
use admit::{Admitted, ReleasePlan};
use datafusion::logical_expr::LogicalPlan;
use engine::{Judge, Refusal};
use policy::denial::Denial;
use release::PartyRule;

fn plan(text: &mut String, plan: &LogicalPlan) {
    for line in plan.display_indent().to_string().lines() {
        writeln!(text, "    {line}").unwrap();
    }
}

fn denied(denial: &Denial) -> String {
    let mut text = format!("{} {}\n", denial.code, denial.message);
    if let (Some(party), Some(table)) = (&denial.party, &denial.table) {
        let column = denial.column.as_deref().unwrap_or("*");
        write!(text, "  of {party}.{table}.{column}").unwrap();
        if let Some(rule) = &denial.rule {
            write!(text, ", {}:{}", rule.file, rule.line).unwrap();
        }
        text.push('\n');
    }
    if let Some(span) = &denial.span {
        let (line, column, end) = (span.line, span.column, span.end_column);
        writeln!(text, "  at {line}:{column}-{end}").unwrap();
    }
    if let Some(help) = &denial.help {
        writeln!(text, "  help: {help}").unwrap();
    }
    text
}

/// A refusal.
pub(crate) fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Denied(denial) => denied(denial),
        Refusal::Syntax { message, .. } | Refusal::Invalid { message, .. } => {
            format!("invalid: {message}\n")
        }
        Refusal::Failed(message) => format!("failed: {message}\n"),
        Refusal::Tampered(message) => format!("tampered: {message}\n"),
    }
}

fn release(text: &mut String, number: usize, release: &ReleasePlan) {
    let owners: Vec<String> = release.owners.iter().map(ToString::to_string).collect();
    writeln!(text, "release {number} of {}", owners.join(", ")).unwrap();
    for key in &release.spec.keys {
        writeln!(text, "  {key:?}").unwrap();
    }
    for statistic in &release.spec.statistics {
        let (name, kind, output) = (&statistic.name, &statistic.kind, &statistic.output);
        writeln!(text, "  {name}: {kind:?} as {output}").unwrap();
        for branch in &statistic.branches {
            writeln!(text, "    {branch:?}").unwrap();
        }
    }
    for slot in &release.spec.slots {
        writeln!(text, "  {slot:?}").unwrap();
    }
    let party = |party: &PartyRule| {
        let exempt = if party.exempt { " exempt" } else { "" };
        let (name, pool, dominance) = (&party.name, party.pool, party.dominance);
        format!("{name}{exempt} pool {pool} dominance {dominance}")
    };
    let parties: Vec<String> = release.spec.parties.iter().map(party).collect();
    writeln!(text, "  {}", parties.join(", ")).unwrap();
    writeln!(text, "  {:?}", release.duties).unwrap();
    if let Some(private) = &release.private {
        writeln!(text, "  {:?}", private.terms).unwrap();
        if let Some(listed) = &private.listed {
            text.push_str("  groups listed by\n");
            plan(text, listed);
        }
    }
    plan(text, &release.input);
}

/// What a statement was admitted as.
pub(crate) fn admitted(admitted: &Result<Admitted, Refusal>) -> String {
    let mut text = String::new();
    match admitted {
        Err(refusal) => return refused(refusal),
        Ok(Admitted::Plain { plan: plain, .. }) => {
            text.push_str("plain\n");
            plan(&mut text, plain);
        }
        Ok(Admitted::Released {
            releases,
            list,
            above,
            ..
        }) => {
            for (number, one) in releases.iter().enumerate() {
                release(&mut text, number, one);
            }
            if let Some(list) = list {
                writeln!(text, "list of at most {}", list.most).unwrap();
                plan(&mut text, &list.plan);
            }
            text.push_str("above\n");
            plan(&mut text, above);
        }
    }
    text
}

/// What it is expected to cost.
pub(crate) fn cost(admitted: &Result<Admitted, Refusal>, sizes: &Sizes) -> String {
    let Ok(admitted) = admitted else {
        return String::new();
    };
    match Judge::cost(admitted, sizes) {
        Ok(cost) => format!("cost {:.0} rows, {:.0} bytes\n", cost.rows, cost.bytes),
        Err(refusal) => refused(&refusal),
    }
}
