//! The log itself as evidence: what somebody did to it is told, what happens to every log is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::Log;
use gatehound::incident::{Incident, Kind};
use gatehound::time::Time;

/// Noon of 10 March 2026.
const NOON: i64 = 1_773_144_000;

/// A stamp as CLF has it.
fn stamp(second: i64) -> String {
    let text = Time::from_seconds(second).rfc3339(0);
    let month = ["Feb", "Mar", "Apr"][text[5..7].parse::<usize>().unwrap() - 2];
    format!("{}/{month}/{}:{} +0000", &text[8..10], &text[..4], &text[11..19])
}

/// A line of combined.
fn line(second: i64, nth: u64) -> String {
    let (host, page) = (nth * 7 % 90 + 1, nth * 13 % 40);
    format!(
        "192.0.2.{host} - - [{}] \"GET /page/{page} HTTP/1.1\" 200 {} \"-\" \"Mozilla/5.0\"\n",
        stamp(second),
        900 + page
    )
}

/// A line every five seconds over these seconds.
fn steady(seconds: std::ops::Range<i64>) -> Vec<String> {
    seconds.step_by(5).zip(0..).map(|(second, nth)| line(second, nth)).collect()
}

/// What is told of tampering in files of these lines.
fn told(files: &[String]) -> Vec<Incident> {
    let log = Log::of(files);
    let whole = log.scan(1, usize::MAX);
    let incidents = log.incidents(&whole);
    let cut = log.scan(3, 300);
    assert!(cut.write() == whole.write(), "what is known of the log depends on how it is cut");
    incidents.into_iter().filter(|incident| incident.kinds.contains(&Kind::LogTampering)).collect()
}

/// The form and the severity of the only finding.
fn only(files: &[String]) -> (String, &'static str) {
    let told = told(files);
    let [incident] = told.as_slice() else { panic!("{} incidents", told.len()) };
    let finding = incident.findings.iter().find(|finding| finding.kind == Kind::LogTampering).unwrap();
    (finding.variant.to_string(), incident.severity.name())
}

#[test]
fn one_client_that_forges_lines_is_worth_a_persons_time_and_a_single_line_is_not() {
    let forged = |nth: i64| {
        format!(
            "198.51.100.9 - - [{}] \"GET /a\" 200 5 \"-\" \"x HTTP/1.1\" 403 9 \"-\" \"curl\"\n",
            stamp(NOON + 60 * nth)
        )
    };
    let mut lines = steady(NOON..NOON + 3600);
    lines.insert(50, forged(4));
    assert_eq!(only(&[lines.concat()]), ("forged-background".to_owned(), "low"));
    lines.insert(100, forged(8));
    lines.insert(150, forged(12));
    assert_eq!(only(&[lines.concat()]), ("forged".to_owned(), "medium"));
    let incident = &told(&[lines.concat()])[0];
    assert_eq!(incident.entities.source_ips.len(), 1);
    assert!(incident.title.ends_with("from 198.51.100.9"), "{}", incident.title);
    assert!(incident.evidence[0].raw.as_ref().unwrap().text().contains("403 9"));
}

#[test]
fn a_silence_in_traffic_that_never_pauses_is_told_with_the_one_who_attacked_before_it() {
    let mut lines = steady(NOON..NOON + 4 * 3600);
    lines.splice(1440..1440 + 240, []);
    assert_eq!(only(&[lines.concat()]), ("silence".to_owned(), "low"));
    for nth in 0..12 {
        lines.insert(
            1430,
            format!(
                "198.51.100.9 - - [{}] \"GET /page/{nth}?id=1%20union%20select%20password%20from%20users-- HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
                stamp(NOON + 1430 * 5)
            ),
        );
    }
    let told = told(&[lines.concat()]);
    assert_eq!(told.len(), 1);
    assert!(told[0].kinds.contains(&Kind::Injection), "{:?}", told[0].kinds);
    assert!(told[0].summary.contains("no request from 2026-03-10T13:59:55Z"), "{}", told[0].summary);
}

