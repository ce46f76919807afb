//! Rows of the question's own beside others: picked by, weighed or repeated.

use std::collections::BTreeSet;

use crate::oracle::expression::{Expr, Sum};
use crate::oracle::number::Number;
use crate::oracle::plan::{Aggregate, Function, Plan};
use crate::oracle::value::{Kind, Value};
use crate::oracle::world::Grain;

use super::question::{Asker, plain};
use super::random::Random;
use super::shape::{Rows, Shape};

impl Asker<'_> {
    /// The rows with a list of the question's own beside them, now and then and once a question.
    pub(super) fn with_list(&mut self, rows: Rows) -> Rows {
        let Some(random) = self.more.as_mut() else {
            return rows;
        };
        if self.listed || !random.percent(6) {
            return rows;
        }
        let looked_up = |at: &usize| {
            let shape = &rows.columns[*at];
            shape.kind == Kind::Text && !shape.crowded && shape.groups() && !shape.identifier
        };
        let usable: Vec<usize> = (0..rows.columns.len()).filter(looked_up).collect();
        self.listed = true;
        if usable.is_empty() || random.percent(25) {
            return joined(rows, numbers(random), Vec::new(), false);
        }
        let at = *random.pick(&usable);
        let (list, outer) = (words(random), random.percent(25));
        joined(rows, list, vec![(at, 0)], outer)
    }

    /// A measure weighed by a list's numbers.
    pub(super) fn weighed(&mut self, columns: &[Shape]) -> Option<Aggregate> {
        let random = self.more.as_mut()?;
        let of = |wanted: &dyn Fn(&Shape) -> bool| -> Vec<usize> {
            (0..columns.len())
                .filter(|at| wanted(&columns[*at]))
                .collect()
        };
        let weights = of(&|shape| shape.parties.is_empty() && shape.kind == Kind::Whole);
        let measures = of(&|shape| shape.degree == Some(1) && !shape.parties.is_empty());
        if weights.is_empty() || random.percent(50) {
            return None;
        }
        let weight = Expr::Column(*random.pick(&weights));
        if measures.is_empty() || random.percent(30) {
            return Some(plain(Function::Sum, Some(weight)));
        }
        let measure = Expr::Column(*random.pick(&measures));
        let product = Expr::Math(Sum::Times, Box::new(measure), Box::new(weight));
        Some(plain(Function::Sum, Some(product)))
    }
}

fn joined(rows: Rows, list: Plan, on: Vec<(usize, usize)>, outer: bool) -> Rows {
    let Plan::List { kinds, .. } = &list else {
        return rows;
    };
    let own = kinds.iter().map(|kind| own(*kind));
    let columns = rows.columns.iter().cloned().chain(own).collect();
    Rows {
        plan: Plan::Join {
            outer,
            left: Box::new(rows.plan),
            right: Box::new(list),
            on,
            and: None,
        },
        columns,
        parties: rows.parties,
        unique: None,
    }
}

/// A column of the question's own: everything may be done with it, but it is no measure by itself.
fn own(kind: Kind) -> Shape {
    Shape {
        kind,
        identifier: false,
        units: BTreeSet::new(),
        absent: Vec::new(),
        dimension: Some(Grain::Any),
        filter: Some(Grain::Any),
        degree: None,
        compare: false,
        crowded: false,
        parties: BTreeSet::new(),
    }
}

fn weight(random: &mut Random) -> Value {
    Value::Number(Number::from(*random.pick(&[0, 1, 1, 2, 1000, -1])))
}

/// Numbers to repeat rows by.
fn numbers(random: &mut Random) -> Plan {
    let rows = (0..=random.below(3))
        .map(|_| vec![weight(random)])
        .collect();
    Plan::List {
        kinds: vec![Kind::Whole],
        rows,
    }
}

/// Words, and numbers beside them or none.
fn words(random: &mut Random) -> Plan {
    let mut words = ["red", "blue", "black", "", "none"];
    random.shuffle(&mut words);
    let alone = random.percent(30);
    let some = words.iter().take(1 + random.below(4));
    let rows = some.map(|word| {
        let mut row = vec![Value::text(word)];
        row.extend((!alone).then(|| weight(random)));
        row
    });
    let rows: Vec<Vec<Value>> = rows.collect();
    let kinds = if alone {
        vec![Kind::Text]
    } else {
        vec![Kind::Text, Kind::Whole]
    };
    Plan::List { kinds, rows }
}
