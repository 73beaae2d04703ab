//! Script outside of tags: calls that show an attack works, the page's secrets, URLs that are script, handlers behind a quote.

use memchr::memmem;

use crate::signal::gate::Bytes;
use crate::signal::piece::{Seen, stronger, strongest};
use crate::signal::scan::{Lower, Words, after, calls, holds, holds_any, is_name, skip_blanks, words};

/// What events of pages are named after.
static EVENTS: Words = Words::of(&[
    "abort",
    "activate",
    "animation",
    "auxclick",
    "begin",
    "blur",
    "bounce",
    "cancel",
    "change",
    "click",
    "close",
    "copy",
    "cut",
    "drag",
    "drop",
    "end",
    "error",
    "finish",
    "focus",
    "hashchange",
    "input",
    "invalid",
    "key",
    "load",
    "message",
    "mouse",
    "move",
    "offline",
    "online",
    "open",
    "pagehide",
    "pageshow",
    "paste",
    "play",
    "pointer",
    "popstate",
    "progress",
    "ready",
    "repeat",
    "reset",
    "resize",
    "scroll",
    "search",
    "seek",
    "select",
    "show",
    "start",
    "storage",
    "submit",
    "toggle",
    "touch",
    "transition",
    "unload",
    "wheel",
]);

/// Functions that an attack calls to show that it runs.
static SHOWN: Words =
    Words::of(&["alert", "confirm", "prompt", "eval", "settimeout", "setinterval", "atob", "importscripts"]);

/// Whether the letters behind `on` name an event.
pub(super) fn is_event(letters: &[u8]) -> bool {
    holds_any(letters, &EVENTS)
}

/// The strongest piece of script in a text in lower case, which has at most these `kinds` of bytes.
pub(super) fn judge(lower: Lower<'_>, kinds: Bytes) -> Option<Seen> {
    let breaks = lower.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'>' | b'`' | b'<'));
    let is_prose = !breaks && lower.contains(&b' ');
    let names_only = |rest: &&[u8]| is_prose && skip_blanks(rest).starts_with(b"()");
    let opens = kinds.any(Bytes::PAREN);
    let called = (opens || kinds.any(Bytes::QUOTE))
        && SHOWN.likely(lower).any(|name| after(lower, name).filter(|rest| !names_only(rest)).any(is_called));
    let chains = kinds.any(Bytes::DOT.or(Bytes::BRACKET));
    let parts = strongest([
        (called, "gh-xss-call", if breaks || holds(lower, b"//") { 70 } else { 55 }),
        (chains && secrets(lower), "gh-xss-document", 60),
        (
            opens
                && calls(
                    lower,
                    words!["string.fromcharcode", "document.write", "document.writeln", "$.getscript"],
                ),
            "gh-xss-call",
            65,
        ),
        (holds(lower, b"+adw-") || holds(lower, b"x-imap4-modified-utf7"), "gh-xss-utf7", 70),
        (opens && holds(lower, b"expression(") && holds(lower, b":"), "gh-xss-style", 65),
        (
            (opens || chains)
                && holds_any(
                    lower,
                    words!["constructor(", "[constructor]", "constructor[", ".constructor.constructor"],
                ),
            "gh-xss-constructor",
            65,
        ),
    ]);
    let urls = if kinds.any(Bytes::COLON) { urls(lower) } else { None };
    let handlers = if kinds.any(Bytes::EQUAL) { handlers(&lower) } else { None };
    stronger(stronger(urls, handlers), parts)
}

/// Whether what follows a function's name calls it, in one of the ways of script.
fn is_called(rest: &[u8]) -> bool {
    let rest = skip_blanks(rest);
    match rest.first() {
        Some(b'(' | b'`') => true,
        Some(b')') => matches!(skip_blanks(rest.get(1..).unwrap_or_default()).first(), Some(b'(' | b'`')),
        Some(b'.' | b'?') => holds_any(
            rest.get(..10.min(rest.len())).unwrap_or_default(),
            words![".call(", ".apply(", ".bind(", "?.("],
        ),
        _ => false,
    }
}

