//! Secrets in raw evidence lines: they become `***`, the rest stays byte for byte.

mod values;

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::incident::Raw;

/// The most bytes of a raw line that a report shows, unless it says otherwise.
pub const LINE: usize = 2_000;

/// What a secret becomes.
const MASK: &[u8] = b"***";
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
    for step in [shapes, behind, values::mask] {
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// What a line becomes; `None` where nothing in it is secret.
    const CASES: &[(&str, Option<&str>)] = &[
        // Queries.
        ("GET /a?access_token=abc&x=1 HTTP/1.1", Some("GET /a?access_token=***&x=1 HTTP/1.1")),
        ("GET /a?x=1&API_KEY=k-1 HTTP/1.1", Some("GET /a?x=1&API_KEY=*** HTTP/1.1")),
        ("GET /a?apikey=k&key=v&sig=s&jwt=j", Some("GET /a?apikey=***&key=***&sig=***&jwt=***")),
        ("GET /cb?code=4%2F0Ab&state=xyz HTTP/2", Some("GET /cb?code=***&state=xyz HTTP/2")),
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
    fn a_hostile_line_costs_no_more_than_its_length() {
        for piece in ["a:", "=", "%3D", "; a=", "\"token", "eyJ", "://a:", "bearer ", "%25"] {
            let line = piece.repeat(1 << 18);
            let start = Instant::now();
            let _ = raw(line.as_bytes(), LINE);
            assert!(start.elapsed() < Duration::from_secs(10), "{piece}: {:?}", start.elapsed());
        }
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
