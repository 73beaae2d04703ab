//! Values that are secret because of their names: parameters, header lines, members of JSON, cookies.

use std::borrow::Cow;
use std::ops::Range;

use crate::output::mask::MASK;
use crate::text::{Plus, percent_decode};

/// The longest name of a parameter that is looked at.
const NAME: usize = 96;
/// From this length on, a value between `; ` and `; ` is a cookie's and is masked whatever its name.
const COOKIE: usize = 20;

/// Names whose value is a secret wherever they stand, also at the end of a longer name behind `-`, `_` or `.`; compared
/// in lower case, without these signs.
const SECRET: &[&str] = &[
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "assertion",
    "auth",
    "authorization",
    "authtoken",
    "bearer",
    "clientsecret",
    "cookie",
    "credential",
    "credentials",
    "csrftoken",
    "hmac",
    "idtoken",
    "jsessionid",
    "jwt",
    "magiclink",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "phpsessid",
    "privatekey",
    "pwd",
    "refreshtoken",
    "resettoken",
    "samlresponse",
    "secret",
    "secretkey",
    "securitytoken",
    "session",
    "sessionid",
    "sessiontoken",
    "sessid",
    "sharedsecret",
    "sid",
    "sig",
    "signature",
    "sso",
    "token",
    "totp",
];

/// Names whose value is a secret in a query, but often something harmless elsewhere.
const SECRET_IN_QUERY: &[&str] = &["code", "key", "ticket"];

/// Headers that are secret also where they stand as in a request: `Authorization: …`.
const HEADERS: &[&str] = &["authorization", "cookie", "apikey"];

/// Masks the values of secret names: parameters, also inside an encoded URL, header lines and JSON members.
pub(super) fn mask(line: &[u8]) -> Cow<'_, [u8]> {
    let mut masked = Vec::new();
    let mut kept = 0; // `line[..kept]` is in `masked`
    let mut at = 0;
    while let Some(sign) = next_sign(line, at) {
        let name = &line[kept.max(sign.start.saturating_sub(NAME))..sign.start];
        let secrecy = secrecy(name, &sign);
        // Only a name that is looked for costs a look at its value: a hostile line stays cheap.
        let value = if secrecy == Secrecy::None { sign.end..sign.end } else { value(line, &sign) };
        if secrecy.covers(&line[value.clone()]) {
            masked.extend_from_slice(&line[kept..value.start]);
            masked.extend_from_slice(MASK);
            kept = value.end;
            at = value.end;
        } else {
            at = sign.end;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(line);
    }
    masked.extend_from_slice(&line[kept..]);
    Cow::Owned(masked)
}