/// Whether a text asks for what a page keeps, or sends it elsewhere.
fn secrets(lower: Lower<'_>) -> bool {
    const DOCUMENT: &[&str] = &[
        ".cookie",
        ".domain",
        ".location",
        "[\"cookie",
        "['cookie",
        ".body.",
        ".documentelement",
        ".createelement",
    ];
    const WINDOW: &[&str] = &[".location", "[\"", "['", ".onerror", ".name", ".open("];
    let near = |rest: &[u8], parts: &[&str]| parts.iter().any(|part| rest.starts_with(part.as_bytes()));
    after(lower, "document").any(|rest| near(rest, DOCUMENT))
        || after(lower, "window").any(|rest| near(rest, WINDOW))
        || ["self", "top", "parent", "this"]
            .iter()
            .any(|word| after(lower, word).any(|rest| near(rest, &["[\"", "['"])))
        || ["localstorage", "sessionstorage"]
            .iter()
            .any(|word| after(lower, word).any(|rest| near(rest, &[".", "["])))
}

/// Whether a value is a URL that a browser runs, past what it skips: blanks and line ends.
pub(super) fn is_script_url(value: &[u8]) -> bool {
    let mut bare = [0; 40];
    let mut kept = value
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`'))
        .peekable();
    if !matches!(kept.peek(), Some(b'j' | b'v' | b'l' | b'd')) {
        return false;
    }
    let length = bare.iter_mut().zip(kept).map(|(place, &byte)| *place = byte).count();
    let bare = bare.get(..length).unwrap_or_default();
    [
        "javascript:",
        "vbscript:",
        "livescript:",
        "data:text/html",
        "data:image/svg",
        "data:application/x",
        "data:;base64",
    ]
    .iter()
    .any(|scheme| bare.starts_with(scheme.as_bytes()))
}

/// A URL of script that stands by itself: behind it comes code, not prose.
fn urls(lower: Lower<'_>) -> Option<Seen> {
    let is_code = |rest: &[u8]| {
        rest.get(..80.min(rest.len()))
            .unwrap_or_default()
            .iter()
            .any(|byte| matches!(byte, b'(' | b'=' | b'`' | b'[' | b'<'))
    };
    let script = ["javascript:", "vbscript:"];
    strongest([
        (script.iter().any(|scheme| after(lower, scheme).any(is_code)), "gh-xss-script-url", 75),
        (
            is_script_url(&lower) && !holds(lower.get(..11).unwrap_or_default(), b":") && is_code(&lower),
            "gh-xss-script-url",
            75,
        ),
        (
            holds_any(lower, words!["data:text/html", "data:image/svg+xml", "mhtml:http"]),
            "gh-xss-script-url",
            60,
        ),
    ])
}

/// A handler that an attribute's end lets in: `" onfocus=…`, `'/onload=…`.
fn handlers(lower: &[u8]) -> Option<Seen> {
    let breaks = memchr::memchr3(b'"', b'\'', b'`', lower).is_some() || holds(lower, b">");
    let mut best = None;
    for at in memmem::find_iter(lower, b"on").take(64) {
        let before = at.checked_sub(1).and_then(|before| lower.get(before)).copied();
        let letters = lower.get(at + 2..).unwrap_or_default();
        let length = letters.iter().take(30).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (event, rest) = letters.split_at(length);
        let rest = skip_blanks(rest);
        if before.is_some_and(is_name) || length < 3 || rest.first() != Some(&b'=') || !is_event(event) {
            continue;
        }
        let code = rest.get(1..80.min(rest.len())).unwrap_or_default();
        let is_code = code.iter().any(|byte| matches!(byte, b'(' | b'`' | b'=' | b'[' | b':' | b'.'));
        let score = match (is_code, breaks) {
            (true, true) => 80,
            (true, false) => 45,
            (false, true) => 50,
            (false, false) => continue,
        };
        best = stronger(best, Some(Seen::new("gh-xss-event-handler", score)));
    }
    best
}
