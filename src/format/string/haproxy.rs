//! `log-format "%ci:%cp [%tr] %ft …"` of `HAProxy`, `option httplog` and its kin, and the strings alone (its configuration
//! manual §8.2).

use super::dialect::{self, Compiled, Token, ranked, text, unknown};
use super::layout::Layout;
use super::pattern::Pattern;
use super::template::Shape;
use crate::error::Error;
use crate::format::Clock;
use crate::format::fields::Unit;
use crate::format::json::of_name;
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// `option httplog` (§8.2.3).
const HTTP: &str = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r";
/// `option httplog clf`.
const CLF: &str = "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl";
/// What `option httpslog` adds.
const HTTPS: &str = " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc";

/// Aliases that say nothing that an event has.
const SILENT: &str =
    "TR Tq Th Ti Tw Tc Td Tu CS ac fc bc sc rc sq bq fi fp bi bp si sp hrl hsl lc rt pid H OG tsc o hs";

/// Aliases that do.
const KNOWN: &str =
    "ci cp ft f b s t tr T trg Tl trl Ts ms Ta Tt Tr ST B U CC ts hr r HM HP HPO HQ HU HV ID sslv sslc";

/// The string that a directive has: `log-format …` or `option httplog`; `None` for anything else.
pub(super) fn directive(line: &str, clock: &Clock) -> Option<Result<Compiled, Error>> {
    let mut words = line.split_ascii_whitespace();
    match (words.next()?, words.next()?, words.next()) {
        ("option", "httplog", Some("clf")) => Some(bare(CLF, clock)),
        ("option", "httplog", _) => Some(bare(HTTP, clock)),
        ("option", "httpslog", _) => Some(bare(&format!("{HTTP}{HTTPS}"), clock)),
        ("log-format", ..) => {
            let behind = line.trim_start().strip_prefix("log-format")?;
            Some(string(line, line.len() - behind.trim_start().len(), clock))
        }
        _ => None,
    }
}

/// Reads a string alone; blanks may still stand behind backslashes.
pub(super) fn bare(string: &str, clock: &Clock) -> Result<Compiled, Error> {
    compile(Pattern::unescaped(string, escaped), clock)
}

/// Reads the word of a directive that begins at `at`: in quotes, or with backslashes before its blanks.
fn string(line: &str, at: usize, clock: &Clock) -> Result<Compiled, Error> {
    let bytes = line.as_bytes();
    let mut pattern = Pattern::default();
    match bytes.get(at) {
        Some(b'"') => {
            pattern.quoted(bytes, at, escaped)?;
        }
        Some(b'\'') => {
            pattern.quoted(bytes, at, |_| None)?;
        }
        _ => pattern = Pattern::word(line, at, escaped),
    }
    compile(pattern, clock)
}

/// What the configuration makes of a byte behind a backslash.
fn escaped(byte: u8) -> Option<u8> {
    matches!(byte, b' ' | b'"' | b'\'' | b'\\' | b'#').then_some(byte)
}

fn compile(mut pattern: Pattern, clock: &Clock) -> Result<Compiled, Error> {
    let macros = [("${HAPROXY_HTTP_LOG_FMT}", ""), ("${HAPROXY_HTTPS_LOG_FMT}", HTTPS)];
    let text = String::from_utf8_lossy(&pattern.bytes).into_owned();
    if let Some((name, more)) = macros.iter().find(|(name, _)| text.contains(name)) {
        pattern = Pattern::bare(&text.replace(name, &format!("{HTTP}{more}")));
    }
    // Runs of blanks merge.
    pattern.retain(|before, byte| byte != b' ' || before != Some(b' '));
    if text.contains("+json}o") {
        pattern = named(&text);
    }
    dialect::compile(&pattern, &token, Escapes::Hash, clock)
}

/// With `%{+json}o` only named fields are written, as one object: the string that says so.
fn named(text: &str) -> Pattern {
    let (mut members, mut at) = (Vec::new(), 0);
    while let Some(found) = text[at..].find("%(") {
        let begin = at + found;
        let Some(length) = text[begin..].find(')') else { break };
        let name = text[begin + 2..begin + length].split(':').next().unwrap_or("");
        let end = match token(text.as_bytes(), begin) {
            Some(Token::Field(_, end) | Token::Quoted(_, end)) => end,
            _ => begin + length + 1,
        };
        members.push(format!("\"{name}\":\"{}\"", &text[begin..end]));
        at = end;
    }
    Pattern::bare(&format!("{{{}}}", members.join(",")))
}

