//! A source with its switches in place, and which bytes of it are whose.

use std::ops::Range;

use crate::switch::{Piece, Switch};

/// A rewritten source.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// Bytes that are one mutant's alone.
    own: Vec<(Range<usize>, u32)>,
    /// Bytes of a switch, and its mutants.
    switches: Vec<(Range<usize>, Vec<u32>)>,
}

/// A source in which switches stand in the place of what they switch.
pub(crate) fn render(source: &str, mut switches: Vec<Switch>) -> Rendered {
    switches.sort_by_key(|one| (one.at.start, std::cmp::Reverse(one.at.end), one.depth));
    let mut rendered = Rendered::default();
    rendered.write(source, &switches, 0..source.len());
    rendered
}

impl Rendered {
    /// Writes a range of the source. The switches begin with the first that may stand within it.
    fn write(&mut self, source: &str, switches: &[Switch], range: Range<usize>) {
        let mut at = range.start;
        let mut rest = switches;
        while let Some((first, inner)) = rest.split_first() {
            rest = inner;
            if first.at.start < at || first.at.end > range.end {
                continue;
            }
            self.text
                .push_str(source.get(at..first.at.start).unwrap_or_default());
            let begin = self.text.len();
            for piece in &first.pieces {
                let from = self.text.len();
                match piece {
                    Piece::Text(text) => self.text.push_str(text),
                    Piece::Own(id, text) => {
                        self.text.push_str(text);
                        self.own.push((from..self.text.len(), *id));
                    }
                    Piece::Source(part) => self.write(source, inner, part.clone()),
                }
            }
            self.switches
                .push((begin..self.text.len(), first.mutants.clone()));
            at = first.at.end;
        }
        self.text
            .push_str(source.get(at..range.end).unwrap_or_default());
    }

    /// The first of some mutants that stands behind a byte.
    pub(crate) fn next(&self, of: &[u32], at: usize) -> Option<u32> {
        let behind = self
            .own
            .iter()
            .filter(|(range, id)| range.start > at && of.contains(id));
        behind
            .min_by_key(|(range, _)| range.start)
            .map(|(_, id)| *id)
    }

    /// The mutants that an error at these bytes is about.
    pub(crate) fn blamed(&self, error: &Range<usize>) -> Vec<u32> {
        let touches = |range: &Range<usize>| range.start < error.end && error.start < range.end;
        let own = self.own.iter().filter(|(range, _)| touches(range));
        // The innermost: an error about a whole body is not of all operators in it.
        let inside = own.min_by_key(|(range, _)| {
            (
                range.start > error.start || range.end < error.end,
                range.len(),
            )
        });
        if let Some((range, id)) = inside
            && (range.start <= error.start && range.end >= error.end)
        {
            return vec![*id];
        }
        let around = self
            .switches
            .iter()
            .filter(|(range, _)| range.start <= error.start && error.end <= range.end);
        let smallest = around.min_by_key(|(range, _)| range.len());
        smallest.map(|(_, ids)| ids.clone()).unwrap_or_default()
    }
}
