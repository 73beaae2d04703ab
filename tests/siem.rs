//! Reports in the schemas of others: what they look like, that hostile text stays text, and that the others' own validators
//! take them. `UPDATE=1 cargo test` writes the expected files; read them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "days/mod.rs"]
mod days;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatehound::incident::{Incident, Severity};
use gatehound::output::{OUTPUTS, OcsfVersion, Style, by_name};
use gatehound::request::Trust;
use gatehound::respond::{self, Plan, Wishes};
use gatehound::run::Run;
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Report {
    run: Run,
    incidents: Vec<Incident>,
}

/// Outputs for machines and tickets that have a golden file each.
const NAMES: [&str; 20] = [
    "ndjson",
    "json",
    "markdown",
    "csv",
    "ocsf",
    "ecs",
    "elastic-bulk",
    "splunk-hec",
    "cef",
    "leef",
    "syslog",
    "syslog-cef",
    "asim",
    "udm",
    "otlp",
    "sarif",
    "stix",
    "webhook",
    "slack",
    "ntfy",
];

/// What an attacker would put wherever a log lets him.
const HOSTILE: &str = "x\"'\\|=]\r\nINJECTED: a=b|c\t\u{0}\u{1b}[31m\u{202e}<script>alert(1)</script>@all `c` [l](http://e.example) =1+1 \u{fffd}";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output")
}

fn attacks() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("attacks.json")).unwrap()).unwrap()
}

/// `attacks.json` in which every text that comes from a log is hostile, and every address is IPv6.
fn hostile() -> Value {
    let mut report = attacks();
    for incident in report["incidents"].as_array_mut().unwrap() {
        let entities = &mut incident["entities"];
        entities["source_ips"] = serde_json::json!(["2001:db8::7", "2001:db8::8", HOSTILE]);
        for name in ["users", "user_agents", "hosts", "consumers"] {
            entities[name] = serde_json::json!([HOSTILE, format!("={HOSTILE}")]);
        }
        for endpoint in entities["endpoints"].as_array_mut().unwrap() {
            endpoint["template"] = HOSTILE.into();
        }
        for name in ["title", "summary"] {
            incident[name] = format!("{}{HOSTILE}", incident[name].as_str().unwrap()).into();
        }
        for line in incident["evidence"].as_array_mut().unwrap() {
            (line["raw"], line["source"]) = (HOSTILE.into(), format!("/var/log/{HOSTILE}").into());
        }
        incident["impact"]["compromised_users"] = serde_json::json!([HOSTILE]);
        incident["recommendations"] = serde_json::json!([HOSTILE]);
    }
    report
}

fn render(report: &Value, format: &str) -> String {
    styled(report, format, Style::default())
}

fn styled(report: &Value, format: &str, style: Style) -> String {
    let report: Report = serde_json::from_value(report.clone()).unwrap();
    let mut bytes = Vec::new();
    let mut writer = by_name(format).unwrap().open(Box::new(&mut bytes), style);
    writer.begin(&report.run).unwrap();
    report.incidents.iter().for_each(|incident| writer.incident(incident).unwrap());
    writer.end().unwrap();
    drop(writer);
    String::from_utf8(bytes).unwrap()
}

/// The addresses of every incident as an event for MISP.
fn misp(report: &Value) -> String {
    let report: Report = serde_json::from_value(report.clone()).unwrap();
    let allow = Trust::new(&[]).unwrap();
    let wishes = Wishes { least: Severity::Info, lasts: 0, allow, shared: true };
    respond::by_name("misp").unwrap().write(&Plan::new(&report.incidents, &wishes))
}

#[test]
fn every_output_looks_as_it_was_read() {
    for name in NAMES {
        let text = render(&attacks(), name);
        // `attacks.json` is what is read.
        let extension = if name == "json" { "written.json" } else { name };
        let path = folder().join(format!("attacks.{extension}"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{name}");
    }
    let known = OUTPUTS.iter().filter(|output| !["text", "html"].contains(&output.name()));
    assert_eq!(known.count(), NAMES.len(), "an output without a golden file");
}

#[test]
fn a_native_report_that_is_read_and_written_again_loses_nothing() {
    let report = attacks();
    let again: Value = serde_json::from_str(&render(&report, "json")).unwrap();
    assert_eq!(again["incidents"], report["incidents"]);
}

#[test]
fn hostile_text_begins_no_record_and_no_markup() {
    let report = hostile();
    let incidents = report["incidents"].as_array().unwrap().len();
    assert!(incidents >= 3);
    for (name, lines) in
        [("ocsf", 1), ("ecs", 1), ("elastic-bulk", 2), ("splunk-hec", 1), ("udm", 1), ("otlp", 1)]
    {
        let text = render(&report, name);
        assert_eq!(text.lines().count(), incidents * lines, "{name}");
        text.lines().for_each(|line| assert!(serde_json::from_str::<Value>(line).unwrap().is_object()));
    }
    for name in ["cef", "leef", "syslog", "syslog-cef"] {
        let text = render(&report, name);
        assert_eq!(text.lines().count(), incidents, "{name}");
        assert!(text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()), "{name}");
        assert!(!text.contains('\u{202e}') && !text.contains("\nINJECTED"), "{name}");
    }
    for name in ["asim", "sarif", "stix"] {
        assert!(serde_json::from_str::<Value>(&render(&report, name)).is_ok(), "{name}");
    }
    let csv = render(&report, "csv");
    assert_eq!(csv.lines().count(), incidents + 1);
    assert!(!csv.contains("\"=x") && csv.chars().all(|c| matches!(c, '\r' | '\n') || !c.is_control()));
    let markdown = render(&report, "markdown");
    let markup = markdown.lines().filter(|line| !line.starts_with("    "));
    for line in markup {
        assert!(
            !line.starts_with("INJECTED") && !line.contains("<script") && !line.contains("](http"),
            "{line}"
        );
        assert!(!line.contains("://") && !line.contains(" @all"), "{line}");
    }
}

/// The names of the samples of all formats.
fn samples() -> Vec<String> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/formats");
    let files = fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        files.filter_map(|file| file.strip_suffix(".log").map(str::to_owned)).collect();
    names.sort();
    names
}

