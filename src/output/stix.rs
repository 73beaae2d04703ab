//! STIX 2.1: a bundle of who attacks from where, with which technique, and that it was seen. Ids are made of what they name
//! (UUID version 5), so the same incident gives the same objects and a receiver takes none in twice.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::IpAddr;

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::siem::{LIST, PRODUCT, addresses, name_of, pruned};
use super::techniques::techniques;
use crate::incident::{Incident, Stamp};
use crate::output::{Output, Style, Writer};
use crate::run::Run;
use crate::time::{DAY, Time};

/// STIX 2.1 bundles.
pub(super) struct Stix;

/// Where ids of cyber-observable objects come from (STIX 2.1 §2.9).
const OBSERVABLES: Uuid = uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7");
/// Where our own come from: a random UUID that never changes.
const OURS: Uuid = uuid!("6a1f3c52-8f0e-4b5d-9a37-2f6d1c0e7b44");
/// How long an indicator is worth something.
const VALID: i64 = 7 * DAY;

impl Output for Stix {
    fn name(&self) -> &'static str {
        "stix"
    }

    fn about(&self) -> &'static str {
        "STIX 2.1 bundle, one document: threat intelligence platforms, TAXII servers"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["stix"]
    }

    fn is_document(&self) -> bool {
        true
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, _: Style) -> Box<dyn Writer + 'w> {
        Box::new(Bundle { sink, written: RefCell::default() })
    }
}

/// A bundle that grows; objects that several incidents share are in it once.
struct Bundle<'w> {
    sink: Box<dyn Write + 'w>,
    written: RefCell<BTreeSet<String>>,
}

impl Bundle<'_> {
    fn add(&mut self, object: Value) -> io::Result<()> {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        let is_first = self.written.borrow().is_empty();
        if !self.written.borrow_mut().insert(id) {
            return Ok(());
        }
        self.sink.write_all(if is_first { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut self.sink, &pruned(object))?;
        Ok(())
    }
}

impl Writer for Bundle<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        let last = run.last_time.unwrap_or_default();
        let id = ours("bundle", &format!("{} {}", last.0.0, run.lines));
        write!(self.sink, "{{\"type\":\"bundle\",\"id\":\"{id}\",\"objects\":[")?;
        self.add(identity())
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        let (first, last) = (incident.first_seen, incident.last_seen);
        let common = |kind: &str, name: &str| {
            json!({
                "type": kind, "spec_version": "2.1", "id": ours(kind, name), "created": last, "modified": last,
                "created_by_ref": identity()["id"],
            })
        };
        let addresses: Vec<IpAddr> = addresses(incident).take(LIST).collect();
        for address in &addresses {
            self.add(observable(*address))?;
        }
        for technique in techniques(incident) {
            let mut pattern = common("attack-pattern", technique.id);
            // It is the same for whoever names it, whenever that is.
            (pattern["created"], pattern["modified"]) = (json!(Stamp(Time(0))), json!(Stamp(Time(0))));
            pattern["name"] = json!(technique.name);
            pattern["external_references"] =
                json!([{ "source_name": "mitre-attack", "external_id": technique.id }]);
            let phase = technique.tactic.1.to_lowercase().replace(' ', "-");
            pattern["kill_chain_phases"] =
                json!([{ "kill_chain_name": "mitre-attack", "phase_name": phase }]);
            self.add(pattern)?;
        }
        if addresses.is_empty() {
            return Ok(());
        }
        let mut indicator = common("indicator", &incident.id);
        indicator["name"] = json!(incident.title);
        indicator["description"] = json!(incident.summary);
        indicator["indicator_types"] = json!(["malicious-activity"]);
        indicator["pattern"] = json!(pattern(&addresses));
        indicator["pattern_type"] = json!("stix");
        indicator["valid_from"] = json!(last);
        indicator["valid_until"] = json!(Stamp(Time(last.0.0.saturating_add(VALID))));
        indicator["confidence"] = json!(incident.confidence.0);
        indicator["labels"] = json!([incident.kind.name(), incident.severity.name()]);
        let indicator_id = indicator["id"].clone();
        self.add(indicator)?;
        for technique in techniques(incident) {
            let mut relation = common("relationship", &format!("{} {}", incident.id, technique.id));
            relation["relationship_type"] = json!("indicates");
            relation["source_ref"] = indicator_id.clone();
            relation["target_ref"] = json!(ours("attack-pattern", technique.id));
            self.add(relation)?;
        }
        let mut seen = common("observed-data", &incident.id);
        (seen["first_observed"], seen["last_observed"]) = (json!(first), json!(last));
        // The specification ends at 999,999,999.
        seen["number_observed"] = json!(incident.requests.clamp(1, 999_999_999));
        seen["object_refs"] = addresses.iter().map(|address| observable(*address)["id"].clone()).collect();
        let seen_id = seen["id"].clone();
        self.add(seen)?;
        let mut sighting = common("sighting", &incident.id);
        (sighting["first_seen"], sighting["last_seen"]) = (json!(first), json!(last));
        sighting["count"] = json!(incident.requests.min(999_999_999));
        sighting["sighting_of_ref"] = indicator_id;
        sighting["observed_data_refs"] = json!([seen_id]);
        sighting["description"] = json!(name_of(incident.kind));
        self.add(sighting)
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.write_all(b"\n]}\n")?;
        self.sink.flush()
    }
}

/// Who says so.
fn identity() -> Value {
    json!({
        "type": "identity", "spec_version": "2.1", "id": ours("identity", PRODUCT),
        "created": Stamp(Time(0)), "modified": Stamp(Time(0)), "name": PRODUCT, "identity_class": "system",
    })
}

/// An address as an observable; its id is made of its value alone, as the specification asks.
fn observable(address: IpAddr) -> Value {
    let kind = if address.is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
    let value = json!({ "value": address.to_string() }).to_string();
    let id = format!("{kind}--{}", Uuid::new_v5(&OBSERVABLES, value.as_bytes()));
    json!({ "type": kind, "spec_version": "2.1", "id": id, "value": address.to_string() })
}

/// The id of an object of ours.
fn ours(kind: &str, name: &str) -> String {
    format!("{kind}--{}", Uuid::new_v5(&OURS, format!("{kind} {name}").as_bytes()))
}

/// A pattern that any of the addresses matches.
fn pattern(addresses: &[IpAddr]) -> String {
    let one = |address: &IpAddr| {
        let kind = if address.is_ipv4() { "ipv4-addr" } else { "ipv6-addr" };
        format!("[{kind}:value = '{address}']")
    };
    addresses.iter().map(one).collect::<Vec<_>>().join(" OR ")
}
