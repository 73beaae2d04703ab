//! The report for people: one screen, ranked, aligned; what was read, who did what, and what to do next.

mod actors;
mod card;
mod footer;
mod header;
mod layout;
mod minor;
mod sparkline;

use std::io::{self, Write};

use crate::incident::{Incident, Severity};
use crate::output::{Output, Style, Writer};
use crate::run::Run;
use layout::Page;

pub use footer::timing_line;

/// The terminal report.
pub(super) struct Text;

impl Output for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "a report for people: what was read, the incidents, what to do next"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["txt"]
    }

    fn is_document(&self) -> bool {
        true
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, style: Style) -> Box<dyn Writer + 'w> {
        let page = Page::new(style.width, style.color);
        Box::new(Report {
            sink,
            style,
            page,
            run: None,
            told: 0,
            left_out: 0,
            minor: minor::Minor::default(),
        })
    }
}

/// Tells what deserves a person's time in full and at once, the rest in a line each at the end.
struct Report<'w> {
    sink: Box<dyn Write + 'w>,
    style: Style,
    page: Page,
    run: Option<Run>,
    told: usize,
    left_out: usize,
    minor: minor::Minor,
}

impl Writer for Report<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        header::write(&mut self.page, run);
        self.run = Some(run.clone());
        self.send()
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        if incident.severity < Severity::Medium || incident.suppressed_by.is_some() {
            self.minor.keep(incident, self.style.minor);
            return Ok(());
        }
        if self.style.top > 0 && self.told >= self.style.top {
            self.left_out += 1;
            return Ok(());
        }
        self.told += 1;
        card::write(&mut self.page, incident);
        self.send()
    }

    fn end(&mut self) -> io::Result<()> {
        self.minor.write(&mut self.page);
        if let Some(run) = self.run.take() {
            footer::write(&mut self.page, &run, self.left_out, self.minor.is_listing_held_back());
        }
        self.send()?;
        self.sink.flush()
    }
}

impl Report<'_> {
    fn send(&mut self) -> io::Result<()> {
        self.sink.write_all(self.page.take().as_bytes())
    }
}
