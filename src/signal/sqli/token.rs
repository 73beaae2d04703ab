//! SQL, cut into tokens: what judges need of it and no more, over all dialects at once.

use super::words::{self, Word};
use crate::signal::decode::Decodings;

/// At most so many tokens are read of a text; injections stand at its beginning.
const MOST: usize = 400;

/// One token of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A number, or `null`, `true`, `false`.
    Number,
    /// A text in quotes; whether the quote is closed.
    Text(bool),
    /// A variable: `@x`, `@@version`, `:x`, `?`.
    Variable,
    /// A name that means nothing by itself.
    Name,
    /// A name that a parenthesis follows, and is no keyword.
    Call(Function),
    /// A keyword.
    Key(Word),
    /// A comparison.
    Compare,
    /// Arithmetic, bits, concatenation.
    Operator,
    /// `||` or `&&`: a concatenation here, logic there.
    Pair,
    /// `*`.
    Star,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `;`.
    End,
    /// `.`.
    Dot,
    /// A comment up to the end of the text.
    Comment,
    /// Anything else.
    Other,
}

/// How much a function tells by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// Waits, or makes the server work.
    Slow,
    /// Of databases only.
    Database,
    /// Of databases, and a word that texts may hold.
    Common,
    /// Of somebody's.
    Unknown,
}

/// The tokens of a text.
pub(super) struct Tokens {
    all: Vec<Token>,
    /// Names of the system's own tables, and variables of the server, were seen.
    pub(super) names_catalog: bool,
    /// The quote of the first text.
    pub(super) first_quote: Option<u8>,
    /// The comment at the end says nothing.
    pub(super) ends_bare: bool,
    /// What was undone while reading.
    pub(super) decoded: Decodings,
}

impl Tokens {
    /// The tokens of `text`, whose lower case is `lower`. With `quote`, the text before the first such quote is a value
    /// that it closes.
    pub(super) fn read(text: &[u8], lower: &[u8], quote: Option<u8>) -> Option<Self> {
        let start = match quote {
            Some(quote) => memchr::memchr(quote, lower)? + 1,
            None => 0,
        };
        let mut lexer = Lexer {
            text,
            lower,
            at: start,
            out: Self {
                all: Vec::with_capacity((lower.len() - start).min(MOST / 4)),
                names_catalog: false,
                first_quote: None,
                ends_bare: false,
                decoded: Decodings::default(),
            },
            in_version: false,
        };
        while lexer.out.all.len() < MOST && lexer.at < lower.len() {
            lexer.token();
        }
        Some(lexer.out)
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Token] {
        &self.all
    }
}

/// Reads tokens from left to right.
struct Lexer<'t> {
    text: &'t [u8],
    lower: &'t [u8],
    at: usize,
    out: Tokens,
    /// Inside `/*! … */`, which `MySQL` runs.
    in_version: bool,
}