/// Tries of two attackers, three a minute each over these seconds.
fn attack(seconds: std::ops::Range<i64>) -> Vec<(i64, String)> {
    let tries = seconds.step_by(10).zip(0..);
    tries
        .map(|(second, nth)| {
            let line = format!(
                "198.51.100.{} - - [{}] \"GET /page/{nth}?id=1%20union%20select%20password%20from%20users-- HTTP/1.1\" 200 5 \"-\" \"curl\"\n",
                8 + nth % 2,
                stamp(second)
            );
            (second, line)
        })
        .collect()
}

/// Steady hours with these lines among them and nothing at all from two hours on for twenty minutes.
fn silenced(more: Vec<(i64, String)>) -> String {
    let steady = (NOON..NOON + 4 * 3600).step_by(5).zip(0..).map(|(second, nth)| (second, line(second, nth)));
    let mut all: Vec<(i64, String)> = steady.chain(more).collect();
    all.retain(|(second, _)| !(NOON + 7200..NOON + 8400).contains(second));
    all.sort_by_key(|(second, _)| *second);
    all.into_iter().map(|(_, line)| line).collect()
}

#[test]
fn a_silence_within_an_attack_is_worth_a_persons_time_and_one_among_usual_attacks_is_not() {
    // Within an attack of a few minutes in hours without any.
    let within = attack(NOON + 6900..NOON + 8700);
    assert_eq!(only(&[silenced(within)]), ("silence".to_owned(), "medium"));
    // It ended where the silence begins, as when it took the service down.
    assert_eq!(only(&[silenced(attack(NOON + 6900..NOON + 8400))]), ("silence".to_owned(), "low"));
    // Somebody always attacks: one or another stands on both sides of any silence.
    assert_eq!(only(&[silenced(attack(NOON..NOON + 4 * 3600))]), ("silence".to_owned(), "low"));
}

#[test]
fn members_that_a_client_writes_into_json_count_against_it() {
    let json = |second: i64, client: &str, agent: &str| {
        format!(
            "{{\"time\":\"{}\",\"remote_addr\":\"{client}\",\"request_method\":\"GET\",\"request_uri\":\"/page/{}\",\"http_user_agent\":\"{agent}\",\"status\":\"403\",\"body_bytes_sent\":\"9\"}}\n",
            Time::from_seconds(second).rfc3339(0),
            second % 40
        )
    };
    let mut lines: Vec<String> = (NOON..NOON + 3600)
        .step_by(5)
        .map(|second| json(second, &format!("192.0.2.{}", second % 90 + 1), "Mozilla/5.0"))
        .collect();
    for nth in [50, 100, 150] {
        let agent = ["x\",\"status\":\"200", "x\"y\",\"status\":\"200\",\"body_bytes_sent\":\"7"]
            [usize::from(nth == 100)];
        lines.insert(nth, json(NOON + 5 * i64::try_from(nth).unwrap(), "198.51.100.9", agent));
    }
    // Quotes alone forge nothing.
    lines.insert(200, json(NOON + 1000, "198.51.100.10", "My \"good\" browser"));
    assert_eq!(only(&[lines.concat()]), ("forged".to_owned(), "medium"));
    let incident = &told(&[lines.concat()])[0];
    assert_eq!(incident.entities.source_ips.len(), 1);
    assert!(incident.title.ends_with("from 198.51.100.9"), "{}", incident.title);
}

#[test]
fn lines_of_another_day_among_todays_are_told() {
    let mut lines = steady(NOON..NOON + 2 * 3600);
    lines.insert(700, line(NOON - 3 * 86_400, 1));
    assert_eq!(only(&[lines.concat()]), ("backdated".to_owned(), "low"));
}

#[test]
fn a_stretch_of_lines_that_stands_twice_is_told() {
    let mut lines = steady(NOON..NOON + 2 * 3600);
    let again: Vec<String> = lines[300..500].to_vec();
    lines.splice(500..500, again);
    assert_eq!(only(&[lines.concat()]), ("copied".to_owned(), "low"));
}

