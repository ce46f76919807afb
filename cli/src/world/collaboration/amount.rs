//! Amounts as people write them: memory and time.

use std::time::Duration;

/// `8GiB`, `512 MB`, `1000000`.
pub(super) fn bytes(text: &str) -> Option<usize> {
    let digits = text
        .trim()
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.trim().len());
    let (number, unit) = text.trim().split_at(digits);
    let factor: usize = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _unknown => return None,
    };
    number
        .parse::<usize>()
        .ok()?
        .checked_mul(factor)
        .filter(|n| *n > 0)
}

/// `10m`, `90s`, `1h`, `250ms`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let digits = text
        .trim()
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.trim().len());
    let (number, unit) = text.trim().split_at(digits);
    let factor: u64 = match unit.trim() {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _unknown => return None,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(factor)
        .filter(|n| *n > 0)
        .map(Duration::from_millis)
}
