//! Telling: from ranked groups of findings to incidents with names, lines and sentences. Names are found again in the
//! records that the evidence points to.

mod entities;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use entities::Bystanders;
use hashbrown::HashMap;
use words::{activity, advice, notes, proof, summary};

use crate::detect::{Detector, World};
use crate::format::{Around, Decoder, Scratch};
use crate::incident::{
    Confidence, Entities, Evidence, Finding, Group, Impact, Incident, Kind, Named, Raw, References, Sample,
    Stamp, Status,
};
use crate::output::mask;
use crate::request::{Meaning, Place};
use crate::source::{Limits, Milestones, Record, Source, SourceId, fetch};

/// The template of what no route is at.
const UNTOLD: &[u8] = b"{other}";

/// So many bytes of a path stand in a title.
const PATH: usize = 120;

/// What telling needs beside the groups.
pub struct Teller<'p> {
    /// What the evidence proves things about.
    pub world: &'p World<'p>,
    /// Who proved them.
    pub detectors: &'p [Box<dyn Detector>],
    /// Where records are read again.
    pub sources: &'p [Source],
    /// How they are read, by number of the source.
    pub decoders: &'p [Option<Box<dyn Decoder>>],
    /// What lines mean.
    pub meaning: &'p Meaning,
    /// Bounds of reading.
    pub limits: &'p Limits,
    /// On which lines the blocks began that were read.
    pub milestones: &'p Milestones,
    /// How many of each entity are named.
    pub max_entities: usize,
    /// How many lines are shown.
    pub evidence: usize,
}

/// Records that were read again, and the names that stand in them.
#[derive(Default)]
struct Library {
    records: BTreeMap<Place, Record>,
    names: HashMap<u64, Raw, foldhash::fast::FixedState>,
    people: BTreeSet<Raw>,
}

