//! `--log-format` of `GoAccess` with its `--date-format` and `--time-format`, and the names of its own formats (its manual,
//! "custom log format").

use super::dialect::{self, Compiled, Token, stamp, text};
use super::layout::Layout;
use super::pattern::Pattern;
use super::template::Shape;
use crate::error::Error;
use crate::format::Clock;
use crate::format::fields::Unit;
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// Its named formats, with the date format where it is not told by the dates themselves.
pub(super) const NAMED: &[(&str, &str)] = &[
    ("COMBINED", r#"%h %^[%d:%t %^] "%r" %s %b "%R" "%u""#),
    ("VCOMBINED", r#"%v:%^ %h %^[%d:%t %^] "%r" %s %b "%R" "%u""#),
    ("COMMON", r#"%h %^[%d:%t %^] "%r" %s %b"#),
    ("VCOMMON", r#"%v:%^ %h %^[%d:%t %^] "%r" %s %b"#),
    ("W3C", "%d %t %^ %m %U %q %^ %^ %h %u %R %s %^ %^ %L"),
    (
        "CLOUDFRONT",
        r"%d\t%t\t%^\t%b\t%h\t%m\t%v\t%U\t%s\t%R\t%u\t%q\t%^\t%C\t%^\t%^\t%^\t%^\t%T\t%^\t%K\t%k\t%^\t%H\t%^",
    ),
    ("CLOUDSTORAGE", r#""%x","%h",%^,%^,"%m","%U","%s",%^,"%b","%D",%^,"%R","%u""#),
    ("AWSELB", r#"%^ %dT%t.%^ %^ %h:%^ %^ %^ %T %^ %s %^ %^ %b "%r" "%u" %k %K %^ "%^" "%v""#),
    ("AWSALB", r#"%^ %dT%t.%^ %v %h:%^ %^ %^ %T %^ %s %^ %^ %b "%r" "%u" %k %K %^"#),
    ("AWSS3", r#"%^ %v [%d:%t %^] %h %^"%r" %s %^ %b %^ %L %^ "%R" "%u""#),
    ("SQUID", "%^ %^ %^ %v %^: %x.%^ %~%L %h %^/%s %b %m %U %^"),
    ("TRAEFIKCLF", r#"%h - %e [%d:%t %^] "%r" %s %b "%R" "%u" %^ "%^" "%^" %Lms"#),
    (
        "CADDY",
        r#"{"ts":"%x","request":{"client_ip":"%h","proto":"%H","method":"%m","host":"%v","uri":"%U","headers":{"User-Agent":["%u"],"Referer":["%R"]},"tls":{"cipher_suite":"%k","proto":"%K"}},"duration":"%T","size":"%b","status":"%s"}"#,
    ),
];

/// Its specifiers.
const KNOWN: &[u8] = b"xtdveChrmUqHsbRuDTLnKkMp^~";

/// What `--log-format` and its kin say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Formats<'t> {
    /// The string, and where it begins in what the user wrote.
    log: &'t str,
    at: usize,
    date: Option<&'t str>,
    time: Option<&'t str>,
    both: Option<&'t str>,
}

impl<'t> Formats<'t> {
    /// The formats in `text`: the string, and options or lines of `goaccess.conf` that may stand around it.
    pub(super) fn of(text: &'t str) -> Self {
        let mut formats = Self { log: text, ..Self::default() };
        let options =
            ["log-format", "date-format", "time-format", "datetime-format"].into_iter().filter_map(|name| {
                let at = text.match_indices(name).map(|(at, _)| at).find(|&at| {
                    let before = text[..at].trim_end_matches('-');
                    let behind = text.as_bytes().get(at + name.len());
                    (before.is_empty() || before.ends_with(char::is_whitespace))
                        && matches!(behind, Some(b' ' | b'='))
                })?;
                Some((at, name))
            });
        let mut places: Vec<(usize, &str)> = options.collect();
        places.sort_unstable();
        if let Some(&(first, _)) = places.first().filter(|(_, name)| *name != "log-format") {
            formats.log = text[..first].trim_end_matches('-').trim_end();
        }
        for (nth, &(at, name)) in places.iter().enumerate() {
            let end = places.get(nth + 1).map_or(text.len(), |next| next.0);
            let begin = at + name.len() + 1;
            let whole = text.get(begin..end).unwrap_or("").trim_end_matches('-');
            let value = whole.trim();
            let value = unquoted(value);
            match name {
                "log-format" => {
                    (formats.log, formats.at) = (value, value.as_ptr() as usize - text.as_ptr() as usize)
                }
                "date-format" => formats.date = Some(value),
                "time-format" => formats.time = Some(value),
                _ => formats.both = Some(value),
            }
        }
        formats
    }

    /// The string alone.
    pub(super) fn log(&self) -> &'t str {
        NAMED.iter().find(|(name, _)| *name == self.log).map_or(self.log, |(_, string)| string)
    }
}

/// `value` without the quotes of a shell around it.
fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    let is_plain = |rest: &&str| !rest.replace("\\\"", "").contains('"');
    inside('\'').or_else(|| inside('"').filter(is_plain)).unwrap_or(value)
}

/// Reads a string with the formats of its dates.
pub(super) fn compile(formats: &Formats<'_>, clock: &Clock) -> Result<Compiled, Error> {
    let escapes = |byte| match byte {
        b't' => Some(b'\t'),
        b'"' | b'\\' => Some(byte),
        _ => None,
    };
    let mut pattern = Pattern::unescaped(formats.log(), escapes);
    pattern.shift(formats.at);
    if matches!(pattern.bytes.last(), Some(b'"' | b']')) {
        // What stands behind the last delimiter is not looked at.
        pattern.append(b"%^");
    }
    let is_w3c = formats.log == "W3C" || formats.log == "CLOUDFRONT";
    let tokens = |bytes: &[u8], at: usize| token(bytes, at, formats);
    let utc = Clock::default();
    dialect::compile(&pattern, &tokens, Escapes::Backslash, if is_w3c { &utc } else { clock })
}

/// The specifier that begins at `at`.
pub(super) fn token(bytes: &[u8], at: usize, formats: &Formats<'_>) -> Option<Token> {
    let rest = bytes.get(at..)?;
    if let [b'~', b'h', b'{', inside @ ..] = rest {
        let end = at + 4 + memchr::memchr(b'}', inside)?;
        return Some(Token::Field(
            Shape::List(Some(Meaning { rank: 1, ..Meaning::of(Slot::Forwarded) })),
            end,
        ));
    }
    let letter = match rest {
        [b'%', b'%', ..] => return Some(Token::Literal(b"%", at + 2)),
        [b'%', letter, ..] => *letter,
        [b'%'] => return Some(Token::Bad(at + 1, at, "no letter behind `%`".to_owned())),
        _ => return None,
    };
    let duration = |unit, rank| Shape::Text(Some(Meaning { slot: Slot::Duration, unit, rank }));
    let end = at + 2;
    let shape = match letter {
        b'x' | b'd' | b't' => return Some(when(letter, bytes, at, formats)),
        b'^' if is_zone(bytes, at) => Shape::Stamp(Layout::maybe_zone()),
        b'v' => text(Slot::Host),
        b'e' => text(Slot::User),
        b'C' => text(Slot::Cache),
        b'h' => text(Slot::Client),
        b'r' => text(Slot::Request),
        b'm' => text(Slot::Method),
        b'U' => text(Slot::Target),
        b'q' => text(Slot::Query),
        b'H' => text(Slot::Protocol),
        b's' => text(Slot::Status),
        b'b' => Shape::DashIsZero(Meaning::of(Slot::BytesOut)),
        b'R' => text(Slot::Referer),
        b'u' => text(Slot::UserAgent),
        b'D' => duration(Unit::Micros, 0),
        b'T' => duration(Unit::Seconds, 1),
        b'L' => duration(Unit::Millis, 1),
        b'n' => duration(Unit::Nanos, 0),
        b'K' => text(Slot::TlsVersion),
        b'k' => text(Slot::TlsCipher),
        b'~' => Shape::Blanks,
        b'M' | b'p' | b'^' => Shape::Text(None),
        _ => {
            let known = KNOWN.iter().map(|&byte| char::from(byte).to_string()).collect::<Vec<_>>().join(" %");
            let why = format!("unknown specifier `%{}`; known: %{known}", letter.escape_ascii());
            return Some(Token::Bad(end, at + 1, why));
        }
    };
    Some(Token::Field(shape, end))
}

/// Whether what is skipped at `at` stands where stamps have their zone: behind a time and a blank.
fn is_zone(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or(b"");
    (before.ends_with(b"%t ") || before.ends_with(b"%x ")) && bytes.get(at + 2) == Some(&b']')
}

/// A date, a time of day or both, in the layouts that the user gave, else in those that logs have.
fn when(letter: u8, bytes: &[u8], at: usize, formats: &Formats<'_>) -> Token {
    let end = at + 2;
    let given = match letter {
        b'd' => formats.date,
        b't' => formats.time,
        _ => formats.both,
    };
    let goes_on = bytes.get(end) == Some(&b'.');
    let layout = match (given, letter) {
        (Some("%s"), _) | (None, b'x') if !goes_on && given.is_none() => {
            return Token::Field(text(Slot::Time), end);
        }
        (Some(layout), _) => match stamp(layout.as_bytes(), at, end) {
            Token::Field(Shape::Stamp(layout), _) if !goes_on => layout.or_finer(),
            token => return token,
        },
        (None, b'd') => Layout::any_date(),
        (None, b't') if goes_on => return stamp(b"%T", at, end),
        (None, b't') => Layout::any_clock(),
        (None, _) => return stamp(b"%s", at, end),
    };
    Token::Field(Shape::Stamp(layout), end)
}
