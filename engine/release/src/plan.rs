//! The spec, checked against the schema and compiled: what statistics share is computed once.

use arrow::datatypes::{DataType, Schema};

use crate::check;
use crate::measure::scale_of;
use crate::need::SlotRules;
use crate::spec::{Adds, Branch, BranchSource, ReleaseSpec, Statistic, StatisticKind};
use crate::witness::{Adding, Witness, WitnessPlan};
use crate::{ReleaseError, Result};

/// Vectors are exact up to so many entities, if no k asks for more.
const EXACT: usize = 1024;

/// A compiled spec.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) slots: Vec<SlotRules>,
    /// Columns whose values other than NULL are counted.
    pub(crate) present: Vec<usize>,
    pub(crate) measures: Vec<MeasurePlan>,
    /// Columns whose distinct values are counted, and their types.
    pub(crate) distinct: Vec<(usize, DataType)>,
    /// The first is always [`Witness::Rows`].
    pub(crate) witnesses: Vec<WitnessPlan>,
    pub(crate) recipes: Vec<Recipe>,
    /// Vectors are exact up to so many entities: a power of two well above every k.
    pub(crate) limit: usize,
}

/// A column that is summed.
#[derive(Debug)]
pub(crate) struct MeasurePlan {
    pub(crate) column: usize,
    pub(crate) scale: i8,
    pub(crate) squares: bool,
}

/// How a statistic is made from values, and by which witnesses it is allowed.
#[derive(Debug)]
pub(crate) struct Recipe {
    pub(crate) value: Source,
    pub(crate) output: DataType,
    /// Witnesses that must support it, besides the rows.
    pub(crate) support: Vec<usize>,
    /// Witnesses in which nobody may dominate.
    pub(crate) balance: Vec<usize>,
    /// Witnesses of its branches, and whether nobody at all is enough.
    pub(crate) branches: Vec<(usize, bool)>,
}

/// What a statistic is computed from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    Rows,
    Present(usize),
    Distinct(usize),
    /// Distinct values that a witness supports one by one.
    Supported {
        distinct: usize,
        witness: usize,
    },
    Sum {
        measure: usize,
        scale: i8,
    },
    Mean {
        measure: usize,
        scale: i8,
    },
    Spread {
        measure: usize,
        scale: i8,
        sample: bool,
        root: bool,
    },
}

impl Plan {
    /// Checks and compiles a spec.
    pub(crate) fn new(spec: &ReleaseSpec, schema: &Schema) -> Result<Self> {
        check::check(spec, schema)?;
        let largest = spec
            .slots
            .iter()
            .flat_map(|slot| &slot.k)
            .map(|(_, k)| *k)
            .max()
            .unwrap_or(0);
        let largest = usize::try_from(largest).unwrap_or(usize::MAX);
        let mut plan = Self {
            slots: spec
                .slots
                .iter()
                .map(|slot| SlotRules::new(slot, &spec.parties))
                .collect(),
            present: Vec::new(),
            measures: Vec::new(),
            distinct: Vec::new(),
            witnesses: vec![WitnessPlan {
                witness: Witness::Rows,
                weighed: false,
                exact: false,
                jointly: false,
            }],
            recipes: Vec::new(),
            limit: largest
                .saturating_mul(4)
                .max(EXACT)
                .checked_next_power_of_two()
                .unwrap_or(usize::MAX),
        };
        let weighed = spec
            .parties
            .iter()
            .any(|party| !party.exempt && party.dominance > 0);
        for statistic in &spec.statistics {
            let recipe = plan.recipe(statistic, schema, weighed)?;
            plan.recipes.push(recipe);
        }
        Ok(plan)
    }

    fn recipe(&mut self, statistic: &Statistic, schema: &Schema, weighed: bool) -> Result<Recipe> {
        let (value, support, balance) = match statistic.kind {
            StatisticKind::CountRows => (Source::Rows, vec![], vec![Witness::Rows]),
            StatisticKind::Count { column } => {
                let present = place(&mut self.present, column);
                (
                    Source::Present(present),
                    vec![Witness::Present(present)],
                    vec![Witness::Present(present)],
                )
            }
            StatisticKind::CountDistinct { column } => {
                let present = place(&mut self.present, column);
                let distinct = place(&mut self.distinct, (column, type_of(schema, column)?));
                (
                    Source::Distinct(distinct),
                    vec![Witness::Present(present)],
                    vec![Witness::Pairs(distinct)],
                )
            }
            StatisticKind::CountDistinctSupported { column } => {
                let present = place(&mut self.present, column);
                let distinct = place(&mut self.distinct, (column, type_of(schema, column)?));
                let witness = self.witness(Witness::Values(distinct), false);
                (
                    Source::Supported { distinct, witness },
                    vec![Witness::Present(present)],
                    vec![Witness::Pairs(distinct)],
                )
            }
            StatisticKind::Sum { column } => {
                let (measure, scale) = self.measure(schema, column, false)?;
                (
                    Source::Sum { measure, scale },
                    vec![Witness::Net(measure)],
                    vec![Witness::Net(measure)],
                )
            }
            StatisticKind::Avg { column } => {
                let (measure, scale) = self.measure(schema, column, false)?;
                let balance = vec![
                    Witness::Net(measure),
                    Witness::Present(place(&mut self.present, column)),
                ];
                (
                    Source::Mean { measure, scale },
                    vec![Witness::Net(measure)],
                    balance,
                )
            }
            StatisticKind::VarPop { column } => self.spread(schema, column, false, false)?,
            StatisticKind::VarSamp { column } => self.spread(schema, column, true, false)?,
            StatisticKind::StddevPop { column } => self.spread(schema, column, false, true)?,
            StatisticKind::StddevSamp { column } => self.spread(schema, column, true, true)?,
        };
        let support = support
            .into_iter()
            .map(|witness| self.witness(witness, false))
            .collect();
        let balance = if weighed { balance } else { Vec::new() };
        let balance = balance
            .into_iter()
            .map(|witness| self.witness(witness, true))
            .collect();
        let mut branches = Vec::new();
        for branch in &statistic.branches {
            for adding in self.adding(schema, statistic.kind, value, branch)? {
                let witness = match &branch.source {
                    BranchSource::Flag(column) => Witness::Flag(*column, adding),
                    BranchSource::Tracks(columns) => Witness::Arm(columns.clone(), adding),
                    BranchSource::Each(column) => {
                        let data_type = type_of(schema, *column)?;
                        Witness::Each(place(&mut self.distinct, (*column, data_type)), adding)
                    }
                };
                branches.push((self.witness(witness, false), branch.zero_ok));
            }
        }
        Ok(Recipe {
            value,
            output: statistic.output.clone(),
            support,
            balance,
            branches,
        })
    }

