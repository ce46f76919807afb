//! Highlighting: keywords, functions, texts, numbers, comments; what does not end yet is red.

use nu_ansi_term::{Color, Style};
use reedline::{Highlighter, StyledText};

use super::words::{is_function, is_keyword};
use crate::statements::{Kind, tokens};

/// Paints SQL.
pub(super) struct Sql;

impl Highlighter for Sql {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut text = StyledText::new();
        if line.trim_start().starts_with('\\') {
            text.push((Style::new().fg(Color::Purple), line.to_owned()));
            return text;
        }
        for (kind, token) in tokens(line) {
            text.push((style(kind, token), token.to_owned()));
        }
        text
    }
}

fn style(kind: Kind, token: &str) -> Style {
    match kind {
        Kind::Comment => Style::new().dimmed(),
        Kind::OpenComment | Kind::OpenText => Style::new().fg(Color::Red),
        Kind::Text => Style::new().fg(Color::Green),
        Kind::Number => Style::new().fg(Color::Cyan),
        Kind::Word if is_keyword(token) => Style::new().fg(Color::Blue).bold(),
        Kind::Word if is_function(token) => Style::new().fg(Color::Yellow),
        Kind::Blank | Kind::Word | Kind::Name | Kind::Semicolon | Kind::Other => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use nu_ansi_term::{Color, Style};
    use reedline::Highlighter;

    use super::Sql;

    #[test]
    fn keywords_stand_out_and_an_open_quote_warns() {
        let text = Sql.highlight("SELECT sum(x), 'a", 0);
        let style = |wanted: &str| {
            let mut parts = text.buffer.iter();
            parts
                .find(|(_, part)| part == wanted)
                .map(|(style, _)| *style)
        };
        assert_eq!(style("SELECT"), Some(Style::new().fg(Color::Blue).bold()));
        assert_eq!(style("sum"), Some(Style::new().fg(Color::Yellow)));
        assert_eq!(style("'a"), Some(Style::new().fg(Color::Red)));
        assert_eq!(style("x"), Some(Style::new()));
    }
}