impl Teller<'_> {
    /// Tells all groups, in their order; ranks count from 1.
    pub fn tell(&self, groups: &[Group]) -> Vec<Incident> {
        self.tell_with_people(groups).0
    }

    /// As [`tell`](Self::tell), with the names of people that stand in the lines that were read again.
    pub fn tell_with_people(&self, groups: &[Group]) -> (Vec<Incident>, Vec<Raw>) {
        let library = self.library(groups);
        let bystanders = self.bystanders(groups);
        let incidents = groups.iter().zip(1..);
        let told = incidents.map(|(group, rank)| self.incident(group, rank, &library, &bystanders)).collect();
        (told, library.people.into_iter().collect())
    }

    /// Reads again what the groups point to.
    fn library(&self, groups: &[Group]) -> Library {
        let mut places: BTreeSet<Place> = BTreeSet::new();
        for finding in groups.iter().flat_map(|group| &group.findings) {
            places.extend(finding.samples.iter().map(|sample| sample.place));
            places.extend(finding.lead.and_then(|lead| lead.place));
            places.extend(finding.users.iter().take(self.max_entities).map(|count| count.of.place));
            places.extend(finding.agents.iter().take(self.max_entities).map(|count| count.of.place));
            places.extend(finding.compromised.iter().take(self.max_entities).map(|named| named.place));
        }
        let wanted: Vec<(SourceId, u64)> =
            places.iter().map(|place| (SourceId(place.source()), place.offset())).collect();
        let mut library = Library::default();
        for (place, record) in
            places.into_iter().zip(fetch(self.sources, &wanted, self.limits, self.milestones))
        {
            let Some(record) = record else { continue };
            self.learn_names(place, &record, &mut library);
            library.records.insert(place, record);
        }
        library
    }

    /// Remembers the names that stand in a record.
    fn learn_names(&self, place: Place, record: &Record, library: &mut Library) {
        let decoder = self.decoders.get(place.source() as usize).and_then(Option::as_deref);
        let (scratch, bytes) = (Scratch::default(), &record.bytes);
        let around = Around { directives: &record.directives, ..Around::nothing(&scratch) };
        let event = decoder.map(|decoder| decoder.decode(bytes, around));
        let Some(Ok(event)) = event else { return };
        let account =
            event.query.and_then(|query| crate::route::read_query(query, &self.meaning.keys).account);
        let keys = &self.meaning.keys;
        for name in [event.user, event.consumer, event.user_agent, event.host, account].into_iter().flatten()
        {
            let hash = keys.name(name);
            let plain = event.plain(name);
            library.names.entry(hash.0).or_insert_with(|| Raw(plain.clone().into_owned()));
            library.names.entry(keys.name(&plain).0).or_insert_with(|| Raw(plain.into_owned()));
        }
        for name in [event.user, event.consumer, account].into_iter().flatten() {
            library.people.insert(Raw(event.plain(name).into_owned()));
            library.people.insert(Raw(name.to_vec()));
        }
        if let Some(name) = event.client_name {
            library.names.entry(keys.bytes(name)).or_insert_with(|| Raw(name.to_vec()));
        }
    }

    /// Tells one group.
    fn incident(&self, group: &Group, rank: u32, library: &Library, bystanders: &Bystanders) -> Incident {
        let worst = &group.findings[0];
        let entities = self.entities(group, library, bystanders);
        let mut stages: Vec<_> = group.findings.iter().map(|finding| finding.kind.stage()).collect();
        let mut kinds: Vec<Kind> = group.findings.iter().map(|finding| finding.kind).collect();
        stages.sort_unstable();
        stages.dedup();
        kinds.sort_unstable();
        kinds.dedup();
        let busiest = group.findings.iter().max_by_key(|finding| finding.requests).unwrap_or(worst);
        Incident {
            schema: Cow::Borrowed("gatehound.incident.v1"),
            id: group.id.clone(),
            rank,
            status: Status::New,
            supersedes: Vec::new(),
            kind: worst.kind,
            kinds,
            stages,
            severity: group.severity,
            score: group.score,
            confidence: Confidence(group.confidence),
            outcome: group.outcome,
            fidelity: self.world.fidelity(),
            title: self.title(group, &entities, library),
            summary: summary(group),
            first_seen: Stamp(group.findings.iter().map(|finding| finding.first).min().unwrap_or_default()),
            last_seen: Stamp(group.findings.iter().map(|finding| finding.last).max().unwrap_or_default()),
            activity: activity(busiest),
            requests: most(group, |finding| finding.requests),
            bytes_out: most(group, |finding| finding.bytes_out),
            impact: self.impact(group, library),
            findings: group.findings.iter().map(proof).collect(),
            confounders: notes(group),
            references: self.references(group),
            evidence: self.evidence(group, library),
            recommendations: advice(group),
            suppressed_by: group.suppressed_by.map(str::to_owned),
            entities,
        }
    }

    /// One line: what, against what, from whom.
    fn title(&self, group: &Group, entities: &Entities, library: &Library) -> String {
        let finding = &group.findings[0];
        let what = finding.kind.title();
        let what = finding.rule.as_ref().map_or(what, |rule| &rule.named.title);
        let lead = self.lead(group, library);
        let against = lead.unwrap_or_else(|| match entities.endpoints.first() {
            Some(endpoint) if endpoint.template.0 == UNTOLD => " against paths that do not exist".to_owned(),
            Some(endpoint) => format!(" against {} {}", endpoint.method, endpoint.template.text()),
            None => String::new(),
        });
        let by = match (entities.source_ips.as_slice(), entities.users.as_slice(), entities.source_ips_total)
        {
            ([], [user], _) => format!(" by {}", user.text()),
            ([only], _, 1) => format!(" from {}", only.0.text()),
            (_, _, 0) => String::new(),
            (_, _, many) => format!(" from {many} addresses"),
        };
        format!("{what}{against}{by}")
    }

    /// What was got at, as the title names it: a file by its path, anything else by its template if that is known.
    fn lead(&self, group: &Group, library: &Library) -> Option<String> {
        let worst = &group.findings[0];
        // What was taken is what lay open, whoever measured how much it was.
        let is_about = |finding: &&Finding| match worst.kind {
            Kind::DataExfiltration => finding.kind == Kind::Exposure,
            _ => std::ptr::eq(*finding, worst),
        };
        let finding = group.findings.iter().find(is_about)?;
        let lead = finding.lead?;
        let template = self.world.template_text(lead.template).map(|text| Raw(text.to_vec()));
        let path = || self.path(lead.place?, library);
        let text = if finding.kind == Kind::Exposure { path().or(template) } else { template.or_else(path) };
        text.map(|text| format!(" against {} {}", lead.method.name(), text.text()))
    }

    /// The path in a record that was read again.
    fn path(&self, place: Place, library: &Library) -> Option<Raw> {
        let record = library.records.get(&place)?;
        let decoder = self.decoders.get(place.source() as usize)?.as_deref()?;
        let scratch = Scratch::default();
        let around = Around { directives: &record.directives, ..Around::nothing(&scratch) };
        let event = decoder.decode(&record.bytes, around).ok()?;
        Some(mask::raw(&event.plain(event.path?), PATH))
    }

    /// What was lost.
    fn impact(&self, group: &Group, library: &Library) -> Impact {
        let compromised: BTreeSet<Named> =
            group.findings.iter().flat_map(|finding| finding.compromised.iter().copied()).collect();
        let names: BTreeSet<Raw> =
            compromised.iter().filter_map(|named| library.names.get(&named.hash.0)).cloned().collect();
        Impact {
            compromised_users: names.into_iter().take(self.max_entities).collect(),
            compromised_users_total: most(group, |finding| finding.compromised_total),
            objects_read: most(group, |finding| finding.objects_read),
            bytes_read: most(group, |finding| finding.bytes_read),
        }
    }

    /// Lines of the log: the first, the last, successes, of the worst finding before others.
    fn evidence(&self, group: &Group, library: &Library) -> Vec<Evidence> {
        let mut samples: Vec<Sample> = Vec::new();
        for sample in group.findings.iter().flat_map(|finding| &finding.samples) {
            if samples.len() < self.evidence && samples.iter().all(|known| known.place != sample.place) {
                samples.push(*sample);
            }
        }
        samples.sort_unstable();
        let source = |place: Place| self.sources.get(place.source() as usize);
        samples
            .into_iter()
            .map(|sample| {
                let record = library.records.get(&sample.place);
                Evidence {
                    source: Raw(source(sample.place).map_or_else(Vec::new, |source| {
                        source.path.to_string_lossy().into_owned().into_bytes()
                    })),
                    line: record.map(|record| record.line),
                    offset: sample.place.offset(),
                    time: Stamp(sample.time),
                    why: sample.why.into(),
                    raw: record.map(|record| mask::raw(&record.bytes, mask::LINE)),
                }
            })
            .collect()
    }

    /// Where to read more, of all detectors that found something.
    fn references(&self, group: &Group) -> References {
        let mut all = References::default();
        for finding in &group.findings {
            if let Some(rule) = &finding.rule {
                all.attack.extend(rule.attack.iter().cloned().map(Cow::Owned));
                all.attack.sort();
                all.attack.dedup();
            }
            let about = self
                .detectors
                .iter()
                .map(|detector| detector.about())
                .find(|about| about.id == finding.detector);
            let Some(references) = about.map(crate::detect::About::references) else { continue };
            for (ours, theirs) in [
                (&mut all.attack, references.attack),
                (&mut all.owasp_api, references.owasp_api),
                (&mut all.oat, references.oat),
                (&mut all.cwe, references.cwe),
            ] {
                ours.extend(theirs);
                ours.sort();
                ours.dedup();
            }
        }
        all
    }
}

/// The largest value of any finding: several findings of a group tell of the same requests.
fn most(group: &Group, value: impl Fn(&Finding) -> u64) -> u64 {
    group.findings.iter().map(value).max().unwrap_or(0)
}