    /// What a row adds to a statistic by an arm, in every respect in which it must be many who do. A 0 and two amounts that
    /// cancel out move a mean and a variance: where nobody may take the arm, nobody may do that either.
    fn adding(
        &mut self,
        schema: &Schema,
        kind: StatisticKind,
        value: Source,
        branch: &Branch,
    ) -> Result<Vec<Adding>> {
        if let Adds::Amount(column) = branch.adds {
            let (measure, _) = self.measure(schema, column, false)?;
            return Ok(vec![Adding::Net(measure)]);
        }
        let Some(column) = kind.column().filter(|_| branch.adds != Adds::Row) else {
            return Ok(vec![Adding::Row]);
        };
        let presence = branch.adds == Adds::Presence;
        let mut present = || Adding::Present(place(&mut self.present, column));
        Ok(match value {
            Source::Sum { measure, .. } => vec![Adding::Net(measure)],
            Source::Mean { .. } | Source::Spread { .. } if presence => vec![present()],
            Source::Mean { measure, .. } if branch.zero_ok => {
                vec![present(), Adding::Net(measure)]
            }
            Source::Spread { measure, .. } if branch.zero_ok => {
                vec![present(), Adding::Net(measure), Adding::Some(measure)]
            }
            Source::Mean { measure, .. } | Source::Spread { measure, .. } => {
                vec![Adding::Net(measure)]
            }
            Source::Rows | Source::Present(_) | Source::Distinct(_) | Source::Supported { .. } => {
                vec![present()]
            }
        })
    }

    /// Variance and deviation are made of a count, a sum and a sum of squares, all of which must be allowed.
    fn spread(
        &mut self,
        schema: &Schema,
        column: usize,
        sample: bool,
        root: bool,
    ) -> Result<Asked> {
        let (measure, scale) = self.measure(schema, column, true)?;
        let present = Witness::Present(place(&mut self.present, column));
        let balance = vec![Witness::Net(measure), present, Witness::Square(measure)];
        Ok((
            Source::Spread {
                measure,
                scale,
                sample,
                root,
            },
            vec![Witness::Net(measure)],
            balance,
        ))
    }

    fn measure(&mut self, schema: &Schema, column: usize, squares: bool) -> Result<(usize, i8)> {
        if let Some(at) = self
            .measures
            .iter()
            .position(|measure| measure.column == column)
            && let Some(measure) = self.measures.get_mut(at)
        {
            measure.squares |= squares;
            return Ok((at, measure.scale));
        }
        let data_type = type_of(schema, column)?;
        let scale = scale_of(&data_type).ok_or_else(|| {
            ReleaseError::Spec(format!(
                "column {column} of type {data_type} cannot be summed exactly"
            ))
        })?;
        self.measures.push(MeasurePlan {
            column,
            scale,
            squares,
        });
        Ok((self.measures.len() - 1, scale))
    }

    /// The index of a witness, which is called if it was not.
    pub(crate) fn witness(&mut self, witness: Witness, weighed: bool) -> usize {
        let found = self
            .witnesses
            .iter()
            .position(|plan| plan.witness == witness);
        let at = found.unwrap_or(self.witnesses.len());
        if found.is_none() {
            self.witnesses.push(WitnessPlan {
                witness,
                weighed,
                exact: false,
                jointly: false,
            });
        } else if let Some(plan) = self.witnesses.get_mut(at) {
            plan.weighed |= weighed;
        }
        at
    }
}

/// What a statistic is computed from, who must support it, and in what nobody may dominate.
type Asked = (Source, Vec<Witness>, Vec<Witness>);

/// The index of an item, which is added if it is new.
pub(crate) fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    list.iter()
        .position(|other| *other == item)
        .unwrap_or_else(|| {
            list.push(item);
            list.len() - 1
        })
}

fn type_of(schema: &Schema, column: usize) -> Result<DataType> {
    let field = schema.fields().get(column);
    field
        .map(|field| field.data_type().clone())
        .ok_or_else(|| check::missing(column))
}
