//! Medians, ratios, and the JSON that is kept beside them.

use std::path::Path;

use serde::Serialize;

/// The times of one question.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The question.
    pub name: String,
    /// Seconds of every round, by side.
    pub seconds: Vec<Option<Vec<f64>>>,
}

/// The times of all questions.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// What is measured.
    pub title: String,
    /// The machine.
    pub machine: String,
    /// The first side is ours; the others are compared with.
    pub sides: Vec<String>,
    /// One row a question.
    pub rows: Vec<Row>,
}

impl Row {
    fn median(&self, side: usize) -> Option<f64> {
        let mut times = self.seconds.get(side)?.clone()?;
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    }

    fn ratio(&self, side: usize) -> Option<f64> {
        Some(self.median(0)? / self.median(side)?)
    }
}

impl Table {
    /// A table of these sides on this machine.
    #[must_use]
    pub fn new(title: &str, sides: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            machine: machine(),
            sides: sides.iter().map(|&side| side.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Geometric mean of our medians over a side's, and our sum over its sum, where both ran.
    fn summary(&self, side: usize) -> (f64, f64, usize) {
        let both = self
            .rows
            .iter()
            .filter_map(|row| Some((row.median(0)?, row.median(side)?)));
        let (mut logs, mut ours, mut theirs, mut count) = (0.0, 0.0, 0.0, 0_u32);
        for (own, other) in both {
            logs += (own / other).ln();
            ours += own;
            theirs += other;
            count = count.saturating_add(1);
        }
        let all = f64::from(count.max(1));
        (
            (logs / all).exp(),
            ours / theirs,
            usize::try_from(count).unwrap_or(0),
        )
    }

    /// Prints the table, and what the ratios come to against a bar on the geometric mean or the sum.
    pub fn print(&self, bars: &[(usize, &str, f64)]) {
        println!("\n{} ({})", self.title, self.machine);
        let heads = self.sides.iter().map(|side| format!("{side:>22}"));
        println!("{:<16}{}", "", heads.collect::<String>());
        for row in &self.rows {
            let cells = (0..self.sides.len()).map(|side| cell(row, side));
            println!("{:<16}{}", row.name, cells.collect::<String>());
        }
        for side in 1..self.sides.len() {
            let (mean, sum, count) = self.summary(side);
            let name = self.sides.get(side).map_or("", String::as_str);
            println!("over {name}: geometric mean {mean:.3}, sum {sum:.3} ({count} questions)");
            for (_, what, bar) in bars.iter().filter(|(of, _, _)| *of == side) {
                let found = if *what == "sum" { sum } else { mean };
                let verdict = if found <= *bar { "meets" } else { "misses" };
                println!("  {verdict} the bar: {what} {found:.3}, at most {bar}");
            }
        }
    }

    /// Keeps every round as JSON.
    pub fn keep(&self, path: &Path) {
        let text = serde_json::to_string_pretty(self).unwrap();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::write(path, text).unwrap();
        println!("kept in {}", path.display());
    }
}

fn cell(row: &Row, side: usize) -> String {
    let Some(median) = row.median(side) else {
        return format!("{:>22}", "-");
    };
    let time = format!("{:.1} ms", median * 1000.0);
    match row.ratio(side) {
        Some(ratio) if side > 0 => format!("{:>22}", format!("{time} (x{ratio:.2})")),
        _ours => format!("{time:>22}"),
    }
}

/// Cores and memory.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = memory.lines().next().unwrap_or_default();
    let kib: u64 = total
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    format!(
        "{cores} cores, {} GiB, {}",
        kib >> 20,
        std::env::consts::ARCH
    )
}
