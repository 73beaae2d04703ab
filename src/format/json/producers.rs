//! Who writes JSON with which keys: a producer is told by the paths that all of its access lines have. What its keys mean is
//! mostly what they say; where they do not, it says so here. To add one: a [`Producer`] in the file of its family, and its name in [`PRODUCERS`].

mod aws;
mod azure;
mod edges;
mod gateways;
mod google;
mod haproxy;
mod mended;
mod proxies;
mod schemas;

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::{JsonLines, Slot, each_value};
use crate::event::{Event, Malformed};
use crate::format::fields::Unit;
use crate::format::slot::Meaning;
use crate::format::{Around, Decoder, Format, Opening};

pub(in crate::format) use aws::{AWS_API_GATEWAY, AWS_S3, AWS_WAF, CLOUDFRONT};
pub(in crate::format) use azure::{AZURE, AZURE_APIM};
pub(in crate::format) use edges::{AKAMAI, CLOUDFLARE, FASTLY};
pub(in crate::format) use gateways::{APISIX, GRAVITEE, KONG, KRAKEND, TYK};
pub(in crate::format) use google::GCP;
pub(in crate::format) use haproxy::HAPROXY;
pub(in crate::format) use proxies::{CADDY, ENVOY, F5, LINKERD, TRAEFIK};
pub(in crate::format) use schemas::{ECS, OCSF, ZEEK};

/// One producer.
pub(in crate::format) struct Producer {
    name: &'static str,
    about: &'static str,
    /// Of each group at least one path must be there; paths are spelt as [`Path`](super::path::Path) spells them.
    signature: &'static [&'static [&'static [u8]]],
    /// Paths that mean something else than they say; ascending.
    given: &'static [(&'static [u8], Option<Meaning>)],
    /// What else has to be done to an event, once it is whole.
    mend: Option<Mend>,
}

/// Puts right what a producer writes in a way of its own.
pub(super) type Mend = for<'a> fn(&mut Event<'a>, Around<'a>);

impl Producer {
    /// Which groups of the signature a path stands for, a bit each.
    pub(super) fn groups(&self, path: &[u8]) -> u32 {
        let has = |group: &&[&[u8]]| group.contains(&path);
        self.signature.iter().zip(0..).filter(|(group, _)| has(group)).map(|(_, nth)| 1 << nth).sum()
    }

    /// What else has to be done to an event, once it is whole.
    pub(super) fn mend(&self) -> Option<Mend> {
        self.mend
    }

    /// Its bit in what [`of_line`] says.
    pub(super) fn bit(&self) -> u32 {
        PRODUCERS.iter().zip(0..).find(|(one, _)| one.name == self.name).map_or(0, |(_, nth)| 1 << nth)
    }

    /// All groups.
    pub(super) fn whole(&self) -> u32 {
        (1 << self.signature.len()) - 1
    }
}

/// Which producers could have written an object, a bit each in the order of [`PRODUCERS`]: those whose paths are all there.
pub(super) fn of_line(line: &[u8]) -> Result<u32, Malformed> {
    let mut seen = [0; PRODUCERS.len()];
    each_value(line, &mut |path, _| {
        for &(producer, groups) in PATHS.get(path).map_or(&[][..], Vec::as_slice) {
            seen[producer] |= groups;
        }
    })?;
    let whole = PRODUCERS.iter().zip(seen).zip(0..).filter(|((producer, seen), _)| *seen == producer.whole());
    Ok(whole.map(|(_, nth)| 1 << nth).sum())
}

/// Numbers of producers with groups of theirs, by path.
type Paths = HashMap<&'static [u8], Vec<(usize, u32)>, foldhash::quality::RandomState>;

/// For each path of a signature, which groups of which producers it stands for.
static PATHS: LazyLock<Paths> = LazyLock::new(|| {
    let mut paths = Paths::default();
    for (nth, producer) in PRODUCERS.iter().enumerate() {
        for &path in producer.signature.iter().copied().flatten() {
            paths.entry(path).or_default().push((nth, producer.groups(path)));
        }
    }
    paths
});

impl Format for Producer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn told_by(&self) -> String {
        let group = |names: &&[&[u8]]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.escape_ascii())).collect();
            names.join(" or ")
        };
        let groups: Vec<String> = self.signature.iter().map(group).collect();
        format!(
            "a JSON object with {}: keys of objects in objects joined, in lower case and without punctuation",
            groups.join(", and ")
        )
    }

    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        let given = self.given.iter().map(|&(path, meaning)| (path.to_vec(), meaning)).collect();
        let producer = PRODUCERS.iter().find(|one| one.name == self.name)?;
        Some(Box::new(JsonLines::learn(opening.head, given, Some(producer)).by(opening.clock)))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the lists have it, in which others mean nothing")]
const fn says(slot: Slot) -> Option<Meaning> {
    Some(Meaning { slot, unit: Unit::Guess, rank: 0 })
}

#[expect(clippy::unnecessary_wraps, reason = "as above")]
const fn says_else(slot: Slot) -> Option<Meaning> {
    Some(Meaning { slot, unit: Unit::Guess, rank: 32 })
}

#[expect(clippy::unnecessary_wraps, reason = "as above")]
const fn takes(slot: Slot, unit: Unit) -> Option<Meaning> {
    Some(Meaning { slot, unit, rank: 0 })
}

/// Every producer, in the order in which they are tried.
pub(in crate::format) static PRODUCERS: &[&Producer] = &[
    &KONG,
    &APISIX,
    &CADDY,
    &TRAEFIK,
    &CLOUDFLARE,
    &AKAMAI,
    &FASTLY,
    &AWS_WAF,
    &AWS_API_GATEWAY,
    &CLOUDFRONT,
    &AWS_S3,
    &GCP,
    &AZURE,
    &AZURE_APIM,
    &GRAVITEE,
    &TYK,
    &KRAKEND,
    &F5,
    &HAPROXY,
    &OCSF,
    &ZEEK,
    &ECS,
    &LINKERD,
    &ENVOY,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_bit_for_each_producer_and_every_sample_has_its_own() {
        assert!(PRODUCERS.len() <= 32);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/formats");
        for (nth, producer) in PRODUCERS.iter().enumerate() {
            let log = std::fs::read(folder.join(producer.name).with_extension("log")).unwrap();
            let lines = log.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"{"));
            let told: Vec<u32> = lines.filter_map(|line| of_line(line).ok()).collect();
            assert!(told.iter().any(|told| told >> nth & 1 == 1), "{}: {told:?}", producer.name);
        }
    }

    #[test]
    fn paths_with_a_meaning_of_their_own_ascend_so_that_they_are_found() {
        for producer in PRODUCERS {
            assert!(producer.given.is_sorted_by(|a, b| a.0 < b.0), "{}", producer.name);
        }
    }
}
