//! When an answer leaves: not when it is ready, but at the end of a time bucket.
//!
//! How long a question takes depends on the rows that nobody may see. So what was admitted is answered, or fails, at the end of
//! the bucket that public figures put it into: the sizes of the tables and the plan. Buckets double in length; work that takes
//! longer than expected leaves with the next one, which tells one bit, seldom.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Rows that an engine is taken to get through in a second, everything included.
const PER_SECOND: f64 = 2_000_000.0;

/// Lengths of time after which answers leave: the least, and its doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeBuckets {
    least: Duration,
}

impl TimeBuckets {
    /// Buckets from this length on; `None` for no time at all.
    #[must_use]
    pub fn new(least: Duration) -> Option<Self> {
        (!least.is_zero()).then_some(Self { least })
    }

    /// The first bucket that is over neither before work over so many rows is expected to end nor before it did.
    fn end(self, rows: f64, spent: Duration) -> Duration {
        let expected = Duration::try_from_secs_f64(rows / PER_SECOND).unwrap_or(Duration::MAX);
        let mut end = self.least;
        while end < expected {
            end = end.saturating_mul(2);
        }
        while end < spent {
            end = end.saturating_mul(2);
        }
        end
    }
}

/// Does the work, and returns at the end of its bucket.
pub(crate) async fn kept<T>(
    buckets: Option<TimeBuckets>,
    rows: f64,
    work: impl Future<Output = T>,
) -> T {
    let started = Instant::now();
    let done = work.await;
    if let Some(buckets) = buckets {
        let end = buckets.end(rows, started.elapsed());
        if let Some(at) = started.checked_add(end) {
            sleep_until(at).await;
        }
    }
    done
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn end(rows: f64, spent: u64) -> u128 {
        let buckets = TimeBuckets::new(Duration::from_millis(100)).unwrap();
        buckets.end(rows, Duration::from_millis(spent)).as_millis()
    }

    #[test]
    fn work_of_one_bucket_ends_at_one_time() {
        let ends: Vec<u128> = [0, 1, 50, 99, 100].map(|spent| end(1000.0, spent)).to_vec();
        assert_eq!(ends, [100; 5]);
        let ends: Vec<u128> = [0, 1, 399, 700, 800]
            .map(|spent| end(1_500_000.0, spent))
            .to_vec();
        assert_eq!(ends, [800; 5], "750 ms are expected");
    }

    #[test]
    fn what_takes_longer_leaves_with_a_later_bucket() {
        assert_eq!(end(1000.0, 101), 200);
        assert_eq!(end(1000.0, 801), 1600);
    }

    #[test]
    fn no_figure_is_too_large() {
        assert!(end(f64::INFINITY, 0) > 1_000_000_000);
        assert!(end(f64::NAN, 0) > 0);
    }

    #[tokio::test]
    async fn work_is_kept_until_its_bucket_ends() {
        let buckets = TimeBuckets::new(Duration::from_millis(20));
        let started = Instant::now();
        assert_eq!(kept(buckets, 0.0, async { 7 }).await, 7);
        assert!(started.elapsed() >= Duration::from_millis(20));
    }
}
