//! A mutant as an expression that is itself or the original, by a switch that is read while the program runs.
//!
//! No form writes an operand twice, but for the place that a compound assignment changes: forms nest, and the text
//! would double with each level.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::mutant::{Genre, Mutant};
use crate::place::Places;

/// A piece of what stands in the place of a source's text.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    /// New text.
    Text(String),
    /// New text that is one mutant's alone: an error in it is that mutant's.
    Own(u32, String),
    /// What the source has there, its own switches included.
    Source(Range<usize>),
}

/// A place of a source and what stands there instead.
#[derive(Debug, Clone)]
pub(crate) struct Switch {
    pub(crate) at: Range<usize>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) mutants: Vec<u32>,
    /// Of several at the same place, the outer has the lower.
    pub(crate) depth: u8,
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

/// How a mutant's switch is read: both crates see the one that `release` exports.
fn on(mutant: &Mutant) -> String {
    let id = mutant.id;
    match mutant.package.as_str() {
        "release" => format!("crate::mutant::on({id})"),
        _ => format!("::release::mutant::on({id})"),
    }
}

/// The switches of a file's mutants, and the mutants for which there is none.
pub(crate) fn switches(
    source: &str,
    places: &Places,
    mutants: &[&Mutant],
) -> (Vec<Switch>, Vec<u32>) {
    let mut groups: BTreeMap<(usize, usize, u8), Vec<&Mutant>> = BTreeMap::new();
    let mut without = Vec::new();
    for mutant in mutants {
        match mutant.bytes(source) {
            Some(at) => {
                let key = (at.start, at.end, mutant.genre as u8);
                groups.entry(key).or_default().push(mutant);
            }
            None => without.push(mutant.id),
        }
    }
    let mut made = Vec::new();
    for group in groups.values() {
        let made_of = group.first().and_then(|first| {
            let at = first.bytes(source)?;
            match first.genre {
                Genre::FnValue => Some(body(at, group)),
                Genre::Binary => binary(source, places, at.start, group),
                Genre::Unary => unary(source, places, at.start, first),
                Genre::Arm => arm(places, at.start, first),
                Genre::Guard => guard(places, at.start, group),
                Genre::Field => field(places, at.start, first),
            }
        });
        match made_of {
            Some(switch) => {
                let there = |id: &u32| switch.mutants.contains(id);
                without.extend(group.iter().map(|m| m.id).filter(|id| !there(id)));
                made.push(switch);
            }
            None => without.extend(group.iter().map(|mutant| mutant.id)),
        }
    }
    (made, without)
}

fn ids(group: &[&Mutant]) -> Vec<u32> {
    group.iter().map(|mutant| mutant.id).collect()
}

fn body(at: Range<usize>, group: &[&Mutant]) -> Switch {
    if group.iter().any(|mutant| mutant.is_iterator) {
        return boxed(at, group);
    }
    let early = |mutant: &&Mutant| {
        let (on, value) = (on(mutant), &mutant.replacement);
        Piece::Own(mutant.id, format!("if {on} {{ return {value}; }};\n"))
    };
    let mut pieces: Vec<Piece> = group.iter().map(early).collect();
    pieces.push(Piece::Source(at.clone()));
    Switch {
        at,
        pieces,
        mutants: ids(group),
        depth: 0,
    }
}

/// A body whose type nobody can name: both are one boxed iterator.
fn boxed(at: Range<usize>, group: &[&Mutant]) -> Switch {
    let mut pieces = vec![text(
        "let __boxed: ::std::boxed::Box<dyn ::std::iter::Iterator<Item = _> + '_> = ",
    )];
    for mutant in group {
        let (on, value) = (on(mutant), &mutant.replacement);
        if value.contains("Box::leak") {
            continue; // what is lent for change is no item of an iterator over what is only read
        }
        let own = format!("if {on} {{ ::std::boxed::Box::new({value}) }} else ");
        pieces.push(Piece::Own(mutant.id, own));
    }
    pieces.extend([
        text("{ ::std::boxed::Box::new({"),
        Piece::Source(at.clone()),
        text("}) }; __boxed"),
    ]);
    let made = group
        .iter()
        .filter(|mutant| !mutant.replacement.contains("Box::leak"));
    Switch {
        at,
        pieces,
        mutants: made.map(|mutant| mutant.id).collect(),
        depth: 0,
    }
}

/// `if on(1) { left - right } else if on(2) { left * right } else { left + right }` over operands that are evaluated already.
fn choice(group: &[&Mutant], written: impl Fn(&str) -> String, operator: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for mutant in group {
        let (on, value) = (on(mutant), written(&mutant.replacement));
        pieces.push(Piece::Own(
            mutant.id,
            format!("if {on} {{ {value} }} else "),
        ));
    }
    pieces.push(Piece::Text(format!("{{ {} }}", written(operator))));
    pieces
}

