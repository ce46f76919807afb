//! A text of several statements, cut at `;` outside of quotes and comments.

/// The statements of a text, without their semicolons; places within each count from its own start.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut current = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let taken = token(rest, next);
        let (part, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        if next == ';' && taken == 1 {
            finish(&mut statements, &mut current);
        } else {
            current.push_str(part);
        }
        rest = after;
    }
    finish(&mut statements, &mut current);
    statements
}

/// Whether a text ends inside a statement: more is to come.
pub(crate) fn is_open(text: &str) -> bool {
    let mut rest = text;
    let mut open = false;
    while let Some(next) = rest.chars().next() {
        let taken = token(rest, next);
        if next == ';' && taken == 1 {
            open = false;
        } else if !next.is_whitespace() && !rest.starts_with("--") && !rest.starts_with("/*") {
            open = true;
        }
        rest = rest.get(taken..).unwrap_or("");
    }
    open
}

fn finish(statements: &mut Vec<String>, current: &mut String) {
    let text = std::mem::take(current);
    if is_open(&text) {
        statements.push(text.trim().to_owned());
    }
}

/// Bytes of the quoted text, comment or single character that a text begins with.
fn token(rest: &str, next: char) -> usize {
    let until = |end: &str, skip: usize| {
        let body = rest.get(skip..).unwrap_or("");
        body.find(end).map_or(rest.len(), |at| {
            at.saturating_add(skip).saturating_add(end.len())
        })
    };
    match next {
        '\'' => until("'", 1),
        '"' => until("\"", 1),
        '-' if rest.starts_with("--") => until("\n", 2),
        '/' if rest.starts_with("/*") => until("*/", 2),
        other => other.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_open, split};

    #[test]
    fn semicolons_in_quotes_and_comments_cut_nothing() {
        let found = split("SELECT ';' -- a;b\n; /* ; */ SELECT \"a;b\"; -- rest\n;");
        assert_eq!(found, ["SELECT ';' -- a;b", "/* ; */ SELECT \"a;b\""]);
    }

    #[test]
    fn a_statement_is_open_until_its_semicolon() {
        assert!(is_open("SELECT 1"));
        assert!(!is_open("SELECT 1;"));
        assert!(!is_open("-- only a comment"));
        assert!(is_open("SELECT ';"));
    }
}
