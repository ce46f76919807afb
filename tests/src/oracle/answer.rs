//! What of a question's answer may leave.

use std::collections::{BTreeMap, BTreeSet};

use super::aggregate::{self, Told, argument, mean, value, variance};
use super::arms::arms_of;
use super::beside::{Owing, told};
use super::evaluate::Evaluator;
use super::expression::Expr;
use super::number::Number;
use super::plan::{Aggregate, Function, Question};
use super::relation::{Arm, Relation, Row};
use super::support::{Met, Need, Part, Rules, met, met_by};
use super::value::{Kind, Value};
use super::world::World;

/// A row of an answer.
pub type Line = Vec<Told>;

/// A row of an answer and what is known of it.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Keys, then statistics.
    pub line: Line,
    /// By part that is in it: the base rows (table and number) behind it.
    pub behind: Vec<BTreeSet<(usize, usize)>>,
}

/// A statistic with the branches that it owes support for, each with whether a literal 0 is added there: of the first
/// kind to many, of the second to many or nobody.
struct Owed<'a> {
    aggregate: &'a Aggregate,
    strict: BTreeMap<Arm, bool>,
    lenient: BTreeMap<Arm, bool>,
    /// Terms of sums: nobody, or many who have something in one, and something in all.
    terms: BTreeSet<Arm>,
}

/// Rows of one part of a cell.
type Rows<'r> = Vec<&'r Row>;

/// A relation on its way out.
struct Release<'a> {
    rel: &'a Relation,
    rules: Rules<'a>,
    kinds: Vec<Kind>,
    identifiers: Vec<bool>,
}

/// Whether the asker owns all tables and may ask them freely.
#[must_use]
pub fn is_free(world: &World, question: &Question) -> bool {
    let tables = question.input.tables();
    let mut tables = tables.iter().map(|table| &world.tables[*table]);
    tables.all(|table| table.party == world.asker && table.own)
}

/// The answer.
#[must_use]
pub fn answer(world: &World, question: &Question) -> Vec<Cell> {
    let free = is_free(world, question);
    let mut evaluator = Evaluator::new(world, free);
    let mut rel = evaluator.rows(&question.input);
    let mut key_arms: BTreeMap<Arm, bool> = rel.arms.iter().map(|arm| (*arm, false)).collect();
    for key in &question.keys {
        key_arms.extend(evaluator.branch(&mut rel, key));
        key_arms.extend(arms_of(&rel, key));
    }
    let mut owed = Vec::new();
    for aggregate in &question.statistics {
        let own = evaluator.arms_of_aggregate(&mut rel, aggregate);
        let (rows, strict): (BTreeMap<Arm, bool>, BTreeMap<Arm, bool>) = own
            .into_iter()
            .partition(|(arm, _)| rel.lenient.contains(arm));
        let mut lenient = key_arms.clone();
        lenient.extend(rows);
        let terms = evaluator.terms_of_aggregate(&mut rel, aggregate);
        lenient.retain(|arm, _| !strict.contains_key(arm));
        owed.push(Owed {
            aggregate,
            strict,
            lenient,
            terms,
        });
    }
    let release = Release {
        rules: Rules::new(world, &question.input.tables()),
        kinds: rel.kinds(),
        identifiers: rel.columns.iter().map(|column| column.identifier).collect(),
        rel: &rel,
    };
    let mut cells: BTreeMap<Vec<Value>, Rows<'_>> = BTreeMap::new();
    for row in &rel.rows {
        let key = question
            .keys
            .iter()
            .map(|key| key.value(&row.raw()))
            .collect();
        cells.entry(key).or_default().push(row);
    }
    if free && question.keys.is_empty() {
        cells.entry(Vec::new()).or_default();
    }
    let told = |(key, rows): (Vec<Value>, Rows<'_>)| {
        if free {
            Some(release.plain(key, &rows, &owed))
        } else {
            release.cell(key, &rows, &owed)
        }
    };
    let lines = cells.into_iter().filter_map(told);
    lines
        .filter(|cell| holds(question.having.as_ref(), &cell.line))
        .collect()
}

fn holds(having: Option<&Expr>, line: &Line) -> bool {
    having.is_none_or(|having| having.holds(&|at| line[at].exact()))
}