/// What parts a name from its value.
struct Sign {
    start: usize,
    end: usize,
    kind: SignKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SignKind {
    /// `=`
    Equals,
    /// `%3D`, `%253D` …: inside an encoded URL.
    Encoded,
    /// `:` behind a quoted name or a header's.
    Colon,
}

/// The next sign in `line` from `at` on.
fn next_sign(line: &[u8], at: usize) -> Option<Sign> {
    let mut from = at;
    loop {
        let start = from + memchr::memchr3(b'=', b'%', b':', line.get(from..)?)?;
        let (end, kind) = match line[start] {
            b'=' => (start + 1, SignKind::Equals),
            b':' => (start + 1, SignKind::Colon),
            _ => {
                let rest = &line[start + 1..];
                let twice = rest.chunks_exact(2).take_while(|pair| *pair == b"25").count();
                if !matches!(rest.get(2 * twice..2 * twice + 2), Some([b'3', b'D' | b'd'])) {
                    from = start + 1;
                    continue;
                }
                (start + 3 + 2 * twice, SignKind::Encoded)
            }
        };
        return Some(Sign { start, end, kind });
    }
}

/// Where the value behind `sign` stands, without its quotes.
fn value(line: &[u8], sign: &Sign) -> Range<usize> {
    let blanks = line[sign.end..].iter().take_while(|&&b| b == b' ' && sign.kind == SignKind::Colon).count();
    let from = sign.end + blanks;
    let rest = &line[from..];
    let (quote, open) = match rest {
        [b'\\', b'"', ..] => (Some(br#"\""#.as_slice()), 2),
        [b'"', ..] => (Some(b"\"".as_slice()), 1),
        _ => (None, 0),
    };
    let start = from + open;
    let rest = &line[start..];
    let length = match quote {
        Some(quote) => closing(rest, quote),
        // A header's value goes on over blanks.
        None if sign.kind == SignKind::Colon && !line[..sign.start].ends_with(b"\"") => {
            memchr::memchr(b'"', rest).unwrap_or(rest.len())
        }
        None => rest.iter().position(|b| ends_value(*b, sign.kind)).unwrap_or(rest.len()),
    };
    start..start + length
}

/// How far it is to the closing `quote`; an escaped quote does not close.
fn closing(rest: &[u8], quote: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&rest[from..], quote).map(|at| from + at) {
        let escapes = rest[..at].iter().rev().take_while(|&&b| b == b'\\').count();
        if escapes % 2 == 0 {
            return at;
        }
        from = at + quote.len();
    }
    rest.len()
}

fn ends_value(byte: u8, sign: SignKind) -> bool {
    match byte {
        b' ' | b'\t' | b'"' | b'\'' | b'&' | b';' | b'<' | b'>' | b'|' | b'\\' => true,
        b',' | b'}' | b']' => sign == SignKind::Colon,
        _ => false,
    }
}

/// Which values of a name are secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    None,
    All,
    /// `code=404` is a status, not a login code.
    AllButStatus,
    /// A cookie's, whatever its name.
    Long,
}

impl Secrecy {
    fn covers(self, value: &[u8]) -> bool {
        let is_status = value.len() == 3 && value.iter().all(u8::is_ascii_digit);
        match self {
            _ if value.is_empty() => false,
            Self::None => false,
            Self::All => true,
            Self::AllButStatus => !is_status,
            Self::Long => COOKIE <= value.len(),
        }
    }
}

/// What the end of `before_sign`, a name, says of its value.
fn secrecy(before_sign: &[u8], sign: &Sign) -> Secrecy {
    let decoded = percent_decode(before_sign, Plus::IsPlus);
    let decoded = percent_decode(&decoded, Plus::IsPlus).to_ascii_lowercase();
    let quoted = decoded.strip_suffix(b"\"").map(|name| name.strip_suffix(b"\\").unwrap_or(name));
    let bare = quoted.unwrap_or(&decoded);
    // `user[password]=`: the last part counts.
    let bare = bare.strip_suffix(b"]").unwrap_or(bare);
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let begins = bare.iter().rposition(|b| !is_name(b)).map_or(0, |at| at + 1);
    let (before, word) = bare.split_at(begins);
    let in_query = match sign.kind {
        SignKind::Colon => false,
        SignKind::Encoded => true,
        SignKind::Equals => matches!(before.last(), Some(b'?' | b'&' | b' ' | b'\t')),
    };
    match sign.kind {
        // `12:30:01`, `https://`, `host:port` and a bare `token:` in prose are no members.
        SignKind::Colon if quoted.is_none() && !ends_like(word, HEADERS) => Secrecy::None,
        _ if ends_like(word, SECRET) => Secrecy::All,
        _ if in_query && SECRET_IN_QUERY.iter().any(|known| word == known.as_bytes()) => {
            Secrecy::AllButStatus
        }
        SignKind::Equals if before.ends_with(b"; ") => Secrecy::Long,
        _ => Secrecy::None,
    }
}

/// Whether `word` is one of `known` or ends with one behind `-`, `_` or `.`; `-` and `_` inside it do not matter.
fn ends_like(word: &[u8], known: &[&str]) -> bool {
    let parts: Vec<&[u8]> = word.split(|b| matches!(b, b'-' | b'_' | b'.')).collect();
    (0..parts.len()).any(|from| {
        let joined = parts[from..].concat();
        known.iter().any(|known| known.as_bytes() == joined)
    })
}
