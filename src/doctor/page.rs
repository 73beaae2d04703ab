//! What was found, as a page for people and as one JSON object.

use std::fmt::Write;

use serde_json::{Value, json as object};

use super::fields::of_flag;
use super::gateway::{Gateway, gateways};
use super::{Examined, FIELDS, Seen};
use crate::detect::{Detector, Sight};
use crate::explain::{table, wrapped};
use crate::text::Escaped;

/// Columns of prose.
const WIDTH: usize = 100;

/// Everything about the log called `name`, which has this format.
#[must_use]
pub fn text(name: &str, format: &str, examined: &Examined, detectors: &[Box<dyn Detector>]) -> String {
    let mut page = format!("{}: {format}\n", Escaped(name.as_bytes()));
    let Examined { lines, skipped, rejected, .. } = examined;
    let events = examined.events();
    let _ = writeln!(page, "  {lines} lines: {events} requests, {skipped} skipped, {rejected} rejected");
    if events == 0 {
        page.push_str("  There is no request in it, so no detector sees anything.\n");
    } else {
        fields(&mut page, examined);
        sights(&mut page, &examined.seen(detectors));
    }
    advice(&mut page, examined, detectors, format);
    page
}

/// Which fields are filled, and how often.
fn fields(page: &mut String, examined: &Examined) {
    page.push_str("\nFields\n");
    let mut rows = Vec::new();
    for share in ["always", "mostly", "sometimes", "rarely", "never"] {
        let named =
            FIELDS.iter().zip(examined.filled).filter(|(_, events)| how_often(*events, examined) == share);
        let names: Vec<&str> = named.map(|(name, _)| *name).collect();
        if !names.is_empty() {
            rows.push((share, names.join(", ")));
        }
    }
    indented(page, &rows);
}

/// How many of all events have a field.
fn how_often(events: u64, examined: &Examined) -> &'static str {
    let all = examined.events();
    match events {
        0 => "never",
        _ if events == all => "always",
        _ if events >= all / 2 => "mostly",
        _ if events >= all / 100 => "sometimes",
        _ => "rarely",
    }
}

/// What every detector sees.
fn sights(page: &mut String, seen: &[Seen]) {
    page.push_str("\nDetectors\n");
    let rows: Vec<(&str, String)> = seen
        .iter()
        .map(|seen| {
            let missing: Vec<&str> = seen.lacks.iter().map(|needs| needs.missing).collect();
            let missing = missing.join(", no ");
            let lacks = if missing.is_empty() { String::new() } else { format!(": no {missing}") };
            (seen.detector, format!("{}{lacks}", seen.sight.name()))
        })
        .collect();
    indented(page, &rows);
}

/// Two columns, two blanks from the margin.
fn indented(page: &mut String, rows: &[(&str, String)]) {
    let rows: Vec<(&str, &str)> = rows.iter().map(|(name, text)| (*name, text.as_str())).collect();
    table(&rows).lines().for_each(|line| {
        let _ = writeln!(page, "  {line}");
    });
}

/// What the configuration of each gateway that may have written the log needs.
fn advice(page: &mut String, examined: &Examined, detectors: &[Box<dyn Detector>], format: &str) {
    let seen = examined.seen(detectors);
    if examined.events() > 0 && seen.iter().all(|seen| seen.sight == Sight::All) {
        page.push_str("\nNothing is missing: every detector sees all that it can use.\n");
        return;
    }
    for gateway in gateways(format) {
        let _ = writeln!(page, "\nWhat to add in {}", gateway.name);
        let missing = missing(gateway, examined);
        if !missing.is_empty() {
            let _ = writeln!(page, "  in {}:\n", gateway.place);
            gateway.config.lines().for_each(|line| {
                let _ = writeln!(page, "    {line}");
            });
            page.push('\n');
            let rows: Vec<_> = missing.iter().map(|(field, part)| (*field, format!("by {part}"))).collect();
            indented(page, &rows);
        } else if gateway.adds.is_empty() && !gateway.config.is_empty() {
            let _ = writeln!(page, "  in {}:\n\n    {}\n", gateway.place, gateway.config);
        } else if !gateway.config.is_empty() {
            page.push_str("  It logs already what it can.\n");
        }
        for line in wrapped(gateway.note, WIDTH - 2) {
            let _ = writeln!(page, "  {line}");
        }
    }
    if gateways(format).next().is_none() {
        page.push_str("\nWhat to log\n");
        let mut fixes: Vec<&str> = seen.iter().flat_map(|seen| &seen.lacks).map(|needs| needs.fix).collect();
        fixes.sort_unstable();
        fixes.dedup();
        for line in fixes.iter().flat_map(|fix| wrapped(fix, WIDTH - 2)) {
            let _ = writeln!(page, "  {line}");
        }
    }
    accounts(page, &seen);
}

/// Names of accounts can stand in a query as well as in a field.
fn accounts(page: &mut String, seen: &[Seen]) {
    let lacks_names = |seen: &Seen| {
        seen.lacks.iter().any(|needs| needs.any_of.iter().any(|&flag| flag == crate::request::Flags::ACCOUNT))
    };
    if seen.iter().any(lacks_names) {
        page.push_str("\nWhom a login, a reset or a sign-up is about\n");
        let told = "No gateway reads bodies, so the service has to tell: in a header of its answer that the gateway logs as the \
                    user, or in the query of the request.";
        for line in wrapped(told, WIDTH - 2) {
            let _ = writeln!(page, "  {line}");
        }
    }
}

/// What `gateway` can log and this log does not have.
fn missing(gateway: &Gateway, examined: &Examined) -> Vec<(&'static str, &'static str)> {
    gateway.adds.iter().copied().filter(|(field, _)| !examined.fills(field)).collect()
}

/// Everything about the log called `name`, as `gatehound.doctor.v1`, on one line.
#[must_use]
pub fn json(name: &str, format: &str, examined: &Examined, detectors: &[Box<dyn Detector>]) -> String {
    let filled = FIELDS.iter().zip(examined.filled);
    let filled: Vec<Value> =
        filled.map(|(name, events)| object!({ "field": name, "events": events })).collect();
    let seen: Vec<Value> = examined.seen(detectors).iter().map(sight).collect();
    let advice: Vec<Value> = gateways(format)
        .map(|gateway| {
            let adds: Vec<Value> = missing(gateway, examined)
                .iter()
                .map(|(field, part)| object!({ "field": field, "by": part }))
                .collect();
            object!({
                "gateway": gateway.name,
                "place": gateway.place,
                "config": gateway.config,
                "adds": adds,
                "note": gateway.note,
            })
        })
        .collect();
    let whole = object!({
        "schema": "gatehound.doctor.v1",
        "source": name,
        "format": format,
        "lines": examined.lines,
        "events": examined.events(),
        "skipped": examined.skipped,
        "rejected": examined.rejected,
        "fields": filled,
        "detectors": seen,
        "advice": advice,
    });
    format!("{whole}\n")
}

/// What one detector sees.
fn sight(seen: &Seen) -> Value {
    let lacks: Vec<Value> = seen
        .lacks
        .iter()
        .map(|needs| {
            let fields: Vec<&str> =
                needs.any_of.iter().filter_map(|&flag| of_flag(flag)).flatten().copied().collect();
            object!({ "missing": needs.missing, "any_of": fields, "fix": needs.fix })
        })
        .collect();
    let sees = match seen.sight {
        Sight::Nothing => "nothing",
        Sight::Less => "less",
        Sight::All => "all",
    };
    object!({ "detector": seen.detector, "sees": sees, "lacks": lacks })
}
