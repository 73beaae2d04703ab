//! `gatehound rules coverage`: what rules are about, and which of them a log can feed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use gatehound::cli::CoverageForm;
use gatehound::error::Error;
use gatehound::format::{Around, Clock, Decoder as _, Opening, Reader, Scratch, recognise};
use gatehound::sigma::{Facts, Fed, Loaded, Rule};
use gatehound::source::Source;
use serde_json::json;

use super::{Done, print, shown, told};
use crate::commands::found;

/// So much of a log shows which fields it fills.
const HEAD: usize = 4 << 20;

/// Frameworks: what tags of theirs begin with, and their names.
const FRAMEWORKS: [(&str, &str); 3] =
    [("attack.t", "ATT&CK"), ("owasp-api.", "OWASP API Security Top 10"), ("cwe.", "CWE")];

/// Tells what the rules cover; with logs, which of them each can feed.
pub(super) fn coverage(loaded: &Loaded, logs: &[PathBuf], format: CoverageForm) -> Result<Done, Error> {
    let page = match format {
        _ if !logs.is_empty() => return by_logs(loaded, logs),
        CoverageForm::Text => table(loaded),
        CoverageForm::Navigator => layer(loaded),
    };
    let done = print(&page)?;
    told(loaded).map_or(Ok(done), Err)
}

/// By tag of one framework: the titles of the rules that have it, with their ids.
fn by_tag<'l>(loaded: &'l Loaded, start: &str) -> BTreeMap<String, BTreeSet<(&'l str, &'l str)>> {
    let mut all: BTreeMap<String, BTreeSet<(&str, &str)>> = BTreeMap::new();
    let rules = loaded.rules.iter().map(|rule| (&rule.tags, (rule.title.as_str(), rule.id.as_str())));
    let correlations =
        loaded.rules.correlations().map(|(_, one)| (&one.tags, (one.title.as_str(), one.id.as_str())));
    for (tags, title) in rules.chain(correlations) {
        for tag in tags.iter().filter(|tag| tag.starts_with(start)) {
            // `attack.t1190` and `attack.test`: only the first is a technique.
            let rest = tag.strip_prefix(start).unwrap_or_default();
            let named = match start {
                "attack.t" if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("T{rest}"),
                "attack.t" => continue,
                "cwe." => format!("CWE-{rest}"),
                _ => rest.to_ascii_uppercase(),
            };
            all.entry(named).or_default().insert(title);
        }
    }
    all
}

/// What the rules cover, as a table.
fn table(loaded: &Loaded) -> String {
    let mut page = String::new();
    for (start, name) in FRAMEWORKS {
        let all = by_tag(loaded, start);
        let _ = writeln!(page, "{name}: {}", all.len());
        for (tag, titles) in all {
            let titles: Vec<String> = titles.into_iter().map(|(title, _)| shown(title)).collect();
            let _ = writeln!(page, "  {:<12} {:>4}  {}", shown(&tag), titles.len(), titles.join("; "));
        }
    }
    page
}

/// The techniques as a layer (ATT&CK Navigator, layer format 4.5).
fn layer(loaded: &Loaded) -> String {
    let techniques: Vec<_> = by_tag(loaded, "attack.t")
        .into_iter()
        .map(|(technique, titles)| {
            let comment = titles.iter().map(|&(title, _)| title).collect::<Vec<_>>().join("; ");
            json!({ "techniqueID": technique, "score": titles.len(), "comment": comment, "enabled": true })
        })
        .collect();
    let most = techniques.iter().filter_map(|one| one["score"].as_u64()).max().unwrap_or(1);
    let layer = json!({
        "name": "gatehound rules",
        "versions": { "layer": "4.5" },
        "domain": "enterprise-attack",
        "description": "How many rules are about each technique.",
        "techniques": techniques,
        "gradient": { "colors": ["#ffffff", "#66b1ff"], "minValue": 0, "maxValue": most },
    });
    format!("{layer:#}\n")
}

/// Which rules each log can feed.
fn by_logs(loaded: &Loaded, logs: &[PathBuf]) -> Result<Done, Error> {
    let (sources, mut mistakes) = found(logs);
    let mut page = String::new();
    for source in &sources {
        match fed(source) {
            Ok(Some((format, fed))) => {
                of_log(loaded, &source.path.to_string_lossy(), &format, &fed, &mut page);
            }
            Ok(None) => mistakes.push(Error::usage(format!("{}: no known format", source.path.display()))),
            Err(error) => mistakes.push(error),
        }
    }
    let done = print(&page)?;
    mistakes.extend(told(loaded));
    Error::all(mistakes).map_or(Ok(done), Err)
}

/// The format of a log, and the fields that its beginning fills.
fn fed(source: &Source) -> Result<Option<(String, Fed)>, Error> {
    let head = source.head(HEAD)?;
    let clock = Clock { written: source.written, ..Clock::default() };
    let opening = Opening { head: &head, clock: &clock };
    let Some(choice) = recognise(&opening) else { return Ok(None) };
    let decoder = Reader::of(choice, &opening);
    let (scratch, mut fed) = (Scratch::default(), Fed::default());
    // The last line may be cut off.
    let whole = memchr::memrchr(b'\n', &head).map_or(head.len(), |at| at + 1);
    decoder.decode_block(head.get(..whole).unwrap_or_default(), Around::nothing(&scratch), &mut |decoded| {
        if let Ok(event) = decoded.event {
            fed.add(&Facts { record: decoded.record, event, client: None });
        }
    });
    Ok(Some((decoder.format().to_owned(), fed)))
}

/// Which rules a log can feed, and what the others miss.
fn of_log(loaded: &Loaded, name: &str, format: &str, fed: &Fed, page: &mut String) {
    let lacking: Vec<(&Rule, Vec<&str>)> = loaded
        .rules
        .iter()
        .map(|rule| (rule, rule.lacks(fed)))
        .filter(|(_, lacks)| !lacks.is_empty())
        .collect();
    let can = loaded.rules.len() - lacking.len();
    let _ = writeln!(page, "{}: {format}; it fills {}", shown(name), fed.names().join(", "));
    let _ = writeln!(page, "  {can} of {} rules can match", loaded.rules.len());
    for (rule, lacks) in lacking {
        let called = rule.name.as_ref().unwrap_or(&rule.id);
        let _ = writeln!(page, "  never: {:<38} for want of {}", shown(called), lacks.join(", "));
    }
}
