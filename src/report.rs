//! Telling: from ranked groups of findings to incidents with names, lines and sentences. Names are found again in the
//! records that the evidence points to.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use crate::collect::ClientProfiles;
use crate::detect::{Detector, World};
use crate::format::{Around, Decoder, Scratch};
use crate::hash::{NameHash, TemplateHash};
use crate::incident::{
    Activity, Address, Confidence, Count, Endpoint, Entities, Evidence, Finding, Group, Impact, Incident,
    Kind, Named, Network, Proof, Raw, References, Sample, Stamp, Status,
};
use crate::output::mask;
use crate::request::{Client, Meaning, Place};
use crate::route::Method;
use crate::source::{Limits, Milestones, Record, Source, SourceId, fetch};
use crate::time::Time;

/// The template of what no route is at.
const UNTOLD: &[u8] = b"{other}";

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

/// How many clients each network holds.
type Bystanders = HashMap<Client, u64, foldhash::fast::FixedState>;

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

    /// For each network that holds a source of any group: how many clients it holds altogether.
    fn bystanders(&self, groups: &[Group]) -> Bystanders {
        let findings = groups.iter().flat_map(|group| &group.findings);
        let sources = findings.flat_map(|finding| &finding.clients);
        let networks: Bystanders = sources.map(|count| (count.of.network(), 0)).collect();
        let count = |networks: &mut Bystanders, key: u128, _: u64| {
            if let Some(count) = networks.get_mut(&Client(key).network()) {
                *count += 1;
            }
        };
        let add = |mut ours: Bystanders, theirs: Bystanders| {
            for (network, count) in theirs {
                *ours.entry(network).or_default() += count;
            }
            ours
        };
        let clients = self.world.population::<ClientProfiles>();
        clients.count_keys(|| networks.clone(), count, add)
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
            title: Self::title(worst, &entities),
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
    fn title(finding: &Finding, entities: &Entities) -> String {
        let what = finding.kind.title();
        let what = finding.rule.as_ref().map_or(what, |rule| &rule.named.title);
        let against = match entities.endpoints.first() {
            Some(endpoint) if endpoint.template.0 == UNTOLD => " against paths that do not exist".to_owned(),
            Some(endpoint) => format!(" against {} {}", endpoint.method, endpoint.template.text()),
            None => String::new(),
        };
        let by = match (entities.source_ips.as_slice(), entities.users.as_slice(), entities.source_ips_total)
        {
            ([], [user], _) => format!(" by {}", user.text()),
            ([only], _, 1) => format!(" from {}", only.0.text()),
            (_, _, 0) => String::new(),
            (_, _, many) => format!(" from {many} addresses"),
        };
        format!("{what}{against}{by}")
    }

    /// Whom the evidence is held against.
    fn entities(&self, group: &Group, library: &Library, bystanders: &Bystanders) -> Entities {
        let clients = heaviest(group.findings.iter().flat_map(|finding| &finding.clients));
        let users = heaviest(group.findings.iter().flat_map(|finding| &finding.users));
        let agents = heaviest(group.findings.iter().flat_map(|finding| &finding.agents));
        let endpoints = heaviest(group.findings.iter().flat_map(|finding| &finding.endpoints));
        let tokens = heaviest(group.findings.iter().flat_map(|finding| &finding.tokens));
        let sessions = heaviest(group.findings.iter().flat_map(|finding| &finding.sessions));
        let (networks, networks_total) = networks(&clients, bystanders, self.max_entities);
        let users_total = most(group, |finding| finding.users_total).max(users.len() as u64);
        let names = |counts: &[Count<Named>]| -> Vec<Raw> {
            let mut seen = BTreeSet::new();
            let named = counts.iter().filter_map(|count| library.names.get(&count.of.hash.0));
            named.filter(|name| seen.insert((*name).clone())).take(self.max_entities).cloned().collect()
        };
        let endpoints = self.endpoints(&endpoints);
        let secrets = |counts: &[Count<NameHash>]| -> Vec<String> {
            counts.iter().take(self.max_entities).map(|count| count.of.to_string()).collect()
        };
        Entities {
            source_ips: clients
                .iter()
                .take(self.max_entities)
                .map(|count| address(count.of, library))
                .collect(),
            source_ips_total: clients.len() as u64,
            networks,
            networks_total,
            users: names(&users),
            users_total,
            tokens: secrets(&tokens),
            tokens_total: tokens.len() as u64,
            sessions: secrets(&sessions),
            sessions_total: sessions.len() as u64,
            user_agents: names(&agents),
            user_agents_total: agents.len() as u64,
            endpoints_total: endpoints.len() as u64,
            endpoints: endpoints.into_iter().take(self.max_entities).collect(),
            ..Entities::default()
        }
    }

    /// Routes as they are shown: paths that nothing is at are one.
    fn endpoints(&self, routes: &[Count<(Method, TemplateHash)>]) -> Vec<Endpoint> {
        let mut all: Vec<Endpoint> = Vec::new();
        let mut untold: BTreeMap<Method, usize> = BTreeMap::new();
        for Count { of: (method, template), requests } in routes {
            let text = self.world.template_text(*template);
            if text.is_none() {
                let known = *untold.entry(*method).or_insert(all.len());
                if let Some(known) = all.get_mut(known) {
                    known.requests += requests;
                    continue;
                }
            }
            let template = Raw(text.unwrap_or(UNTOLD).to_vec());
            all.push(Endpoint { method: method.name().into(), template, requests: *requests });
        }
        // Stable, so that equals stay in the order of their hashes.
        all.sort_by_key(|endpoint| std::cmp::Reverse(endpoint.requests));
        all
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

/// Entities of several findings, heaviest first; an entity that several name keeps its largest count.
fn heaviest<'f, T: Copy + Ord + 'f>(counts: impl Iterator<Item = &'f Count<T>>) -> Vec<Count<T>> {
    let mut by: BTreeMap<T, u64> = BTreeMap::new();
    for count in counts {
        let known = by.entry(count.of).or_default();
        *known = (*known).max(count.requests);
    }
    let mut all: Vec<Count<T>> = by.into_iter().map(|(of, requests)| Count { of, requests }).collect();
    all.sort_by(|a, b| b.requests.cmp(&a.requests).then_with(|| a.of.cmp(&b.of)));
    all
}

/// A client as it is shown.
fn address(client: Client, library: &Library) -> Address {
    let text = if let Some(address) = client.address() {
        address.to_string().into_bytes()
    } else {
        let hash = u64::try_from(client.0 & u128::from(u64::MAX)).unwrap_or(0);
        let name = library.names.get(&hash).map(|name| name.0.clone());
        name.unwrap_or_else(|| NameHash(hash).to_string().into_bytes())
    };
    Address(Raw(text))
}

/// The networks that hold sources, fullest first, and how many there are.
fn networks(clients: &[Count<Client>], bystanders: &Bystanders, most: usize) -> (Vec<Network>, u64) {
    let mut by: BTreeMap<Client, u64> = BTreeMap::new();
    for count in clients.iter().filter(|count| count.of.address().is_some()) {
        *by.entry(count.of.network()).or_default() += 1;
    }
    let total = by.len() as u64;
    let mut all: Vec<(Client, u64)> = by.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let shown = all.into_iter().take(most).map(|(network, addresses)| {
        let address = network.address().map_or_else(String::new, |address| address.to_string());
        let bits = if address.contains(':') { 64 } else { 24 };
        let all = bystanders.get(&network).copied().unwrap_or(addresses);
        Network { cidr: format!("{address}/{bits}"), addresses, bystanders: all.saturating_sub(addresses) }
    });
    (shown.collect(), total)
}

/// One or two sentences.
fn summary(group: &Group) -> String {
    // One detector may hold the same requests against an address and against who stands behind it: told once.
    let mut reasons: Vec<&str> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for finding in &group.findings {
        if reasons.len() < 3 && told.insert(finding.detector) {
            reasons.push(&finding.reason);
        }
    }
    let mut text = reasons.join(". ");
    if let Some(first) = text.get(..1) {
        text = format!("{}{}", first.to_uppercase(), &text[1..]);
    }
    text + "."
}

/// What to do, of all findings, each once.
fn advice(group: &Group) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for advice in group.findings.iter().flat_map(|finding| &finding.recommendations) {
        if !all.contains(advice) {
            all.push(advice.clone());
        }
    }
    all
}

/// What else it might have been: of each look-alike the strongest note.
fn notes(group: &Group) -> Vec<crate::incident::ConfounderNote> {
    let mut by = BTreeMap::new();
    for note in group.findings.iter().flat_map(|finding| &finding.confounders) {
        let known = by.entry(note.name.clone()).or_insert_with(|| note.clone());
        if note.score > known.score {
            *known = note.clone();
        }
    }
    let mut all: Vec<_> = by.into_values().collect();
    all.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
    all
}

/// What one detector proved, as the incident shows it.
fn proof(finding: &Finding) -> Proof {
    Proof {
        detector: finding.detector.into(),
        variant: finding.variant.into(),
        kind: finding.kind,
        outcome: finding.outcome,
        score: finding.score,
        reason: finding.reason.clone(),
        tests: finding.tests.clone(),
        metrics: finding.metrics.iter().map(|(&name, &value)| (name.into(), value)).collect(),
        entities: BTreeMap::from([
            ("source_ips_total".into(), finding.clients.len() as u64),
            ("users_total".into(), finding.users_total),
        ]),
        rule: finding.rule.as_ref().map(|rule| rule.named.clone()),
    }
}

/// How many steps an activity has at most.
const STEPS: i64 = 60;

/// Lengths of a step that a person reads easily, in seconds.
const EASY: [u32; 12] = [1, 10, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400];

/// A finding's requests over time, in at most sixty steps of an easy length.
fn activity(finding: &Finding) -> Activity {
    let (width, ticks) = &finding.activity;
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return Activity::default() };
    let length = (last.0.0 - first.0.0) / 1_000_000 + i64::from(width.0);
    let fits = |step: &&u32| **step >= width.0 && i64::from(**step) * STEPS >= length;
    let step = EASY
        .iter()
        .find(fits)
        .copied()
        .unwrap_or_else(|| u32::try_from(length / STEPS + 1).unwrap_or(u32::MAX).max(width.0));
    let micros = i64::from(step) * 1_000_000;
    let start = first.0.0.div_euclid(micros);
    let steps = usize::try_from(last.0.0.div_euclid(micros) - start + 1).unwrap_or(1);
    let mut requests = vec![0; steps];
    for (time, count) in ticks {
        let step = usize::try_from(time.0.div_euclid(micros) - start).unwrap_or(0);
        requests[step.min(steps - 1)] += count;
    }
    Activity { start: Stamp(Time(start * micros)), step_s: step, requests }
}
