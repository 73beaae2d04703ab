//! One segment of a path: is it a word of the route or a value, and how is the value shown? Looks at nothing else.

use memchr::memchr;

use super::kind::{self, kinds};
use super::value::{MIN_TOKEN, marker};

/// Literals longer than this are shown as `{long}`: nobody names a route so.
pub(super) const MAX_LITERAL: usize = 64;
/// An extension behind a variable is kept up to this length (`.tar.gz`).
const MAX_EXTENSION: usize = 12;
/// The shortest number behind a literal prefix (`INV-20417`).
const MIN_PREFIXED: usize = 4;
/// The longest literal prefix of a number.
const MAX_PREFIX: usize = 12;
/// The shortest fingerprint in the name of a static file.
const MIN_FINGERPRINT: usize = 6;

/// More than the longest marker takes with the longest extension or prefix.
pub(super) const JOINED: usize = 64;

/// How a segment stands in its template: a marker between two pieces of literal text. All parts together are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown<'a> {
    pub(super) before: &'a [u8],
    pub(super) marker: &'static [u8],
    pub(super) after: &'a [u8],
}

impl<'a> Shown<'a> {
    /// A word of the route, as it stands.
    pub(super) fn literal(word: &'a [u8]) -> Self {
        Self { before: word, marker: b"", after: b"" }
    }

    /// A value and nothing else.
    pub(super) fn variable(marker: &'static [u8]) -> Self {
        Self { before: b"", marker, after: b"" }
    }

    /// How many bytes of text it takes.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.marker.len() + self.after.len()
    }

    /// Whether a value stands in it.
    pub(super) fn is_variable(&self) -> bool {
        !self.marker.is_empty()
    }

    /// Its text, where that is all literal or all marker.
    #[inline]
    pub(super) fn whole(&self) -> Option<&'a [u8]> {
        if self.before.len() == self.len() {
            Some(self.before)
        } else if self.marker.len() == self.len() {
            Some(self.marker)
        } else {
            None
        }
    }

    /// Its text, put together in `room`.
    pub(super) fn joined<'r>(&self, room: &'r mut [u8; JOINED]) -> &'r [u8] {
        let mut end = 0;
        for part in [self.before, self.marker, self.after] {
            room[end..end + part.len()].copy_from_slice(part);
            end += part.len();
        }
        &room[..end]
    }

    /// What of `segment` the marker stands for.
    pub(super) fn value<'s>(&self, segment: &'s [u8]) -> &'s [u8] {
        let end = segment.len().saturating_sub(self.after.len());
        segment.get(self.before.len()..end).unwrap_or(segment)
    }
}

/// How `segment`, which holds bytes of these kinds, is shown. An ordinary word leaves at the first line.
#[expect(clippy::inline_always, reason = "measured: ordinary words cost half if their empty parts are known")]
#[inline(always)]
pub(super) fn shown(segment: &[u8], kinds: u16) -> Shown<'_> {
    if kinds & (kind::DIGIT | kind::ODD) == 0 && segment.len() < MIN_TOKEN {
        return Shown::literal(segment);
    }
    if kinds == kind::DIGIT {
        return Shown::variable(b"{id}");
    }
    unusual(segment, kinds)
}

/// As [`shown`], for a segment with digits, an escape, an `@`, or of some length.
#[inline(never)]
fn unusual(segment: &[u8], kinds: u16) -> Shown<'_> {
    if let Some(marker) = marker(segment, kinds) {
        return Shown::variable(marker);
    }
    let has = |kind| kinds & kind != 0;
    let mut shown = None;
    if has(kind::DOT) {
        shown = with_extension(segment);
        if shown.is_none() && has(kind::DIGIT) {
            shown = fingerprinted(segment);
        }
    }
    if shown.is_none() && has(kind::DIGIT) && has(kind::JOINT) {
        shown = prefixed(segment);
    }
    shown.unwrap_or_else(|| {
        if segment.len() > MAX_LITERAL { Shown::variable(b"{long}") } else { Shown::literal(segment) }
    })
}

/// `123.pdf` → `{id}.pdf`.
fn with_extension(segment: &[u8]) -> Option<Shown<'_>> {
    let (stem, after) = segment.split_at(memchr(b'.', segment)?);
    let is_extension = after.len() <= MAX_EXTENSION
        && after.get(1).is_some_and(u8::is_ascii_alphabetic)
        && after[1..].iter().all(|&b| b.is_ascii_alphanumeric() || b == b'.');
    is_extension.then(|| marker(stem, kinds(stem))).flatten().map(|marker| Shown {
        before: b"",
        marker,
        after,
    })
}

