//! Keys of one's own: where the usual names leave out when, who, for what or with which answer, the values tell.

use std::collections::BTreeMap;

use super::{Given, names, scan, trimmed};
use crate::format::slot::{Meaning, Slot};
use crate::text::address::address;
use crate::time::{Time, stamp};

/// How many lines of a head are looked at.
const LINES: usize = 50;
/// Fewer lines than this tell nothing.
const ENOUGH: usize = 5;

/// What tells a field by its values, and in which share of the lines, in percent.
struct Witness {
    slot: Slot,
    fits: fn(&[u8]) -> bool,
    share: usize,
}

const WITNESSES: [Witness; 6] = [
    Witness { slot: Slot::Time, fits: is_time, share: 100 },
    Witness { slot: Slot::Client, fits: is_client, share: 100 },
    Witness { slot: Slot::Method, fits: is_method, share: 90 },
    Witness { slot: Slot::Target, fits: is_target, share: 90 },
    Witness { slot: Slot::Status, fits: is_status, share: 100 },
    Witness { slot: Slot::UserAgent, fits: is_agent, share: 50 },
];

/// Keys of a log that begins with `head` that no name tells: those whose values alone are what a field lacks that no key has a
/// name for.
pub(super) fn given(head: &[u8]) -> Given {
    let whole = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
    let mut keys: BTreeMap<Vec<u8>, [usize; WITNESSES.len()]> = BTreeMap::new();
    let (mut named, mut lines) = ([false; WITNESSES.len()], 0);
    for line in whole.split(|&byte| byte == b'\n').take(LINES).filter_map(trimmed) {
        lines += 1;
        let _ = scan::object(line, &mut |path, leaf| {
            if let Some(meaning) = names::meaning(path) {
                for (named, witness) in named.iter_mut().zip(&WITNESSES) {
                    // A whole request line has method and target.
                    let in_request = matches!(witness.slot, Slot::Method | Slot::Target);
                    *named |= meaning.slot == witness.slot || in_request && meaning.slot == Slot::Request;
                }
            } else {
                let fits = keys.entry(path.text().to_vec()).or_default();
                for (fits, witness) in fits.iter_mut().zip(&WITNESSES) {
                    *fits += usize::from((witness.fits)(leaf.value));
                }
            }
        });
    }
    if lines < ENOUGH {
        return Given::new();
    }
    let mut given = Given::new();
    for (nth, witness) in WITNESSES.iter().enumerate().filter(|(nth, _)| !named[*nth]) {
        let enough = |fits: &[usize; WITNESSES.len()]| fits[nth] * 100 >= lines * witness.share;
        let mut fitting = keys.iter().filter(|(_, fits)| enough(fits)).map(|(key, _)| key);
        if let (Some(only), None) = (fitting.next(), fitting.next()) {
            given.push((only.clone(), Some(Meaning::of(witness.slot))));
        }
    }
    given.sort_by(|a, b| a.0.cmp(&b.0));
    given.dedup_by(|a, b| a.0 == b.0);
    given
}

/// The year 2000: small numbers are no instants.
const CENTURY: Time = Time(946_684_800_000_000);

fn is_time(value: &[u8]) -> bool {
    stamp::any(value).is_some_and(|(time, _)| time >= CENTURY)
}

/// An address alone: with a port it is rather where the request went.
fn is_client(value: &[u8]) -> bool {
    address(value).is_some_and(|(_, port)| port.is_none())
}

fn is_method(value: &[u8]) -> bool {
    let methods: [&[u8]; 7] = [b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"PATCH", b"OPTIONS"];
    methods.contains(&value)
}

fn is_target(value: &[u8]) -> bool {
    value.starts_with(b"/") || value.starts_with(b"\\/")
}

fn is_status(value: &[u8]) -> bool {
    matches!(value, [b'1'..=b'5', a, b] if a.is_ascii_digit() && b.is_ascii_digit())
}

fn is_agent(value: &[u8]) -> bool {
    value.starts_with(b"Mozilla/")
}

#[cfg(test)]
mod tests {
    use crate::format::json::Json;
    use crate::format::{Around, Format, Opening};

    /// Lines with keys that nobody knows; of the last column the key and the values are given.
    fn read(key: &str, values: [&str; 6]) -> Option<(String, u16)> {
        let line = |(nth, value): (usize, &str)| {
            format!(
                "{{\"quando\":\"17823384{nth}7.362\",\"chi\":\"192.0.2.{nth}\",\"{key}\":\"{value}\",\"verbo\":\"GET\",\
                 \"dove\":\"/a/{nth}\",\"esito\":20{nth},\"su\":\"10.0.4.7:80\",\"con\":\"Mozilla/5.0\",\"byte\":{nth}12}}\n"
            )
        };
        let head: String = values.into_iter().enumerate().map(line).collect();
        let json = Json.open(&Opening::of(head.as_bytes())).unwrap();
        let event = json.decode(head.lines().last().unwrap().as_bytes(), Around::alone()).ok()?;
        let path = String::from_utf8(event.path?.to_vec()).unwrap();
        (event.client?.to_string() == "192.0.2.5" && event.user_agent.is_some())
            .then_some((path, event.status?))
    }

    #[test]
    fn keys_of_ones_own_are_told_by_their_values_where_only_one_fits() {
        assert_eq!(read("altro", ["x"; 6]), Some(("/a/5".to_owned(), 205)));
        // A second address leaves open who asked.
        assert_eq!(read("altro", ["198.51.100.1"; 6]), None);
    }
}
