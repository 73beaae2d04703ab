//! Formats that the user gives as the producer's own configuration has them: nginx `log_format`, Apache `LogFormat`, the
//! strings of Envoy, `HAProxy`, gunicorn and `GoAccess`. To add a dialect: a file that says what stands for a field, and its
//! name in [`DIALECTS`].

mod apache;
mod composed;
mod dialect;
mod directives;
mod envoy;
mod fills;
mod forged;
mod goaccess;
mod gunicorn;
mod haproxy;
mod keyed;
mod layout;
mod nginx;
mod pattern;
mod shape;
mod template;
mod values;

use super::recognise::in_wrappers;
use super::{Clock, Decoder, Opening};
use crate::error::Error;
use dialect::{Compiled, score};
use goaccess::Formats;

pub use directives::{Directive, directives};

const NGINX: &str = "nginx";
const APACHE: &str = "Apache";
const ENVOY: &str = "Envoy";
const HAPROXY: &str = "HAProxy";
const GUNICORN: &str = "gunicorn";
const GOACCESS: &str = "GoAccess";

/// How many places of a string a dialect does not know, and how many bytes it does.
type Score = fn(&str) -> (usize, usize);

/// Reads a string of a dialect.
type Read = fn(&str, &Clock) -> Result<Compiled, Error>;

/// Every dialect; of two that know a string equally well, the first.
const DIALECTS: [(&str, Score, Read); 6] = [
    (NGINX, |text| score(text.as_bytes(), &nginx::token), nginx::bare),
    (GUNICORN, |text| score(text.as_bytes(), &gunicorn::token), gunicorn::bare),
    (ENVOY, |text| score(text.as_bytes(), &envoy::token), envoy::bare),
    (APACHE, |text| score(text.as_bytes(), &apache::token), apache::bare),
    (HAPROXY, |text| score(text.as_bytes(), &haproxy::token), haproxy::bare),
    (
        GOACCESS,
        |text| {
            let formats = Formats::of(text);
            score(formats.log().as_bytes(), &|bytes, at| goaccess::token(bytes, at, &formats))
        },
        |text, clock| goaccess::compile(&Formats::of(text), clock),
    ),
];

/// A decoder for lines written by `text`: a whole directive, or only its string.
pub fn from_string(text: &str) -> Result<Box<dyn Decoder>, Error> {
    Ok(compile(text, &Clock::default())?.1.decoder)
}

/// The same for a source: stamps that do not say everything are read by its clock, and what is around its lines is peeled
/// off.
pub fn from_string_for(text: &str, opening: &Opening<'_>) -> Result<Box<dyn Decoder>, Error> {
    Ok(in_wrappers(compile(text, opening.clock)?.1.decoder, opening))
}

/// Whose `text` is, and what it means.
fn compile(text: &str, clock: &Clock) -> Result<(&'static str, Compiled), Error> {
    let first = text.split_ascii_whitespace().next().unwrap_or("");
    if first == "log_format" {
        return Ok((NGINX, nginx::directive(text, clock)?));
    }
    if ["LogFormat", "CustomLog", "TransferLog"].iter().any(|name| name.eq_ignore_ascii_case(first)) {
        return Ok((APACHE, apache::directive(text, clock)?));
    }
    if text.contains("${HAPROXY_") && !matches!(first, "log-format" | "option") {
        return Ok((HAPROXY, haproxy::bare(text, clock)?));
    }
    let dialect = dialect(text);
    if dialect.is_none_or(|(name, ..)| name == HAPROXY)
        && let Some(compiled) = haproxy::directive(text, clock)
    {
        return Ok((HAPROXY, compiled?));
    }
    let (name, read) = dialect.ok_or_else(|| {
        Error::usage(format!(
            "`{text}` is no format string: neither a variable of nginx (`$status`) nor a directive of Apache (`%>s`), Envoy \
             (`%RESPONSE_CODE%`), HAProxy (`%ST`) or GoAccess (`%s`) is in it"
        ))
    })?;
    Ok((name, read(text, clock)?))
}

/// The dialect that knows most of `text`; `None` where nobody knows anything of it.
fn dialect(text: &str) -> Option<(&'static str, Read)> {
    let mut best: Option<((usize, usize), &'static str, Read)> = None;
    for (name, score, read) in DIALECTS {
        let (bad, known) = score(text);
        // Of what nobody knows wholly, the first.
        let is_better =
            best.is_none_or(|((least, most), ..)| bad < least || (bad == 0 && least == 0 && known > most));
        if known > 0 && is_better {
            best = Some(((bad, known), name, read));
        }
    }
    best.map(|(_, name, read)| (name, read))
}

#[cfg(test)]
mod tests;
