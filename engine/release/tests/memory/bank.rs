//! An engine at one bank: its memory, its secret, and questions to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Int64Array, ListBuilder, RecordBatch, StringArray, UInt64Array,
    UInt64Builder,
};
use arrow::datatypes::{DataType, Int64Type};
use policy::number::Decimal;
use release::{
    Branch, Duties, Entry, History, KeyColumn, Memory, OwnerCut, PartyRule, Release, ReleaseError,
    ReleaseSpec, Secrets, Slot, Statistic, StatisticKind, TrackForm,
};

pub(crate) const K: u32 = 10;

/// A row: group, entity, amount.
pub(crate) type Row = (&'static str, u64, i64);

/// A row of several people: who they are, and its amount.
pub(crate) type Household = (BTreeSet<u64>, i64);

/// An engine at one bank: its memory and its secret.
pub(crate) struct Bank {
    pub(crate) history: History,
    pub(crate) secrets: Secrets,
    pub(crate) duties: Duties,
    /// Track columns that say the same: joins that change nothing.
    pub(crate) slots: usize,
    /// Another unit, of which every row has one by its number and entity.
    pub(crate) partner: Option<fn(u64, u64) -> u64>,
    /// So few of the other unit are enough.
    pub(crate) partner_k: u32,
    /// Arms that enough must take.
    pub(crate) arms: Vec<Branch>,
    /// The other unit stands first.
    pub(crate) turned: bool,
    /// Its people are counted together with those of another bank.
    pub(crate) pooled: bool,
    /// What it lets one entity add to a sum, if it says so.
    pub(crate) owner: Option<OwnerCut>,
    /// The rows are the other bank's.
    pub(crate) other: bool,
}

/// By group, the answered values.
pub(crate) type Answer = BTreeMap<String, Vec<Option<i64>>>;

pub(crate) fn duties(history: bool, noise: bool, jitter: bool) -> Duties {
    Duties {
        jitter,
        history,
        noise: noise.then(|| Decimal::from(16)),
        spaces: Vec::new(),
        cuts: Vec::new(),
    }
}

impl Bank {
    pub(crate) fn new(seed: u64, duties: Duties) -> Self {
        let mut secret = [0_u8; 32];
        secret[..8].copy_from_slice(&seed.to_be_bytes());
        let mut secrets = Secrets::default();
        secrets.insert("bank_a", zeroize::Zeroizing::new(secret));
        secrets.insert("bank_b", zeroize::Zeroizing::new([9; 32]));
        Self {
            history: History::new(),
            secrets,
            duties,
            slots: 1,
            partner: None,
            partner_k: K,
            arms: Vec::new(),
            turned: false,
            pooled: false,
            owner: None,
            other: false,
        }
    }

    /// All of it.
    pub(crate) fn careful(seed: u64) -> Self {
        Self::new(seed, duties(true, true, true))
    }

    pub(crate) fn spec(&self, kinds: &[StatisticKind]) -> (ReleaseSpec, Duties) {
        let statistics = kinds.iter().map(|kind| Statistic {
            name: format!("{kind:?}"),
            kind: *kind,
            branches: self.arms.clone(),
            output: DataType::Int64,
        });
        let rule = |name: &str| PartyRule {
            name: name.to_owned(),
            exempt: false,
            pool: 0,
            dominance: 0,
        };
        let k = |column| if column == 2 { K } else { self.partner_k };
        let slot = |column| Slot {
            column,
            form: TrackForm::Scalar,
            merged: self.pooled,
            same: Vec::new(),
            over: Vec::new(),
            displaces: false,
            k: vec![(0, k(column)), (1, k(column))],
        };
        let spec = ReleaseSpec {
            keys: vec![KeyColumn {
                column: 0,
                name: "key".into(),
            }],
            statistics: statistics.collect(),
            slots: (2..2 + self.slots).map(slot).collect(),
            parties: ["bank_a", "bank_b"].map(rule).to_vec(),
        };
        let duties = Duties {
            spaces: vec!["person".into(); self.slots],
            cuts: vec![self.owner; kinds.len()],
            ..self.duties.clone()
        };
        (spec, duties)
    }

    pub(crate) fn batch(&self, rows: &[Row]) -> RecordBatch {
        let mut columns: Vec<(String, ArrayRef)> = vec![
            (
                "key".into(),
                Arc::new(rows.iter().map(|row| Some(row.0)).collect::<StringArray>()),
            ),
            (
                "x".into(),
                Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>()),
            ),
        ];
        for slot in 0..self.slots {
            // entities are keyed hashes
            let named = |(at, row): (u64, &Row)| match self.partner {
                Some(partner) if (slot == 1) != self.turned => 1_000_000 + partner(at, row.1),
                Some(_) | None => row.1,
            };
            let tracks: UInt64Array = (0..)
                .zip(rows)
                .map(|row| named(row).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8)
                .map(|entity| entity | u64::from(self.other) << 56)
                .collect();
            columns.push((format!("t{slot}"), Arc::new(tracks)));
        }
        RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .unwrap()
    }

    pub(crate) fn try_ask(
        &mut self,
        kinds: &[StatisticKind],
        rows: &[Row],
    ) -> Result<(Answer, Vec<Entry>), ReleaseError> {
        let (spec, duties) = self.spec(kinds);
        let batch = self.batch(rows);
        let mut release = Release::owing(spec, &batch.schema(), duties)?;
        release.update(&batch)?;
        let finished = release.finish_with(Memory {
            history: &mut self.history,
            secrets: &self.secrets,
        })?;
        let batch = finished.released.into_batch();
        let answer = (0..batch.num_rows()).map(|row| {
            let key = batch.column(0).as_string::<i32>().value(row).to_owned();
            let values = batch.columns()[1..].iter().map(|array| {
                let array = array.as_primitive::<Int64Type>();
                (!arrow::array::Array::is_null(array, row)).then(|| array.value(row))
            });
            (key, values.collect())
        });
        Ok((answer.collect(), finished.remembered))
    }

    pub(crate) fn ask(&mut self, kinds: &[StatisticKind], rows: &[Row]) -> Answer {
        self.try_ask(kinds, rows).unwrap().0
    }

    /// One statistic of rows that are all of one group.
    pub(crate) fn one(&mut self, kind: StatisticKind, rows: &[Row]) -> Option<i64> {
        self.ask(&[kind], rows)
            .values()
            .next()
            .and_then(|values| values[0])
    }

    /// One statistic of rows of one group that are of several people each.
    pub(crate) fn of_households(&mut self, kind: StatisticKind, rows: &[Household]) -> Option<i64> {
        let (mut spec, duties) = self.spec(&[kind]);
        spec.slots[0].form = TrackForm::Set;
        let mut sets = ListBuilder::new(UInt64Builder::new());
        for (people, _) in rows {
            let people: Vec<u64> = people.iter().copied().collect();
            sets.values().append_slice(&people);
            sets.append(true);
        }
        let amounts: Int64Array = rows.iter().map(|(_, amount)| *amount).collect();
        let keys = StringArray::from(vec!["g"; rows.len()]);
        let mut columns: Vec<(&str, ArrayRef, bool)> = vec![
            ("key", Arc::new(keys), true),
            ("x", Arc::new(amounts), true),
            ("t", Arc::new(sets.finish()), true),
        ];
        if let Some(partner) = self.partner {
            let others: UInt64Array = (0..).zip(rows).map(|(at, _)| partner(at, 0)).collect();
            columns.push(("t1", Arc::new(others), true));
        }
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let mut release = Release::owing(spec, &batch.schema(), duties).unwrap();
        release.update(&batch).unwrap();
        let memory = Memory {
            history: &mut self.history,
            secrets: &self.secrets,
        };
        let batch = release.finish_with(memory).unwrap().released.into_batch();
        let told = batch.column(1).as_primitive::<Int64Type>();
        told.iter().next().flatten()
    }

    pub(crate) fn count(&mut self, entities: impl IntoIterator<Item = u64>) -> Option<i64> {
        self.one(COUNT, &people(entities))
    }
}

pub(crate) const COUNT: StatisticKind = StatisticKind::CountRows;

pub(crate) const SUM: StatisticKind = StatisticKind::Sum { column: 1 };

pub(crate) fn people(entities: impl IntoIterator<Item = u64>) -> Vec<Row> {
    entities
        .into_iter()
        .map(|entity| ("g", entity, 1))
        .collect()
}

pub(crate) fn without(from: std::ops::Range<u64>, one: u64) -> impl Iterator<Item = u64> {
    from.filter(move |entity| *entity != one)
}

/// Everything that can be owed, in every combination with history.
pub(crate) fn with_history() -> Vec<Duties> {
    [(false, false), (false, true), (true, false), (true, true)]
        .map(|(noise, jitter)| duties(true, noise, jitter))
        .to_vec()
}
