//! What must hold of the replies that an attack gets in its two worlds.

use serde_json::Value;
use tests::attacks::{Entry, Expect, Plan};

use super::lab::{Lab, Reply};

/// Fewest people behind anything that a bank shows.
const LEAST: i64 = 10;

/// Checks an attack by the kind of assertion that can be made of it.
pub(super) fn entry(entry: &Entry, both: [&Vec<Reply>; 2], labs: &[Lab; 2]) {
    for replies in both {
        for reply in replies {
            let fault =
                ["failed", "tampered", "invalid", "syntax"].contains(&reply.code().as_str());
            assert!(!fault, "{} {}: {:?}", entry.id, reply.sql, reply.error);
        }
    }
    let plan = entry.plan();
    let elsewhere = matches!(
        plan,
        Plan::Snapped | Plan::Guessed | Plan::Grid | Plan::Private
    );
    if !elsewhere && !matches!(plan, Plan::Later(_)) {
        for (replies, lab) in both.into_iter().zip(labs) {
            outcomes(entry, replies, lab);
        }
    }
    match plan {
        Plan::Denied | Plan::Constant => constant(entry, both),
        Plan::Supported => labs
            .iter()
            .zip(both)
            .for_each(|(lab, replies)| supported(entry, replies, lab)),
        Plan::Postprocessed => labs
            .iter()
            .zip(both)
            .for_each(|(lab, r)| postprocessed(entry, r, lab)),
        Plan::Formula => both.iter().for_each(|replies| formula(entry, replies)),
        Plan::SameAnswer => both.iter().for_each(|replies| same(entry, replies)),
        Plan::Size => sizes(entry, both),
        Plan::NoSpill => labs
            .iter()
            .zip(both)
            .for_each(|(lab, r)| no_spill(entry, r, lab)),
        // Asserted in a world whose policies owe it.
        Plan::Undominated
        | Plan::Snapped
        | Plan::Guessed
        | Plan::Grid
        | Plan::Private
        | Plan::Later(_) => {}
    }
}

pub(super) fn outcomes(entry: &Entry, replies: &[Reply], lab: &Lab) {
    for (step, reply) in entry.steps.iter().zip(replies) {
        let right = step
            .expect
            .iter()
            .any(|expected| outcome(expected, reply, replies, lab));
        assert!(
            right,
            "{} {}\nexpected {:?}\ngot {:?} {:?}",
            entry.id, reply.sql, step.expect, reply.answer, reply.error
        );
    }
}

fn outcome(expected: &Expect, reply: &Reply, replies: &[Reply], lab: &Lab) -> bool {
    if let Expect::Deny(code) = expected {
        return reply.code() == *code;
    }
    if reply.answer.is_none() {
        return false;
    }
    let rows = reply.rows();
    let is_null = |row: &Value, column: &str| row.get(column).is_some_and(Value::is_null);
    match expected {
        // Rows come back unless nothing of it has enough people behind it.
        Expect::Release | Expect::Noisy => {
            !rows.is_empty() || lab.cells(&reply.sql).most() < Some(LEAST)
        }
        Expect::Snap(step) => reply.answer == replies[step - 1].answer,
        Expect::Suppress => rows.is_empty(),
        Expect::SuppressRow(value) => {
            let shows = |row: &Value| row.as_object().unwrap().values().any(|v| v == value);
            !rows.is_empty() && !rows.iter().any(shows)
        }
        Expect::SuppressColumn(name) => {
            !rows.is_empty() && rows.iter().all(|row| is_null(row, name))
        }
        Expect::Deny(_) => false,
    }
}

/// Byte for byte: what is printed, the size of what is sealed, and all that the receipt says.
pub(super) fn constant(entry: &Entry, [zero, one]: [&Vec<Reply>; 2]) {
    for (zero, one) in zero.iter().zip(one) {
        let id = &entry.id;
        assert_eq!(
            (&zero.answer, &zero.error),
            (&one.answer, &one.error),
            "{id}"
        );
        assert_eq!(zero.sealed.len(), one.sealed.len(), "{id}");
        assert_eq!(zero.receipt, one.receipt, "{id}");
    }
}

fn sizes(entry: &Entry, [zero, one]: [&Vec<Reply>; 2]) {
    for (zero, one) in zero.iter().zip(one) {
        assert_eq!(zero.sealed.len(), one.sealed.len(), "{}", entry.id);
    }
}

fn supported(entry: &Entry, replies: &[Reply], lab: &Lab) {
    for reply in replies {
        let cells = lab.cells(&reply.sql);
        for row in reply.rows() {
            let behind = cells.behind(row.as_object().unwrap());
            assert!(
                behind >= Some(LEAST),
                "{} {row}: {behind:?} people",
                entry.id
            );
        }
    }
}

/// The order is what sorting by released numbers gives.
fn postprocessed(entry: &Entry, replies: &[Reply], lab: &Lab) {
    for reply in replies {
        let (query, order) = reply.sql.split_once(" ORDER BY ").unwrap();
        let (by, descending) = match order.strip_suffix(" DESC") {
            Some(by) => (by, true),
            None => (order, false),
        };
        let shown = query.replacen("SELECT ", &format!("SELECT {by} AS sorted_by, "), 1);
        let mut rows = lab.ask(&[shown]).remove(0).rows();
        rows.sort_by(|a, b| number(&a["sorted_by"]).total_cmp(&number(&b["sorted_by"])));
        if descending {
            rows.reverse();
        }
        for row in &mut rows {
            row.as_object_mut().unwrap().shift_remove("sorted_by");
        }
        assert_eq!(rows, reply.rows(), "{}", entry.id);
    }
}

pub(super) fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        other => other.as_f64().unwrap(),
    }
}

/// The same without a folder for temporary files: nothing is written to one.
fn no_spill(entry: &Entry, replies: &[Reply], lab: &Lab) {
    for reply in replies {
        let again = lab.ask_without_temporary_files(&reply.sql);
        assert_eq!(Some(&again), reply.answer.as_ref(), "{}", entry.id);
    }
}

/// `m` is `s / n` of the numbers beside it, to a millionth.
fn formula(entry: &Entry, replies: &[Reply]) {
    for row in replies.iter().flat_map(Reply::rows) {
        let [n, m, s] = ["n", "m", "s"].map(|name| number(&row[name]));
        assert!((m - s / n).abs() <= 1e-6, "{} {row}", entry.id);
    }
}

fn same(entry: &Entry, replies: &[Reply]) {
    for reply in replies {
        assert_eq!(reply.answer, replies[0].answer, "{}", entry.id);
    }
}

/// Whatever is shown: without the two largest there is still enough of the largest.
pub(super) fn undominated(entry: &Entry, replies: &[Reply], lab: &Lab, percent: u8) {
    outcomes(entry, replies, lab);
    for reply in replies.iter().filter(|reply| !reply.rows().is_empty()) {
        for mut each in lab.contributions(&reply.sql) {
            each.sort_by(|a, b| b.total_cmp(a));
            let rest: f64 = each.iter().skip(2).sum();
            let enough = rest * 100.0 >= each[0] * f64::from(percent);
            assert!(
                enough,
                "{} {}: {:?} of {rest}",
                entry.id, reply.sql, each[0]
            );
        }
    }
}
