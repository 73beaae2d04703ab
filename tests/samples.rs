//! The shipped samples are what `simulate` writes: `UPDATE=1 cargo test --test samples` writes them anew.

use std::fs;
use std::path::PathBuf;

use gatehound::simulate::truth::Truth;
use gatehound::simulate::{Chosen, Format, Options, run};

/// A sample's name, the attack in it, its format, and the seed whose draw shows it well.
const SAMPLES: [(&str, &str, Format, u64); 8] = [
    ("credential-stuffing", "stuffing-distributed", Format::Combined, 5),
    ("password-spraying", "spray-single", Format::Json, 5),
    ("brute-force", "brute-fast", Format::Combined, 5),
    ("account-enumeration", "accounts-burst", Format::Combined, 5),
    ("object-enumeration", "objects-walk", Format::Json, 5),
    ("path-enumeration", "paths-wordlist", Format::Combined, 5),
    ("data-exfiltration", "exfil-burst", Format::Json, 5),
    ("scraping", "scrape-pool", Format::Combined, 5),
];

/// Some hours of a small site.
fn small(seed: u64) -> Options {
    Options { seed, hours: 6, rate_milli: 100, agents: Some(120), ..Options::default() }
}

fn sample(options: &Options) -> (Vec<u8>, Truth) {
    let (mut log, mut truth) = (Vec::new(), Vec::new());
    run(options, &mut log, Some(&mut truth)).expect("the options are right");
    (log, serde_json::from_slice(&truth).expect("the truth is JSON"))
}

/// Compares the file with what it should hold, or writes it.
fn hold(name: &str, wanted: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(format!("{name}.log"));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, wanted).expect("the samples can be written");
    }
    let held = fs::read(&path).unwrap_or_default();
    assert!(held == wanted, "samples/{name}.log is not what `simulate` writes; UPDATE=1 writes it anew");
}

#[test]
fn a_sample_of_each_kind_holds_one_attack() {
    for (name, attack, format, seed) in SAMPLES {
        let chosen = Chosen::Named(vec![String::from(attack)]);
        let options = Options { format, scenarios: chosen, look_alikes: Chosen::None, ..small(seed) };
        let (log, truth) = sample(&options);
        assert_eq!(truth.attacks.len(), 1, "{name}");
        assert_eq!(truth.attacks[0].kind, name);
        assert!(log.len() < 2_000_000, "{name}: {} bytes", log.len());
        hold(name, &log);
    }
}

#[test]
fn the_benign_sample_holds_every_look_alike_and_no_attack() {
    let (log, truth) = sample(&Options { scenarios: Chosen::None, ..small(6) });
    assert!(truth.attacks.is_empty());
    assert_eq!(truth.benign.len(), 13);
    assert!(log.len() < 3_000_000, "{} bytes", log.len());
    hold("benign", &log);
}
