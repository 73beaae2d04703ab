//! What makes the service work or wait is told, and what only looks like it is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::Log;
use gatehound::incident::{Incident, Kind, Outcome, Severity};

/// A line of the log: when (seconds into the day), who, what, the answer and how long it took in milliseconds.
#[derive(Clone)]
struct Line {
    at: u64,
    client: String,
    target: String,
    status: u16,
    bytes: u64,
    millis: u64,
}

/// An hour after this second everything happens.
const START: u64 = 36_000;

/// The day of ordinary people: one request a second for three hours, by sixty of them, answered within `millis` and a bit.
fn people(millis: u64) -> Vec<Line> {
    let target = |nth: u64| match nth % 3 {
        0 => format!("/api/products?page={}&limit=20", nth % 7),
        1 => format!("/api/search?q=lamp+{}", nth % 11),
        _ => format!("/api/products/{}", 1000 + nth * 7919 % 400),
    };
    let one = |nth: u64| Line {
        at: START - 3600 + nth,
        client: format!("198.51.100.{}", 1 + nth * 31 % 60),
        target: target(nth),
        status: 200,
        bytes: 900 + nth * 97 % 4000,
        millis: millis + nth * 53 % 60,
    };
    (0..10_800).map(one).collect()
}

/// `count` requests of one client, one every `every` milliseconds from [`START`] on.
fn burst(client: &str, count: u64, every: u64, one: impl Fn(u64) -> (String, u16, u64, u64)) -> Vec<Line> {
    let line = |nth: u64| {
        let (target, status, bytes, millis) = one(nth);
        Line { at: START + nth * every / 1000, client: client.to_owned(), target, status, bytes, millis }
    };
    (0..count).map(line).collect()
}

/// The log, as nginx writes it in JSON, or in its own form without durations.
fn log(parts: &[Vec<Line>], with_durations: bool) -> String {
    let mut lines: Vec<&Line> = parts.iter().flatten().collect();
    lines.sort_by_key(|line| line.at);
    let one = |line: &&Line| {
        let Line { at, client, target, status, bytes, millis } = line;
        let (hour, minute, second) = (at / 3600, at / 60 % 60, at % 60);
        if with_durations {
            format!(
                "{{\"time_iso8601\":\"2026-03-10T{hour:02}:{minute:02}:{second:02}Z\",\"remote_addr\":\"{client}\",\
                 \"request_method\":\"GET\",\"request_uri\":\"{target}\",\"status\":{status},\"body_bytes_sent\":{bytes},\
                 \"request_time\":{}.{:03},\"http_user_agent\":\"Mozilla/5.0 {client}\"}}\n",
                millis / 1000,
                millis % 1000
            )
        } else {
            format!(
                "{client} - - [10/Mar/2026:{hour:02}:{minute:02}:{second:02} +0000] \"GET {target} HTTP/1.1\" {status} \
                 {bytes} \"-\" \"Mozilla/5.0 {client}\"\n"
            )
        }
    };
    lines.iter().map(one).collect()
}

/// What is told of load at `medium` and above.
fn told(log: &str) -> Vec<Incident> {
    let log = Log::of(&[log]);
    let incidents = log.incidents(&log.scan(2, 1 << 20));
    let is_load =
        |one: &Incident| one.kinds.contains(&Kind::ResourceExhaustion) && one.severity >= Severity::Medium;
    incidents.into_iter().filter(|one| is_load(one) && one.suppressed_by.is_none()).collect()
}

/// The one incident of load in these parts.
fn only(parts: &[Vec<Line>], with_durations: bool) -> Incident {
    let mut told = told(&log(parts, with_durations));
    assert_eq!(told.len(), 1, "{:?}", told.iter().map(|one| &one.title).collect::<Vec<_>>());
    told.remove(0)
}

fn assert_silent(parts: &[Vec<Line>]) {
    for with_durations in [true, false] {
        let told = told(&log(parts, with_durations));
        assert!(told.is_empty(), "{:?}", told.iter().map(|one| &one.summary).collect::<Vec<_>>());
    }
}

const SOMEBODY: &str = "203.0.113.9";

#[test]
fn several_long_answers_at_a_time_on_a_route_that_is_quick_for_others_are_told() {
    let dear = burst(SOMEBODY, 500, 1500, |nth| (format!("/api/search?q=a+or+b+{nth}"), 200, 4_000, 9_000));
    let incident = only(&[people(30), dear], true);
    assert_eq!(incident.findings[0].variant, "costly");
    assert_eq!((incident.severity, incident.outcome), (Severity::Medium, Outcome::Attempted));
    assert_eq!(incident.entities.source_ips[0].0.text(), SOMEBODY);
}

#[test]
fn load_under_which_others_suffer_is_high_and_succeeded() {
    let mut all = people(30);
    let slow = all.iter_mut().filter(|line| (START..START + 750).contains(&line.at));
    slow.for_each(|line| line.millis += 2_500);
    let dear = burst(SOMEBODY, 500, 1500, |nth| (format!("/api/search?q=a+or+b+{nth}"), 200, 4_000, 19_000));
    let incident = only(&[all, dear], true);
    assert_eq!((incident.severity, incident.outcome), (Severity::High, Outcome::Succeeded));
}

