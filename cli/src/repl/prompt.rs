//! The prompt: who asks, what for, and that nothing here is attested.

use std::borrow::Cow;

use reedline::{Prompt, PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus};

use crate::term;
use crate::world::Session;

/// Columns that a prompt should leave to the question.
const ROOM: usize = 40;

/// The prompt of a session.
pub(super) struct Asker {
    left: String,
}

impl Asker {
    pub(super) fn new(session: &Session) -> Self {
        let short = format!("{} UNATTESTED", session.principal);
        let long = match &session.purpose {
            Some(purpose) => format!("{} for {purpose} UNATTESTED", session.principal),
            None => short.clone(),
        };
        let fits = long.chars().count().saturating_add(ROOM) <= term::size().0;
        Self {
            left: if fits { long } else { short },
        }
    }

    /// The prompt of a terminal that only prints.
    pub(super) fn plain(&self, first: bool) -> String {
        if first {
            format!("{}> ", self.left)
        } else {
            self.render_prompt_multiline_indicator().into_owned()
        }
    }
}

impl Prompt for Asker {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.left)
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("   -> ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "nothing ",
        };
        Cow::Owned(format!("({failing}found: {}) ", search.term))
    }
}