fn binary(source: &str, places: &Places, at: usize, group: &[&Mutant]) -> Option<Switch> {
    let parts = places.operations.get(&at)?;
    let operator = source.get(parts.operator.clone())?;
    let (left, right) = (
        Piece::Source(parts.left.clone()),
        Piece::Source(parts.right.clone()),
    );
    let only = group.first()?;
    let flips = |pair: [&str; 2]| pair == [operator, &only.replacement] && group.len() == 1;
    let pieces = if parts.binds {
        return None;
    } else if flips(["==", "!="]) || flips(["!=", "=="]) {
        let own = Piece::Own(only.id, format!(") != {})", on(only)));
        let operator = Piece::Text(format!(" {operator} "));
        vec![text("(("), left, operator, right, own]
    } else if flips(["&&", "||"]) || flips(["||", "&&"]) {
        let own = Piece::Own(only.id, format!("; if __l != {} ", on(only)));
        let let_left = text("({ let __l: bool = ");
        if operator == "&&" {
            vec![
                let_left,
                left,
                own,
                text("{ "),
                right,
                text(" } else { __l } })"),
            ]
        } else {
            vec![
                let_left,
                left,
                own,
                text("{ __l } else { "),
                right,
                text(" } })"),
            ]
        }
    } else if operator.ends_with('=') && !["<=", ">=", "==", "!="].contains(&operator) {
        let mut pieces = vec![text("({ let __r = "), right, text("; ")];
        for mutant in group {
            let with = format!(" {} __r; }} else ", mutant.replacement);
            pieces.push(Piece::Own(mutant.id, format!("if {} {{ ", on(mutant))));
            pieces.push(left.clone());
            pieces.push(Piece::Own(mutant.id, with));
        }
        let original = Piece::Text(format!(" {operator} __r; }} }})"));
        pieces.extend([text("{ "), left, original]);
        pieces
    } else {
        let compared = ["<", ">", "<=", ">="].contains(&operator);
        let (open, between, close) = if compared {
            ("(match (&(", "), &(", ")) { (__l, __r) => ")
        } else {
            ("(match (", ", ", ") { (__l, __r) => ")
        };
        let mut pieces = vec![text(open), left, text(between), right, text(close)];
        let written = |operator: &str| format!("__l {operator} __r");
        pieces.extend(choice(group, written, operator));
        pieces.push(text(" })"));
        pieces
    };
    Some(Switch {
        at: parts.whole.clone(),
        pieces,
        mutants: ids(group),
        depth: 2,
    })
}

fn unary(source: &str, places: &Places, at: usize, mutant: &Mutant) -> Option<Switch> {
    let (whole, operand) = places.unary.get(&at)?;
    let operator = source.get(at..=at)?;
    let own = format!("if {} {{ __v }} else ", on(mutant));
    Some(Switch {
        at: whole.clone(),
        pieces: vec![
            text("(match "),
            Piece::Source(operand.clone()),
            text(" { __v => "),
            Piece::Own(mutant.id, own),
            Piece::Text(format!("{{ {operator}__v }} }})")),
        ],
        mutants: vec![mutant.id],
        depth: 2,
    })
}

fn arm(places: &Places, at: usize, mutant: &Mutant) -> Option<Switch> {
    let parts = places.arms.get(&at)?;
    let off = format!("!{}", on(mutant));
    let (at, pieces) = if let Some(guard) = &parts.guard {
        let own = Piece::Own(mutant.id, format!("{off} && "));
        (guard.clone(), vec![own, Piece::Source(guard.clone())])
    } else {
        let own = Piece::Own(mutant.id, format!(" if {off} =>"));
        (parts.arrow.clone(), vec![own])
    };
    Some(Switch {
        at,
        pieces,
        mutants: vec![mutant.id],
        depth: 0,
    })
}

fn guard(places: &Places, at: usize, group: &[&Mutant]) -> Option<Switch> {
    let (at, binds) = places.guards.get(&at)?;
    let (mut pieces, mut mutants, mut closes) = (Vec::new(), Vec::new(), String::new());
    for mutant in group {
        let (on, id) = (on(mutant), mutant.id);
        if *binds && mutant.replacement == "true" {
            continue;
        }
        mutants.push(id);
        if *binds {
            pieces.push(Piece::Own(id, format!("!{on} && ")));
        } else if mutant.replacement == "true" {
            pieces.push(Piece::Own(id, format!("({on} || ")));
            closes.push(')');
        } else {
            pieces.push(Piece::Own(id, format!("(!{on} && ")));
            closes.push(')');
        }
    }
    let (open, close) = if *binds { ("", "") } else { ("(", ")") };
    pieces.extend([
        text(open),
        Piece::Source(at.clone()),
        Piece::Text(format!("{close}{closes}")),
    ]);
    Some(Switch {
        at: at.clone(),
        pieces,
        mutants,
        depth: 1,
    })
}

fn field(places: &Places, at: usize, mutant: &Mutant) -> Option<Switch> {
    let parts = places.fields.get(&at)?;
    let (on, name) = (on(mutant), &parts.name);
    let mut pieces = Vec::new();
    let place = if parts.whole == parts.value {
        pieces.push(Piece::Text(format!("{name}: ")));
        parts.whole.clone()
    } else {
        parts.value.clone()
    };
    pieces.extend([
        Piece::Own(
            mutant.id,
            format!("(if {on} {{ ({}).{name}.clone() }} else {{ ", parts.base),
        ),
        Piece::Source(parts.value.clone()),
        text(" })"),
    ]);
    Some(Switch {
        at: place,
        pieces,
        mutants: vec![mutant.id],
        depth: 0,
    })
}
