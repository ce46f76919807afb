//! Comments and blank lines between keys.

/// What stands above a key: its comments, each on its line, with at most one blank line kept
/// between them and above them.
pub(super) fn block(raw: &str) -> String {
    let mut out = String::new();
    let mut blank = false;
    let mut lines: Vec<&str> = raw.split('\n').map(str::trim).collect();
    // what follows the last line end is the key's own indentation
    lines.pop();
    for line in lines {
        if line.is_empty() {
            blank = true;
        } else {
            if std::mem::take(&mut blank) {
                out.push('\n');
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    if blank {
        out.push('\n');
    }
    out
}

/// Splits comments that follow the section above without a blank line from those of the one below.
pub(super) fn tail(block: &str) -> (&str, &str) {
    match block.find("\n\n") {
        Some(at) if !block.starts_with('\n') => block.split_at(at.saturating_add(1)),
        Some(_) | None => ("", block),
    }
}

/// What stands beside a value: a comment, two spaces away.
pub(super) fn beside(raw: &str) -> String {
    let comment = raw.trim();
    if comment.is_empty() {
        String::new()
    } else {
        format!("  {comment}")
    }
}
