//! Secrets in raw evidence lines: they become `***`, the rest stays byte for byte.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::incident::Raw;
use crate::text::{Plus, percent_decode};

/// The most bytes of a raw line that a report shows, unless it says otherwise.
pub const LINE: usize = 2_000;

/// What a secret becomes.
const MASK: &[u8] = b"***";
/// The longest name of a parameter that is looked at.
const NAME: usize = 96;
/// From this length on, a value between `; ` and `; ` is a cookie's and is masked whatever its name.
const COOKIE: usize = 20;

/// Names whose value is a secret wherever they stand; compared in lower case, without `-` and `_`.
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
    "httpauthorization",
    "httpcookie",
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
    "proxyauthorization",
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
    "setcookie",
    "sharedsecret",
    "sid",
    "sig",
    "signature",
    "sso",
    "token",
    "totp",
    "xapikey",
    "xauthtoken",
]; // a name that ends with `-`, `_` or `.` and one of these is as secret

/// Names whose value is a secret in a query, but often something harmless elsewhere.
const SECRET_IN_QUERY: &[&str] = &["code", "key", "nonce", "state", "ticket"];

/// Secrets that are known by their shape, and what is kept before them.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let shapes = [
        // A JWT.
        r"eyJ[A-Za-z0-9_=-]{4,}\.[A-Za-z0-9_=-]+(?:\.[A-Za-z0-9_=-]*)*",
        // Keys of well-known services.
        r"\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|sk_live_|rk_live_)[A-Za-z0-9_-]{10,}",
    ];
    Regex::new(&format!("(?-u){}", shapes.join("|"))).expect("a constant pattern")
});

/// Credentials behind the word for their scheme, and passwords inside URLs; the first group is kept.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    let shapes = [
        r"(?P<scheme>(?i:\bbearer|\bapikey|\bnegotiate)(?: |\+|%20)+)[A-Za-z0-9._~+/=%:-]+",
        r"(?P<basic>(?i:\bbasic)(?: |\+|%20)+)[A-Za-z0-9+/=_%-]{8,}",
        r#"(?P<user>(?i:://|%3A%2F%2F)[^\s/"@:?#%]*(?:(?i:%40)[^\s/"@:?#%]*)*(?i::|%3A))[^\s/"@]+?(?P<at>@|(?i:%40))"#,
    ];
    Regex::new(&format!("(?-u){}", shapes.join("|"))).expect("a constant pattern")
});

/// `line` with its secrets masked, cut to `cap` bytes; a cut says how much is missing.
#[must_use]
pub fn raw(line: &[u8], cap: usize) -> Raw {
    // Masked first: a cut could leave half a token that no longer looks like one.
    let masked = mask(line);
    if masked.len() <= cap {
        return Raw(masked.into_owned());
    }
    let mut end = cap;
    while end > 0 && masked[end] & 0xc0 == 0x80 && cap - end < 3 {
        end -= 1;
    }
    let missing = masked.len() - end;
    Raw([&masked[..end], format!("… ({missing} bytes more)").as_bytes()].concat())
}

/// `line` with its secrets masked.
#[must_use]
pub fn mask(line: &[u8]) -> Cow<'_, [u8]> {
    let mut masked = Cow::Borrowed(line);
    for step in [shapes, behind, values] {
        if let Cow::Owned(changed) = step(&masked) {
            masked = Cow::Owned(changed);
        }
    }
    masked
}

fn shapes(line: &[u8]) -> Cow<'_, [u8]> {
    SHAPES.replace_all(line, MASK)
}

fn behind(line: &[u8]) -> Cow<'_, [u8]> {
    BEHIND.replace_all(line, b"${scheme}${basic}${user}***${at}".as_slice())
}

/// Masks the values of secret names: parameters, also inside an encoded URL, header lines and JSON members.
fn values(line: &[u8]) -> Cow<'_, [u8]> {
    let mut masked = Vec::new();
    let mut kept = 0; // `line[..kept]` is in `masked`
    let mut at = 0;
    while let Some(sign) = next_sign(line, at) {
        let name = &line[kept.max(sign.start.saturating_sub(NAME))..sign.start];
        let value = value(line, &sign);
        if !value.is_empty() && is_secret(name, &sign, &line[value.clone()]) {
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
                match rest.get(2 * twice..2 * twice + 2) {
                    Some([b'3', b'D' | b'd']) => (start + 3 + 2 * twice, SignKind::Encoded),
                    _ => {
                        from = start + 1;
                        continue;
                    }
                }
            }
        };
        return Some(Sign { start, end, kind });
    }
}

