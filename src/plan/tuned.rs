//! What `[[allow]]`, `[[suppress]]` and `[threshold.…]` mean.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::tz::TimeZone;

use super::when;
use crate::config::{Hold, HoldRule, Settings};
use crate::detect::Thresholds;
use crate::error::Error;
use crate::hash::Keys;
use crate::incident::Kind;
use crate::route::class::template_pattern;
use crate::tuning::{Rule, Tuning};

/// The thresholds that `settings` set; what is wrong with them joins `mistakes`.
fn thresholds(settings: &Settings, mistakes: &mut Vec<Error>) -> Thresholds {
    let mut thresholds = Thresholds::default();
    let wrong = settings.thresholds.iter().filter_map(|said| {
        let error = thresholds.set(&said.detector, &said.name, said.value).err()?;
        Some(said.origin.blame(&format!("threshold.{}", said.detector), &error))
    });
    mistakes.extend(wrong);
    thresholds
}

/// The rules of `settings`; every mistake is told with its place.
pub(super) fn tuning(settings: &Settings, keys: &Keys, zone: &TimeZone) -> Result<Tuning, Error> {
    let mut mistakes = Vec::new();
    let rules = settings.holds.iter().map(|said| rule(said, keys, zone, &mut mistakes)).collect();
    let thresholds = thresholds(settings, &mut mistakes);
    Error::all(mistakes).map_or(Ok(Tuning { thresholds, rules }), Err)
}

/// What one of them means; what is wrong with it joins `mistakes`.
fn rule(said: &HoldRule, keys: &Keys, zone: &TimeZone, mistakes: &mut Vec<Error>) -> Rule {
    let mut reader = Reader { said, mistakes };
    let date = |word: &str| when::date(word, zone);
    Rule {
        name: match said.hold {
            Hold::Allow => "allow-list",
            Hold::Suppress => "suppression",
        },
        place: said.origin.to_string(),
        reason: said.text("reason").unwrap_or_default().to_owned(),
        networks: reader.each("network", network),
        users: reader.each("user", |word| Ok(keys.name(word.as_bytes()))),
        paths: reader.each("path", template_pattern),
        kinds: reader.each("kind", kind),
        incidents: reader.each("incident", incident),
        from: reader.each("from", date).pop(),
        until: reader.each("until", date).pop(),
    }
}

/// A rule while its words are read.
struct Reader<'r> {
    said: &'r HoldRule,
    mistakes: &'r mut Vec<Error>,
}

impl Reader<'_> {
    /// What each word of `key` means.
    fn each<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, Error>) -> Vec<T> {
        let (good, bad): (Vec<_>, Vec<_>) =
            self.said.list(key).iter().map(|word| read(word)).partition(Result::is_ok);
        self.mistakes
            .extend(bad.into_iter().filter_map(Result::err).map(|error| self.said.origin.blame(key, &error)));
        good.into_iter().filter_map(Result::ok).collect()
    }
}

/// A network, or an address alone.
fn network(word: &str) -> Result<IpNet, Error> {
    let alone = || word.parse::<IpAddr>().map(IpNet::from);
    word.parse::<IpNet>()
        .or_else(|_| alone())
        .map_err(|_| Error::usage(format!("`{word}` is no network; write `192.0.2.0/24` or `2001:db8::7`")))
}

/// A kind of incident.
fn kind(word: &str) -> Result<Kind, Error> {
    let known = Kind::ALL.map(Kind::name);
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == word);
    found.ok_or_else(|| Error::unknown("kind of incident", word, &known))
}

/// An incident's id.
fn incident(word: &str) -> Result<String, Error> {
    let digits = word.strip_prefix("gh-").filter(|digits| digits.len() == 16);
    match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        Some(_) => Ok(word.to_owned()),
        None => Err(Error::usage(format!(
            "`{word}` is no incident; write its id as the report shows it: `gh-` and sixteen digits"
        ))),
    }
}
