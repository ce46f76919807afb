//! Counts in words, for messages.

/// `1 row`, `12 rows`.
pub(crate) fn count(number: u64, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

/// `1.2 %`, or less than any percentage that would be shown.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share is shown with one decimal"
)]
pub(crate) fn share(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole as f64;
    if percent < 0.05 {
        "under 0.1 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}
