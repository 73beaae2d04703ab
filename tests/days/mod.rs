//! Reports of simulated days, for whoever holds outputs against the programs that read them.

use std::process::{Command, Stdio};

use serde_json::Value;

/// Days that are simulated unless `GATEHOUND_DAYS` says how many.
const DAYS: u64 = 2;

/// The reports of whole days, as `--format json` writes them, with what is held back; users and tokens are in every other log.
pub(crate) fn reports() -> impl Iterator<Item = (String, Value)> {
    let days = std::env::var("GATEHOUND_DAYS").map_or(DAYS, |days| days.parse().unwrap());
    (1..=days).map(|seed| (format!("day-{seed}"), report(seed)))
}

fn report(seed: u64) -> Value {
    let gatehound = || Command::new(env!("CARGO_BIN_EXE_gatehound"));
    let format = if seed.is_multiple_of(2) { "json" } else { "combined" };
    let mut day = gatehound()
        .args(["simulate", "--rate", "1", "--format", format, "--seed", &seed.to_string()])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let scan = gatehound()
        .args(["scan", "-", "-q", "--show-suppressed", "--format", "json"])
        .env_clear()
        .stdin(day.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(
        day.wait().unwrap().success() && scan.status.success(),
        "{}",
        String::from_utf8_lossy(&scan.stderr)
    );
    let report: Value = serde_json::from_slice(&scan.stdout).unwrap();
    let incidents = report["incidents"].as_array().unwrap();
    let addresses =
        incidents.iter().flat_map(|incident| incident["entities"]["source_ips"].as_array().unwrap());
    assert!(incidents.len() > 10 && addresses.filter(|ip| ip.as_str().unwrap().contains(':')).count() > 0);
    report
}
