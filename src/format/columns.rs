//! A walk over the columns of a text line: bare, quoted, bracketed; a blank between them.

use crate::event::Malformed;
use crate::text::is_escaped;

/// How a quote inside a quoted column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// With a backslash before it, so a backslash may stand before another.
    Escaped,
    /// As it is: the first quote that ends a column closes.
    Raw,
}

/// What is left of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'a> {
    rest: &'a [u8],
    quoting: Quoting,
}

impl<'a> Columns<'a> {
    /// A walk over `line`.
    pub(super) fn new(line: &'a [u8], quoting: Quoting) -> Self {
        Self { rest: line, quoting }
    }

    /// Everything that has not been walked over.
    pub(super) fn rest(self) -> &'a [u8] {
        self.rest
    }

    /// Nothing but blanks may be left.
    pub(super) fn end(self) -> Result<(), Malformed> {
        if self.rest.trim_ascii_start().is_empty() { Ok(()) } else { Err(Malformed::Trailing) }
    }

    /// The next column up to a blank.
    pub(super) fn word(&mut self) -> Result<&'a [u8], Malformed> {
        self.skip_blanks();
        let end = memchr::memchr(b' ', self.rest).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.is_empty() { Err(Malformed::Short) } else { Ok(word) }
    }

    /// As [`Self::word`], but a comma or a lone colon goes on with the list: `a, b : c`.
    pub(super) fn list(&mut self) -> Result<&'a [u8], Malformed> {
        self.skip_blanks();
        let whole = self.rest;
        let mut last = self.word()?;
        while last.ends_with(b",") || self.rest.starts_with(b" : ") {
            if !last.ends_with(b",") {
                self.word()?;
            }
            last = self.word()?;
        }
        Ok(&whole[..whole.len() - self.rest.len()])
    }

    /// The next column without its quotes; a bare dash is an empty one. A line that ends before the closing quote was cut.
    pub(super) fn quoted(&mut self) -> Result<&'a [u8], Malformed> {
        self.quoted_before(|_| true)
    }

    /// As [`Self::quoted`], where `follows` must accept what stands behind the closing quote.
    pub(super) fn quoted_before(&mut self, follows: impl Fn(&[u8]) -> bool) -> Result<&'a [u8], Malformed> {
        self.skip_blanks();
        match self.rest {
            [b'"', rest @ ..] => {
                let end = closing_quote(rest, self.quoting, follows).unwrap_or(rest.len());
                self.rest = rest.get(end + 1..).unwrap_or(b"");
                Ok(&rest[..end])
            }
            [b'-'] | [b'-', b' ', ..] => {
                self.rest = &self.rest[1..];
                Ok(b"")
            }
            [] => Err(Malformed::Short),
            _ => Err(Malformed::Unbalanced),
        }
    }

    /// Whether a quote farther right closes a column as well, since `follows` accepts what stands behind it: then a stranger
    /// wrote one of the two, and nothing between them is certain.
    pub(super) fn closes_again(self, follows: impl Fn(&[u8]) -> bool) -> bool {
        closing_quote(self.rest, self.quoting, follows).is_some()
    }

    /// The next column without its square brackets.
    pub(super) fn bracketed(&mut self) -> Result<&'a [u8], Malformed> {
        self.skip_blanks();
        let [b'[', rest @ ..] = self.rest else { return Err(Malformed::Short) };
        let end = memchr::memchr(b']', rest).ok_or(Malformed::Unbalanced)?;
        self.rest = &rest[end + 1..];
        Ok(&rest[..end])
    }

    fn skip_blanks(&mut self) {
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}

/// Where the quote that closes a column stands: one with a blank or nothing behind it, and what `follows` accepts.
fn closing_quote(text: &[u8], quoting: Quoting, follows: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let closes = |at: &usize| {
        let behind = &text[at + 1..];
        matches!(behind, [] | [b' ', ..])
            && (quoting == Quoting::Raw || !is_escaped(text, *at))
            && follows(behind)
    };
    let mut quotes = memchr::memchr_iter(b'"', text);
    quotes.by_ref().take(NEAR).find(closes).or_else(|| {
        // Strangers write quotes by the thousand: of those, only the few are looked at that may close.
        let from = quotes.next()?;
        let far = memchr::memmem::find_iter(&text[from..], b"\" ").map(|at| from + at);
        far.chain(text.len().checked_sub(1).filter(|&last| text[last] == b'"')).find(closes)
    })
}

/// Hardly any column holds so many quotes.
const NEAR: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_walked_in_every_clothing() {
        let mut columns = Columns::new(br#"a "b \" c" - [d e] 1, 2 : 3 x"#, Quoting::Escaped);
        assert_eq!(columns.word(), Ok(&b"a"[..]));
        assert_eq!(columns.quoted(), Ok(&br#"b \" c"#[..]));
        assert_eq!(columns.quoted(), Ok(&b""[..]));
        assert_eq!(columns.bracketed(), Ok(&b"d e"[..]));
        assert_eq!(columns.list(), Ok(&b"1, 2 : 3"[..]));
        assert_eq!(columns.end(), Err(Malformed::Trailing));
        assert_eq!(columns.word(), Ok(&b"x"[..]));
        assert_eq!(columns.end(), Ok(()));
        assert_eq!(columns.word(), Err(Malformed::Short));
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_with_the_line() {
        let mut columns = Columns::new(br#""curl/8.1 (x86"#, Quoting::Escaped);
        assert_eq!(columns.quoted(), Ok(&b"curl/8.1 (x86"[..]));
        assert_eq!(columns.end(), Ok(()));
    }
}
