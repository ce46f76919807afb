//! One line of a text with a caret below, cut to what fits.

/// A place in a text, from 1.
pub(super) struct Place {
    pub(super) line: usize,
    /// First column, and the one after the last; the whole line if there are none.
    pub(super) columns: Option<(usize, usize)>,
}

/// What is cut away at either end.
const CUT: char = '…';
/// Shortest line worth drawing.
const LEAST: usize = 20;

/// Draws the line at a place, under the text's name, with words beside the caret.
pub(super) fn draw(name: &str, text: &str, place: &Place, label: &str, width: usize) -> String {
    let at = match place.columns {
        Some((column, _)) => format!("{name}:{}:{column}", place.line),
        None => format!("{name}:{}", place.line),
    };
    let line = text.lines().nth(place.line.saturating_sub(1));
    let Some(line) = line.filter(|line| !line.trim().is_empty()) else {
        return format!("\n  --> {at}");
    };
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let room = width
        .saturating_sub(number.len().saturating_add(3))
        .max(LEAST);
    let (column, end) = place.columns.unwrap_or_else(|| whole(line));
    let (shown, column, carets) = cut(line, column, end, room);
    let blank = " ".repeat(column.saturating_sub(1));
    let caret = "^".repeat(carets);
    let beside = column.saturating_add(carets).saturating_add(label.len());
    let label = if beside > room || label.is_empty() {
        String::new()
    } else {
        format!(" {label}")
    };
    format!("\n{margin} --> {at}\n{margin} |\n{number} | {shown}\n{margin} | {blank}{caret}{label}")
}

/// Words in lines of a width, all but the first indented.
pub(super) fn wrapped(text: &str, width: usize, indent: usize) -> String {
    in_lines(text.split(' '), width, indent)
}

/// A statement in lines of a width, broken nowhere within quotes.
pub(super) fn wrapped_sql(sql: &str, width: usize, indent: usize) -> String {
    let mut quote = None;
    let words = sql.split(|c| {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
        quote.is_none() && c == ' '
    });
    in_lines(words, width, indent)
}

fn in_lines<'w>(words: impl Iterator<Item = &'w str>, width: usize, indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line)
                if line.chars().count().saturating_add(word.chars().count()) < width.max(LEAST) =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _full_or_none => lines.push(word.to_owned()),
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// The column after the word that stands at a place: a parser knows only where it begins.
pub(super) fn word_end(text: &str, line: usize, column: usize) -> usize {
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let rest = line.chars().skip(column.saturating_sub(1));
    let word = rest.take_while(|c| c.is_alphanumeric() || *c == '_');
    column.saturating_add(word.count())
}

/// From the first character that is no blank to the last.
fn whole(line: &str) -> (usize, usize) {
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    let length = line.trim_end().chars().count();
    (indent.saturating_add(1), length.saturating_add(1))
}

/// The part of a line around a place that fits, where the place begins in it, and its length.
fn cut(line: &str, column: usize, end: usize, room: usize) -> (String, usize, usize) {
    let line: Vec<char> = line
        .trim_end()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let length = line.len();
    let wanted = end.saturating_sub(column).clamp(1, length.max(1));
    if length <= room {
        return (line.into_iter().collect(), column, wanted);
    }
    let inside = room.saturating_sub(2);
    let marked = wanted.min(inside);
    let lead = inside.saturating_sub(marked).min(inside / 3);
    let first = column
        .saturating_sub(1)
        .saturating_sub(lead)
        .min(length.saturating_sub(inside));
    let mut shown = String::new();
    shown.push(if first > 0 { CUT } else { ' ' });
    shown.extend(line.iter().skip(first).take(inside));
    if first.saturating_add(inside) < length {
        shown.push(CUT);
    }
    let column = column.saturating_sub(first).saturating_add(1);
    let carets = marked
        .min(room.saturating_sub(column).saturating_add(1))
        .max(1);
    (shown, column, carets)
}

#[cfg(test)]
mod tests {
    use super::{Place, draw};

    fn drawn(text: &str, columns: Option<(usize, usize)>, width: usize) -> String {
        draw("q", text, &Place { line: 1, columns }, "asked here", width)
    }

    #[test]
    fn a_caret_stands_below_its_place() {
        let text = drawn("SELECT iban FROM t", Some((8, 12)), 80);
        let expected = "\n  --> q:1:8\n  |\n1 | SELECT iban FROM t\n  |        ^^^^ asked here";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_long_line_is_cut_around_its_place() {
        let long = format!("SELECT {}iban{} FROM t", "a, ".repeat(60), ", b".repeat(60));
        let text = drawn(&long, Some((188, 192)), 60);
        assert!(
            text.lines().all(|line| line.chars().count() <= 60),
            "{text}"
        );
        let lines: Vec<&str> = text.lines().collect();
        let (shown, carets) = (lines.get(3), lines.get(4));
        let at = carets.and_then(|line| line.find('^'));
        let above = shown
            .zip(at)
            .map(|(line, at)| line.chars().skip(at).take(4).collect());
        assert_eq!(above, Some("iban".to_owned()), "{text}");
    }

    #[test]
    fn help_is_wrapped_where_words_end() {
        let text = super::wrapped("one two three four five six seven", 20, 2);
        assert_eq!(text, "one two three four\n  five six seven");
    }

    #[test]
    fn a_statement_is_broken_nowhere_within_quotes() {
        let sql = "SELECT a FROM t WHERE b = 'one two ''three'' four' AND c = 1";
        let text = super::wrapped_sql(sql, 20, 2);
        let lines = "SELECT a FROM t\n  WHERE b =\n  'one two ''three'' four'\n  AND c = 1";
        assert_eq!(text, lines);
    }

    #[test]
    fn a_place_outside_the_text_is_only_named() {
        assert_eq!(drawn("", None, 80), "\n  --> q:1");
        let beyond = drawn("ab", Some((9, 12)), 80);
        assert!(beyond.ends_with("        ^^ asked here"), "{beyond}");
    }
}
