//! Writing PowerShell around names that anybody may have chosen: a name never becomes more than a
//! string. Commands are single lines, so that they can be copied out of a table.
//!
//! <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules>

/// A string: single quotes, doubled inside, so that nothing in it is expanded; no line breaks. PowerShell
/// takes typographic quotes for quotes as well.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars().filter(|c| !breaks(*c)) {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}

/// What may stand after a `#`: one line.
pub(crate) fn comment(text: &str) -> String {
    text.chars().filter(|c| !breaks(*c)).collect()
}

/// Whatever some program takes for the end of a line, and what no name holds.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Over which mailboxes a command goes.
#[derive(Debug, Clone, Copy)]
pub enum Over<'a> {
    /// Nobody is known: an example stands for them.
    Nobody,
    /// These.
    These(&'a [String]),
    /// Those that a script has put into `$mailboxes`.
    Variable,
}

impl Over<'_> {
    /// One command for each: what `body` makes of a name. `body` must use no `$_` of its own.
    pub(crate) fn each(&self, body: impl Fn(&str) -> String) -> String {
        match self {
            Self::Nobody | Self::These([]) => body("'user@contoso.com'"),
            Self::These([one]) => body(&quoted(one)),
            Self::These(many) => {
                let names: Vec<String> = many.iter().map(|name| quoted(name)).collect();
                format!(
                    "@({}) | ForEach-Object {{ {} }}",
                    names.join(","),
                    body("$_")
                )
            }
            Self::Variable => format!("$mailboxes | ForEach-Object {{ {} }}", body("$_")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Over, comment, quoted};

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted("o'brien@contoso.com"), "'o''brien@contoso.com'");
        assert_eq!(
            quoted("a\u{2019}; Remove-Mailbox x"),
            "'a\u{2019}\u{2019}; Remove-Mailbox x'"
        );
        assert_eq!(quoted("a\nb\u{2028}c"), "'abc'");
        assert_eq!(comment("a\r\nRemove-Mailbox x"), "aRemove-Mailbox x");
    }

    #[test]
    fn one_is_named_and_many_are_looped_over() {
        let add = |who: &str| format!("Add -Member {who}");
        let (one, two) = (["a".to_owned()], ["a".to_owned(), "b".to_owned()]);
        assert_eq!(Over::These(&one).each(add), "Add -Member 'a'");
        assert_eq!(
            Over::These(&two).each(add),
            "@('a','b') | ForEach-Object { Add -Member $_ }"
        );
        assert_eq!(
            Over::Variable.each(add),
            "$mailboxes | ForEach-Object { Add -Member $_ }"
        );
    }

    /// Reads a single-quoted string as PowerShell's tokenizer does: a doubled quote is one, a single one
    /// ends it. Answers the value and what is left.
    fn read(text: &str) -> Option<(String, &str)> {
        let is_quote =
            |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}');
        let mut value = String::new();
        let mut chars = text.char_indices().peekable();
        chars.next().filter(|(_, c)| is_quote(*c))?;
        while let Some((at, c)) = chars.next() {
            if !is_quote(c) {
                value.push(c);
            } else if chars.peek().is_some_and(|(_, next)| is_quote(*next)) {
                value.push(c);
                chars.next();
            } else {
                return Some((value, &text[at + c.len_utf8()..]));
            }
        }
        None
    }

    proptest! {
        #[test]
        fn hostile_names_stay_one_string(name in "[\\PC'\u{2018}-\u{201B}$`\"(){};|&#\n\r\u{2028}]{0,40}") {
            let text = quoted(&name);
            let (value, rest) = read(&text).expect("it is one string");
            prop_assert_eq!(rest, "");
            prop_assert_eq!(value, comment(&name));
            prop_assert_eq!(text.lines().count(), 1);
        }
    }
}
