//! What the README claims holds: its report is the one that its command prints, its detectors and formats are those that
//! exist, the files that it names are there. After a change that is meant, `UPDATE=1 cargo test --test docs` writes the report.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

#[cfg(feature = "deliver")]
#[path = "docs/commands.rs"]
mod commands;
#[path = "docs/formats.rs"]
mod formats;
#[cfg(feature = "deliver")]
#[path = "deliver/receiver.rs"]
mod receiver;

use std::path::{Path, PathBuf};
use std::process::Command;

use gatehound::detect;
use gatehound::format::FORMATS;

/// Lines of the report that the README shows.
const SHOWN: usize = 48;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("the page exists")
}

/// What stands between `begin` and `end`.
fn between<'p>(page: &'p str, begin: &str, end: &str) -> &'p str {
    let (_, rest) = page.split_once(begin).expect("the page has this part");
    rest.split_once(end).expect("the part ends").0
}

#[test]
fn the_report_in_the_readme_is_what_its_command_prints() {
    let readme = page("README.md");
    let command = between(&readme, "$ cargo run --release -- ", "\n");
    let output = Command::new(env!("CARGO_BIN_EXE_gatehound"))
        .args(command.split(' '))
        .current_dir(root())
        .output()
        .expect("the binary runs");
    assert!(output.status.success());
    let whole = String::from_utf8(output.stdout).expect("a report is text");
    let printed: String = whole.split_inclusive('\n').take(SHOWN).collect();
    let shown = between(&readme, "```text\n", "```");
    if std::env::var_os("UPDATE").is_some() {
        let old = format!("```text\n{shown}```");
        std::fs::write(root().join("README.md"), readme.replacen(&old, &format!("```text\n{printed}```"), 1))
            .expect("the README can be written");
        return;
    }
    assert_eq!(shown, printed);
}

#[test]
fn the_readme_names_every_detector_and_format_and_no_other() {
    let readme = page("README.md");
    let names = |part: &str| -> Vec<String> {
        let first_cells = part.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
        let mut names: Vec<String> = first_cells
            .flat_map(|cell| cell.split(['`', ' ']))
            .filter(|n| !n.is_empty())
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    };
    let mut detectors: Vec<&str> = detect::all().iter().map(|detector| detector.about().id).collect();
    detectors.sort_unstable();
    assert_eq!(names(between(&readme, "## What it finds", "## What it cannot see")), detectors);
    let mut formats: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
    formats.sort_unstable();
    assert_eq!(names(between(&readme, "## Formats", "## Reports")), formats);
}

/// The pages below `folder`.
fn pages(folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let names = files.map(|name| format!("{folder}/{}", name.to_str().unwrap()));
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".md")).collect();
    names.sort();
    names
}

#[test]
fn pages_that_pages_link_to_are_there() {
    let mut links = 0;
    for name in pages("docs").into_iter().chain(pages("docs/siem")) {
        let page = page(&name);
        let targets = page.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for target in targets.filter(|target| target.ends_with(".md") && !target.contains("://")) {
            let place = root().join(&name).parent().unwrap().join(target);
            assert!(place.exists(), "{name} links to {target}");
            links += 1;
        }
    }
    assert!(links >= 7);
    let outputs = page("docs/outputs.md");
    for page in pages("docs/siem") {
        assert!(
            outputs.contains(page.trim_start_matches("docs/")),
            "docs/outputs.md does not link to {page}"
        );
    }
}

#[test]
fn files_and_folders_that_the_pages_name_are_there() {
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let page = page(name);
        let in_quotes = page.split('`').skip(1).step_by(2);
        let linked = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for path in in_quotes.chain(linked) {
            let ours = ["src/", "samples/", "examples/", "tests/", "LICENSE", "./test", ".ci/"];
            let is_path = ours.iter().any(|prefix| path.starts_with(prefix)) || path.ends_with(".md");
            if is_path && !path.contains(['<', ' ', '*']) {
                assert!(Path::new(&root()).join(path).exists(), "{name} names {path}");
            }
        }
    }
}
