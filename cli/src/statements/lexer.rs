//! The tokens that cutting and highlighting need; quotes and comments as the engine's parser has them.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space.
    Blank,
    /// A comment.
    Comment,
    /// A comment that does not end.
    OpenComment,
    /// A keyword or a name without quotes.
    Word,
    /// A number.
    Number,
    /// A text in quotes or dollars.
    Text,
    /// A text or quoted name that does not end.
    OpenText,
    /// A quoted name.
    Name,
    /// `;`
    Semicolon,
    /// Any other character.
    Other,
}

/// Every token of a text, in order; together they are the text.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = (Kind, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (kind, length) = token(rest, first);
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        Some((kind, token))
    })
}

fn token(rest: &str, first: char) -> (Kind, usize) {
    let run = |inside: fn(char) -> bool| rest.find(|c| !inside(c)).unwrap_or(rest.len());
    match first {
        ';' => (Kind::Semicolon, 1),
        '\'' => quoted(rest, 1, '\'', Kind::Text),
        '"' | '`' => quoted(rest, 1, first, Kind::Name),
        'e' | 'E' if rest.get(1..).is_some_and(|r| r.starts_with('\'')) => escaped(rest),
        '-' if rest.starts_with("--") => {
            let end = rest
                .find('\n')
                .map_or(rest.len(), |at| at.saturating_add(1));
            (Kind::Comment, end)
        }
        '/' if rest.starts_with("/*") => comment(rest),
        '$' => dollar(rest),
        c if c.is_whitespace() => (Kind::Blank, run(char::is_whitespace)),
        c if c.is_ascii_digit() => (Kind::Number, run(|c| c.is_ascii_digit() || c == '.')),
        c if c.is_alphabetic() || matches!(c, '_' | '#' | '@') => (Kind::Word, run(is_word)),
        other => (Kind::Other, other.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '#' | '@' | '$')
}

/// Up to the closing quote; a doubled quote is two texts side by side, which cut alike.
fn quoted(rest: &str, skip: usize, quote: char, kind: Kind) -> (Kind, usize) {
    let body = rest.get(skip..).unwrap_or("");
    match body.find(quote) {
        Some(at) => (kind, at.saturating_add(skip).saturating_add(1)),
        None => (Kind::OpenText, rest.len()),
    }
}

/// `E'…'`, in which a backslash takes the next character with it.
fn escaped(rest: &str) -> (Kind, usize) {
    let mut after_backslash = false;
    for (at, c) in rest.char_indices().skip(2) {
        match c {
            '\'' if !after_backslash => return (Kind::Text, at.saturating_add(1)),
            c => after_backslash = c == '\\' && !after_backslash,
        }
    }
    (Kind::OpenText, rest.len())
}

/// Comments nest.
fn comment(rest: &str) -> (Kind, usize) {
    let mut depth = 0_usize;
    let mut at = 0_usize;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth = depth.saturating_add(1);
            at = at.saturating_add(2);
        } else if tail.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at = at.saturating_add(2);
            if depth == 0 {
                return (Kind::Comment, at);
            }
        } else {
            at = at.saturating_add(tail.chars().next().map_or(1, char::len_utf8));
        }
    }
    (Kind::OpenComment, rest.len())
}

/// `$$…$$` and `$tag$…$tag$`; `$1` is a placeholder.
fn dollar(rest: &str) -> (Kind, usize) {
    let body = rest.get(1..).unwrap_or("");
    let tag = body
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(body.len());
    if !body.get(tag..).is_some_and(|tail| tail.starts_with('$')) {
        return (Kind::Other, tag.saturating_add(1));
    }
    let opening = tag.saturating_add(2);
    let (delimiter, inside) = rest.split_at_checked(opening).unwrap_or((rest, ""));
    match inside.find(delimiter) {
        Some(at) => {
            let end = at.saturating_add(opening).saturating_add(delimiter.len());
            (Kind::Text, end)
        }
        None => (Kind::OpenText, rest.len()),
    }
}