/// What happens to every log, and what it is.
fn harmless() -> Vec<(&'static str, Vec<String>)> {
    let hour = |nth: i64| steady(NOON + nth * 3600..NOON + (nth + 1) * 3600);
    let day = steady(NOON..NOON + 4 * 3600);
    let rotated = || vec![hour(0).concat(), hour(2).concat()];
    let joined = vec![[hour(1), hour(0)].concat().concat()];
    // People come from nine to five.
    let nights = (0..4).flat_map(|day| steady(NOON + day * 86_400..NOON + day * 86_400 + 8 * 3600));
    let fading = (0..12_i64).flat_map(|half| {
        let step = if half == 5 || half == 6 { 1500 } else { 5 + 5 * (6 - half).pow(2) };
        let begin = NOON + half * 1800;
        (begin..begin + 1800)
            .step_by(300 - usize::try_from(step.min(290)).unwrap())
            .zip(0..)
            .map(|(at, nth)| line(at, nth))
    });
    let batches = (0..30).flat_map(|batch| steady(NOON + batch * 1800..NOON + batch * 1800 + 600));
    // The clock is set back by an hour in autumn, without a zone to tell it.
    let autumn =
        [hour(0), hour(0).into_iter().map(|line| line.replace("Mozilla", "Opera")).collect()].concat();
    // Two gateways write to one file, each half an hour at a time.
    let balanced = (0..8).flat_map(|turn| {
        let begin = NOON + turn / 2 * 1800;
        let of =
            move |line: String| if turn % 2 == 0 { line } else { line.replace("192.0.2.", "198.51.100.") };
        steady(begin..begin + 1800).into_iter().map(of)
    });
    // Lines are written when a request ends.
    let mut slow: Vec<(i64, String)> = (0..3000_i64)
        .map(|nth| {
            (nth * 5 + nth * 7919 % 4000 * i64::from(nth % 10 == 0), line(NOON + nth * 5, nth.unsigned_abs()))
        })
        .collect();
    slow.sort_by_key(|(ended, _)| *ended);
    let slow: String = slow.into_iter().map(|(_, line)| line).collect();
    let mut streams: Vec<String> =
        day.iter().map(|line| line.replace("Mozilla/5.0\"", "Mozilla/5.0\" 12000")).collect();
    streams.insert(2500, line(NOON - 3600, 5).replace("Mozilla/5.0\"", "Mozilla/5.0\" 16200000000"));
    let mut sockets = day.clone();
    sockets.insert(2500, line(NOON - 3 * 86_400, 5).replace("\" 200 ", "\" 101 "));
    let reloaded: String = day.chunks(4).flat_map(|some| [some, some].concat()).collect();
    let mut torn = day.clone();
    for nth in (100..1000).step_by(90) {
        let cut = torn[nth].len() - 9;
        torn[nth].truncate(cut);
    }
    vec![
        ("a rotation that lost an hour", rotated()),
        ("files joined in the wrong order", joined),
        ("quiet nights", vec![nights.collect::<String>()]),
        ("a night that fades", vec![fading.collect::<String>()]),
        ("a batch each half hour", vec![batches.collect::<String>()]),
        ("a clock that is set back", vec![autumn.concat()]),
        ("two gateways in one file", vec![balanced.collect::<String>()]),
        ("requests that take long", vec![slow]),
        ("a stream that says how long it took", vec![streams.concat()]),
        ("a socket that was open for days", vec![sockets.concat()]),
        ("pages that are loaded twice", vec![reloaded]),
        ("two writers that tear lines", vec![torn.concat()]),
    ]
}

#[test]
fn what_happens_to_every_log_is_not_told() {
    for (what, files) in harmless() {
        let told = told(&files);
        let reasons: Vec<&str> = told.iter().map(|incident| incident.summary.as_str()).collect();
        assert!(told.is_empty(), "{what}: {reasons:?}");
    }
}
