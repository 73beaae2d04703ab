//! The rooms of the house: which module may use which. If this fails, move the type down; do not edit the list.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, row by row. A room may use those of the rows above its own, and those to its left in its own row.
const ROWS: &[&[&str]] = &[
    &["error", "text", "time", "hash"],
    &["event", "signal", "sigma", "route", "request"],
    &["series", "evidence", "incident", "run"],
    &["format", "source"],
    &["collect", "tally", "detect", "tuning"],
    &["engine", "redact", "deliver", "output", "respond", "report", "summary"],
    &["simulate", "evaluate"],
    &["config", "cli", "plan", "explain", "events", "doctor"],
    &["lib", "commands", "main"],
];

/// Rooms that may see fewer rows than stand above them, and why.
const SHORT_SIGHTED: &[(&str, usize, &str)] =
    &[("simulate", 2, "what makes the test must not know how it will be judged")];

/// Where a room stands: its row, and its place in it.
fn place(room: &str) -> Option<(usize, usize)> {
    ROWS.iter()
        .enumerate()
        .find_map(|(row, rooms)| rooms.iter().position(|one| *one == room).map(|at| (row, at)))
}

/// Why `room` must not use `used`, if it must not.
fn objection(room: &str, used: &str) -> Option<String> {
    let Some(ours) = place(room) else { return Some(format!("`{room}` has no place in the rooms")) };
    let Some(theirs) = place(used) else { return Some(format!("`{used}` has no place in the rooms")) };
    if let Some((_, rows, why)) = SHORT_SIGHTED.iter().find(|(short, _, _)| *short == room)
        && theirs.0 >= *rows
    {
        return Some(format!("`{room}` uses `{used}`: {why}"));
    }
    (ours <= theirs).then(|| {
        format!(
            "`{room}` (row {}, place {}) uses `{used}` (row {}, place {})",
            ours.0, ours.1, theirs.0, theirs.1
        )
    })
}

/// Every source file below `dir`.
fn files(dir: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
}

/// The room that a file of `src` belongs to.
fn room_of(file: &Path) -> String {
    let first = file.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.strip_suffix(".rs").map(str::to_owned).unwrap_or(first)
}

/// Whether a file holds nothing but tests.
fn is_test(file: &Path) -> bool {
    file.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
}

/// The rooms that some code mentions, as `crate::room` or, in the command, `gatehound::room`. Comments and tests do not
/// count: what they name is not used.
fn mentions(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.collect::<Vec<_>>().join("\n");
    for root in ["crate::", "gatehound::"] {
        for (at, _) in code.match_indices(root) {
            let stands_alone = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                _ if !stands_alone => {}
                Some(list) => found.extend(first_words(list)),
                None => found.extend(word(rest)),
            }
        }
    }
    // Constants and functions of the root are no rooms.
    found.retain(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
    found
}

/// The name at the front of `text`.
fn word(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// The first name of each path in a list that ends at its closing brace.
fn first_words(list: &str) -> BTreeSet<String> {
    let (mut depth, mut fresh, mut found) = (0, true, BTreeSet::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && (c.is_alphanumeric() || c == '_') => {
                found.extend(word(&list[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    found
}

/// The code of every room: file by file.
fn house() -> Vec<(PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    all.sort();
    let read = |path: PathBuf| {
        let code = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&src).unwrap().to_owned(), code)
    };
    all.into_iter().map(read).filter(|(file, _)| !is_test(file)).collect()
}

/// Everything in `house` that uses what it must not.
fn objections(house: &[(PathBuf, String)]) -> Vec<String> {
    let mut all = Vec::new();
    for (file, code) in house {
        let room = room_of(file);
        for used in mentions(code).into_iter().filter(|used| *used != room) {
            all.extend(objection(&room, &used).map(|why| format!("{}: {why}", file.display())));
        }
    }
    all
}

#[test]
fn every_room_uses_only_what_stands_below_it() {
    let house = house();
    assert!(house.len() > 100, "only {} files were found", house.len());
    let uses: usize = house.iter().map(|(_, code)| mentions(code).len()).sum();
    assert!(uses > 200, "only {uses} mentions were found");
    let objections = objections(&house);
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

#[test]
fn every_room_stands_in_the_table() {
    let rooms: BTreeSet<String> = house().iter().map(|(file, _)| room_of(file)).collect();
    let strangers: Vec<&String> = rooms.iter().filter(|room| place(room).is_none()).collect();
    assert!(strangers.is_empty(), "give these a row: {strangers:?}");
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    ROWS.iter().copied().flatten().for_each(|room| *times.entry(room).or_default() += 1);
    assert!(times.values().all(|&times| times == 1), "{times:?}");
}

#[test]
fn a_room_that_reaches_up_is_named() {
    let of = |file: &str, code: &str| objections(&[(PathBuf::from(file), code.to_owned())]);
    assert_eq!(of("series.rs", "use crate::time::Time;\nuse crate::series::Evidence;"), [""; 0]);
    assert_eq!(of("series.rs", "use crate::evidence::Bounded;").len(), 1);
    assert_eq!(of("hash.rs", "fn f() { crate::event::Event::default(); }").len(), 1);
    assert_eq!(of("tally/mod.rs", "use crate::{collect::all, detect::{World, all}};").len(), 1);
    assert_eq!(of("simulate/mod.rs", "use crate::detect::all;").len(), 1);
    assert_eq!(of("cellar.rs", "use crate::time::Time;").len(), 1);
    assert_eq!(of("event.rs", "//! See [`World`](crate::detect::World)."), [""; 0]);
    assert_eq!(of("event.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::detect::all; }"), [""; 0]);
}

#[test]
fn the_simulation_knows_neither_routes_nor_the_plan() {
    // It may use requests' vocabulary of the first rows, but what a route or a setting means is the judge's own.
    let told: Vec<String> = house()
        .iter()
        .filter(|(file, _)| room_of(file) == "simulate")
        .flat_map(|(file, code)| {
            let used = mentions(code).into_iter();
            used.filter(|used| matches!(used.as_str(), "route" | "detect" | "config" | "request"))
                .map(|used| format!("{} uses `{used}`", file.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
