//! Third-party payloads that lie beside the project, and harmless texts among them: how many are seen, and how few by mistake.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use gatehound::format::{Around, Decoder, Opening, Reader as Lines, recognise};
use gatehound::hash::{Keys, NameHash};
use gatehound::signal::{Class, Glance, Reached, Reader, Sensitivity, Shown, Signals};
use serde_json::Value;

/// The folder of third-party lines called `name`, if it is there.
fn third_party(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let there = folder.is_dir();
    if !there {
        eprintln!("SKIPPED: nothing at {}", folder.display());
    }
    there.then_some(folder)
}

/// What each line of a log shows, in the order of the lines.
fn shown(log: &[u8]) -> Vec<Signals> {
    let lines = Lines::of(recognise(&Opening::of(log)).unwrap(), &Opening::of(log));
    let mut reader = Reader::default();
    let mut all = Vec::new();
    lines.decode_block(log, Around::nothing(Box::leak(Box::default())), &mut |decoded| {
        all.push(decoded.event.map_or_else(|_| Signals::default(), |event| Signals::of(reader.read(event))));
    });
    all
}

/// The labels of a folder's lines, and what each line shows.
fn labelled(folder: &Path) -> Vec<(Value, Signals)> {
    let signals = shown(&fs::read(folder.join("lines.log")).unwrap());
    let labels = fs::read_to_string(folder.join("labels.jsonl")).unwrap();
    let labels = labels.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let number = |label: &Value| usize::try_from(label["line_no"].as_u64().unwrap()).unwrap();
    labels
        .map(|label| (signals[number(&label) - 1], label))
        .map(|(signals, label)| (label, signals))
        .collect()
}

#[test]
fn attacks_are_seen_and_harmless_texts_are_not() {
    // Of a hundred attacks so many are seen at least; of all harmless texts so many at most.
    for (name, least, most) in [("libinjection", 90, 4), ("httpparams", 90, 10), ("gotestwaf", 85, 2)] {
        let Some(folder) = third_party(&format!("payloads/{name}")) else { return };
        let is_seen = |signals: &Signals| {
            signals.strongest().is_some_and(|(_, score)| Sensitivity::Normal.score() <= score)
        };
        let lines = labelled(&folder);
        let (attacks, harmless): (Vec<_>, Vec<_>) =
            lines.iter().partition(|(label, _)| label["label"] == "pos");
        let seen = attacks.iter().filter(|(_, signals)| is_seen(signals)).count();
        let wrong = harmless.iter().filter(|(_, signals)| is_seen(signals)).count();
        eprintln!(
            "{name}: {seen} of {} attacks, {wrong} of {} harmless texts",
            attacks.len(),
            harmless.len()
        );
        assert!(
            !harmless.is_empty() && least * attacks.len() <= 100 * seen,
            "{name}: {seen} of {}",
            attacks.len()
        );
        assert!(wrong <= most, "{name}: {wrong} of {} harmless texts", harmless.len());
    }
}

#[test]
fn no_browser_is_a_scanner() {
    let Some(folder) = third_party("user_agents") else { return };
    let lines = labelled(&folder);
    let browsers: Vec<_> = lines.iter().filter(|(label, _)| label["label"] == "browser").collect();
    assert!(browsers.len() > 100);
    for (label, signals) in browsers {
        assert_eq!(signals.score(Class::Scanner), 0, "{label}");
    }
}

#[test]
fn real_visitors_of_a_shop_show_nothing() {
    let Some(folder) = third_party("traffic") else { return };
    let log = fs::read(folder.join("shop_2019.log")).unwrap();
    let loud = shown(&log)
        .iter()
        .filter(|signals| signals.strongest().is_some_and(|(_, score)| 30 <= score))
        .count();
    assert_eq!(loud, 0);
}

#[test]
fn a_glance_sees_what_a_close_look_sees() {
    let (mut close, mut missed) = (0, Vec::new());
    for name in ["payloads/libinjection", "payloads/httpparams", "payloads/gotestwaf", "user_agents"] {
        let Some(folder) = third_party(name) else { return };
        let log = fs::read(folder.join("lines.log")).unwrap();
        let lines = Lines::of(recognise(&Opening::of(&log)).unwrap(), &Opening::of(&log));
        let (mut reader, mut glance) = (Reader::default(), Glance::default());
        lines.decode_block(&log, Around::nothing(Box::leak(Box::default())), &mut |decoded| {
            let Ok(event) = decoded.event else { return };
            let seen = Shown::of(reader.read(event));
            let agent = event.user_agent.map_or(NameHash::NONE, |agent| Keys::default().name(agent));
            if Sensitivity::Normal.score() <= seen.score() {
                close += 1;
                let of_path = event.path.and_then(|path| glance.path(path, Reached::default(), path));
                if glance.shown(event, agent, of_path).score() < Sensitivity::Normal.score() {
                    missed.push(
                        String::from_utf8_lossy(event.query.or(event.path).unwrap_or_default()).into_owned(),
                    );
                }
            }
        });
    }
    assert!(close > 1_000, "{close}");
    assert!(
        missed.len() * 1000 <= close,
        "{} of {close}: {:#?}",
        missed.len(),
        &missed[..missed.len().min(60)]
    );
}
