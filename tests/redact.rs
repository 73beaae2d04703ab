//! A redacted report names nobody, and who has the key gets the report back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Command, Output};

use gatehound::output::OUTPUTS;
use serde_json::Value;

fn run(folder: &Path, key: Option<&str>, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatehound"));
    command.args(words).current_dir(folder).env_clear().env("HOME", folder);
    if let Some(key) = key {
        std::fs::write(folder.join("key"), key).unwrap();
        command.env("GATEHOUND_HASH_KEY_FILE", folder.join("key"));
    }
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn sample(name: &str) -> String {
    format!("{}/samples/{name}.log.zst", env!("CARGO_MANIFEST_DIR"))
}

/// Addresses, users and the values of queries that a report names.
fn originals(report: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in report.lines() {
        let incident: Value = serde_json::from_str(line).unwrap();
        let lists = [
            &incident["entities"]["source_ips"],
            &incident["entities"]["users"],
            &incident["impact"]["compromised_users"],
        ];
        all.extend(
            lists
                .into_iter()
                .flat_map(|list| list.as_array().unwrap())
                .map(|one| one.as_str().unwrap().to_owned()),
        );
    }
    all
}

/// Whether `name` stands in `text`, and not as a part of a longer address or number.
fn stands_in(text: &str, name: &str) -> bool {
    let goes_on = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == ':';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(goes_on)
            && !text[at + name.len()..].starts_with(|next: char| next.is_ascii_hexdigit())
    })
}

#[test]
fn no_value_of_a_query_stands_in_a_report_that_hides_them() {
    let folder = tempfile::tempdir().unwrap();
    let log = sample("injection");
    let told = |more: &[&str]| {
        let words = [&["scan", "-q", &log, "--format", "ndjson"], more].concat();
        text(&run(folder.path(), Some("k1"), &words)).to_ascii_lowercase()
    };
    assert!(told(&[]).contains("%27") || told(&[]).contains("select"));
    let hidden = told(&["--redact", "queries"]);
    let lines: Vec<Value> = hidden.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let raws = lines
        .iter()
        .flat_map(|one| one["evidence"].as_array().unwrap())
        .filter_map(|one| one["raw"].as_str());
    for raw in raws {
        assert!(!raw.contains("%27") && !raw.contains("select"), "{raw}");
    }
    assert!(hidden.contains("=query-"));
}

#[test]
fn no_output_of_a_redacted_report_names_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let day = sample("day");
    let plain = text(&run(folder.path(), Some("k1"), &["scan", "-q", &day, "--format", "ndjson"]));
    let named = originals(&plain);
    assert!(named.len() > 200);
    let targets: Vec<String> = OUTPUTS.iter().map(|output| format!("{0}:{0}.out", output.name())).collect();
    let mut words = vec!["scan", "-q", &day, "--redact", "all"];
    words.extend(targets.iter().flat_map(|target| ["-o", target]));
    text(&run(folder.path(), Some("k1"), &words));
    let native = std::fs::read_to_string(folder.path().join("ndjson.out")).unwrap();
    // The pseudonym of one address may be the address of another.
    let pseudonyms = originals(&native);
    for output in OUTPUTS {
        let told = std::fs::read_to_string(folder.path().join(format!("{}.out", output.name()))).unwrap();
        assert!(!told.is_empty());
        let leaks = named.iter().filter(|name| stands_in(&told, name) && !pseudonyms.contains(name));
        assert_eq!(leaks.collect::<Vec<_>>(), Vec::<&String>::new(), "{}", output.name());
    }
    let redacted = text(&run(
        folder.path(),
        Some("k1"),
        &["scan", "-q", &day, "--redact", "addresses", "--format", "ndjson"],
    ));
    let hidden = originals(&redacted);
    let same = named
        .iter()
        .zip(&hidden)
        .filter(|(name, pseudonym)| name == pseudonym && name.parse::<std::net::IpAddr>().is_ok());
    assert_eq!(same.count(), 0);
    assert!(hidden.iter().any(|name| name.contains('@')), "users were not asked for");
}

