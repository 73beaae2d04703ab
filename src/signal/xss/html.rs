//! Tags and their attributes, as browsers read them (HTML Living Standard §13.2.5), and no further than is judged.

use super::script;
use crate::signal::piece::{Seen, stronger};
use crate::signal::scan::{holds, holds_any, words};

/// At most so many tags of a text are read, and so many bytes of one.
const TAGS: usize = 64;
const LONGEST: usize = 2048;

/// The strongest tag in a text in lower case.
pub(super) fn judge(lower: &[u8]) -> Option<Seen> {
    memchr::memchr_iter(b'<', lower)
        .take(TAGS)
        .filter_map(|at| tag(lower.get(at + 1..)?))
        .fold(None, |best, seen| stronger(best, Some(seen)))
}

/// One tag, behind its `<`.
fn tag(rest: &[u8]) -> Option<Seen> {
    let rest = rest.get(..LONGEST.min(rest.len())).unwrap_or_default();
    if let Some(closing) = rest.strip_prefix(b"/") {
        let score = match name(closing) {
            b"script" => 65,
            b"title" | b"textarea" | b"style" | b"iframe" | b"svg" | b"noscript" | b"xml" => 55,
            _ => return None,
        };
        return Some(Seen::new("gh-xss-closing-tag", score));
    }
    if rest.starts_with(b"!--") {
        return None;
    }
    let name = name(rest);
    let behind = rest.get(name.len()..).unwrap_or_default();
    let is_tag = name.first().is_some_and(u8::is_ascii_alphabetic);
    if !is_tag && !rest.starts_with(b"!") && !rest.starts_with(b"?") {
        return None;
    }
    let by_name = if is_tag { named(name, behind) } else { None };
    stronger(by_name, attributes(behind.get(..end(behind)).unwrap_or_default()))
}

/// The name of a tag: browsers end it at a blank, a slash or the bracket.
fn name(rest: &[u8]) -> &[u8] {
    let is_end =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<' | b'"' | b'\'' | b'=');
    let length = rest.iter().take(40).position(is_end).unwrap_or(rest.len().min(40));
    rest.get(..length).unwrap_or_default()
}

/// Where a tag ends: the first `>` outside of quotes.
fn end(inside: &[u8]) -> usize {
    if memchr::memchr(b'>', inside).is_none() {
        return inside.len();
    }
    let mut quote = 0;
    let mut last = 0;
    for (at, &byte) in inside.iter().enumerate() {
        match byte {
            b'"' | b'\'' if quote == 0 && last == b'=' => quote = byte,
            _ if quote != 0 && byte == quote => quote = 0,
            b'>' if quote == 0 => return at,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    inside.len()
}

/// What a tag tells by its name, with what follows it.
fn named(name: &[u8], behind: &[u8]) -> Option<Seen> {
    let is_whole = matches!(behind.first(), Some(byte) if byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'<'));
    let score = match name {
        b"script" => 85,
        b"iframe" | b"frame" | b"frameset" | b"object" | b"embed" | b"applet" | b"base" | b"meta"
        | b"link" | b"svg" | b"math" | b"bgsound" | b"layer" | b"ilayer" | b"xml" | b"style" | b"isindex"
        | b"keygen" | b"noscript" => 65,
        b"form" | b"input" | b"button" | b"textarea" | b"video" | b"audio" | b"body" | b"html" | b"img"
        | b"image" | b"marquee" | b"details" | b"template" | b"select" | b"picture" | b"source"
        | b"comment" | b"table" => 40,
        _ => return None,
    };
    is_whole.then(|| Seen::new("gh-xss-tag", score))
}

/// What the attributes of a tag tell.
fn attributes(inside: &[u8]) -> Option<Seen> {
    let mut best = None;
    for at in memchr::memchr_iter(b'=', inside).take(TAGS) {
        let (before, value) = inside.split_at(at);
        let before = before.trim_ascii_end();
        let letters =
            before.iter().rev().take(24).take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-');
        let name = before.get(before.len() - letters.count()..).unwrap_or_default();
        best = stronger(best, attribute(name, value.get(1..).unwrap_or_default()));
    }
    best
}

/// One attribute.
fn attribute(name: &[u8], value: &[u8]) -> Option<Seen> {
    if let Some(event) = name.strip_prefix(b"on").filter(|event| event.len() >= 3) {
        let score = if script::is_event(event) { 85 } else { 70 };
        return Some(Seen::new("gh-xss-event-handler", score));
    }
    let value = value.get(..256.min(value.len())).unwrap_or_default();
    if script::is_script_url(value) {
        return Some(Seen::new("gh-xss-script-url", 85));
    }
    let score = match name {
        b"style"
            if holds_any(
                value,
                words!["expression", "behavio", "-moz-binding", "binding:", "javascript", "url("],
            ) =>
        {
            75
        }
        b"style" if holds(value, b"\\") => 60,
        b"srcdoc" | b"dataformatas" | b"formaction" => 70,
        b"http-equiv" | b"datasrc" | b"handler" | b"classid" | b"codebase" => 60,
        b"src" | b"href" if holds_any(value, words!["mhtml:", "//"]) => 45,
        b"src" => 45,
        _ => return None,
    };
    Some(Seen::new("gh-xss-attribute", score))
}