impl Release<'_> {
    /// A cell as SQL has it.
    fn plain(&self, key: Vec<Value>, rows: &Rows<'_>, owed: &[Owed<'_>]) -> Cell {
        let statistics = owed
            .iter()
            .map(|owed| self.statistic(owed.aggregate, std::slice::from_ref(rows)));
        let behind = vec![
            rows.iter()
                .flat_map(|row| row.base.iter().copied())
                .collect(),
        ];
        Cell {
            line: key.into_iter().map(Told::Value).chain(statistics).collect(),
            behind,
        }
    }

    /// A cell of the parts that have support; none if nothing of it may be told.
    fn cell(&self, key: Vec<Value>, rows: &Rows<'_>, owed: &[Owed<'_>]) -> Option<Cell> {
        let mut parts: BTreeMap<Part, Rows<'_>> = BTreeMap::new();
        for row in rows {
            if let Some(part) = self.rules.part(&self.rel.places, row) {
                parts.entry(part).or_default().push(row);
            }
        }
        let with_needs = parts.into_iter().map(|(part, rows)| {
            let needs = self.rules.needs(&self.rel.places, &part);
            (part, needs, rows)
        });
        let parts: Vec<Owing<'_>> = with_needs.collect();
        let stands = |needs: &[Need], rows: &[&Row], _: bool| enough(needs, rows);
        let mut behind: Vec<BTreeSet<(usize, usize)>> = Vec::new();
        let mut line: Line = key.into_iter().map(Told::Value).collect();
        let mut says = owed.is_empty() && !told(&self.rel.places, &parts, stands).is_empty();
        for owed in owed {
            let may = |needs: &[Need], rows: &[&Row], nobody| {
                stands(needs, rows, nobody) && self.allowed(owed, needs, rows, nobody)
            };
            let (told, rows): (Vec<&Part>, Vec<Rows<'_>>) =
                told(&self.rel.places, &parts, may).into_iter().unzip();
            let value = if rows.is_empty() {
                Told::Value(Value::Null)
            } else if self.shows_values(owed.aggregate) {
                self.supported_values(owed.aggregate, &told, &parts)
            } else {
                self.statistic(owed.aggregate, &rows)
            };
            says |= !value.is_null();
            line.push(value);
            behind.extend(rows.iter().map(|rows| {
                rows.iter()
                    .flat_map(|row| row.base.iter().copied())
                    .collect()
            }));
        }
        says.then_some(Cell { line, behind })
    }

    /// Whether a statistic may be told of a part; `nobody`: or might be, but for there being nobody at all who adds to it.
    fn allowed(&self, owed: &Owed<'_>, needs: &[Need], rows: &[&Row], nobody: bool) -> bool {
        let aggregate = owed.aggregate;
        let moments = !aggregate::counts(aggregate.function) && aggregate.function != Function::Sum;
        let of_some = rows.iter().any(|row| !argument(aggregate, row).is_null());
        let nobody = nobody && !(moments && of_some);
        let fine = |met: Met| met == Met::Enough || (nobody && met == Met::Nobody);
        let adding = rows
            .iter()
            .filter(|row| !argument(aggregate, row).is_null());
        let amounts = || {
            let numbers = rows
                .iter()
                .map(|row| (&row.who, argument(aggregate, row).number()));
            numbers.filter_map(|(who, number)| Some((who, number?)))
        };
        // Who adds nothing to a sum but a 0 is nobody to it.
        let present = (nobody && aggregate.function == Function::Sum)
            || met(needs, adding.map(|row| &row.who)).into_iter().all(fine);
        let moved =
            aggregate::counts(aggregate.function) || met_by(needs, amounts()).into_iter().all(fine);
        let took = |arm: &Arm, add: Add| {
            let adding = rows
                .iter()
                .filter_map(|row| Some((row.took.get(arm)?, add.of(&argument(aggregate, row))?)));
            met_by(needs, adding).into_iter()
        };
        present
            && moved
            && owed
                .strict
                .iter()
                .all(|(arm, zero)| took(arm, Add::strict(aggregate.function, *zero)).all(fine))
            && owed.lenient.iter().all(|(arm, zero)| {
                let adds = Add::lenient(aggregate.function, *zero);
                adds.into_iter()
                    .all(|add| took(arm, add).all(|met| met != Met::TooFew))
            })
            && owed
                .terms
                .iter()
                .all(|term| self.term(aggregate, *term, needs, rows))
    }

    fn term(&self, aggregate: &Aggregate, term: Arm, needs: &[Need], rows: &[&Row]) -> bool {
        let having = rows
            .iter()
            .filter_map(|row| Some((row.took.get(&term)?, *row)));
        let few = |amount: &dyn Fn(&Row) -> Option<Number>| {
            let each = having.clone();
            let each: Vec<_> = each
                .filter_map(|(who, row)| Some((who, amount(row)?)))
                .collect();
            met_by(needs, each.into_iter()).contains(&Met::TooFew)
        };
        if few(&|_| Some(Number::from(1))) {
            return false;
        }
        if self.rel.amounts.contains(&term) {
            return !few(&|row| row.adds.get(&term).copied());
        }
        let adds = Add::lenient(aggregate.function, false);
        !adds
            .into_iter()
            .any(|add| few(&|row| add.of(&argument(aggregate, row))))
    }

    /// A statistic over some parts.
    fn statistic(&self, aggregate: &Aggregate, parts: &[Rows<'_>]) -> Told {
        let rows: Rows<'_> = parts.concat();
        let numbers: Vec<Number> = rows
            .iter()
            .filter_map(|row| argument(aggregate, row).number())
            .collect();
        let real = |value: Option<f64>| value.map_or(Told::Value(Value::Null), Told::Real);
        match aggregate.function {
            Function::Avg => {
                let kind = aggregate.argument.as_ref().unwrap().kind(&self.kinds);
                mean(&numbers, kind).unwrap_or(Told::Value(Value::Null))
            }
            Function::VarPop => real(variance(&numbers, false)),
            Function::VarSamp => real(variance(&numbers, true)),
            Function::DevPop => real(variance(&numbers, false).map(f64::sqrt)),
            _ => Told::Value(value(aggregate, &rows)),
        }
    }

    /// How many values may be told of a part that is told, were there no other rows than those that have it. A count of none is not told.
    fn supported_values(&self, aggregate: &Aggregate, parts: &[&Part], all: &[Owing<'_>]) -> Told {
        let rows = all.iter().flat_map(|(_, _, rows)| rows);
        let values: BTreeSet<Value> = rows.map(|row| argument(aggregate, row)).collect();
        let is_told = |value: &&Value| {
            let having = all.iter().map(|(part, _, rows)| {
                let rows = rows.iter().copied();
                let rows: Rows<'_> = rows
                    .filter(|row| argument(aggregate, row) == **value)
                    .collect();
                (part.clone(), self.rules.needs(&self.rel.places, part), rows)
            });
            let having: Vec<Owing<'_>> = having.filter(|(_, _, rows)| !rows.is_empty()).collect();
            let stands = |needs: &[Need], rows: &[&Row], _: bool| enough(needs, rows);
            let told = told(&self.rel.places, &having, stands);
            told.iter().any(|(part, _)| parts.contains(part))
        };
        match values
            .iter()
            .filter(|v| !v.is_null())
            .filter(is_told)
            .count()
        {
            0 => Told::Value(Value::Null),
            some => Told::Value(Value::whole(some)),
        }
    }

    /// COUNT(DISTINCT …) of something that is not an identifier: each value counted needs support.
    fn shows_values(&self, aggregate: &Aggregate) -> bool {
        aggregate.function == Function::Distinct
            && !aggregate::is_identifier(aggregate.argument.as_ref(), &self.identifiers)
    }
}

/// What somebody adds to a statistic.
#[derive(Debug, Clone, Copy)]
enum Add {
    /// Something that is not NULL.
    Presence,
    /// An amount.
    Amount,
    /// An amount that is not 0.
    NotZero,
}

impl Add {
    fn strict(function: Function, zero: bool) -> Self {
        if aggregate::counts(function) || (zero && function != Function::Sum) {
            Self::Presence
        } else {
            Self::Amount
        }
    }

    /// A mean is moved by whoever is there, a variance also by amounts that cancel out.
    fn lenient(function: Function, zero: bool) -> Vec<Self> {
        match (Self::strict(function, zero), function) {
            (Self::Amount, Function::Sum) => vec![Self::Amount],
            (Self::Amount, Function::Avg) => vec![Self::Presence, Self::Amount],
            (Self::Amount, _) => vec![Self::Presence, Self::Amount, Self::NotZero],
            (other, _) => vec![other],
        }
    }

    fn of(self, value: &Value) -> Option<Number> {
        match (self, value.number()) {
            _ if value.is_null() => None,
            (Self::Amount, Some(number)) => Some(number),
            (Self::NotZero, Some(number)) if number.is_zero() => None,
            _ => Some(Number::from(1)),
        }
    }
}

/// All needs are met by these rows.
fn enough(needs: &[Need], rows: &[&Row]) -> bool {
    let met = met(needs, rows.iter().map(|row| &row.who));
    met.into_iter().all(|met| met == Met::Enough)
}