#[test]
fn huge_page_sizes_that_time_out_are_told_with_and_without_durations() {
    let dear = || {
        burst(SOMEBODY, 300, 2000, |nth| {
            let fails = nth % 2 == 0;
            let (status, millis) = if fails { (504, 30_000) } else { (200, 9_000) };
            (format!("/api/products?page={}&limit=100000", nth % 5), status, 9_000, millis)
        })
    };
    for with_durations in [true, false] {
        let incident = only(&[people(30), dear()], with_durations);
        assert_eq!(incident.findings[0].variant, "demands");
        assert!(incident.summary.contains("100,000 entries"), "{}", incident.summary);
    }
}

#[test]
fn a_pool_of_addresses_that_take_turns_is_one_incident() {
    let each = |n: u64| {
        burst(&format!("203.0.113.{n}"), 60, 9_000, |nth| {
            (format!("/api/search?q=%25%25&page={nth}"), 504, 160, 20_000)
        })
    };
    let parts: Vec<Vec<Line>> = std::iter::once(people(30)).chain((1..=6).map(each)).collect();
    assert_eq!(only(&parts, true).entities.source_ips_total, 6);
}

#[test]
fn thousands_of_refusals_without_a_pause_are_told() {
    let push = burst(SOMEBODY, 2000, 200, |nth| (format!("/api/search?q=lamp+{nth}"), 429, 40, 2));
    for with_durations in [true, false] {
        let incident = only(&[people(30), push.clone()], with_durations);
        assert_eq!(incident.findings[0].variant, "refused");
        assert_eq!(incident.outcome, Outcome::Blocked);
    }
}

#[test]
fn a_client_that_backs_off_is_silent() {
    let mut parts = vec![people(30)];
    let mut at = START;
    for _ in 0..60 {
        for pause in [1, 2, 4, 8, 16, 32] {
            parts.push(vec![Line { at, ..refused_at(at) }]);
            at += pause;
        }
        at += 30;
    }
    assert_silent(&parts);
}

fn refused_at(at: u64) -> Line {
    let target = "/api/products?page=1&limit=20".to_owned();
    Line { at, client: SOMEBODY.to_owned(), target, status: 429, bytes: 40, millis: 2 }
}

#[test]
fn somebody_who_takes_one_slow_report_after_the_other_is_silent() {
    let reports = burst(SOMEBODY, 250, 14_000, |nth| {
        (format!("/api/reports/export?month={nth}"), 200, 140_000, 13_000)
    });
    assert_silent(&[people(30), reports]);
}

#[test]
fn a_probe_is_silent() {
    let probe = burst(SOMEBODY, 600, 5_000, |_| ("/api/products?page=1&limit=20".to_owned(), 200, 3_000, 40));
    assert_silent(&[people(30), probe]);
}

#[test]
fn streams_and_large_downloads_on_slow_lines_are_silent() {
    let mut parts = vec![people(30)];
    for viewer in 0..40 {
        let client = format!("203.0.113.{}", 100 + viewer);
        parts.push(burst(&client, 60, 15_000, |_| {
            ("/api/media/films/7/stream".to_owned(), 206, 5_000_000, 14_500)
        }));
    }
    for taker in 0..90 {
        let client = format!("203.0.113.{taker}");
        parts.push(burst(&client, 1, 1_000, |_| {
            ("/downloads/release.tar.gz".to_owned(), 200, 60_000_000, 90_000)
        }));
    }
    assert_silent(&parts);
}

#[test]
fn a_service_that_is_slow_for_everybody_is_silent_even_for_a_heavy_user() {
    let heavy =
        burst(SOMEBODY, 2500, 1_000, |nth| (format!("/api/search?q=lamp+{}", nth % 9), 200, 2_000, 5_000));
    assert_silent(&[people(4_500), heavy]);
}

#[test]
fn a_partner_who_reads_large_pages_that_are_answered_is_silent() {
    let partner = burst(SOMEBODY, 200, 3_000, |nth| {
        (format!("/api/products?page={nth}&limit=10000"), 200, 150_000, 700)
    });
    assert_silent(&[people(30), partner]);
}

/// People, and an outage of ten minutes.
fn outage() -> Vec<Line> {
    let mut all = people(30);
    let out = all.iter_mut().filter(|line| (START..START + 600).contains(&line.at));
    out.for_each(|line| line.status = 503);
    all
}

#[test]
fn an_outage_does_not_explain_that_two_clients_are_told_to_slow_down() {
    let push =
        |client: &str| burst(client, 1500, 300, |nth| (format!("/api/search?q=lamp+{nth}"), 429, 40, 2));
    let incident = only(&[outage(), push(SOMEBODY), push("203.0.113.10")], true);
    assert_eq!(incident.entities.source_ips_total, 2);
}

#[test]
fn clients_that_retry_through_an_outage_are_silent() {
    let mut parts = vec![outage()];
    for app in 0..40 {
        let client = format!("203.0.113.{app}");
        let (count, every) = if app % 8 == 0 { (400, 1_500) } else { (12, 45_000) };
        parts.push(burst(&client, count, every, |_| ("/api/products/77".to_owned(), 503, 180, 3)));
    }
    assert_silent(&parts);
}
