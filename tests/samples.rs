//! Every detector has a sample that fires it, the harmless day fires none, and the README's day is told whole.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

use std::path::PathBuf;
use std::process::Command;

use gatehound::detect;
use gatehound::simulate::truth::Truth;
use serde_json::Value;

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

/// The incidents of a sample at medium or above, best first.
fn incidents(name: &str) -> Vec<Value> {
    let path = sample(&format!("{name}.log.zst"));
    assert!(path.exists(), "there is no {}", path.display());
    let output = Command::new(env!("CARGO_BIN_EXE_gatehound"))
        .args(["scan", "--quiet", "--format", "ndjson", "--min-severity", "medium"])
        .arg(&path)
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let lines = output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("a line is an incident")).collect()
}

/// Whether `incident` is of `kind`, among others.
fn is(incident: &Value, kind: &str) -> bool {
    incident["kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

fn titles(incidents: &[Value]) -> Vec<&str> {
    incidents.iter().filter_map(|incident| incident["title"].as_str()).collect()
}

#[test]
fn every_detector_has_a_sample_that_fires_it() {
    for detector in detect::all() {
        let about = detector.about();
        let incidents = incidents(about.id);
        let fires = incidents.iter().any(|one| about.kinds.iter().any(|kind| is(one, kind.name())));
        assert!(fires, "{}: {:?}", about.id, titles(&incidents));
    }
}

#[test]
fn the_harmless_day_fires_nothing_at_medium_or_above() {
    assert_eq!(titles(&incidents("benign")), [""; 0]);
}

#[test]
fn the_day_tells_every_attack_and_nothing_else() {
    let truth = std::fs::read(sample("day.truth.json")).expect("the truth lies beside its log");
    let truth: Truth = serde_json::from_slice(&truth).expect("the truth is one");
    let incidents = incidents("day");
    assert_eq!(truth.attacks.len(), 7);
    for attack in &truth.attacks {
        let told = incidents.iter().any(|incident| is(incident, &attack.kind));
        assert!(told, "{}: {:?}", attack.id, titles(&incidents));
    }
    assert_eq!(incidents.len(), truth.attacks.len(), "{:?}", titles(&incidents));
}
