//! The run summary: what was read and what was not, put together in one place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, KeyKind};
use crate::detect::{self, Detector, World};
use crate::event::Malformed;
use crate::format::Decoder;
use crate::incident::{Group, Raw, Severity, Stamp};
use crate::request::{Client, Flags, Trust};
use crate::run::{IncidentCounts, Rejected, Run, SourceRead};
use crate::source::{Outcome, Source};
use crate::tally::{SourceReading, Tally};

/// An address of a delivery network with at least this share of all requests, in per mille, hides many clients.
const EDGE_SHARE: u64 = 10;

/// Everything that a summary is made of.
pub struct Gathered<'a> {
    /// What was read.
    pub sources: &'a [Source],
    /// In which formats, by number of the source.
    pub decoders: &'a [Option<Box<dyn Decoder>>],
    /// What became of each source.
    pub outcomes: &'a [Outcome],
    /// What stood in them.
    pub tally: &'a Tally,
    /// What was made of it.
    pub world: &'a World<'a>,
    /// Who judged.
    pub detectors: &'a [Box<dyn Detector>],
    /// What they found, whether it is told or not.
    pub groups: &'a [Group],
    /// What else the user should know.
    pub warnings: Vec<String>,
    /// Whose word about clients is believed.
    pub trust: &'a Trust,
}

/// The summary of a scan, without the facts of the wall clock.
pub fn summary(gathered: Gathered<'_>) -> Run {
    let reading = &gathered.tally.reading;
    let span = (!reading.span.is_empty()).then_some(reading.span);
    let sources: Vec<SourceRead> =
        gathered.outcomes.iter().map(|outcome| source(&gathered, outcome)).collect();
    let sum = |count: fn(&SourceRead) -> u64| sources.iter().map(count).sum();
    let templates: BTreeSet<_> = gathered.world.norms().map(|(route, _)| route.0.0).collect();
    let mut warnings = gathered.warnings;
    warnings.extend(hidden_clients(gathered.tally, gathered.trust));
    if span.is_none() && sources.iter().any(|source| source.events > 0) {
        warnings.push("no request lies in the time that was asked for: nothing was judged".to_owned());
    }
    Run {
        schema: Cow::Borrowed("gatehound.run.v1"),
        version: Cow::Borrowed(env!("CARGO_PKG_VERSION")),
        command: Cow::Borrowed("scan"),
        first_time: span.map(|span| Stamp(span.first)),
        last_time: span.map(|span| Stamp(span.last)),
        time_zone: "UTC".to_owned(),
        lines: sum(|source| source.lines),
        bytes: sum(|source| source.bytes),
        events: sum(|source| source.events),
        skipped: sum(|source| source.skipped),
        rejected: sum(|source| source.rejected),
        cut: gathered.outcomes.iter().map(|outcome| outcome.cut).sum(),
        rejected_reasons: reasons(reading.sources.values()),
        clients: gathered.tally.keys(KeyKind::Client),
        principals: gathered.world.principals(),
        templates: templates.len() as u64,
        fidelity: gathered.world.fidelity(),
        blind: span.map_or_else(Vec::new, |_| detect::blind(gathered.detectors, gathered.tally)),
        incidents: counts(gathered.groups),
        limits_hit: Vec::new(),
        warnings,
        timing: None,
        sources,
    }
}

/// What one source gave.
fn source(gathered: &Gathered<'_>, outcome: &Outcome) -> SourceRead {
    let id = outcome.source.0;
    let nothing = SourceReading::default();
    let reading = gathered.tally.reading.sources.get(&id).unwrap_or(&nothing);
    let of = |skipped: bool| {
        let some = reading.malformed.iter().filter(|(reason, _)| reason.is_skip() == skipped);
        some.map(|(_, lines)| lines).sum()
    };
    let decoder = gathered.decoders.get(id as usize).and_then(Option::as_deref);
    let path = gathered
        .sources
        .get(id as usize)
        .map_or_else(Vec::new, |source| source.path.to_string_lossy().into_owned().into_bytes());
    SourceRead {
        path: Raw(path),
        format: decoder.map(|decoder| decoder.format().into()),
        lines: reading.lines,
        events: reading.events,
        skipped: of(true),
        rejected: of(false),
        bytes: outcome.bytes,
        complete: outcome.complete,
        note: note(outcome, reading, decoder),
    }
}

