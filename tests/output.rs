//! What a report looks like, and how it gets to where it goes. `UPDATE=1 cargo test` writes the expected texts; read them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gatehound::incident::{Incident, Raw, Severity};
use gatehound::output::{Destination, Style, by_name, parse, parse_all, timing_line};
use gatehound::run::{Run, Timing};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// `tests/output/<name>.json`, a report as `--format json` writes it.
#[derive(serde::Deserialize)]
struct Report {
    run: Run,
    incidents: Vec<Incident>,
}

const REPORTS: [&str; 4] = ["attacks", "quiet", "partial", "unreadable"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output")
}

fn text_of(name: &str) -> String {
    fs::read_to_string(folder().join(format!("{name}.json"))).unwrap()
}

fn report(name: &str) -> Report {
    serde_json::from_str(&text_of(name)).unwrap()
}

fn render(report: &Report, format: &str, style: Style) -> String {
    let mut bytes = Vec::new();
    let mut writer = by_name(format).unwrap().open(Box::new(&mut bytes), style);
    writer.begin(&report.run).unwrap();
    report.incidents.iter().for_each(|incident| writer.incident(incident).unwrap());
    writer.end().unwrap();
    drop(writer);
    String::from_utf8(bytes).unwrap()
}

fn at(width: usize) -> Style {
    Style { width, ..Style::default() }
}

