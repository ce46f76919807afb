//! Chapter two: every bank seals its tables and signs the contract.

use serde_json::json;

use super::DemoArgs;
use super::story::{Story, number};
use crate::failure::Failures;
use crate::progress;
use crate::world::{World, start};

/// Starts the world: whatever changed is sealed, the contract is signed.
pub(super) async fn tell(args: &DemoArgs, story: &mut Story) -> Result<World, Failures> {
    let bar = progress::spinner("rows");
    let started = start(&args.dir, &bar).await;
    bar.finish_and_clear();
    let world = started?;
    let now = world.status.iter().filter(|table| table.sealed_now).count();
    let rows: u64 = world.status.iter().map(|table| table.rows).sum();
    let signers: Vec<String> = world.keys.keys().map(ToString::to_string).collect();
    let digest = hex::encode(world.contract.digest());
    story.chapter("Sealed, and agreed")?;
    let sealed = match now {
        0 => format!(
            "{} tables were sealed before and have not changed",
            world.status.len()
        ),
        now => format!("{now} tables are sealed"),
    };
    story.say(&format!(
        "{sealed}: {} rows, encrypted with AES-256-GCM before they left their bank, every column under a key of its own. Columns that \
         a bank hides, such as telephone numbers, lie in files whose keys it gives to nobody.",
        number(rows)
    ))?;
    story.say(&format!(
        "Each bank wrote what may be asked of its tables. {} signed that as contract {} ({}…).",
        signers.join(", "),
        world.contract.version,
        digest.get(..12).unwrap_or_default()
    ))?;
    story.fact("tables", json!(world.status.len()));
    story.fact("rows", json!(rows));
    story.fact(
        "contract",
        json!({ "version": world.contract.version, "digest": digest, "signed_by": signers }),
    );
    Ok(world)
}
