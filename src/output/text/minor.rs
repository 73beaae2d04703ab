//! Incidents that need no person's time now, in a line each: those of low severity, and those that are held back.

use crate::incident::{Incident, Severity};
use crate::output::text::layout::{Ink, Page, columns, fit, shown};
use crate::output::words::{number, stamp};

/// The lines, up to a cap, and how many there would be.
#[derive(Default)]
pub(super) struct Minor {
    low: Group,
    held_back: Group,
}

#[derive(Default)]
struct Group {
    lines: Vec<Line>,
    total: u64,
}

/// What one line says.
struct Line {
    severity: Severity,
    title: String,
    when: String,
}

impl Minor {
    /// Keeps `incident` for the end, unless `cap` lines of its group are kept already (0: no cap).
    pub(super) fn keep(&mut self, incident: &Incident, cap: usize) {
        let group = if incident.suppressed_by.is_some() { &mut self.held_back } else { &mut self.low };
        group.total += 1;
        if cap == 0 || group.lines.len() < cap {
            let title = match &incident.suppressed_by {
                Some(why) => format!("{}: {}", shown(why), shown(&incident.title)),
                None => shown(&incident.title),
            };
            group.lines.push(Line {
                severity: incident.severity,
                title,
                when: stamp(incident.first_seen.0)[5..16].to_owned(),
            });
        }
    }

    /// Whether the report lists what is held back.
    pub(super) fn is_listing_held_back(&self) -> bool {
        self.held_back.total > 0
    }

    pub(super) fn write(&self, page: &mut Page) {
        self.low.write(page, "Also seen, of little weight");
        self.held_back.write(page, "Held back: a harmless explanation is likely");
    }
}

impl Group {
    fn write(&self, page: &mut Page, heading: &str) {
        if self.total == 0 {
            return;
        }
        page.blank();
        page.line(&[(Ink::Strong, heading)]);
        for line in &self.lines {
            let severity = format!("    {:10}", line.severity.name());
            let room = page.room().saturating_sub(line.when.len() + 2);
            let title = fit(&line.title, room);
            let gap = " ".repeat(room - columns(&title) + 2);
            page.line(&[
                (Ink::Severity(line.severity), &severity),
                (Ink::Plain, &title),
                (Ink::Plain, &gap),
                (Ink::Faint, &line.when),
            ]);
        }
        let more = self.total - self.lines.len() as u64;
        if more > 0 {
            page.labelled(
                "",
                &[(Ink::Faint, &format!("and {} more; `--format json` has them all", number(more)))],
            );
        }
    }
}