/// Where the value behind `sign` stands, without its quotes.
fn value(line: &[u8], sign: &Sign) -> std::ops::Range<usize> {
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

/// Whether the value of what ends with `name` is a secret.
fn is_secret(name: &[u8], sign: &Sign, value: &[u8]) -> bool {
    let decoded = percent_decode(name, Plus::IsPlus);
    let decoded = percent_decode(&decoded, Plus::IsPlus).to_ascii_lowercase();
    let bare = decoded.strip_suffix(b"\"").map_or(&*decoded, |name| name.strip_suffix(b"\\").unwrap_or(name));
    // `user[password]=`: the last part counts.
    let bare = bare.strip_suffix(b"]").unwrap_or(bare);
    let begins = bare
        .iter()
        .rposition(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')))
        .map_or(0, |at| at + 1);
    let (before, word) = bare.split_at(begins);
    let is_quoted = bare.len() < decoded.len();
    let in_query = sign.kind != SignKind::Colon
        && (sign.kind == SignKind::Encoded || matches!(before.last(), Some(b'?' | b'&' | b' ' | b'\t')));
    match sign.kind {
        // `12:30:01`, `https://`, `host:port` and a bare `token:` in prose are no members.
        SignKind::Colon if !is_quoted && !ends_like(word, &["authorization", "cookie", "apikey"]) => false,
        _ if ends_like(word, SECRET) => true,
        _ if in_query && SECRET_IN_QUERY.iter().any(|known| word == known.as_bytes()) => !is_status(value),
        _ => sign.kind == SignKind::Equals && before.ends_with(b"; ") && COOKIE <= value.len(),
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

/// `code=404` is a status, not a login code.
fn is_status(value: &[u8]) -> bool {
    value.len() == 3 && value.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a line becomes; `None` where nothing in it is secret.
    const CASES: &[(&str, Option<&str>)] = &[
        // Queries.
        ("GET /a?access_token=abc&x=1 HTTP/1.1", Some("GET /a?access_token=***&x=1 HTTP/1.1")),
        ("GET /a?x=1&API_KEY=k-1 HTTP/1.1", Some("GET /a?x=1&API_KEY=*** HTTP/1.1")),
        ("GET /a?apikey=k&key=v&sig=s&jwt=j", Some("GET /a?apikey=***&key=***&sig=***&jwt=***")),
        ("GET /cb?code=4%2F0Ab&state=xyz HTTP/2", Some("GET /cb?code=***&state=*** HTTP/2")),
        (
            "POST /l?user=amy&password=a%26b&pwd=&passwd=%20",
            Some("POST /l?user=amy&password=***&pwd=&passwd=***"),
        ),
        (
            "GET /o?X-Amz-Security-Token=F%2B&X-Amz-Signature=9f&X-Amz-Date=1",
            Some("GET /o?X-Amz-Security-Token=***&X-Amz-Signature=***&X-Amz-Date=1"),
        ),
        (
            "GET /r?next=https%3A%2F%2Fx%2F%3Faccess_token%3Dabc%26y%3D1&z=2",
            Some("GET /r?next=https%3A%2F%2Fx%2F%3Faccess_token%3D***&z=2"),
        ),
        (
            "GET /r?next=%252F%253Ftoken%253Dabc HTTP/1.1",
            Some("GET /r?next=%252F%253Ftoken%253D*** HTTP/1.1"),
        ),
        ("GET /a?access%5Ftoken=abc", Some("GET /a?access%5Ftoken=***")),
        ("GET /a?user[password]=x&client_secret=y", Some("GET /a?user[password]=***&client_secret=***")),
        (
            "2026-03-10 10:00:00 GET /cb code=abc&x=1 443",
            Some("2026-03-10 10:00:00 GET /cb code=***&x=1 443"),
        ),
        ("GET /a;jsessionid=0A1B HTTP/1.1", Some("GET /a;jsessionid=*** HTTP/1.1")),
        // Header values, quoted and as JSON.
        (
            r#"{"authorization":"Bearer abc.def","status":200}"#,
            Some(r#"{"authorization":"***","status":200}"#),
        ),
        (
            r#"{"headers": {"x-api-key": "k\"1", "accept": "*/*"}}"#,
            Some(r#"{"headers": {"x-api-key": "***", "accept": "*/*"}}"#),
        ),
        (r#"{"m":"{\"password\":\"a b\",\"u\":1}"}"#, Some(r#"{"m":"{\"password\":\"***\",\"u\":1}"}"#)),
        (
            r#"{"password":12345,"code":404,"key":"GET /"}"#,
            Some(r#"{"password":***,"code":404,"key":"GET /"}"#),
        ),
        (r#""Authorization: Basic YW15OnNlY3JldA==" 200"#, Some(r#""Authorization: ***" 200"#)),
        ("auth=\"Bearer x\" status=200", Some("auth=\"***\" status=200")),
        ("- \"Bearer x\" 200", Some("- \"Bearer ***\" 200")),
        ("- \"bearer%20abc\" 200", Some("- \"bearer%20***\" 200")),
        // Shapes that need no name.
        ("GET /t/eyJhbGciOi.eyJzdWIi.sig-_1/x", Some("GET /t/***/x")),
        ("agent ghp_0123456789abcdef", Some("agent ***")),
        ("GET http://amy:s3cret@h.example/x", Some("GET http://amy:***@h.example/x")),
        (
            "GET /?u=https%3A%2F%2Famy%3As3cret%40h.example",
            Some("GET /?u=https%3A%2F%2Famy%3A***%40h.example"),
        ),
        // Cookies.
        (
            "\"theme=dark; SESSID=1; cf=0123456789abcdef0123; a=b\"",
            Some("\"theme=dark; SESSID=***; cf=***; a=b\""),
        ),
        (r#"{"http_cookie":"a=b; c=d"}"#, Some(r#"{"http_cookie":"***"}"#)),
        // Nothing secret.
        (
            "81.2.3.4 - amy [10/Mar/2026:17:00:03 +0000] \"GET /api/v1/orders/1?page=2&sort_key=id HTTP/1.1\" 200 5 \"https://shop.example/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:109.0)\"",
            None,
        ),
        ("GET /?monkey=1&zipcode=1&tokens=2&sigma=3&assign=4 HTTP/1.1", None),
        ("status=200 code=200 host=api:443 Basic x", None),
        ("GET /?token=&x=1", None),
        ("Visual Basic 6.0 at 10:00:01", None),
        ("http://h.example:8080/a@b", None),
        ("%%3 100% =: \"", None),
    ];

    #[test]
    fn secrets_are_masked_and_nothing_else() {
        let mut wrong = Vec::new();
        for (line, wanted) in CASES {
            let masked = String::from_utf8(mask(line.as_bytes()).into_owned()).unwrap();
            if masked != wanted.unwrap_or(line) {
                wrong.push(format!("{line}\n  became {masked}\n  not    {}", wanted.unwrap_or(line)));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn masking_twice_changes_nothing() {
        for (line, _) in CASES {
            let once = mask(line.as_bytes());
            assert_eq!(mask(&once), once, "{line}");
        }
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_says_so() {
        let line = "é".repeat(10);
        assert_eq!(raw(line.as_bytes(), 20).0, line.as_bytes());
        assert_eq!(raw(line.as_bytes(), 7).text(), "ééé… (14 bytes more)");
        let token = format!("{} eyJhbGciOi.eyJzdWIi.signature", "x".repeat(10));
        assert!(!raw(token.as_bytes(), 18).text().contains("eyJ"));
    }

    #[test]
    fn any_bytes_can_be_masked() {
        let mut bytes = Vec::new();
        for seed in 0..20_000_u32 {
            bytes.push(
                b"=%:\"\\;& ?3Dtoken=\xff\xc3"
                    [usize::try_from(seed.wrapping_mul(2_654_435_761) >> 8).unwrap() % 18],
            );
        }
        for start in (0..bytes.len()).step_by(97) {
            let _ = raw(&bytes[start..(start + 300).min(bytes.len())], 50);
        }
    }
}
