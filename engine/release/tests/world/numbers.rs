//! What the oracle reads of rows, and the arithmetic by its definitions.

use std::collections::BTreeMap;

use release::StatisticKind;

use super::{MONEY, Row, Who, X};

/// The argument as a number.
pub fn number(kind: StatisticKind, row: &Row) -> Option<i128> {
    match kind.column()? {
        X => row.x.map(i128::from),
        MONEY => row.money,
        _ => None,
    }
}

/// The argument as a value that can be told from others.
pub fn value(kind: StatisticKind, row: &Row) -> Option<String> {
    match kind.column()? {
        X => row.x.map(|x| x.to_string()),
        MONEY => row.money.map(|money| money.to_string()),
        super::FLAG => row.flag.map(|flag| flag.to_string()),
        _ => row.word.clone(),
    }
}

pub fn present(kind: StatisticKind, row: &Row) -> bool {
    kind == StatisticKind::CountRows || value(kind, row).is_some()
}

pub fn undominated(sums: &BTreeMap<Who, i128>, percent: i128) -> bool {
    let mut sizes: Vec<i128> = sums.values().map(|sum| sum.abs()).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let largest = sizes.first().copied().unwrap_or(0);
    sizes.iter().skip(2).sum::<i128>() * 100 >= percent * largest
}

/// The variance by its definition.
pub fn spread(numbers: &[i128], column: usize, less: usize) -> Option<f64> {
    let scale = if column == MONEY { 100.0 } else { 1.0 };
    let numbers: Vec<f64> = numbers
        .iter()
        .map(|number| *number as f64 / scale)
        .collect();
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    (numbers.len() > less).then(|| squares / (numbers.len() - less) as f64)
}
