//! The report as one page for a browser: no script, nothing loaded, and every word of a stranger is escaped.
//!
//! What it holds is bounded, so that a report of any size can be opened; what is left out is counted and told.

mod axis;
mod card;
mod chart;
mod endpoints;
mod entities;
mod evidence;
mod marks;
mod method;
mod page;
mod proof;
mod ranking;
mod story;
mod summary;
mod table;
mod timeline;

use std::io::{self, Write};

use crate::incident::{Incident, Severity};
use crate::output::{Output, Style, Writer};
use crate::run::Run;
use axis::Axis;
use ranking::Line;

/// The most incidents that are told in full.
const FULL: usize = 200;
/// The most incidents that stand in the ranking, those told in full among them.
const RANKED: usize = 1_000;
/// The most incidents of those held back that are listed.
const HELD_BACK: usize = 200;
/// The most members of a list that are shown, the folded part included.
const MEMBERS: usize = 50;
/// The most findings, and the most lines of evidence, of one incident.
const PROOFS: usize = 20;

/// The page.
pub(super) struct Html;

impl Output for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "one page for a browser: charts, no script, opens offline, prints"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm"]
    }

    fn is_document(&self) -> bool {
        true
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, _: Style) -> Box<dyn Writer + 'w> {
        Box::new(PageWriter { sink, told: None })
    }
}

/// Keeps what the page will show; the page is written at the end, since what stands first tells of all incidents.
struct PageWriter<'w> {
    sink: Box<dyn Write + 'w>,
    told: Option<Told>,
}

impl Writer for PageWriter<'_> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.told = Some(Told::new(run));
        Ok(())
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        if let Some(told) = &mut self.told {
            told.keep(incident);
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(told) = self.told.take() {
            self.sink.write_all(page::page(&told).into_string().as_bytes())?;
        }
        self.sink.flush()
    }
}

/// Everything that the page shows.
struct Told {
    run: Run,
    /// Absent where the log gave no time.
    axis: Option<Axis>,
    /// Requests of all incidents, held back or not told at all excepted, in the columns of the axis.
    together: Vec<u64>,
    /// The incidents that are told in full, best first, their lists cut.
    full: Vec<Incident>,
    /// The incidents of the ranking.
    ranked: Vec<Line>,
    /// The incidents that are held back.
    held_back: Vec<Line>,
    /// How many there are, listed or not.
    ranked_total: u64,
    held_back_total: u64,
}

impl Told {
    fn new(run: &Run) -> Self {
        Self {
            axis: Axis::of(run),
            together: vec![0; axis::COLUMNS],
            run: run.clone(),
            full: Vec::new(),
            ranked: Vec::new(),
            held_back: Vec::new(),
            ranked_total: 0,
            held_back_total: 0,
        }
    }

    fn keep(&mut self, incident: &Incident) {
        if incident.suppressed_by.is_some() {
            self.held_back_total += 1;
            if self.held_back.len() < HELD_BACK {
                self.held_back.push(Line::of(incident, false));
            }
            return;
        }
        self.ranked_total += 1;
        if let Some(axis) = &self.axis {
            axis.pour(&incident.activity, &mut self.together);
        }
        let is_full = self.full.len() < FULL;
        if self.ranked.len() < RANKED {
            self.ranked.push(Line::of(incident, is_full));
        }
        if is_full {
            self.full.push(cut(incident.clone()));
        }
    }

    /// The incidents told in full that are worth a person's time.
    fn worth_time(&self) -> impl Iterator<Item = &Incident> {
        self.full.iter().filter(|incident| incident.severity >= Severity::Medium)
    }
}

/// `incident` with no more in its lists than the page shows; the totals beside them stay.
fn cut(mut incident: Incident) -> Incident {
    let entities = &mut incident.entities;
    entities.source_ips.truncate(MEMBERS);
    entities.networks.truncate(MEMBERS);
    entities.users.truncate(MEMBERS);
    entities.tokens.truncate(MEMBERS);
    entities.sessions.truncate(MEMBERS);
    entities.consumers.truncate(MEMBERS);
    entities.user_agents.truncate(MEMBERS);
    entities.hosts.truncate(MEMBERS);
    entities.endpoints.truncate(MEMBERS);
    incident.impact.compromised_users.truncate(MEMBERS);
    incident
}
