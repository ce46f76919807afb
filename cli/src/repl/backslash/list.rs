//! `\d`, `\dt`, `\dv`: what may be asked.

use crate::commands::lab_show;
use crate::repl::Shell;
use crate::repl::pager::page;
use crate::say;

/// Lists tables and views of some kinds.
pub(super) async fn tables(shell: &Shell<'_>, wanted: impl Fn(&str) -> bool) {
    let party = &shell.session.principal.party;
    let mut visible = match shell.world.engine.visible(party).await {
        Ok(visible) => visible,
        Err(refusal) => return shell.reporter.show(&refusal.into()),
    };
    visible.retain(|table| wanted(&table.kind));
    if visible.is_empty() {
        say::note("there are none that you may ask");
        return;
    }
    let mut text = Vec::new();
    match lab_show::tables(&visible, shell.settings.format, &mut text) {
        Ok(()) => page(&String::from_utf8_lossy(&text)),
        Err(error) => say::error(&error.to_string()),
    }
}
