//! RFC 4180, strictly where leniency would swallow rows: a quote that is never closed, or text behind
//! a closing quote, is an error with its line. Fields may hold commas, quotes and line breaks.

use std::io::{self, BufRead};

/// One record: its fields, and the line it starts on.
#[derive(Debug, Default)]
pub(super) struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    line: u64,
}

/// What is wrong with a file, and on which line.
#[derive(Debug)]
pub(super) enum Wrong {
    /// The bytes are no CSV.
    Line(u64, String),
    /// The file cannot be read.
    Io(io::Error),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Record {
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The fields as texts.
    ///
    /// # Errors
    /// Names the first field that is not UTF-8.
    pub(super) fn fields(&self) -> Result<Fields<'_>, Wrong> {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => Ok(Fields {
                text,
                ends: self.ends.iter(),
                start: 0,
            }),
            Err(error) => {
                let before = self
                    .ends
                    .iter()
                    .take_while(|end| **end <= error.valid_up_to());
                let field = before.count().saturating_add(1);
                let message = format!("field {field} is not UTF-8; save the file as UTF-8");
                Err(Wrong::Line(self.line, message))
            }
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn end_field(&mut self) {
        self.ends.push(self.bytes.len());
    }
}

/// The fields of a record, in order.
#[derive(Debug)]
pub(super) struct Fields<'r> {
    text: &'r str,
    ends: std::slice::Iter<'r, usize>,
    start: usize,
}

impl<'r> Iterator for Fields<'r> {
    type Item = &'r str;

    fn next(&mut self) -> Option<&'r str> {
        let end = *self.ends.next()?;
        let field = self.text.get(self.start..end);
        self.start = end;
        field
    }
}

/// The records of a file, one after the other.
#[derive(Debug)]
pub(super) struct Records<R> {
    input: R,
    text: Vec<u8>,
    line: u64,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            text: Vec::new(),
            line: 0,
        }
    }

    /// Reads the next record, past blank lines; `false` at the end.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, Wrong> {
        record.clear();
        loop {
            self.text.clear();
            if !self.more()? {
                return Ok(false);
            }
            if self.line == 1 && self.text.starts_with(b"\xEF\xBB\xBF") {
                self.text.drain(..3);
            }
            if !without_end(&self.text).is_empty() {
                break;
            }
        }
        record.line = self.line;
        let mut at = 0;
        loop {
            at = if self.text.get(at) == Some(&b'"') {
                self.quoted(at.saturating_add(1), record)?
            } else {
                self.plain(at, record)
            };
            record.end_field();
            match self.text.get(at) {
                Some(b',') => at = at.saturating_add(1),
                _end_of_line => return Ok(true),
            }
        }
    }

    /// Appends a line, its end included; `false` at the end of the file.
    fn more(&mut self) -> io::Result<bool> {
        let read = self.input.read_until(b'\n', &mut self.text)?;
        self.line = self.line.saturating_add(u64::from(read > 0));
        Ok(read > 0)
    }

    fn plain(&self, at: usize, record: &mut Record) -> usize {
        let rest = without_end(self.text.get(at..).unwrap_or_default());
        let length = rest.iter().position(|b| *b == b',').unwrap_or(rest.len());
        record
            .bytes
            .extend_from_slice(rest.get(..length).unwrap_or_default());
        at.saturating_add(length)
    }

    /// Reads up to the closing quote, over as many lines as that takes.
    fn quoted(&mut self, mut at: usize, record: &mut Record) -> Result<usize, Wrong> {
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|b| *b == b'"') else {
                record.bytes.extend_from_slice(rest);
                at = self.text.len();
                if self.more()? {
                    continue;
                }
                let message = "a quoted field that starts in this row is never closed";
                return Err(Wrong::Line(record.line, message.to_owned()));
            };
            record
                .bytes
                .extend_from_slice(rest.get(..length).unwrap_or_default());
            at = at.saturating_add(length).saturating_add(1);
            match self.text.get(at..) {
                Some([b'"', ..]) => {
                    record.bytes.push(b'"');
                    at = at.saturating_add(1);
                }
                None | Some([] | [b',' | b'\n', ..] | [b'\r', b'\n', ..] | [b'\r']) => {
                    return Ok(at);
                }
                Some(_) => {
                    let message = "text follows the closing quote of a field; write a quote inside of a field twice";
                    return Err(Wrong::Line(self.line, message.to_owned()));
                }
            }
        }
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u64, Vec<String>);

    fn read(text: &[u8]) -> Result<Vec<Row>, (u64, String)> {
        let mut records = Records::new(text);
        let mut record = Record::default();
        let mut found = Vec::new();
        let placed = |wrong: Wrong| match wrong {
            Wrong::Line(line, message) => (line, message),
            Wrong::Io(error) => (0, error.to_string()),
        };
        while records.read(&mut record).map_err(placed)? {
            let fields = record.fields().map_err(placed)?;
            found.push((record.line(), fields.map(str::to_owned).collect()));
        }
        Ok(found)
    }

    fn row(line: u64, fields: &[&str]) -> Row {
        (line, fields.iter().map(|f| (*f).to_owned()).collect())
    }

    #[test]
    fn quotes_commas_line_breaks_and_both_line_ends() {
        let text = b"\xEF\xBB\xBFa,\"b \"\"c\"\"\",\r\n\"x,\ny\",\"\",z\n\n\"\r\n\",1,2";
        let rows = read(text).ok();
        let expected = vec![
            row(1, &["a", "b \"c\"", ""]),
            row(2, &["x,\ny", "", "z"]),
            row(5, &["\r\n", "1", "2"]),
        ];
        assert_eq!(rows, Some(expected));
    }

    #[test]
    fn a_quote_inside_of_a_plain_field_is_just_text() {
        assert_eq!(
            read(b"a\n5\" pipe\n").ok(),
            Some(vec![row(1, &["a"]), row(2, &["5\" pipe"])])
        );
    }

    #[test]
    fn a_quote_never_closed_swallows_nothing() {
        let line = |text: &[u8]| read(text).err().map(|(line, _)| line);
        assert_eq!(line(b"a,b\n1,\"2\n3,4\n5,6\n"), Some(2));
        assert_eq!(line(b"a,b\n1,\"2\n3,\"4\"\n"), Some(3));
        assert_eq!(line(b"a,b\n1,\"2\"x\n"), Some(2));
    }

    #[test]
    fn what_is_not_utf8_is_placed() {
        let (line, message) = read(b"a,b\n1,caf\xE9\n").err().unwrap_or_default();
        assert_eq!(line, 2);
        assert!(message.starts_with("field 2 is not UTF-8"), "{message}");
    }
}
