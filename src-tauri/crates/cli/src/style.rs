//! How text looks on a terminal: colors where they are wanted, harmless characters, wrapped lines.

use std::io::IsTerminal as _;

/// Widest text that is comfortable to read.
const WIDEST: usize = 100;

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// What clap is to do with its help and errors.
    pub(crate) fn for_clap(self) -> clap::ColorChoice {
        match self {
            Self::Auto => clap::ColorChoice::Auto,
            Self::Always => clap::ColorChoice::Always,
            Self::Never => clap::ColorChoice::Never,
        }
    }

    /// Whether stdout is painted (<https://no-color.org>).
    pub(crate) fn paints_stdout(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let set =
                    |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
            }
        }
    }
}

/// A pen that paints or does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pen {
    paints: bool,
}

impl Pen {
    pub(crate) fn new(paints: bool) -> Self {
        Self { paints }
    }

    /// Something broken.
    pub(crate) fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Something open.
    pub(crate) fn open(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Something fine.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// A heading.
    pub(crate) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// An aside.
    pub(crate) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// SGR, ECMA-48 §8.3.117.
    fn paint(self, code: &str, text: &str) -> String {
        if self.paints && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Text from a list or a server for a terminal: control characters become visible, so that nothing
/// in a list can repaint the screen.
pub(crate) fn harmless(text: &str) -> String {
    let escaped = |c: char| {
        let invisible =
            c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if invisible && c != '\n' {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(escaped).collect()
}

/// One line of it.
pub(crate) fn one_line(text: &str) -> String {
    harmless(&text.replace(['\r', '\n'], " "))
}

/// How wide the text of a report is.
pub(crate) fn width() -> usize {
    let terminal = std::io::stdout()
        .is_terminal()
        .then(terminal_size::terminal_size)
        .flatten();
    terminal.map_or(WIDEST, |(width, _)| usize::from(width.0).clamp(40, WIDEST))
}

/// Breaks text at blanks; words that are too long stay whole, so that commands can be copied.
pub(crate) fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column == 0 {
            out.push_str(indent);
            column = indent.chars().count();
        } else if column + 1 + length > width {
            out.push('\n');
            out.push_str(indent);
            column = indent.chars().count();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// `4830` as `4,830`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 mailbox`, `4,830 mailboxes`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

#[cfg(test)]
mod tests {
    use super::{grouped, harmless, wrap};

    #[test]
    fn nothing_in_a_list_repaints_the_screen() {
        assert_eq!(harmless("a\x1b[2Jb\u{202E}c"), "a\\u{1b}[2Jb\\u{202e}c");
        assert_eq!(harmless("Jürgen 日本"), "Jürgen 日本");
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", 9, "  "), "  one two\n  three");
        assert_eq!(wrap("Get-ManagementScope", 5, ""), "Get-ManagementScope");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 4_830, 1_234_567].map(grouped),
            ["0", "999", "1,000", "4,830", "1,234,567"]
        );
    }
}
