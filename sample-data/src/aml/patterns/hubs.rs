//! Schemes around a hub, or between two ends.

use super::draft::Draft;
use crate::Error;
use crate::aml::payment::Channel;
use crate::aml::words::DAY;

pub(super) fn fan(draft: &mut Draft<'_>, inwards: bool) -> Result<(), Error> {
    let count = 5 + draft.below(12);
    let hub = draft.next()?;
    let spokes = draft.several(count)?;
    for (spoke, part) in spokes.iter().zip(0..) {
        let time = draft.time(part, count);
        let (from, to) = if inwards {
            (*spoke, hub)
        } else {
            (hub, *spoke)
        };
        let amount = draft.illicit();
        draft.transfer(time, from, to, amount);
    }
    draft.role(&[hub], "HUB");
    draft.role(&spokes, "SPOKE");
    Ok(())
}

pub(super) fn scatter_gather(draft: &mut Draft<'_>) -> Result<(), Error> {
    let count = 4 + draft.below(9);
    let (source, sink) = (draft.next()?, draft.next()?);
    let mules = draft.several(count)?;
    for (mule, part) in mules.iter().zip(0..) {
        let amount = draft.illicit();
        let time = draft.within(draft.start, draft.span, part, 2 * count);
        draft.transfer(time, source, *mule, amount);
        let later = time + 3600 * (2 + draft.below(30));
        let kept = amount * (930 + draft.below(60)) / 1000;
        draft.transfer(later, *mule, sink, kept);
    }
    draft.role(&[source], "SOURCE");
    draft.role(&[sink], "SINK");
    draft.role(&mules, "MULE");
    Ok(())
}

pub(super) fn gather_scatter(draft: &mut Draft<'_>) -> Result<(), Error> {
    let (inputs, outputs) = (4 + draft.below(9), 4 + draft.below(9));
    let hub = draft.next()?;
    let (sources, sinks) = (draft.several(inputs)?, draft.several(outputs)?);
    let mut gathered = 0;
    for (source, part) in sources.iter().zip(0..) {
        let amount = draft.illicit();
        gathered += amount;
        let time = draft.within(draft.start, draft.span, part, 2 * inputs);
        draft.transfer(time, *source, hub, amount);
    }
    for (sink, part) in sinks.iter().zip(0..) {
        let time = draft.within(draft.start + draft.span / 2, draft.span, part, 2 * outputs);
        let amount = gathered * (900 + draft.below(60)) / 1000 / outputs;
        draft.transfer(time, hub, *sink, amount);
    }
    draft.role(&[hub], "HUB");
    draft.role(&sources, "IN");
    draft.role(&sinks, "OUT");
    Ok(())
}

pub(super) fn dormant(draft: &mut Draft<'_>, instance: u64) -> Result<(), Error> {
    let reserved = draft.size.accounts - draft.size.members;
    let sleeper = draft.size.members + instance % reserved;
    let start = (66 + draft.below(18)) * DAY;
    let count = 4 + draft.below(4);
    let feeders = draft.several(count)?;
    let mut gathered = 0;
    for (feeder, part) in feeders.iter().zip(0..) {
        let amount = draft.illicit();
        gathered += amount;
        let time = start + part * 3600 * 4 + draft.below(3600);
        draft.transfer(time, *feeder, sleeper, amount);
    }
    let sink = draft.next()?;
    let time = start + count * 4 * 3600 + draft.below(8 * 3600);
    draft.pay(
        time,
        Some(sleeper),
        Some(sink),
        gathered * 95 / 100,
        Channel::Wire,
    );
    draft.role(&[sleeper], "DORMANT");
    draft.role(&[sink], "SINK");
    draft.role(&feeders, "FEEDER");
    Ok(())
}
