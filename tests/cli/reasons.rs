//! `explain --incident` and `why`: why something was reported, and why somebody was not.

use std::fmt::Write as _;

use super::Place;

/// A wordlist by one address, a few refused logins by another, and people who work.
fn log() -> String {
    let mut log = String::new();
    let mut line = |second: u64, client: &str, request: &str, status: u16| {
        let (hour, minute, second) = (10 + second / 3600, second / 60 % 60, second % 60);
        let _ = writeln!(
            log,
            "{client} - - [10/Mar/2026:{hour:02}:{minute:02}:{second:02} +0000] \"{request} HTTP/1.1\" {status} 90 \"-\" \"curl/8\""
        );
    };
    for nth in 0..400 {
        line(
            nth,
            &format!("198.51.100.{}", 1 + nth % 40),
            &format!("GET /api/orders/{}", 7000 + nth % 90),
            200,
        );
    }
    for (nth, word) in (0..120).zip(["old", "tmp", "dev", "new"].iter().cycle()) {
        line(400 + nth, "203.0.113.9", &format!("GET /{word}-backup-{nth}/"), 404);
    }
    for nth in 0..5 {
        line(600 + nth * 20, "192.0.2.7", "POST /login", 401);
    }
    (1..30).for_each(|nth| line(800 + nth, &format!("198.51.100.{nth}"), "POST /login", 200));
    log
}

#[test]
fn an_incident_is_explained_from_its_report_alone() {
    let place = Place::new();
    place.file("a.log", log());
    let said = place.run(&["scan", "a.log", "-q", "-o", "report.json", "-o", "report.ndjson"]);
    assert_eq!(said.code, 0, "{}", said.err);
    std::fs::remove_file(place.path("a.log")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&place.read("report.json")).unwrap();
    let incidents = report["incidents"].as_array().unwrap();
    let found = incidents.iter().find(|one| one["kind"] == "path-enumeration").unwrap();
    let (id, rank) = (found["id"].as_str().unwrap(), found["rank"].to_string());
    let page = place.run(&["explain", "--incident", id, "report.json"]);
    assert_eq!(page.code, 0, "{}", page.err);
    for part in [
        "What counted",
        "strange paths               120.0 templates; it takes 30.0 templates (4.00 times)",
        "What speaks against it",
        "holds an incident back",
        "What would have kept it silent",
        "strange paths below 30.0 templates (it was 120.0)",
        "What to do",
        "a.log:401  first",
        "gatehound explain path-enumeration",
    ] {
        assert!(page.out.contains(part), "{part}:\n{}", page.out);
    }
    for report in ["report.json", "report.ndjson"] {
        assert_eq!(place.run(&["explain", "--incident", &rank, report]).out, page.out);
    }
    let unknown = place.run(&["explain", "--incident", &id[..18], "report.json"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains(&format!("did you mean `{id}`?")), "{}", unknown.err);
}

#[test]
fn text_of_strangers_in_an_explained_incident_does_nothing_to_a_terminal() {
    let place = Place::new();
    place.file("a.log", log());
    place.run(&["scan", "a.log", "-q", "-o", "report.json"]);
    place.file(
        "report.json",
        place.read("report.json").replace("different paths", "different\\u001b[2J paths"),
    );
    let page = place.run(&["explain", "--incident", "1", "report.json"]).out;
    assert!(page.contains("different\\u{1b}[2J paths") && !page.contains('\u{1b}'), "{page}");
}

#[test]
fn who_was_not_reported_is_told_the_nearest_detector_and_how_far_it_was() {
    let place = Place::new();
    place.file("a.log", log());
    let said = place.run(&["why", "-q", "--entity", "192.0.2.7", "a.log"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in [
        "192.0.2.7: not reported",
        "5 requests",
        "Nearest",
        "20 % of the way",
        "refused tries                 5.0 tries; it takes 25.0 tries (0.20 times)",
        "refused share               100.0 %; it takes 85.0 % (1.17 times)",
        "Nothing to measure by",
        "data-exfiltration",
    ] {
        assert!(said.out.contains(part), "{part}:\n{}", said.out);
    }
    let order: Vec<usize> =
        ["brute-force, 20 %", "Nothing to measure"].iter().map(|part| said.out.find(part).unwrap()).collect();
    assert!(order.is_sorted());
}

#[test]
fn who_was_reported_is_told_the_incident_and_a_stranger_is_an_error() {
    let place = Place::new();
    place.file("a.log", log());
    let said = place.run(&["why", "-q", "--entity", "203.0.113.9", "a.log"]);
    assert!(said.out.starts_with("203.0.113.9: reported\n"), "{}", said.out);
    assert!(said.out.contains("medium: Path enumeration"), "{}", said.out);
    assert!(said.out.contains("gatehound explain --incident gh-"), "{}", said.out);
    let stranger = place.run(&["why", "-q", "--entity", "203.0.113.10", "a.log"]);
    assert_eq!(stranger.code, 2);
    assert!(stranger.err.contains("`203.0.113.10` is nobody in these logs"), "{}", stranger.err);
}

#[test]
fn who_is_held_back_is_told_by_which_look_alike() {
    let place = Place::new();
    let day = ["--seed", "4", "--rate", "1", "--hours", "6", "--scenario", "none"];
    let said = place.run(&[&["simulate", "-o", "day.log", "--truth", "truth.json"][..], &day].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    place.run(&["scan", "day.log", "-q", "--show-suppressed", "-o", "report.json"]);
    let report: serde_json::Value = serde_json::from_str(&place.read("report.json")).unwrap();
    let mut held_back = report["incidents"].as_array().unwrap().iter().filter(|one| {
        let name = one["entities"]["source_ips"][0].as_str();
        let same = report["incidents"].as_array().unwrap().iter();
        let others =
            same.filter(|other| other["entities"]["source_ips"].to_string().contains(name.unwrap_or("?")));
        one["suppressed_by"].is_string() && name.is_some() && others.count() == 1
    });
    let one = held_back.next().expect("a harmless day has incidents that are held back");
    let said =
        place.run(&["why", "-q", "--entity", one["entities"]["source_ips"][0].as_str().unwrap(), "day.log"]);
    assert!(said.out.contains(": held back\n"), "{}", said.out);
    let words = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains(&format!("explained by {}", one["suppressed_by"].as_str().unwrap())),
        "{}",
        said.out
    );
}