/// The field that begins at `at`: `%`, `(name)`, `{flags}`, then an alias or `[a sample expression]`.
pub(super) fn token(bytes: &[u8], at: usize) -> Option<Token> {
    let mut here = at + usize::from(bytes.get(at) == Some(&b'%'));
    if here == at {
        return None;
    }
    if bytes.get(here) == Some(&b'%') {
        return Some(Token::Literal(b"%", here + 1));
    }
    for (open, close) in [(b'(', b')'), (b'{', b'}')] {
        if bytes.get(here) == Some(&open) {
            let Some(length) = memchr::memchr(close, &bytes[here..]) else {
                return Some(Token::Bad(bytes.len(), here, "the bracket is never closed".to_owned()));
            };
            here += length + 1;
        }
    }
    if bytes.get(here) == Some(&b'[') {
        let Some(length) = memchr::memchr(b']', &bytes[here..]) else {
            return Some(Token::Bad(bytes.len(), here, "the bracket is never closed".to_owned()));
        };
        return Some(Token::Quoted(sample(&bytes[here + 1..here + length]), here + length + 1));
    }
    let length = bytes[here..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = std::str::from_utf8(&bytes[here..here + length]).unwrap_or("");
    let end = here + length;
    Some(match alias(name) {
        Some(_) if name == "o" => Token::Literal(b"", end + usize::from(bytes.get(end) == Some(&b' '))),
        Some(shape) => Token::Quoted(shape, end),
        None if name.is_empty() => Token::Bad(here + 1, at, "no alias behind `%`".to_owned()),
        None => {
            let known = KNOWN.split_whitespace().chain(SILENT.split_whitespace());
            Token::Bad(end, here, unknown("alias", name, known))
        }
    })
}

/// What an alias says; `None` where there is none of this name.
fn alias(name: &str) -> Option<Shape> {
    let millis = |slot, rank| Shape::Text(Some(Meaning { slot, unit: Unit::Millis, rank }));
    Some(match name {
        "ci" => text(Slot::Client),
        "cp" => text(Slot::ClientPort),
        "ft" | "f" => Shape::Frontend,
        "b" => text(Slot::Api),
        "s" => Shape::Server,
        "t" | "tr" => Shape::Stamp(Layout::clf()),
        "T" | "trg" | "Tl" | "trl" => Shape::Stamp(Layout::clf_with_zone()),
        "Ts" => Shape::Stamp(Layout::new(b"%s").ok()?),
        "ms" => Shape::Stamp(Layout::fraction()),
        "Ta" => millis(Slot::Duration, 0),
        "Tt" => millis(Slot::Duration, 1),
        "Tr" => millis(Slot::UpstreamDuration, 0),
        "ST" => text(Slot::Status),
        "B" => Shape::Growing(Meaning::of(Slot::BytesOut)),
        "U" => Shape::Growing(Meaning::of(Slot::BytesIn)),
        "CC" => text(Slot::Session),
        "tsc" | "ts" => text(Slot::Flags),
        "hr" => Shape::Captures(true),
        "hs" => Shape::Captures(false),
        "r" => text(Slot::Request),
        "HM" => text(Slot::Method),
        "HP" | "HU" | "HPO" => ranked(Slot::Target, u8::from(name != "HU")),
        "HQ" => text(Slot::Query),
        "HV" => text(Slot::Protocol),
        "ID" => text(Slot::RequestId),
        "sslv" => text(Slot::TlsVersion),
        "sslc" => text(Slot::TlsCipher),
        _ => SILENT.split_whitespace().any(|known| known == name).then_some(Shape::Text(None))?,
    })
}

/// What a sample expression says; converters behind a comma change nothing of that.
fn sample(expression: &[u8]) -> Shape {
    let fetch = expression.split(|&byte| byte == b',').next().unwrap_or(b"").trim_ascii();
    let open = memchr::memchr(b'(', fetch).unwrap_or(fetch.len());
    let (name, rest) = fetch.split_at(open);
    let inside = rest.strip_prefix(b"(").map(|inside| inside.strip_suffix(b")").unwrap_or(inside));
    let argument = inside.unwrap_or(b"");
    match name {
        b"src" => text(Slot::Client),
        b"src_port" => text(Slot::ClientPort),
        b"method" | b"capture.req.method" => text(Slot::Method),
        b"path" | b"pathq" | b"url" | b"capture.req.uri" => text(Slot::Target),
        b"query" => text(Slot::Query),
        b"status" => text(Slot::Status),
        b"capture.req.ver" => text(Slot::Protocol),
        b"unique-id" => text(Slot::RequestId),
        b"ssl_fc_sni" => ranked(Slot::Host, 64),
        b"ssl_fc_protocol" => text(Slot::TlsVersion),
        b"ssl_fc_cipher" => text(Slot::TlsCipher),
        b"ssl_c_s_dn" => text(Slot::TlsClient),
        b"capture.req.hdr" if argument.iter().all(u8::is_ascii_digit) => Shape::Captured,
        b"req.hdr" | b"req.fhdr" | b"hdr" | b"capture.req.hdr" => {
            let meaning = of_name(&[b"headers.", argument].concat());
            let is_list = meaning.is_some_and(|meaning| meaning.slot == Slot::Forwarded);
            if is_list { Shape::List(meaning) } else { Shape::Text(meaning) }
        }
        b"req.cook" | b"cookie" => text(Slot::Session),
        b"http_auth_user" => text(Slot::User),
        b"var" => Shape::Text(of_name(argument.rsplit(|&byte| byte == b'.').next().unwrap_or(b""))),
        _ => Shape::Text(None),
    }
}
