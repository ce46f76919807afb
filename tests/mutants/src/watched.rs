//! Programs that may not end.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::Outcome;

/// Waits for a program as long as it gets on; `None` if it had to be ended.
pub(crate) fn wait(
    child: &mut Child,
    patience: Duration,
    mut progress: impl FnMut() -> u64,
) -> Outcome<Option<ExitStatus>> {
    let (mut last, mut since) = (progress(), Instant::now());
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let now = progress();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}
