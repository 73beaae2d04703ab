//! The reference: what the program knows about detectors, formats, incidents and whoever was not reported, as pages for people.

mod incident;
mod why;

use std::fmt::Write;
use std::sync::Arc;

use crate::detect::{self, About};
use crate::error::Error;
use crate::format::FORMATS;
pub use incident::{find, incident_page};
pub use why::{Did, Somebody, why_page};

/// Columns of a page.
const WIDTH: usize = 100;

/// Every detector, a line each.
pub fn detectors_page() -> String {
    let all = detect::with_rules(&Arc::default());
    let rows: Vec<(&str, &str)> =
        all.iter().map(|detector| (detector.about().id, detector.about().summary)).collect();
    table(&rows)
}

/// Every format, a line each.
pub fn formats_page() -> String {
    let rows: Vec<(&str, &str)> = FORMATS.iter().map(|format| (format.name(), format.about())).collect();
    table(&rows)
}

/// Everything about one detector; an unknown name is an error that names the nearest.
pub fn detector_page(name: &str) -> Result<String, Error> {
    let all = detect::with_rules(&Arc::default());
    let found = all.iter().map(|detector| detector.about()).find(|about| about.id == name);
    found.map(page).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|detector| detector.about().id).collect();
        Error::unknown("detector", name, &known)
    })
}

/// Names and what they stand for, in two columns.
pub fn table(rows: &[(&str, &str)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut page = String::new();
    for (name, about) in rows {
        let lines = wrapped(about, WIDTH - width - 2);
        for (nth, line) in lines.iter().enumerate() {
            let name = if nth == 0 { name } else { "" };
            let _ = writeln!(page, "{name:<width$}  {line}");
        }
    }
    page
}

fn page(about: &About) -> String {
    let kinds: Vec<&str> = about.kinds.iter().map(|kind| kind.name()).collect();
    let mut page = format!("{}\n", about.id);
    paragraph(&mut page, about.summary);
    for (title, text) in [
        ("Why it matters", about.why),
        ("What it looks like", about.looks_like),
        ("What looks alike and is harmless", about.look_alikes),
        ("What it cannot see", about.blind_spots),
    ] {
        section(&mut page, title);
        paragraph(&mut page, text);
    }
    section(&mut page, "Thresholds");
    let width = about.thresholds.iter().map(|one| one.name.len()).max().unwrap_or(0);
    for one in about.thresholds {
        let value = format!("{} {}", one.value, one.unit);
        let lead = format!("  {:<width$}  {:<16} ", one.name, value.trim_end());
        let lines = wrapped(one.meaning, WIDTH.saturating_sub(lead.len()));
        for (nth, line) in lines.iter().enumerate() {
            let lead = if nth == 0 { lead.clone() } else { " ".repeat(lead.len()) };
            let _ = writeln!(page, "{lead}{line}");
        }
    }
    let settable = about.thresholds.iter().find(|one| one.unit != "of 100");
    if let Some(one) = settable {
        let name = if one.name.contains(' ') { format!("\"{}\"", one.name) } else { one.name.to_owned() };
        let _ = writeln!(page, "  In gatehound.toml: [threshold.{}], then {name} = {}", about.id, one.value);
    }
    if !about.needs.is_empty() {
        section(&mut page, "What the log should have");
        for needs in about.needs {
            paragraph(&mut page, &format!("{}: {}", needs.missing, needs.fix));
        }
    }
    section(&mut page, "Incidents and references");
    for (title, words) in [
        ("kinds", &*kinds),
        ("ATT&CK", about.attack),
        ("OWASP API", about.owasp_api),
        ("OWASP OAT", about.oat),
        ("CWE", about.cwe),
    ] {
        if !words.is_empty() {
            let _ = writeln!(page, "  {title:<10} {}", words.join(", "));
        }
    }
    page
}

fn section(page: &mut String, title: &str) {
    let _ = write!(page, "\n{title}\n");
}

fn paragraph(page: &mut String, text: &str) {
    for line in wrapped(text, WIDTH - 2) {
        let _ = writeln!(page, "  {line}");
    }
}

/// `text` in lines of at most `width` columns, broken between words.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        if !last.is_empty() && width < last.chars().count() + 1 + word.chars().count() {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_has_a_page_that_says_everything() {
        for detector in detect::all() {
            let about = detector.about();
            let page = detector_page(about.id).unwrap();
            for title in ["Why it matters", "What it looks like", "harmless", "cannot see", "Thresholds"] {
                assert!(page.contains(title), "{}: {title}", about.id);
            }
            assert!(page.lines().all(|line| line.chars().count() <= WIDTH), "{page}");
        }
        let error = detector_page("brute-froce").unwrap_err().to_string();
        assert_eq!(error, "unknown detector `brute-froce`; did you mean `brute-force`?");
    }

    #[test]
    fn lists_name_everything() {
        assert_eq!(
            detectors_page().lines().filter(|line| !line.starts_with(' ')).count(),
            detect::with_rules(&Arc::default()).len()
        );
        assert_eq!(formats_page().lines().filter(|line| !line.starts_with(' ')).count(), FORMATS.len());
    }
}