impl Lexer<'_> {
    /// Reads one token, or a blank.
    fn token(&mut self) {
        let rest = self.lower.get(self.at..).unwrap_or_default();
        let Some(&first) = rest.first() else { return };
        if first == b' ' {
            self.at += 1;
            return;
        }
        match rest {
            [b'/', b'*', ..] => self.comment(rest),
            [b'*', b'/', ..] if self.in_version => {
                self.in_version = false;
                self.at += 2;
            }
            [b'-', b'-', next, ..] if !is_joined(*next) => self.line_comment(rest),
            [b'-', b'-'] | [b'#', ..] => self.line_comment(rest),
            [b'\'' | b'"', ..] => self.quoted(rest, first),
            [b'`', ..] => self.bracketed(rest, b'`'),
            [b'@', ..] => self.variable(rest),
            [b'|', b'|', ..] | [b'&', b'&', ..] => self.push(Token::Pair, 2),
            _ if first.is_ascii_digit() || (first == b'.' && rest.get(1).is_some_and(u8::is_ascii_digit)) => {
                self.number(rest);
            }
            _ if first.is_ascii_alphabetic() || first == b'_' || !first.is_ascii() => self.word(rest),
            _ => self.sign(rest, first),
        }
    }

    fn push(&mut self, token: Token, length: usize) {
        self.out.all.push(token);
        self.at += length;
    }

    /// `/* … */` is a blank; `/*!50000 … */` is code; what is not closed is a comment to the end.
    fn comment(&mut self, rest: &[u8]) {
        if let Some(b'!') = rest.get(2) {
            let digits = rest.iter().skip(3).take_while(|byte| byte.is_ascii_digit()).count();
            self.in_version = true;
            self.at += 3 + digits;
            self.out.decoded.add(Decodings::COMMENT);
            return;
        }
        if let Some(end) = rest.get(2..).and_then(|body| memchr::memmem::find(body, b"*/")) {
            self.at += end + 4;
            // Between two words it hides a blank; elsewhere it is only a comment.
            if self.out.all.last().is_some_and(|last| *last != Token::Name) {
                self.out.decoded.add(Decodings::COMMENT);
            }
        } else {
            self.out.ends_bare = says_nothing(rest);
            self.push(Token::Comment, rest.len());
        }
    }

    /// `-- …` and `# …`: a blank where a line follows.
    fn line_comment(&mut self, rest: &[u8]) {
        match memchr::memchr(b'\n', rest) {
            Some(end) if end + 1 < rest.len() => {
                self.at += end + 1;
                self.out.decoded.add(Decodings::COMMENT);
            }
            _ => {
                self.out.ends_bare = says_nothing(rest);
                self.push(Token::Comment, rest.len());
            }
        }
    }

    /// A text in quotes; doubled quotes and back-slashes belong to it.
    fn quoted(&mut self, rest: &[u8], quote: u8) {
        let mut at = 1;
        self.out.first_quote = self.out.first_quote.or(Some(quote));
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'\\' => at += 2,
                _ if byte == quote && rest.get(at + 1) == Some(&quote) => at += 2,
                _ if byte == quote => return self.push(Token::Text(true), at + 1),
                _ => at += 1,
            }
        }
        self.push(Token::Text(false), rest.len());
    }

    /// A name in backticks.
    fn bracketed(&mut self, rest: &[u8], end: u8) {
        match rest.get(1..).and_then(|body| memchr::memchr(end, body)) {
            Some(at) => self.push(Token::Name, at + 2),
            None => self.push(Token::Other, 1),
        }
    }

    /// `@x` and `@@x`.
    fn variable(&mut self, rest: &[u8]) {
        let signs = rest.iter().take_while(|&&byte| byte == b'@').count();
        let name = rest.iter().skip(signs).take_while(|&&byte| is_joined(byte)).count();
        self.out.names_catalog |= signs == 2 && name > 2;
        self.push(if signs < 3 { Token::Variable } else { Token::Other }, signs + name);
    }

    /// A number; digits that letters follow are a name, such as `1st`.
    fn number(&mut self, rest: &[u8]) {
        let length = rest.iter().take_while(|&&byte| is_joined(byte) || byte == b'.').count();
        let number = rest.get(..length).unwrap_or_default();
        let is_number = match number {
            [b'0', b'x' | b'b', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
            _ => number.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e')),
        };
        // `1and`, `1or`: some databases need no blank behind a number.
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let glued = number.get(digits..).and_then(|word| words::known(word).word);
        match (is_number, glued) {
            (false, Some(Word::Logic | Word::Union)) => self.push(Token::Number, digits),
            (true, _) => self.push(Token::Number, length),
            (false, _) => self.push(Token::Name, length),
        }
    }

    /// A keyword, a function, a name.
    fn word(&mut self, rest: &[u8]) {
        let length = rest.iter().take_while(|&&byte| is_joined(byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        let behind = rest.get(length..).unwrap_or_default();
        // b'1', n'text', x'61', _utf8'text'.
        if matches!(word, b"b" | b"n" | b"x" | b"e" | b"q") && behind.first() == Some(&b'\'') {
            self.at += length;
            return;
        }
        let is_called = super::super::scan::skip_blanks(behind).first() == Some(&b'(');
        let known = words::known(word);
        self.out.names_catalog |= known.is_catalog;
        let token = match known.word {
            Some(Word::Literal) => Token::Number,
            Some(Word::Compare) => Token::Compare,
            Some(Word::Operator) => Token::Operator,
            Some(key) => Token::Key(key),
            None if is_called => Token::Call(known.function),
            None => Token::Name,
        };
        if matches!(token, Token::Key(_)) && words::is_mixed(self.text.get(self.at..self.at + length)) {
            self.out.decoded.add(Decodings::CASE);
        }
        self.push(token, length);
    }

    /// Signs.
    fn sign(&mut self, rest: &[u8], first: u8) {
        let (token, length) = match rest {
            [b'<', b'=', b'>', ..] | [b'=' | b'!', b'=', b'=', ..] => (Token::Compare, 3),
            [b'<', b'<', ..] | [b'>', b'>', ..] | [b':', b'=', ..] => (Token::Operator, 2),
            [b'<' | b'>' | b'!' | b'=' | b'^', b'=', ..] | [b'<', b'>', ..] => (Token::Compare, 2),
            _ => match first {
                b'=' | b'<' | b'>' => (Token::Compare, 1),
                b'+' | b'-' | b'/' | b'%' | b'^' | b'~' | b'!' | b'&' | b'|' => (Token::Operator, 1),
                b'*' => (Token::Star, 1),
                b'(' => (Token::Open, 1),
                b')' => (Token::Close, 1),
                b',' => (Token::Comma, 1),
                b';' => (Token::End, 1),
                b'.' => (Token::Dot, 1),
                byte if byte.is_ascii_whitespace() || byte == 0 || byte == 0x0b => {
                    self.at += 1;
                    return;
                }
                _ => (Token::Other, 1),
            },
        };
        self.push(token, length);
    }
}

/// Whether a comment holds nothing but its signs, and at most one more: `-- -`, `/*`, `#x`.
fn says_nothing(comment: &[u8]) -> bool {
    let said = comment
        .iter()
        .filter(|byte| !matches!(byte, b'-' | b'#' | b'/' | b'*' | b'+') && !byte.is_ascii_whitespace());
    said.count() <= 1
}

/// Whether a byte belongs to words of SQL.
fn is_joined(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}