/// What is worth a word about a source.
fn note(outcome: &Outcome, reading: &SourceReading, decoder: Option<&dyn Decoder>) -> Option<String> {
    let mut notes: Vec<String> = outcome.note.iter().cloned().collect();
    if outcome.cut > 0 {
        let first = outcome.cut_at.first().copied().unwrap_or(0);
        let many = if outcome.cut == 1 { "record was" } else { "records were" };
        notes.push(format!("{} {many} too long and cut, the first at byte {first}", outcome.cut));
    }
    for (format, events) in &reading.formats {
        if decoder.is_some_and(|decoder| decoder.format() != format) {
            notes.push(format!("{events} lines are {format}"));
        }
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// Why lines were rejected, the most frequent reason first.
fn reasons<'a>(sources: impl Iterator<Item = &'a SourceReading>) -> Vec<Rejected> {
    let mut by_reason = BTreeMap::<Malformed, u64>::new();
    for (&reason, &lines) in sources.flat_map(|source| &source.malformed) {
        if !reason.is_skip() {
            *by_reason.entry(reason).or_default() += lines;
        }
    }
    let mut reasons: Vec<_> = by_reason.into_iter().filter(|&(_, lines)| lines > 0).collect();
    reasons.sort_by_key(|&(reason, lines)| (std::cmp::Reverse(lines), reason));
    reasons.into_iter().map(|(reason, lines)| Rejected { reason: reason.reason().into(), lines }).collect()
}

/// Incidents by severity; those that are held back apart.
fn counts(groups: &[Group]) -> IncidentCounts {
    let mut counts = IncidentCounts::default();
    for group in groups {
        let count = match group.severity {
            _ if group.suppressed_by.is_some() => &mut counts.suppressed,
            Severity::Info => &mut counts.info,
            Severity::Low => &mut counts.low,
            Severity::Medium => &mut counts.medium,
            Severity::High => &mut counts.high,
            Severity::Critical => &mut counts.critical,
        };
        *count += 1;
    }
    counts
}

/// Delivery networks whose edges stand in the log where clients should: which option tells them apart.
fn hidden_clients(tally: &Tally, trust: &Trust) -> Vec<String> {
    let count = |requests: &mut BTreeMap<&'static str, u64>, key: u128, made: u64| {
        let address = Client(key).address();
        let Some((address, network)) = address.and_then(|one| Some((one, Trust::published_by(one)?))) else {
            return;
        };
        if !trust.believes(address) {
            *requests.entry(network).or_default() += made;
        }
    };
    let add = |mut ours: BTreeMap<&'static str, u64>, theirs: BTreeMap<&'static str, u64>| {
        for (network, made) in theirs {
            *ours.entry(network).or_default() += made;
        }
        ours
    };
    let requests = tally.population::<ClientProfiles>().count_keys(BTreeMap::new, count, add);
    let all: u64 = tally.reading.sources.values().map(|source| source.events).sum();
    let heavy =
        requests.into_iter().filter(|&(_, requests)| requests * 1000 >= all * EDGE_SHARE && requests > 0);
    heavy
        .map(|(network, requests)| {
            format!(
                "{requests} of {all} requests come from addresses of {network}, which hide the clients behind them; \
                 if the log has a forwarded-for list, set --trusted-proxy {network}"
            )
        })
        .collect()
}

/// Whether the log holds tokens or sessions, which are shown as hashes.
pub fn has_secrets(tally: &Tally) -> bool {
    let filled = &tally.reading.filled;
    filled.count(Flags::TOKEN) + filled.count(Flags::SESSION) > 0
}
