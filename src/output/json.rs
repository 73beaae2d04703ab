//! The whole report as one JSON document: the run summary, then the incidents, one a line.

use std::io::{self, Write};

use crate::incident::Incident;
use crate::output::{Output, Style, Writer};
use crate::run::Run;

/// `gatehound.report.v1`.
pub(super) struct Json;

impl Output for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "the run summary and all incidents as one JSON document (gatehound.report.v1)"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn is_document(&self) -> bool {
        true
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, _: Style) -> Box<dyn Writer + 'w> {
        Box::new(Document { sink, is_first: true })
    }
}

/// Writes the document piece by piece; it never holds more than one incident.
struct Document<'w> {
    sink: Box<dyn Write + 'w>,
    is_first: bool,
}

impl Writer for Document<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.sink.write_all(b"{\"schema\":\"gatehound.report.v1\",\"run\":")?;
        serde_json::to_writer(&mut self.sink, run)?;
        self.sink.write_all(b",\"incidents\":[")
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        self.sink.write_all(if self.is_first { b"\n" } else { b",\n" })?;
        self.is_first = false;
        serde_json::to_writer(&mut self.sink, incident)?;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.write_all(if self.is_first { b"]}\n" } else { b"\n]}\n" })?;
        self.sink.flush()
    }
}
