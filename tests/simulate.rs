//! Simulated logs: the same bytes for the same seed, in the order of time, with a truth that the lines bear out.

use std::collections::{BTreeMap, BTreeSet};

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
    assert!(single.values().all(|&requests| requests >= 50), "{single:?}");
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
        report.push_str(&format!("{incident}\n"));
    }
    let hash = |token: &[u8]| format!("h:{}", token.len());
    let score = evaluate(&truth, &mut read_incidents(report.as_bytes()), Severity::Medium, &hash).unwrap();
    let all = Share { hit: 18, of: 18 };
    assert_eq!((score.strict, score.precision, score.precision_at_k), (all, all, all));
    assert_eq!(score.outcome, Share { hit: 17, of: 17 }, "scraping has no outcome beyond dispute");
    assert_eq!((score.collateral.hit, score.look_alikes_hit.len()), (0, 0));
    assert_eq!(score.named.hit, score.named.of);
}

/// The time of day of epoch `seconds`, in UTC.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a day")]
fn clock(seconds: f64) -> String {
    let of_day = seconds.rem_euclid(86_400.0) as u32;
    format!("{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// The most lines of one key within `minutes`, over tumbling windows, for every key.
fn peak<K: Ord + Clone>(
    lines: &[Line],
    minutes: usize,
    key: impl Fn(&Line) -> Option<K>,
) -> BTreeMap<K, usize> {
    let mut windows: BTreeMap<(K, usize), usize> = BTreeMap::new();
    for line in lines {
        if let Some(key) = key(line) {
            *windows.entry((key, minute(line) / minutes)).or_default() += 1;
        }
    }
    let mut peaks = BTreeMap::new();
    for ((key, _), count) in windows {
        let peak = peaks.entry(key).or_default();
        *peak = count.max(*peak);
    }
    peaks
}

fn minute(line: &Line) -> usize {
    let number =
        |range: std::ops::Range<usize>| line.time_iso8601[range].parse::<usize>().expect("a stamp of digits");
    number(8..10) * 1440 + number(11..13) * 60 + number(14..16)
}

/// The most different paths that one address asks for within `minutes`, of the lines that `wants` wants.
fn most_paths(lines: &[Line], minutes: usize, wants: impl Fn(&Line) -> bool) -> BTreeMap<String, usize> {
    let mut windows: BTreeMap<(&str, usize), BTreeSet<&str>> = BTreeMap::new();
    for line in lines.iter().filter(|line| wants(line)) {
        let window = (line.http_x_forwarded_for.as_str(), minute(line) / minutes);
        windows.entry(window).or_default().insert(&line.request_uri);
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((client, _), paths) in windows {
        let count = most.entry(client.to_owned()).or_default();
        *count = paths.len().max(*count);
    }
    most
}

#[test]
fn every_naive_threshold_fires_on_the_harmless_day() {
    for rate_milli in [500, 5000] {
        let (log, truth, _) = simulate(&Options { rate_milli, scenarios: Chosen::None, ..small() });
        let lines = lines(&log);
        let of = |id: &str| truth.benign.iter().find(|benign| benign.id == id).unwrap();
        let top = |peaks: &BTreeMap<String, usize>, id: &str| {
            of(id).ips.iter().filter_map(|ip| peaks.get(ip)).copied().max().unwrap_or(0)
        };
        let client = |line: &Line| line.http_x_forwarded_for.clone();
        let refused = |line: &Line| line.request_method == "POST" && line.status == 401;

        let failures = peak(&lines, 15, |line| refused(line).then(|| client(line)));
        assert!(top(&failures, "office-nat") >= 25, "25 refused logins in 15 minutes from one address");
        let accounts = peak(&lines, 60, |line| refused(line).then(|| line.jwt_sub.clone()));
        assert!(accounts[&of("stale-secret").users[0]] >= 20, "20 refused logins in an hour for one account");
        let resets = most_users(&lines);
        assert!(
            top(&resets, "office-nat") >= 20,
            "20 names in the form for forgotten passwords in 15 minutes"
        );
        let missing = peak(&lines, 1440, |line| (line.status == 404).then(|| client(line)));
        assert!(top(&missing, "dead-links") >= 20, "20 answers of 404 for one address");
        let paths = most_paths(&lines, 60, |line| line.status == 404);
        assert!(
            top(&paths, "search-crawler") >= 10,
            "10 different missing paths in an hour from one address"
        );
        let objects = most_paths(&lines, 10, |line| {
            line.jwt_sub.starts_with("support") || line.jwt_sub.starts_with("helpdesk")
        });
        assert!(top(&objects, "support-desk") >= 15, "15 different objects in 10 minutes");
        let minute = peak(&lines, 1, |line| Some(client(line)));
        assert!(top(&minute, "prefetching-app") >= 40, "40 requests a minute");
        let broken = peak(&lines, 15, |line| (line.status == 503).then(|| client(line)));
        assert!(top(&broken, "retry-storm") >= 20, "20 requests into an outage");
        let pages = most_paths(&lines, 60, |line| line.jwt_sub.starts_with("partner"));
        assert!(top(&pages, "partner-sync") >= 50, "50 pages in a row");
        let mut bytes: BTreeMap<(&str, usize), u64> = BTreeMap::new();
        for line in &lines {
            *bytes.entry((&line.http_x_forwarded_for, self::minute(line) / 60)).or_default() +=
                line.body_bytes_sent;
        }
        let most = |id: &str| {
            bytes
                .iter()
                .filter(|((ip, _), _)| of(id).ips.iter().any(|one| one == ip))
                .map(|(_, &sum)| sum)
                .max()
        };
        assert!(most("nightly-backup") >= Some(100_000_000), "100 MB in an hour");
        let agents = |id: &str| {
            lines
                .iter()
                .filter(|line| of(id).ips.contains(&line.http_x_forwarded_for))
                .map(|line| &line.http_user_agent)
                .collect::<BTreeSet<_>>()
                .len()
        };
        assert!(agents("carrier-nat") >= 20, "many agents behind one address");
        assert!(
            top(
                &peak(&lines, 1440, |line| (line.body_bytes_sent > 20_000_000).then(|| client(line))),
                "release-day"
            ) >= 1
        );
    }
}

/// The most different names that one address puts into the form for forgotten passwords within 15 minutes.
fn most_users(lines: &[Line]) -> BTreeMap<String, usize> {
    let mut windows: BTreeMap<(&str, usize), BTreeSet<&str>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.request_uri.ends_with("/password/reset")) {
        windows.entry((&line.http_x_forwarded_for, minute(line) / 15)).or_default().insert(&line.jwt_sub);
    }
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    for ((client, _), names) in windows {
        let count = most.entry(client.to_owned()).or_default();
        *count = names.len().max(*count);
    }
    most
}