/// At most so many events of each of these samples, in the words of others.
fn events(samples: &[String], words: &[&str], most: usize) -> String {
    let mut all = String::new();
    for sample in samples {
        let output = Command::new(env!("CARGO_BIN_EXE_gatehound"))
            .args(["events", "-q", "--signals", "--format"])
            .args(words)
            .arg(format!("samples/formats/{sample}.log"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        all.extend(text.lines().take(most).flat_map(|line| [line, "\n"]));
    }
    all
}

#[test]
fn events_in_the_words_of_others_look_as_they_were_read() {
    for form in ["ecs", "ocsf"] {
        let text = events(&["apisix-json", "aws-alb", "combined"].map(str::to_owned), &[form], 2);
        let path = folder().join(format!("events.{form}"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{form}");
    }
}

#[test]
fn events_in_the_words_of_others_say_what_the_native_ones_do() {
    let (ecs, ocsf) = (events(&samples(), &["ecs"], 3), events(&samples(), &["ocsf"], 3));
    assert!(ecs.lines().count() > 100 && ecs.lines().count() == ocsf.lines().count());
    for (ecs, ocsf) in ecs.lines().zip(ocsf.lines()) {
        let (ecs, ocsf): (Value, Value) =
            (serde_json::from_str(ecs).unwrap(), serde_json::from_str(ocsf).unwrap());
        assert_eq!(ecs["url"]["path"], ocsf["http_request"]["url"]["path"]);
        assert_eq!(ecs["source"]["ip"], ocsf["src_endpoint"]["ip"]);
        assert!(ocsf["time"].as_i64().is_some_and(|time| time > 1_000_000_000_000), "{ocsf}");
        let status = ecs["http"]["response"]["status_code"].as_u64();
        assert_eq!(status.unwrap_or(0), ocsf["http_response"]["code"].as_u64().unwrap());
        assert_eq!(ocsf["type_uid"].as_u64().unwrap(), 400_200 + ocsf["activity_id"].as_u64().unwrap());
    }
}

#[test]
fn the_version_of_ocsf_is_the_stamp_and_the_number_of_a_patch() {
    let newest = Style { ocsf: OcsfVersion::V1_8, ..Style::default() };
    let (old, new) = (render(&attacks(), "ocsf"), styled(&attacks(), "ocsf", newest));
    assert_eq!(old.matches("\"1.5.0\"").count(), old.lines().count());
    assert_eq!(old.replace("\"1.5.0\"", "\"1.8.0\""), new);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, "192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] \"PATCH /a HTTP/1.1\" 200 5 \"-\" \"c\"\n")
        .unwrap();
    for (words, stamp, number, kind) in
        [(&[][..], "1.5.0", 99, 400_299), (&["--ocsf-version", "1.8"], "1.8.0", 9, 400_209)]
    {
        let run = Command::new(env!("CARGO_BIN_EXE_gatehound"))
            .args(["events", "-q", "--format", "ocsf"])
            .arg(&log)
            .args(words)
            .output()
            .unwrap();
        let event: Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(event["metadata"]["version"], stamp);
        assert_eq!((event["activity_id"].as_u64(), event["type_uid"].as_u64()), (Some(number), Some(kind)));
        assert_eq!(event["activity_name"], "Patch");
    }
}

/// Runs `tests/validators.py` with the Python that `GATEHOUND_VALIDATORS` names.
#[test]
fn the_validators_of_others_take_every_output() {
    let Some(python) = std::env::var_os("GATEHOUND_VALIDATORS") else {
        eprintln!("SKIPPED: no validators of others (GATEHOUND_VALIDATORS names no Python)");
        return;
    };
    let out = tempfile::tempdir().unwrap();
    let newest = Style { ocsf: OcsfVersion::V1_8, ..Style::default() };
    let mut incidents = 0;
    let cases = [("attacks".to_owned(), attacks()), ("hostile".to_owned(), hostile())];
    for (case, report) in cases.into_iter().chain(days::reports()) {
        let write =
            |name: &str, text: String| fs::write(out.path().join(format!("{case}.{name}")), text).unwrap();
        for name in NAMES {
            write(name, render(&report, name));
        }
        write("1-8.ocsf", styled(&report, "ocsf", newest));
        write("misp", misp(&report));
        incidents += report["incidents"].as_array().unwrap().len();
    }
    eprintln!("{incidents} incidents");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, words) in
        [("ecs", &["ecs"][..]), ("ocsf", &["ocsf"]), ("1-8.ocsf", &["ocsf", "--ocsf-version", "1.8"])]
    {
        fs::write(out.path().join(format!("events.{name}")), events(&samples(), words, 3)).unwrap();
    }
    let mut command = Command::new(python);
    command.arg(root.join("tests/validators.py")).arg(out.path());
    let ecs = root.join("../shared/examples/validate_ecs.py");
    if ecs.is_file() {
        command.env("ECS_VALIDATOR", ecs);
    }
    let run = command.output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout) + String::from_utf8_lossy(&run.stderr);
    eprintln!("{told}");
    assert!(run.status.success(), "{told}");
}
