//! JSON of shippers and container runtimes: an object that tells nothing of HTTP itself and holds the line as one string.

use super::{Peeled, Wrapper};
use crate::format::Scratch;
use crate::format::json::{each_value, is_of_http};
use crate::text::{Escapes, unescape};
use crate::time::stamp::{epoch, iso8601};

pub(super) static SHIPPER: Wrapper = Wrapper {
    name: "JSON of a shipper",
    peel: |line, _, scratch| {
        if !line.starts_with(b"{") {
            return None;
        }
        let (mut inside, mut lines, mut time, mut of_http) = (None, 0, None, 0);
        each_value(line, &mut |path, value| {
            if LINES.contains(&path) {
                lines += 1;
                inside = Some(value);
            } else if TIMES.contains(&path) {
                time = time.or_else(|| iso8601(value)).or_else(|| epoch(value));
            }
            of_http += u32::from(is_of_http(path));
        })
        .ok()?;
        let inside = inside.filter(|_| lines == 1 && of_http == 0)?;
        Some(Peeled { line: plain(inside, scratch), time })
    },
    enough: 30,
};

/// Where the line stands, as paths of keys are spelt: letters and digits alone, in lower case.
const LINES: [&[u8]; 7] = [b"message", b"log", b"msg", b"raw", b"line", b"eventoriginal", b"event"];
/// Where its time stands.
const TIMES: [&[u8]; 6] = [b"time", b"timestamp", b"ts", b"timestampns", b"timens", b"ingestiontime"];

/// The string at the path of keys `wanted`.
pub(super) fn member<'a>(line: &'a [u8], wanted: &[u8], scratch: &'a Scratch) -> Option<&'a [u8]> {
    let mut found = None;
    each_value(line, &mut |path, value| {
        if path == wanted {
            found = found.or(Some(value));
        }
    })
    .ok()?;
    found.map(|value| plain(value, scratch))
}

/// A JSON string without its escapes and the line end that runtimes keep.
fn plain<'a>(value: &'a [u8], scratch: &'a Scratch) -> &'a [u8] {
    let text = match unescape(value, Escapes::Json) {
        std::borrow::Cow::Borrowed(_) => value,
        std::borrow::Cow::Owned(plain) => scratch.keep(&plain),
    };
    text.strip_suffix(b"\n").unwrap_or(text)
}
