//! What the user does not want to hear of: `[[allow]]` and `[[suppress]]`.

use serde_json::Value;

use super::{Place, guessed};

/// The incidents of a scan of brute force from 203.0.113.9 with this settings file: id, severity and what holds them back.
fn told(settings: &str) -> (Vec<(String, String, Option<String>)>, super::Said) {
    let place = Place::new();
    place.file("a.log", guessed());
    place.file("gatehound.toml", settings);
    let said = place.run(&["scan", "a.log", "--format", "ndjson", "--show-suppressed"]);
    let incident = |line: &str| {
        let incident: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| incident[key].as_str().map(str::to_owned);
        (text("id").unwrap(), text("severity").unwrap(), text("suppressed_by"))
    };
    (said.out.lines().map(incident).collect(), said)
}

#[test]
fn what_the_user_knows_is_held_back_and_comes_back_when_it_ends() {
    let (plain, _) = told("");
    assert_eq!(plain.len(), 1);
    let (id, severity, held) = &plain[0];
    assert!(severity != "low" && held.is_none(), "{plain:?}");
    let allow = "[[allow]]\nnetwork = '203.0.113.0/24'\nreason = 'pentest'\n";
    let suppress = |what: &str| format!("[[suppress]]\n{what}\nuntil = 2099-01-01\nreason = 'known'\n");
    let named = suppress(&format!("incident = '{id}'"));
    for (settings, by) in [
        (allow.to_owned(), "allow-list"),
        (named, "suppression"),
        (suppress("kind = ['scraping', 'brute-force', 'credential-stuffing']"), "suppression"),
        (suppress("path = '/log*'"), "suppression"),
    ] {
        let (incidents, said) = told(&settings);
        let held = vec![(id.clone(), "low".to_owned(), Some(by.to_owned()))];
        assert_eq!(incidents, held, "{settings}{}", said.err);
    }
    for other in [
        "[[allow]]\nnetwork = '198.51.100.0/24'\nreason = 'pentest'\n".to_owned(),
        format!("{allow}until = 2020-01-01\n"),
        format!("{allow}from = 2099-01-01\n"),
        suppress("incident = 'gh-0000000000000000'"),
        suppress("kind = 'scraping'"),
        suppress("path = '/api/**'"),
        suppress("user = 'nobody'"),
    ] {
        assert_eq!(told(&other).0, plain, "{other}");
    }
}

#[test]
fn what_ended_before_the_log_begins_is_told() {
    let (_, said) = told("\n[[suppress]]\nkind = 'brute-force'\nuntil = 2020-01-01\nreason = 'known'\n");
    let wanted = "gatehound.toml:2: this suppression ended at 2020-01-01T00:00:00Z, before the log begins";
    assert!(said.err.contains(wanted), "{}", said.err);
}

#[test]
fn mistakes_in_it_are_told_with_their_place_and_the_nearest_word() {
    let place = Place::new();
    place.file("a.log", guessed());
    let settings = "[[allow]]\nnetwork = '10.0.0/8'\nkind = 'brute-fore'\nuntil = 'soon'\nreason = 'r'\n";
    place.file("gatehound.toml", settings);
    let said = place.run(&["a.log"]);
    assert_eq!(said.code, 2);
    for wanted in [
        "gatehound.toml:1: network: `10.0.0/8` is no network",
        "gatehound.toml:1: kind: unknown kind of incident `brute-fore`; did you mean `brute-force`?",
        "gatehound.toml:1: until: `soon` is no date",
    ] {
        assert!(said.err.contains(wanted), "{wanted}: {}", said.err);
    }
    place.file("gatehound.toml", "[[suppress]]\nnetwrk = '192.0.2.1'\nuntil = 5\n");
    let said = place.run(&["a.log"]);
    for wanted in [
        "gatehound.toml:2: unknown key of [[suppress]] `netwrk`; did you mean `network`?",
        "gatehound.toml:3: until takes a date",
        "gatehound.toml:1: [[suppress]] lacks `reason`",
        "gatehound.toml:1: [[suppress]] needs one of `incident`",
    ] {
        assert!(said.err.contains(wanted), "{wanted}: {}", said.err);
    }
}

#[test]
fn the_settings_that_the_page_shows_are_understood() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tuning.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (settings, _) = rest.split_once("```").unwrap();
    let (incidents, said) = told(settings);
    assert_eq!((said.code, incidents.len()), (0, 1), "{}", said.err);
}

#[test]
fn a_threshold_decides_and_a_wrong_one_is_told() {
    let told_with = |threshold: &str| told(&format!("[threshold.{threshold}\n"));
    assert_eq!(told_with("brute-force]\n\"refused tries\" = 398").0.len(), 1);
    let (incidents, said) = told_with("credential-stuffing]\n\"refused tries\" = 400");
    assert!(incidents.is_empty(), "{incidents:?}");
    assert_eq!(said.code, 0);
    for (threshold, wanted) in [
        (
            "brute-fore]\nx = 1",
            "gatehound.toml:2: threshold.brute-fore: unknown detector `brute-fore`; did you mean",
        ),
        (
            "scraping]\nobjets = 1",
            "gatehound.toml:2: threshold.scraping: unknown threshold of scraping `objets`; did you mean `objects`?",
        ),
        ("scraping]\nobjects = 0", "0 is not between 12 and"),
        ("scraping]\nobjects = 'many'", "gatehound.toml:2: objects takes a whole number"),
    ] {
        let (_, said) = told_with(threshold);
        assert!(said.code == 2 && said.err.contains(wanted), "{wanted}: {}", said.err);
    }
}