#[test]
fn who_has_the_key_and_the_manifest_gets_the_report_back() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("day", "ndjson"), ("injection", "ndjson"), ("day", "csv")] {
        let log = sample(name);
        let plain = text(&run(folder.path(), Some("k1"), &["scan", "-q", &log, "--format", format]));
        let target = format!("{format}:r.txt");
        let words = [
            "scan",
            "-q",
            &log,
            "--format",
            format,
            "--redact",
            "all",
            "--redact-manifest",
            "m.json",
            "-o",
            &target,
        ];
        text(&run(folder.path(), Some("k1"), &words));
        let redacted = std::fs::read_to_string(folder.path().join("r.txt")).unwrap();
        std::fs::remove_file(folder.path().join("r.txt")).unwrap();
        assert_ne!(redacted, plain);
        let again = text(&run(
            folder.path(),
            Some("k1"),
            &["reveal", "r2.txt", "--manifest", "m.json"].map(|word| {
                if word == "r2.txt" {
                    std::fs::write(folder.path().join("r2.txt"), &redacted).unwrap();
                }
                word
            }),
        ));
        for (ours, theirs) in again.lines().zip(plain.lines()) {
            assert_eq!(ours, theirs, "{name} {format}");
        }
        let wrong = run(folder.path(), Some("k2"), &["reveal", "r2.txt", "--manifest", "m.json"]);
        assert_eq!(wrong.status.code(), Some(2));
    }
}

#[test]
fn another_key_opens_nothing_even_where_no_address_stands() {
    let folder = tempfile::tempdir().unwrap();
    let log = sample("day");
    let words =
        ["scan", "-q", &log, "--redact", "users", "--redact-manifest", "m.json", "-o", "ndjson:r.out"];
    text(&run(folder.path(), Some("k1"), &words));
    let wrong = run(folder.path(), Some("k2"), &["reveal", "r.out", "--manifest", "m.json"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(wrong.stdout.is_empty() && String::from_utf8_lossy(&wrong.stderr).contains("another key"));
}

#[test]
fn nothing_is_redacted_without_a_key_or_with_an_unknown_word() {
    let folder = tempfile::tempdir().unwrap();
    let log = sample("benign");
    let keyless = run(folder.path(), None, &["scan", "-q", &log, "--redact", "all"]);
    assert_eq!(keyless.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&keyless.stderr).contains("GATEHOUND_HASH_KEY_FILE"));
    let unknown = run(folder.path(), Some("k1"), &["scan", "-q", &log, "--redact", "usrs"]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// What `events` writes of `log` without people, addresses and queries.
fn hidden_events(folder: &Path, log: &str, more: &[&str]) -> String {
    text(&run(folder, Some("k1"), &[&["events", "-q", "--redact", "all", log], more].concat()))
}

#[test]
fn events_have_the_pseudonyms_of_reports_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let day = sample("day");
    let until = ["--until", "2026-03-10T03:20:00Z"];
    let scan = |more: &[&str]| {
        let words = [&["scan", "-q", &day, "--format", "ndjson"], &until[..], more].concat();
        originals(&text(&run(folder.path(), Some("k1"), &words)))
    };
    let (named, pseudonyms) = (scan(&[]), scan(&["--redact", "all"]));
    assert!(named.len() > 50);
    for form in ["ndjson", "ecs", "ocsf"] {
        let told = hidden_events(folder.path(), &day, &[&until[..], &["--format", form]].concat());
        let words: std::collections::BTreeSet<&str> = told.split('"').collect();
        // An address may be the pseudonym of another.
        let is_name = |name: &&String| name.parse::<std::net::IpAddr>().is_err();
        let leaks = named.iter().filter(is_name).filter(|name| words.contains(&***name));
        assert_eq!(leaks.collect::<Vec<_>>(), Vec::<&String>::new(), "{form}");
        assert!(pseudonyms.iter().all(|name| words.contains(&**name)), "{form}");
    }
}

#[test]
fn no_field_of_an_event_and_no_line_that_gave_none_tells_what_is_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    let line = "192.0.2.7 - amy [10/Mar/2026:17:00:03 +0000] \"GET /a/b@mail.example?q=secret&amy=2 HTTP/1.1\" 200 5 \
                \"https://shop.example/?for=amy\" \"c (192.0.2.7)\"\n";
    std::fs::write(&log, line.repeat(3) + "broken 192.0.2.7 b@mail.example ?q=secret\n").unwrap();
    let log = log.to_str().unwrap();
    for more in [&[][..], &["--format", "ecs"], &["--format", "ocsf"], &["--rejects"]] {
        let told = hidden_events(folder.path(), log, more);
        for hidden in ["192.0.2.7", "secret", "amy\"", "=amy", "b@mail.example"] {
            assert!(!told.contains(hidden), "{hidden}: {told}");
        }
        assert!(told.contains("query-") && told.contains("user-"), "{told}");
    }
    let keyless = run(folder.path(), None, &["events", "-q", "--redact", "all", log]);
    assert!(keyless.status.code() == Some(2) && keyless.stdout.is_empty());
}
