//! Who stands behind each value, counted the slow way: by hand, over the clear data, by none of our crates.
//!
//! A text in `support/` gives the rows that reach the aggregate that leaves: the cell's key, `part` (whose rows they
//! are, where they were not merged), and one column `t1`, `t2`, … for each track: an entity, or a list of them. After
//! a line `-- ===` stands the aggregate over the rows `r` that are left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::datasource::MemTable;

use super::clear::Clear;
use super::paired::{Partners, are_paired};
use super::table::Table;

/// Rows of one cell with the same parties behind them, and with the same tracks known.
type Part = (Vec<Option<String>>, Vec<bool>);

/// What may be answered when at least k entities have to stand behind every part, in every track.
pub(crate) fn answer(clear: &Clear, text: &str, keys: usize, k: usize) -> Table {
    let (rows, aggregate) = text.split_once("-- ===").unwrap();
    let rows = clear.run(rows);
    let kept = supported(&rows, keys, k);
    let table = MemTable::try_new(kept.schema(), vec![vec![kept]]).unwrap();
    let _old = clear.context.deregister_table("r").unwrap();
    clear.context.register_table("r", Arc::new(table)).unwrap();
    clear.answer(aggregate)
}

fn supported(rows: &RecordBatch, keys: usize, k: usize) -> RecordBatch {
    let schema = rows.schema();
    let named = |name: &str| schema.index_of(name).ok();
    let cell: Vec<usize> = (0..keys).chain(named("part")).collect();
    let tracks: Vec<usize> = (1..).map_while(|n| named(&format!("t{n}"))).collect();
    assert!(!tracks.is_empty(), "nobody is counted");
    let mut people: BTreeMap<Part, Vec<BTreeSet<String>>> = BTreeMap::new();
    let mut together: BTreeMap<(Part, usize, usize), Partners> = BTreeMap::new();
    let mut parts = Vec::new();
    for row in 0..rows.num_rows() {
        let members: Vec<Vec<String>> = tracks
            .iter()
            .map(|at| entities(rows.column(*at), row))
            .collect();
        let key = cell.iter().map(|at| text(rows.column(*at), row)).collect();
        let part: Part = (key, members.iter().map(Vec::is_empty).collect());
        let known = people
            .entry(part.clone())
            .or_insert_with(|| vec![BTreeSet::new(); tracks.len()]);
        for (set, members) in known.iter_mut().zip(&members) {
            set.extend(members.iter().cloned());
        }
        for (one, other) in two_each(&members) {
            let partners = together.entry((part.clone(), one, other)).or_default();
            for who in &members[one] {
                let known = partners.entry(who.clone()).or_default();
                known.extend(members[other].iter().cloned());
            }
        }
        parts.push(part);
    }
    let passes = |part: &Part| {
        let sets = &people[part];
        sets.iter().any(|set| !set.is_empty())
            && sets.iter().all(|set| set.is_empty() || set.len() >= k)
            && together
                .range((part.clone(), 0, 0)..=(part.clone(), usize::MAX, usize::MAX))
                .all(|(_, partners)| are_paired(partners, k))
    };
    let told: BTreeMap<&Part, bool> = people.keys().map(|part| (part, passes(part))).collect();
    let kept: BooleanArray = parts.iter().map(|part| Some(told[part])).collect();
    filter_record_batch(rows, &kept).unwrap()
}

/// All tracks of a row with somebody, each with each other.
fn two_each(members: &[Vec<String>]) -> Vec<(usize, usize)> {
    let somebody = || (0..members.len()).filter(|at| !members[*at].is_empty());
    let with_others = somebody().flat_map(|one| somebody().map(move |other| (one, other)));
    with_others.filter(|(one, other)| one != other).collect()
}

/// The entities of a track in a row; NULL is nobody.
fn entities(track: &dyn Array, row: usize) -> Vec<String> {
    if track.is_null(row) {
        return Vec::new();
    }
    if let Some(list) = track.as_list_opt::<i32>() {
        let members = list.value(row);
        return (0..members.len())
            .filter_map(|at| text(members.as_ref(), at))
            .collect();
    }
    text(track, row).into_iter().collect()
}

fn text(array: &dyn Array, row: usize) -> Option<String> {
    let options = FormatOptions::default();
    let text = || {
        ArrayFormatter::try_new(array, &options)
            .unwrap()
            .value(row)
            .to_string()
    };
    array.is_valid(row).then(text)
}
