//! The text that places point into: a policy's own, and behind it that of the house rules it extends.
//!
//! A value that a policy has from house rules keeps its place there. Places are bytes of one address space, as in
//! compilers that read several files: what lies past the end of a text lies in the one that it extends. So whatever
//! quotes a line finds the file that has it.

use std::ops::Range;
use std::sync::Arc;

use super::Placed;

/// The file a policy was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySource {
    /// Its name as shown to people (relative to the world).
    pub file: String,
    /// Its text, whole.
    pub text: Arc<str>,
    /// The house rules that were read in, whose places follow this text's.
    pub house: Option<Arc<PolicySource>>,
}

impl PolicySource {
    /// A file that extends nothing, or not yet.
    #[must_use]
    pub fn new(file: &str, text: &str) -> Self {
        Self {
            file: file.to_owned(),
            text: text.into(),
            house: None,
        }
    }

    /// The file that a place is in, and where in its own text.
    #[must_use]
    pub fn locate(&self, span: &Range<usize>) -> (&Self, Range<usize>) {
        let (mut source, mut span) = (self, span.clone());
        while let Some(house) = &source.house
            && span.start >= source.end()
        {
            let end = source.end();
            span = span.start.saturating_sub(end)..span.end.saturating_sub(end);
            source = house;
        }
        (source, span)
    }

    /// Whether a place is in the house rules, not in this file.
    #[must_use]
    pub fn is_of_house(&self, span: &Range<usize>) -> bool {
        self.house.is_some() && span.start >= self.end()
    }

    /// ` (FILE:LINE)` of the house rules behind what they say, and nothing behind what this file says.
    #[must_use]
    pub fn whence(&self, span: &Range<usize>) -> String {
        if !self.is_of_house(span) {
            return String::new();
        }
        let rule = self.rule(span);
        format!(" ({}:{})", rule.file, rule.line)
    }

    /// A value of the house rules at its place behind this text.
    pub(crate) fn adopted<T: Clone>(&self, placed: &Placed<T>) -> Placed<T> {
        Placed {
            value: placed.value.clone(),
            span: self.behind(&placed.span),
        }
    }

    /// A place of the house rules behind this text.
    pub(crate) fn behind(&self, span: &Range<usize>) -> Range<usize> {
        let end = self.end();
        span.start.saturating_add(end)..span.end.saturating_add(end)
    }

    /// The first place that is not of this text; the end of the text is one of it.
    fn end(&self) -> usize {
        self.text.len().saturating_add(1)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::problem::Problem;

    #[test]
    fn a_place_behind_the_text_is_in_the_next_file() {
        let mut house = PolicySource::new("house", "a\nbc");
        house.house = Some(Arc::new(PolicySource::new("group", "d\n\nxyz")));
        let mut own = PolicySource::new("own", "ab\n");
        assert!(!own.is_of_house(&(9..10)), "nothing is read in yet");
        own.house = Some(Arc::new(house.clone()));
        let group = Placed {
            value: (),
            span: house.behind(&(3..6)),
        };
        let placed = own.adopted(&group);
        assert_eq!(
            Problem::error(&own, &placed.span, "x").to_string(),
            "group:3:1: error: x"
        );
        assert_eq!(own.whence(&own.behind(&(2..3))), " (house:2)");
        assert_eq!(own.whence(&(3..3)), "");
        assert_eq!(
            own.locate(&own.behind(&(4..4))).0,
            own.house.as_deref().unwrap()
        );
    }
}
