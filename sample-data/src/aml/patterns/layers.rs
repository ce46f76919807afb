//! Schemes of layers, and random trees.

use super::draft::Draft;
use crate::Error;

const LAYERS: [&str; 3] = ["LAYER0", "LAYER1", "LAYER2"];

pub(super) fn stack(draft: &mut Draft<'_>, count: usize) -> Result<(), Error> {
    let width = 3 + draft.below(3);
    let layers = (0..count)
        .map(|_| draft.several(width))
        .collect::<Result<Vec<_>, _>>()?;
    let steps = count as u64 - 1;
    for ((payers, payees), step) in layers.iter().zip(layers.iter().skip(1)).zip(0..) {
        for payer in payers {
            for payee in payees {
                let time = draft.time(step, steps);
                let amount = draft.illicit();
                draft.transfer(time, *payer, *payee, amount);
            }
        }
    }
    for (accounts, role) in layers.iter().zip(LAYERS) {
        draft.role(accounts, role);
    }
    Ok(())
}

pub(super) fn random(draft: &mut Draft<'_>) -> Result<(), Error> {
    let count = 4 + draft.below(8);
    let members = draft.several(count)?;
    for (child, part) in members.iter().skip(1).zip(0..) {
        let time = draft.time(part, count);
        let parent = crate::aml::words::at(&members, draft.below(part + 1));
        let amount = draft.illicit();
        draft.transfer(time, parent, *child, amount);
    }
    draft.role(&members, "MEMBER");
    Ok(())
}
