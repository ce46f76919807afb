//! Rows of the question's own. Joined with others, each is an arm: enough take it, or nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluate::Evaluator;
use super::relation::{Cell, Column, Relation, Row};
use super::value::{Kind, Value};

impl Evaluator<'_> {
    /// The rows, each an arm if they weigh: a list of texts only picks rows, and one row weighs all alike.
    pub(super) fn list(&mut self, kinds: &[Kind], rows: &[Vec<Value>]) -> Relation {
        let weighs = rows.len() > 1 && kinds != [Kind::Text];
        let mut arms = BTreeSet::new();
        let mut row = |values: &Vec<Value>| {
            let mut took = BTreeMap::new();
            if weighs {
                self.arms += 1;
                arms.insert(self.arms);
                took.insert(self.arms, Vec::new());
            }
            Row {
                cells: values.iter().cloned().map(Cell::plain).collect(),
                who: Vec::new(),
                took,
                adds: BTreeMap::new(),
                base: BTreeSet::new(),
            }
        };
        let rows = rows.iter().map(&mut row).collect();
        let column = |kind: &Kind| Column {
            kind: *kind,
            identifier: false,
            bounds: None,
            arms: BTreeMap::new(),
            terms: BTreeSet::new(),
        };
        Relation {
            columns: kinds.iter().map(column).collect(),
            places: Vec::new(),
            arms,
            lenient: BTreeSet::new(),
            sides: BTreeSet::new(),
            amounts: BTreeSet::new(),
            rows,
        }
    }

    /// Rows of an outer join that found something in a list, and those that found nothing, are arms as well.
    pub(super) fn found_or_not(&mut self, joined: &mut Relation, found: impl Fn(&Row) -> bool) {
        for wanted in [true, false] {
            self.arms += 1;
            joined.arms.insert(self.arms);
            for row in joined.rows.iter_mut().filter(|row| found(row) == wanted) {
                row.took.insert(self.arms, row.who.clone());
            }
        }
    }
}