/// `app.4f2a9c.js` → `{asset}.js`: a new build is no new route.
fn fingerprinted(segment: &[u8]) -> Option<Shown<'_>> {
    const BUILT: [&[u8]; 18] = [
        b".js", b".mjs", b".css", b".map", b".svg", b".png", b".jpg", b".jpeg", b".gif", b".webp", b".avif",
        b".ico", b".woff", b".woff2", b".ttf", b".eot", b".wasm", b".mp4",
    ];
    let (stem, after) = segment.split_at(memchr::memrchr(b'.', segment)?);
    let is_built = BUILT.contains(&after) && stem.split(|b| b"._-".contains(b)).any(is_fingerprint);
    is_built.then_some(Shown { before: b"", marker: b"{asset}", after })
}

/// Whether a piece of a file name was made by a build: digits, hexadecimal, or eight and more of mixed case with a digit.
fn is_fingerprint(piece: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| piece.iter().any(test);
    let mixed = piece.len() >= 8 && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    piece.len() >= MIN_FINGERPRINT
        && has(u8::is_ascii_digit)
        && (piece.iter().all(u8::is_ascii_hexdigit) || (mixed && piece.iter().all(u8::is_ascii_alphanumeric)))
}

/// `INV-20417` → `INV-{id}`: the prefix stays, so nothing that differs in more than its number is taken together.
fn prefixed(segment: &[u8]) -> Option<Shown<'_>> {
    let at = memchr::memchr2(b'-', b'_', segment)?;
    let (before, digits) = segment.split_at(at + 1);
    let fits = (1..=MAX_PREFIX).contains(&at)
        && before[..at].iter().all(u8::is_ascii_alphabetic)
        && digits.len() >= MIN_PREFIXED
        && digits.iter().all(u8::is_ascii_digit);
    fits.then_some(Shown { before, marker: b"{id}", after: b"" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(segment: &str) -> String {
        let shown = shown(segment.as_bytes(), kinds(segment.as_bytes()));
        String::from_utf8([shown.before, shown.marker, shown.after].concat()).unwrap()
    }

    #[test]
    fn values_become_variables() {
        for (segment, expected) in [
            ("7", "{id}"),
            ("00123456789012345678901234567890", "{id}"),
            ("4f2a9c81", "{hex}"),
            ("507f1f77bcf86cd799439011", "{hex}"),
            ("deadbeefdeadbeef", "{hex}"),
            ("550e8400-e29b-41d4-a716-446655440000", "{uuid}"),
            ("550E8400-E29B-41D4-A716-446655440000", "{uuid}"),
            ("2026-03-10", "{date}"),
            ("2026-03", "{date}"),
            ("20260310T101500Z", "{date}"),
            ("2026-03-10T10:15:00.5+01:00", "{date}"),
            ("2026-03-10.csv", "{date}.csv"),
            ("amy@shop.example", "{email}"),
            ("amy.b%40shop.example", "{email}"),
            ("10.0.0.7", "{ip}"),
            ("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "{hash}"),
            ("V1StGXR8_Z5jdHi6B-myT", "{token}"),
            ("dGhpcyBpcyBhIHRlc3Q5MzE%3D", "{token}"),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "{token}"),
            ("cus_NffrFeUfNV2Hib4", "{token}"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "{token}"),
            ("123.pdf", "{id}.pdf"),
            ("123.tar.gz", "{id}.tar.gz"),
            ("INV-20417", "INV-{id}"),
            ("app.4f2a9c.js", "{asset}.js"),
            ("chunk-vendors.1a2b3c4d.js.map", "{asset}.map"),
            ("index-BxYz12ab.css", "{asset}.css"),
        ] {
            assert_eq!(text(segment), expected, "{segment}");
        }
    }

    #[test]
    fn words_stay() {
        let words = "orders v1 v2.1 V3 2.0 api-v2 oauth2 deadbeef facade wp-login.php \
            getUserByAccountNumber2 My-Great-Blog-Post-2024 red-shoes-xl jquery-3.6.0.min.js \
            iso-8859-1 @angular lodash@4.17.21 2fa mp3 internationalization \
            authentication-requests utf8 My%20Holiday%20In%202024 1920x1080 covid-19 \
            openid-connect logo-1920x1080.png 1.2.3 2026-13 %2e%2e%2fetc {id} \
            accounts:signInWithPassword";
        for segment in words.split_whitespace() {
            assert_eq!(text(segment), segment);
        }
    }

    #[test]
    fn a_literal_has_a_longest_length() {
        assert_eq!(text(&"a".repeat(64)), "{hex}");
        assert_eq!(text(&"z".repeat(64)), "z".repeat(64));
        assert_eq!(text(&"z".repeat(65)), "{long}");
    }
}