#[test]
fn the_terminal_report_looks_as_it_was_read() {
    for name in REPORTS {
        for width in [80, 160] {
            let text = render(&report(name), "text", at(width));
            let path = folder().join(format!("{name}.{width}.txt"));
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&path, &text).unwrap();
            }
            assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{name} at {width}");
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for name in REPORTS {
        let report = report(name);
        for width in 60..=200 {
            for line in render(&report, "text", at(width)).lines() {
                assert!(line.width() <= width, "{name} at {width}: {line}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }
}

#[test]
fn colours_add_nothing_that_words_do_not_say() {
    for name in REPORTS {
        let report = report(name);
        let colourful = render(&report, "text", Style { color: true, ..at(80) });
        assert!(colourful.contains("\x1b["), "{name}");
        let plain = anstream::adapter::strip_str(&colourful).to_string();
        let trimmed = |text: &str| {
            text.lines().map(str::trim_end).collect::<Vec<_>>().join(
                "
",
            )
        };
        assert_eq!(trimmed(&plain), trimmed(&render(&report, "text", at(80))), "{name}");
    }
}

#[test]
fn a_stranger_s_bytes_can_do_nothing_to_a_terminal() {
    let hostile = "a\x1b]0;x\x07\u{202e}\u{200b}\u{9b}2J\r\n\t日本".as_bytes().to_vec();
    let hostile = [hostile, b"\xff\xfe".to_vec()].concat();
    let words = || String::from_utf8_lossy(&hostile).into_owned();
    let raw = || Raw(hostile.clone());
    let mut report = report("attacks");
    for incident in &mut report.incidents {
        (incident.id, incident.title, incident.summary) = (words(), words(), words());
        incident.recommendations = vec![words()];
        incident.suppressed_by = incident.suppressed_by.as_ref().map(|_| words());
        let entities = &mut incident.entities;
        entities.countries = vec![words()];
        entities.tokens = vec![words()];
        for list in [&mut entities.users, &mut entities.consumers, &mut entities.user_agents] {
            *list = vec![raw()];
        }
        entities.source_ips.iter_mut().for_each(|address| address.0 = raw());
        entities
            .endpoints
            .iter_mut()
            .for_each(|route| (route.method, route.template) = (words().into(), raw()));
        incident.impact.compromised_users = vec![raw()];
        incident.confounders.iter_mut().for_each(|note| (note.name, note.reason) = (words().into(), words()));
        incident.references.attack = vec![words().into()];
        for line in &mut incident.evidence {
            (line.source, line.why, line.raw) = (raw(), words().into(), Some(raw()));
        }
    }
    let run = &mut report.run;
    (run.version, run.command) = (words().into(), words().into());
    run.sources.iter_mut().for_each(|source| {
        (source.path, source.format, source.note) = (raw(), Some(words().into()), Some(words()));
    });
    run.rejected_reasons.iter_mut().for_each(|of| of.reason = words().into());
    run.blind
        .iter_mut()
        .for_each(|of| (of.detector, of.missing, of.fix) = (words().into(), words().into(), words().into()));
    (run.limits_hit, run.warnings) = (vec![words()], vec![words()]);
    for width in [60, 80, 160] {
        let text = render(&report, "text", at(width));
        let harm = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{200b}".contains(*c);
        assert_eq!(text.chars().find(harm), None, "{text:?}");
        assert!(text.lines().all(|line| line.width() <= width));
    }
    serde_json::from_str::<Value>(&render(&report, "json", at(80))).unwrap();
}

#[test]
fn long_lists_of_incidents_are_cut_and_say_so() {
    let mut report = report("attacks");
    let low = report.incidents.iter().find(|incident| incident.severity == Severity::Low).unwrap().clone();
    let worst = report.incidents[0].clone();
    report.incidents = [vec![worst; 5], vec![low; 25]].concat();
    let text = render(&report, "text", Style { top: 2, minor: 10, ..at(80) });
    assert_eq!(text.matches("CRITICAL").count(), 2);
    assert!(text.contains("left out  3 incidents of lower rank; `--top 0` tells them all\n"), "{text}");
    assert_eq!(text.matches("\n    low ").count(), 10);
    assert!(text.contains("and 15 more; `--format json` has them all\n"), "{text}");
    let all = render(&report, "text", Style { top: 0, minor: 0, ..at(80) });
    assert_eq!((all.matches("CRITICAL").count(), all.matches("\n    low ").count()), (5, 25));
}

#[test]
fn json_loses_nothing() {
    for name in REPORTS {
        let given: Value = serde_json::from_str(&text_of(name)).unwrap();
        let written: Value = serde_json::from_str(&render(&report(name), "json", at(80))).unwrap();
        assert_eq!(written, given, "{name}");
        let lines = render(&report(name), "ndjson", at(80));
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(Value::from(lines), given["incidents"], "{name}");
    }
}

#[test]
fn how_long_it_took_is_told_apart_from_the_report() {
    let mut report = report("attacks");
    let before = render(&report, "text", at(80));
    let timing = Timing {
        started: "2026-03-11T06:00:00Z".into(),
        seconds: 0.3149,
        bytes_per_second: 211_000_000,
        threads: 2,
        peak_memory_bytes: Some(41_000_000),
    };
    let line = timing_line(&timing, &report.run);
    assert_eq!(line, "349,582 lines, 65.6 MB in 0.31 s: 211 MB/s, 2 threads, 41.0 MB of memory");
    report.run.timing = Some(timing);
    assert_eq!(render(&report, "text", at(80)), before);
}

#[test]
fn a_target_is_a_format_and_a_place() {
    let text = by_name("text").unwrap();
    let cases = [
        ("-", "text", None),
        ("json:-", "json", None),
        ("report.json", "json", Some("report.json")),
        ("out/REPORT.NDJSON", "ndjson", Some("out/REPORT.NDJSON")),
        ("x.jsonl", "ndjson", Some("x.jsonl")),
        ("ndjson:report.json", "ndjson", Some("report.json")),
        ("text:a:b.json", "text", Some("a:b.json")),
        ("2026-03-10T17:00.ndjson", "ndjson", Some("2026-03-10T17:00.ndjson")),
        ("./jsn:x", "text", Some("./jsn:x")),
        ("report", "text", Some("report")),
    ];
    for (given, format, path) in cases {
        let target = parse(given, text).unwrap();
        let destination = path.map_or(Destination::Stdout, |path| Destination::File(path.into()));
        assert_eq!((target.output.name(), target.destination), (format, destination), "{given}");
    }
    let errors = [
        ("", "`` names no file; write `-` for standard output"),
        ("json:", "`json:` names no file; write `-` for standard output"),
        ("jsn:x", "unknown format `jsn` in `jsn:x`; did you mean `json`? (`./jsn:x` names a file)"),
    ];
    for (given, wanted) in errors {
        assert_eq!(parse(given, text).unwrap_err().to_string(), wanted);
    }
}

#[test]
fn all_wrong_targets_are_told_at_once() {
    let parse_all = |texts: &[&str]| {
        let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
        parse_all(&texts, by_name("text").unwrap())
    };
    assert_eq!(parse_all(&["-", "json:x", "y.ndjson"]).unwrap().len(), 3);
    assert_eq!(
        parse_all(&["jsn:x", "json:-", "-"]).unwrap_err().to_string(),
        "unknown format `jsn` in `jsn:x`; did you mean `json`? (`./jsn:x` names a file)\n\
         error: `-`: another report goes to the same place"
    );
}

fn write_to(path: &Path, format: &str, name: &str) {
    let target = parse(&format!("{format}:{}", path.display()), by_name("text").unwrap()).unwrap();
    let report = report(name);
    target.write(at(80), &report.run, &report.incidents).unwrap();
}

#[test]
fn records_are_appended_and_documents_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (lines, document) = (folder.path().join("x.ndjson"), folder.path().join("x.json"));
    for _ in 0..2 {
        write_to(&lines, "ndjson", "attacks");
        write_to(&document, "json", "attacks");
    }
    assert_eq!(fs::read_to_string(&lines).unwrap().lines().count(), 2 * report("attacks").incidents.len());
    serde_json::from_str::<Value>(&fs::read_to_string(&document).unwrap()).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing stays beside them");
}

#[test]
fn a_report_that_was_not_finished_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    write_to(&path, "json", "quiet");
    let before = fs::read_to_string(&path).unwrap();
    let target = parse(path.to_str().unwrap(), by_name("text").unwrap()).unwrap();
    let mut sink = target.open().unwrap();
    sink.write_all(b"half a rep").unwrap();
    drop(sink);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
#[cfg(unix)]
fn permissions_and_links_survive() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("x.json"), folder.path().join("link.json"));
    write_to(&path, "json", "quiet");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let ordinary = folder.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    assert_eq!(mode(&path), mode(&ordinary), "as any other new file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    write_to(&link, "json", "attacks");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&path).unwrap().contains("credential-stuffing"));
    assert_eq!(mode(&path), 0o640);
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let target = parse("/nowhere/at/all.json", by_name("text").unwrap()).unwrap();
    let error = target.open().err().unwrap().to_string();
    assert!(error.starts_with("/nowhere/at/all.json: "), "{error}");
}

#[test]
#[cfg(unix)]
fn a_reader_that_went_away_is_a_broken_pipe_and_the_pipe_stays() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    for format in ["text", "json", "ndjson"] {
        let reader = std::thread::spawn({
            let path = path.clone();
            move || drop(fs::File::open(path).unwrap())
        });
        let target = parse(&format!("{format}:{}", path.display()), by_name("text").unwrap()).unwrap();
        let mut report = report("attacks");
        report.incidents = vec![report.incidents; 500].concat(); // more than a pipe holds
        let error = target.write(at(80), &report.run, &report.incidents).unwrap_err();
        reader.join().unwrap();
        assert!(error.is_broken_pipe(), "{format}: {error}");
        assert!(fs::metadata(&path).unwrap().file_type().is_fifo(), "{format}");
    }
}

/// Counts how often it is written to.
struct Calls<'c>(&'c mut Vec<Vec<u8>>);

impl Write for Calls<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_record_goes_out_with_one_write() {
    let report = report("attacks");
    let mut calls = Vec::new();
    let mut writer = by_name("ndjson").unwrap().open(Box::new(Calls(&mut calls)), at(80));
    writer.begin(&report.run).unwrap();
    report.incidents.iter().for_each(|incident| writer.incident(incident).unwrap());
    writer.end().unwrap();
    drop(writer);
    assert_eq!(calls.len(), report.incidents.len());
    assert!(calls.iter().all(|call| call.ends_with(b"}\n")));
}
