//! Simulated logs: the same bytes for the same seed, in the order of time, with a truth that the lines bear out.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use gatehound::evaluate::{Severity, Share, evaluate, read_incidents};
use gatehound::simulate::truth::Truth;
use gatehound::simulate::{Chosen, Format, Options, Role, SCENARIOS, Summary, run};

/// A line of the JSON format.
#[derive(serde::Deserialize)]
struct Line {
    time_iso8601: String,
    http_x_forwarded_for: String,
    request_method: String,
    request_uri: String,
    status: u16,
    body_bytes_sent: u64,
    http_user_agent: String,
    jwt_sub: String,
    token_hash: String,
}

fn simulate(options: &Options) -> (Vec<u8>, Truth, Summary) {
    let (mut log, mut truth) = (Vec::new(), Vec::new());
    let summary = run(options, &mut log, Some(&mut truth)).expect("the options are right");
    (log, serde_json::from_slice(&truth).expect("the truth is JSON"), summary)
}

fn lines(log: &[u8]) -> Vec<Line> {
    log.split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a line is JSON"))
        .collect()
}

/// A small day, of a seed whose site refuses logins with 401.
fn small() -> Options {
    Options { seed: 2, rate_milli: 500, format: Format::Json, ..Options::default() }
}

/// FNV-1a: enough to tell one log from another.
fn fingerprint(log: &[u8]) -> u64 {
    log.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_others() {
    for (_, format) in Format::ALL {
        let options = Options { format, ..small() };
        let (once, again) = (simulate(&options).0, simulate(&options).0);
        assert!(once.len() > 1_000_000);
        assert_eq!(fingerprint(&once), fingerprint(&again));
        assert_ne!(fingerprint(&once), fingerprint(&simulate(&Options { seed: 3, ..options }).0));
    }
}

#[test]
fn lines_are_in_the_order_of_time_and_in_the_day() {
    let (log, _, _) = simulate(&small());
    let times: Vec<String> = lines(&log).into_iter().map(|line| line.time_iso8601).collect();
    assert!(times.is_sorted());
    assert!(times[0].starts_with("2026-03-10T00:0"), "{}", times[0]);
    assert!(
        times[times.len() - 1].starts_with("2026-03-10T23:59")
            || times[times.len() - 1].starts_with("2026-03-11T00:")
    );
}

#[test]
fn every_scenario_writes_lines_and_stands_in_the_truth() {
    let attacks = SCENARIOS.iter().filter(|scenario| scenario.role != Role::LookAlike).count();
    for seed in 1..=6 {
        let (log, truth, summary) = simulate(&Options { seed, ..small() });
        let named: BTreeSet<&str> = truth
            .attacks
            .iter()
            .map(|attack| attack.id.as_str())
            .chain(truth.benign.iter().map(|b| b.id.as_str()))
            .collect();
        assert_eq!(named, SCENARIOS.iter().map(|scenario| scenario.name).collect());
        assert_eq!((truth.attacks.len(), truth.benign.len()), (attacks, SCENARIOS.len() - attacks));
        assert_eq!(truth.lines, summary.lines);
        assert_eq!(lines(&log).len() as u64, summary.lines);
        assert_eq!(log.len() as u64, summary.bytes);
    }
}

#[test]
fn the_truth_counts_what_the_log_holds() {
    // The attacker's addresses are partly other people's: the lines between its times are at least as many.
    let (log, truth, _) = simulate(&small());
    let lines = lines(&log);
    let harmless = simulate(&Options { scenarios: Chosen::None, ..small() }).1;
    assert!(harmless.attacks.is_empty() && harmless.benign.len() == truth.benign.len());
    for attack in &truth.attacks {
        let ips: BTreeSet<&str> = attack.ips.iter().map(String::as_str).collect();
        let seen: Vec<&Line> =
            lines.iter().filter(|line| ips.contains(line.http_x_forwarded_for.as_str())).collect();
        assert!(attack.requests <= seen.len() as u64, "{}", attack.id);
        assert!(
            attack.requests * 2 > seen.len() as u64 || attack.id == "exfil-drip",
            "{}: mostly others",
            attack.id
        );
        let addresses: BTreeSet<&str> = seen.iter().map(|line| line.http_x_forwarded_for.as_str()).collect();
        assert_eq!(addresses, ips, "{}", attack.id);
        assert!(attack.start < attack.end, "{}", attack.id);
        for token in &attack.tokens {
            assert!(seen.iter().any(|line| line.token_hash == *token), "{}: token {token}", attack.id);
        }
        for user in &attack.users {
            assert!(seen.iter().any(|line| line.jwt_sub == *user), "{}: user {user}", attack.id);
        }
    }
    let single: BTreeMap<&str, u64> =
        truth.attacks.iter().map(|attack| (attack.id.as_str(), attack.requests)).collect();
    // One request may be a whole attack; those that are patterns need enough of them.
    let few = |id: &str| ["file-exposed", "inject-once", "scan-tool"].contains(&id);
    assert!(single.iter().all(|(id, &requests)| requests >= if few(id) { 4 } else { 50 }), "{single:?}");
}

#[test]
fn a_list_of_attacks_brings_those_and_no_others() {
    let wanted = vec![String::from("brute-fast"), String::from("scrape-pool")];
    let (_, truth, _) = simulate(&Options { scenarios: Chosen::Named(wanted.clone()), ..small() });
    assert_eq!(truth.attacks.iter().map(|attack| attack.id.clone()).collect::<Vec<_>>(), wanted);
    let desk = Chosen::Named(vec![String::from("support-desk")]);
    let (_, truth, _) = simulate(&Options { scenarios: Chosen::None, look_alikes: desk, ..small() });
    assert_eq!(
        (truth.attacks.len(), truth.benign.len(), truth.benign[0].id.as_str()),
        (0, 1, "support-desk")
    );
    let wrong = Options { scenarios: Chosen::Named(vec![String::from("brute-fsat")]), ..small() };
    let error = run(&wrong, &mut Vec::new(), None).unwrap_err();
    assert_eq!(error.to_string(), "unknown scenario `brute-fsat`; did you mean `brute-fast`?");
}

#[test]
fn the_rate_decides_how_many_lines_there_are() {
    let (_, _, summary) = simulate(&Options { rate_milli: 5000, ..small() });
    assert!((400_000..460_000).contains(&summary.lines), "{}", summary.lines);
}

#[test]
fn as_many_clients_and_agents_come_as_were_asked_for() {
    let options = Options {
        rate_milli: 2500,
        clients: Some(120_000),
        agents: Some(2_000),
        scenarios: Chosen::None,
        ..small()
    };
    let lines = lines(&simulate(&options).0);
    let clients: BTreeSet<&str> = lines.iter().map(|line| line.http_x_forwarded_for.as_str()).collect();
    let agents: BTreeSet<&str> = lines.iter().map(|line| line.http_user_agent.as_str()).collect();
    assert!(clients.len() >= 120_000, "{}", clients.len());
    assert!(agents.len() >= 1_800, "{}", agents.len());
    assert!((190_000..260_000).contains(&lines.len()), "{}", lines.len());
}

#[test]
fn the_balancers_format_has_its_columns() {
    let (log, _, _) = simulate(&Options { format: Format::Alb, rate_milli: 100, ..small() });
    for line in String::from_utf8(log).unwrap().lines().step_by(97) {
        let mut quoted = false;
        let columns = 1 + line
            .chars()
            .filter(|&c| {
                quoted ^= c == '"';
                c == ' ' && !quoted
            })
            .count();
        assert_eq!(columns, 33, "{line}");
    }
}

#[test]
fn a_report_that_says_what_the_truth_says_scores_full_marks() {
    let (_, truth, _) = simulate(&small());
    let mut report = String::new();
    for attack in &truth.attacks {
        let stamp = |seconds: f64| format!("2026-03-10T{}", clock(seconds));
        let incident = serde_json::json!({
            "kind": attack.kind, "severity": "high", "outcome": attack.outcome, "fidelity": "A",
            "first_seen": stamp(attack.start), "last_seen": stamp(attack.end),
            "entities": {"source_ips": attack.ips, "users": attack.users, "tokens": []},
        });
        writeln!(report, "{incident}").unwrap();
    }
    let hash = |token: &[u8]| format!("h:{}", token.len());
    let score = evaluate(&truth, &mut read_incidents(report.as_bytes()), Severity::Medium, &hash).unwrap();
    let all = Share { hit: 27, of: 27 };
    assert_eq!((score.strict, score.precision, score.precision_at_k), (all, all, all));
    assert_eq!(
        score.outcome,
        Share { hit: 25, of: 25 },
        "scraping and dear requests have no outcome beyond dispute"
    );
    assert_eq!((score.collateral.hit, score.look_alikes_hit.len()), (0, 0));
    assert_eq!(score.named.hit, score.named.of);
}

/// The time of day of epoch `seconds`, in UTC.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a day")]
fn clock(seconds: f64) -> String {
    let of_day = seconds.rem_euclid(86_400.0) as u32;
    format!("{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A threshold as one would set it without knowing the look-alikes: so much from one address within so many minutes.
struct Naive {
    says: &'static str,
    look_alike: &'static str,
    minutes: usize,
    at_least: u64,
    counts: Counts,
}

enum Counts {
    Sum(fn(&Line) -> u64),
    Distinct(fn(&Line) -> Option<&str>),
}

/// Whether this is a refused login at the site of [`small`].
fn is_refused(line: &Line) -> bool {
    line.request_method == "POST" && line.status == 401
}

#[rustfmt::skip]
const NAIVE: [Naive; 13] = [
    Naive { says: "refused logins from one address", look_alike: "office-nat", minutes: 15, at_least: 25,
            counts: Counts::Sum(|line| u64::from(is_refused(line))) },
    Naive { says: "accounts with a refused login", look_alike: "office-nat", minutes: 15, at_least: 15,
            counts: Counts::Distinct(|line| is_refused(line).then_some(&*line.jwt_sub)) },
    Naive { says: "refused logins for one account", look_alike: "stale-secret", minutes: 60, at_least: 20,
            counts: Counts::Sum(|line| u64::from(is_refused(line))) },
    Naive { says: "names in the form for forgotten passwords", look_alike: "office-nat", minutes: 15, at_least: 20,
            counts: Counts::Distinct(|line| line.request_uri.ends_with("/password/reset").then_some(&*line.jwt_sub)) },
    Naive { says: "answers of 404", look_alike: "dead-links", minutes: 60, at_least: 20,
            counts: Counts::Sum(|line| u64::from(line.status == 404)) },
    Naive { says: "different missing paths", look_alike: "search-crawler", minutes: 60, at_least: 10,
            counts: Counts::Distinct(|line| (line.status == 404).then_some(&*line.request_uri)) },
    Naive { says: "different objects of other people", look_alike: "support-desk", minutes: 10, at_least: 15,
            counts: Counts::Distinct(|line| (!line.request_uri.contains("sort=")).then_some(&*line.request_uri)) },
    Naive { says: "requests in a minute", look_alike: "prefetching-app", minutes: 1, at_least: 40,
            counts: Counts::Sum(|_| 1) },
    Naive { says: "requests into an outage", look_alike: "retry-storm", minutes: 15, at_least: 20,
            counts: Counts::Sum(|line| u64::from(line.status == 503)) },
    Naive { says: "pages of a list", look_alike: "partner-sync", minutes: 60, at_least: 50,
            counts: Counts::Distinct(|line| Some(&line.request_uri)) },
    Naive { says: "bytes", look_alike: "nightly-backup", minutes: 60, at_least: 100_000_000,
            counts: Counts::Sum(|line| line.body_bytes_sent) },
    Naive { says: "agents of one address", look_alike: "carrier-nat", minutes: 1440, at_least: 20,
            counts: Counts::Distinct(|line| Some(&line.http_user_agent)) },
    Naive { says: "bytes in one answer", look_alike: "release-day", minutes: 1440, at_least: 20_000_000,
            counts: Counts::Sum(|line| line.body_bytes_sent) },
];

/// The most that `counts` finds in any window of so many minutes, among the lines of one address.
fn peak(lines: &[&Line], minutes: usize, counts: &Counts) -> u64 {
    let mut sums: BTreeMap<usize, u64> = BTreeMap::new();
    let mut kinds: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for line in lines {
        let window = minute(line) / minutes;
        match counts {
            Counts::Sum(weight) => *sums.entry(window).or_default() += weight(line),
            Counts::Distinct(what) => kinds.entry(window).or_default().extend(what(line)),
        }
    }
    let most = kinds.values().map(|kinds| kinds.len() as u64).max();
    sums.values().copied().max().max(most).unwrap_or(0)
}

fn minute(line: &Line) -> usize {
    let number = |range: Range<usize>| line.time_iso8601[range].parse::<usize>().expect("a stamp of digits");
    number(8..10) * 1440 + number(11..13) * 60 + number(14..16)
}

#[test]
fn every_naive_threshold_fires_on_the_harmless_day() {
    for rate_milli in [500, 5000] {
        let (log, truth, _) = simulate(&Options { rate_milli, scenarios: Chosen::None, ..small() });
        let lines = lines(&log);
        let mut of_client: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for line in &lines {
            of_client.entry(&line.http_x_forwarded_for).or_default().push(line);
        }
        for naive in &NAIVE {
            let who = truth.benign.iter().find(|benign| benign.id == naive.look_alike).unwrap();
            let most = who
                .ips
                .iter()
                .map(|ip| peak(&of_client[ip.as_str()], naive.minutes, &naive.counts))
                .max()
                .unwrap();
            assert!(naive.at_least <= most, "{}: {most} {} at {rate_milli}", naive.look_alike, naive.says);
        }
    }
}

#[test]
fn the_same_attacks_are_met_in_every_format_with_the_same_kinds() {
    let folder = tempfile::tempdir().unwrap();
    let day = Options { seed: 744, rate_milli: 1500, ..Options::default() };
    // Formats that name users tell guesses apart; those that do not call them all by one kind.
    let mut met: BTreeMap<bool, BTreeMap<String, String>> = BTreeMap::new();
    for (name, format) in Format::ALL {
        let (log, truth, _) = simulate(&Options { format, ..day.clone() });
        let (path, said) = (folder.path().join(name), folder.path().join("truth.json"));
        std::fs::write(&path, &log).unwrap();
        std::fs::write(&said, serde_json::to_vec(&truth).unwrap()).unwrap();
        let gatehound = || std::process::Command::new(env!("CARGO_BIN_EXE_gatehound"));
        let report = gatehound().args(["scan", "-q", "--format", "ndjson"]).arg(&path).output().unwrap();
        let found = folder.path().join("report.ndjson");
        std::fs::write(&found, &report.stdout).unwrap();
        let score = gatehound()
            .args(["evaluate", "--format", "json", "--truth"])
            .args([&said, &found])
            .output()
            .unwrap();
        let score: serde_json::Value = serde_json::from_slice(&score.stdout).unwrap();
        let (strict, precision) = (&score["strict"], &score["precision"]);
        let share = |of: &serde_json::Value| of["hit"].as_f64().unwrap() / of["of"].as_f64().unwrap();
        assert!(share(strict) >= 0.85, "{name}: {strict}");
        assert!(share(precision) >= 0.85, "{name}: {precision}");
        let kind =
            |attack: &serde_json::Value| (attack["id"].to_string(), attack["met_by"]["kind"].to_string());
        let kinds: BTreeMap<String, String> = score["attacks"].as_array().unwrap().iter().map(kind).collect();
        assert_eq!(met.entry(format.names_accounts()).or_insert_with(|| kinds.clone()), &kinds, "{name}");
    }
    let guesses = ["stuffing", "spray", "brute"];
    let is_guess = |id: &str| guesses.iter().any(|guess| id.trim_matches('"').starts_with(guess));
    for (id, kind) in met[&true].iter().filter(|(id, _)| !is_guess(id)) {
        // Where no line says whose a key is, the log holds no key that another uses.
        let shown = (id != "\"key-leaked\"").then_some(kind);
        assert_eq!(shown, met[&false].get(id), "{id}");
    }
}
