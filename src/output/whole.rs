//! Outputs that are one document: something before the incidents, something between them, something behind them.

use std::io::{self, Write};

use crate::incident::Incident;
use crate::output::{Output, Style, Writer};
use crate::run::Run;

/// An output that is one document.
pub(super) struct Whole {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) extensions: &'static [&'static str],
    /// Whether a receiver is sent each incident in a document of its own.
    pub(super) sent_apart: bool,
    /// What stands before the incidents.
    pub(super) begin: fn(&Run) -> String,
    /// One incident.
    pub(super) incident: fn(&Incident) -> String,
    /// What stands between two.
    pub(super) between: &'static str,
    /// What stands behind them.
    pub(super) end: &'static str,
}

impl Output for Whole {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    fn is_document(&self) -> bool {
        true
    }

    fn is_sent_whole(&self) -> bool {
        !self.sent_apart
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, _: Style) -> Box<dyn Writer + 'w> {
        let Self { begin, incident, between, end, .. } = *self;
        Box::new(WholeWriter { sink, begin, incident, between, end, is_first: true })
    }
}

struct WholeWriter<'w> {
    sink: Box<dyn Write + 'w>,
    begin: fn(&Run) -> String,
    incident: fn(&Incident) -> String,
    between: &'static str,
    end: &'static str,
    is_first: bool,
}

impl Writer for WholeWriter<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.sink.write_all((self.begin)(run).as_bytes())
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        if !std::mem::take(&mut self.is_first) {
            self.sink.write_all(self.between.as_bytes())?;
        }
        self.sink.write_all((self.incident)(incident).as_bytes())
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.write_all(self.end.as_bytes())?;
        self.sink.flush()
    }
}
