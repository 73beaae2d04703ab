//! Usage logs of Google Cloud Storage: CSV with everything in quotes (RFC 4180), a header above.

use super::fields::number;
use super::slot::{Growing, Meaning, Slot};
use super::{Around, Decoder, Format, Opening};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::stamp::epoch;

/// Usage logs of Google Cloud Storage.
pub(super) struct GcsCsv;

/// The header of all of them.
const HEADER: &[u8] = b"\"time_micros\",\"c_ip\"";

impl Format for GcsCsv {
    fn name(&self) -> &'static str {
        "gcs-usage"
    }

    fn about(&self) -> &'static str {
        "Google Cloud Storage usage log (CSV)"
    }

    fn open(&self, _: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        Some(Box::new(GcsCsv))
    }
}

impl Decoder for GcsCsv {
    fn format(&self) -> &'static str {
        Format::name(self)
    }

    fn decode<'a>(&self, record: &'a [u8], _: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = record.trim_ascii();
        if line.is_empty() {
            return Err(Malformed::Blank);
        }
        if line.starts_with(HEADER) {
            return Err(Malformed::Comment);
        }
        if line[0] != b'"' {
            return Err(Malformed::Short);
        }
        let mut rest = line;
        let mut growing = Growing::new();
        for (nth, slot) in COLUMNS.iter().enumerate() {
            let value = next(&mut rest)?;
            if nth == 0 {
                number(value).filter(|_| value.len() >= 15).ok_or(Malformed::Unknown)?;
                let (time, digits) = epoch(value).ok_or(Malformed::Time)?;
                growing.set_instant(time, digits);
            } else if let Some(slot) = slot {
                growing.put(Meaning::of(*slot), value);
            } else if nth == TIME_TAKEN {
                growing.put(Meaning::in_unit(Slot::Duration, super::fields::Unit::Micros), value);
            }
        }
        growing.finish(Escapes::None)?;
        Ok(growing.into_event())
    }
}

/// `time_micros c_ip c_ip_type c_ip_region cs_method cs_uri sc_status cs_bytes sc_bytes time_taken_micros cs_host cs_referer
/// cs_user_agent s_request_id cs_operation cs_bucket cs_object`.
const COLUMNS: [Option<Slot>; 17] = [
    None,
    Some(Slot::Client),
    None,
    None,
    Some(Slot::Method),
    Some(Slot::Target),
    Some(Slot::Status),
    Some(Slot::BytesIn),
    Some(Slot::BytesOut),
    None,
    Some(Slot::Host),
    Some(Slot::Referer),
    Some(Slot::UserAgent),
    Some(Slot::RequestId),
    Some(Slot::Route),
    Some(Slot::Api),
    None,
];
/// Which of them tells how long it took.
const TIME_TAKEN: usize = 9;

/// The next quoted value.
fn next<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let text = rest.strip_prefix(b"\"").ok_or(Malformed::Short)?;
    let mut at = 0;
    loop {
        let quote = at + memchr::memchr(b'"', &text[at..]).ok_or(Malformed::Unbalanced)?;
        if text.get(quote + 1) == Some(&b'"') {
            at = quote + 2;
            continue;
        }
        let behind = &text[quote + 1..];
        *rest = behind.strip_prefix(b",").unwrap_or(behind);
        return Ok(&text[..quote]);
    }
}
