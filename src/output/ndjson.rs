//! One native incident a line: the lossless form, for pipes and log shippers.

use std::io::{self, Write};

use crate::incident::Incident;
use crate::output::{Output, Style, Writer};
use crate::run::Run;

/// `gatehound.incident.v1`, one a line.
pub(super) struct Ndjson;

impl Output for Ndjson {
    fn name(&self) -> &'static str {
        "ndjson"
    }

    fn about(&self) -> &'static str {
        "one incident a line as JSON (gatehound.incident.v1), best first; a file of them grows"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ndjson", "jsonl"]
    }

    fn is_document(&self) -> bool {
        false
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, _: Style) -> Box<dyn Writer + 'w> {
        Box::new(Lines { sink })
    }
}

/// Writes each incident with one call, so that two runs that append to one file cannot mix their records.
struct Lines<'w> {
    sink: Box<dyn Write + 'w>,
}

impl Writer for Lines<'_> {
    fn begin(&mut self, _: &Run) -> io::Result<()> {
        Ok(())
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        let mut record = serde_json::to_vec(incident)?;
        record.push(b'\n');
        self.sink.write_all(&record)
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}
