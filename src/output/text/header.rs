//! What was read: files, lines, times, clients, and what could not be read.

use std::collections::BTreeMap;

use crate::incident::Fidelity;
use crate::output::text::layout::{Ink, Page, fit, list, shown};
use crate::output::words::{bytes, count, number, percent, span};
use crate::run::{Run, SourceRead};

/// The most files that are named one by one.
const NAMED: usize = 4;

pub(super) fn write(page: &mut Page, run: &Run) {
    let version = fit(&shown(format!(" {} {}", run.version, run.command)), page.room());
    page.line(&[(Ink::Strong, "gatehound"), (Ink::Faint, &version)]);
    page.blank();
    sources(page, run);
    unread(page, run);
    if let (Some(first), Some(last)) = (run.first_time, run.last_time) {
        let zone = match &*run.time_zone {
            "UTC" => String::new(),
            other => format!("; stamps without a zone were read as {}", shown(other)),
        };
        page.row("span", &format!("{}{zone}", span(first.0, last.0)));
    }
    if run.events > 0 {
        page.row("seen", &seen(run));
    }
}

/// Which files in which formats.
fn sources(page: &mut Page, run: &Run) {
    let whole = format!("{}, {}", count(run.lines, "line"), bytes(run.bytes));
    match &*run.sources {
        [] => page.row("read", "nothing"),
        [one] => page.row("read", &format!("{whole} from {}", named(one))),
        few if few.len() <= NAMED => {
            page.row("read", &format!("{whole} from {}", count(few.len() as u64, "file")));
            for source in few {
                page.row("", &format!("{}: {}", named(source), count(source.lines, "line")));
            }
        }
        many => {
            page.row(
                "read",
                &format!("{whole} from {} ({})", count(many.len() as u64, "file"), formats(many)),
            );
            page.row("", &list(many.iter().map(name), many.len() as u64, page.room()));
        }
    }
    for source in run.sources.iter().filter(|source| !source.complete || source.note.is_some()) {
        let state = if source.complete { "" } else { "not read to its end" };
        let note = source.note.as_deref().map(shown).unwrap_or_default();
        let gap = if state.is_empty() || note.is_empty() { "" } else { "; " };
        page.row("", &format!("{}: {state}{gap}{note}", name(source)));
    }
}

/// `access.log (combined)`.
fn named(source: &SourceRead) -> String {
    match &source.format {
        Some(format) => format!("{} ({})", name(source), shown(&**format)),
        None => format!("{} (no known format)", name(source)),
    }
}

fn name(source: &SourceRead) -> String {
    if source.path.0 == b"-" { "standard input".into() } else { shown(&source.path.0) }
}

/// `12 combined, 2 alb`.
fn formats(sources: &[SourceRead]) -> String {
    let mut by_format = BTreeMap::<_, u64>::new();
    for source in sources {
        *by_format.entry(source.format.as_deref().unwrap_or("of no known format")).or_default() += 1;
    }
    let each: Vec<_> =
        by_format.iter().map(|(format, files)| format!("{} {}", number(*files), shown(format))).collect();
    each.join(", ")
}

/// What was in the files and could not be judged.
fn unread(page: &mut Page, run: &Run) {
    if run.rejected > 0 {
        let share = percent(run.rejected, run.lines);
        let reasons: Vec<_> = match &*run.rejected_reasons {
            [only] => vec![shown(&*only.reason)],
            many => many.iter().map(|of| format!("{} ({})", shown(&*of.reason), number(of.lines))).collect(),
        };
        page.row("unread", &format!("{} ({share}): {}", count(run.rejected, "line"), reasons.join(", ")));
    }
    if run.skipped > 0 {
        let skipped = count(run.skipped, "line");
        page.row("skipped", &format!("{skipped}: banners, comments, other programs' lines"));
    }
    if run.cut > 0 {
        page.row("cut", &format!("{} over the size limit, read up to it", count(run.cut, "line")));
    }
}

/// Who and what is in the log, and which identities it tells.
fn seen(run: &Run) -> String {
    let mut parts = vec![count(run.clients, "client")];
    if run.principals > 0 {
        parts.push(count(run.principals, "principal"));
    }
    parts.push(count(run.templates, "route"));
    let told = match run.fidelity {
        Fidelity::A => "the log names users and tokens",
        Fidelity::B => "the log names users, but no tokens",
        Fidelity::C => "the log names addresses only, no users or tokens",
    };
    format!("{}; {told}", parts.join(", "))
}
