//! The end: where everything lies, and how to go on.

use super::DemoArgs;
use super::story::{Story, columns};
use crate::failure::Failures;

/// Says where things are.
pub(super) fn tell(args: &DemoArgs, story: &mut Story) -> Result<(), Failures> {
    let dir = args.dir.display();
    story.chapter("Where everything lies")?;
    let places = [
        (
            "bank_a/ … bank_d/",
            "each bank's ledger in clear, and its policies",
        ),
        (
            "views/, questions/",
            "the views they signed; the questions above",
        ),
        ("truth/", "what was planted"),
        (".subrosa/store/", "the sealed tables"),
        (".subrosa/contract/", "the contract and its signatures"),
        (
            ".subrosa/keys/",
            "every party's keys, which only here lie side by side",
        ),
        (
            ".subrosa/answers/",
            "the sealed answers with their receipts",
        ),
        (
            ".subrosa/ledger/",
            "what was asked, refused, released and unlocked",
        ),
    ];
    let rows: Vec<Vec<String>> = places
        .iter()
        .map(|(place, what)| vec![format!("{place:<20} {what}")])
        .collect();
    story.say(&format!("In {dir}:"))?;
    story.show(&columns(&rows))?;
    story.line("")?;
    story.say("Go on:")?;
    let dir = dir.to_string();
    let next = [
        format!("subrosa lab {dir}"),
        format!("subrosa lab {dir} -f {dir}/questions/structuring.sql"),
        format!("subrosa ledger verify --world {dir}"),
    ];
    story.show(&next.join("\n"))?;
    story.line("")?;
    let seconds = story.seconds();
    story.line(&format!("The whole story took {seconds} seconds."))
}
