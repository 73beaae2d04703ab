//! Outputs. To add one: write `output/<name>.rs`, then name it in [`OUTPUTS`].
//!
//! An output is a pure function of the run summary and the incidents; it escapes the bytes of strangers, and nobody before it does.

mod append;
mod asim;
mod cef;
mod chat;
mod csv;
mod ecs;
mod html;
mod json;
mod leef;
mod lines;
mod markdown;
pub mod mask;
mod ndjson;
mod ocsf;
mod otlp;
#[cfg(feature = "deliver")]
mod parcels;
mod sarif;
pub mod schema;
mod siem;
pub(crate) use siem::pruned;
mod sink;
mod splunk;
mod stix;
mod syslog;
mod techniques;
mod text;
mod udm;
mod whole;
pub(crate) mod words;

use std::io::{self, Write};

use crate::error::Error;
use crate::incident::Incident;
use crate::run::Run;

pub use ocsf::OcsfVersion;
pub use sink::{Destination, Sink, Target, parse, parse_all};
pub use text::timing_line;

/// A form that a report can take: a factory of [`Writer`]s.
pub trait Output: Sync {
    /// The name that `--format` and `-o` take.
    fn name(&self) -> &'static str;
    /// One line on what it is for.
    fn about(&self) -> &'static str;
    /// The file extensions from which `-o` infers it, without the dot.
    fn extensions(&self) -> &'static [&'static str];
    /// Whether a report is one whole: a file of it is replaced. Otherwise every record stands alone, and a file of them grows.
    fn is_document(&self) -> bool;
    /// Whether a receiver is sent a report as one whole; otherwise it is sent each incident apart.
    fn is_sent_whole(&self) -> bool {
        self.is_document()
    }
    /// A writer of one report into `sink`.
    fn open<'w>(&self, sink: Box<dyn Write + 'w>, style: Style) -> Box<dyn Writer + 'w>;
}

/// Writes one report: [`begin`](Writer::begin) once, [`incident`](Writer::incident) for each, best first,
/// [`end`](Writer::end) once. What has been accepted by an output of records is on its way to the sink when the call returns.
pub trait Writer {
    /// What stands before the incidents.
    fn begin(&mut self, run: &Run) -> io::Result<()>;
    /// One incident, also one that is held back (`suppressed_by`).
    fn incident(&mut self, incident: &Incident) -> io::Result<()>;
    /// What stands behind them.
    fn end(&mut self) -> io::Result<()>;
}

/// How a report looks: for people, but for the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; 60 to 200 are used.
    pub width: usize,
    /// Whether colours may be used; no colour carries a meaning that words do not.
    pub color: bool,
    /// The most incidents told in full; 0 for all.
    pub top: usize,
    /// The most incidents of low severity told in a line each; 0 for all.
    pub minor: usize,
    /// The version of OCSF.
    pub ocsf: OcsfVersion,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false, top: 10, minor: 10, ocsf: OcsfVersion::V1_5 }
    }
}

/// Every output; the first is the default.
pub static OUTPUTS: &[&dyn Output] = &[
    &text::Text,
    &ndjson::Ndjson,
    &json::Json,
    &html::Html,
    &markdown::MARKDOWN,
    &csv::CSV,
    &ocsf::Ocsf,
    &ecs::ECS,
    &ecs::ELASTIC_BULK,
    &splunk::SPLUNK,
    &cef::CEF,
    &leef::LEEF,
    &syslog::SYSLOG,
    &syslog::SYSLOG_CEF,
    &asim::ASIM,
    &udm::UDM,
    &otlp::OTLP,
    &sarif::SARIF,
    &stix::Stix,
    &chat::WEBHOOK,
    &chat::SLACK,
    &chat::NTFY,
];

/// The output called `name`; an unknown name is an error that names the nearest.
pub fn by_name(name: &str) -> Result<&'static dyn Output, Error> {
    find(name).ok_or_else(|| {
        let known: Vec<_> = OUTPUTS.iter().map(|output| output.name()).collect();
        Error::unknown("format", name, &known)
    })
}

/// The output called `name`, if there is one.
fn find(name: &str) -> Option<&'static dyn Output> {
    OUTPUTS.iter().copied().find(|output| output.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_found_by_its_name_and_a_near_miss_is_named() {
        for output in OUTPUTS {
            assert_eq!(by_name(output.name()).unwrap().name(), output.name());
            assert!(!output.about().is_empty());
        }
        let error = by_name("ndjsn").err().unwrap().to_string();
        assert_eq!(error, "unknown format `ndjsn`; did you mean `ndjson`?");
    }

    #[test]
    fn no_two_outputs_share_a_name_or_an_extension() {
        let mut words: Vec<_> = OUTPUTS.iter().flat_map(|output| output.extensions()).collect();
        let total = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), total);
    }
}
