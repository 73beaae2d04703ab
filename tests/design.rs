//! The design is real, not nominal: verdicts come from the population, templates are learned, outcomes and losses are read
//! from the log, blindness is computed, and few requests are judged like many.

#![allow(
    clippy::needless_for_each,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

mod common;

use std::collections::BTreeSet;
use std::fmt::Debug;

use common::{Log, morning, text};
use gatehound::collect::{
    Accounts, ClientProfiles, Collector, Logins, Misses, ObjectsByClient, ObjectsByPrincipal,
    PrincipalProfiles, VolumeByClient, VolumeByPrincipal, Whereabouts,
};
use gatehound::detect::{self, World};
use gatehound::incident::{Incident, Kind, Outcome};
use gatehound::request::{Cache, Place, Request};
use gatehound::simulate::Format;
use gatehound::source::BLOCK_SIZE;
use gatehound::tally::Tally;

/// A request as a test writes it.
#[derive(Clone)]
struct Line {
    second: u64,
    client: String,
    method: &'static str,
    target: String,
    status: u16,
    bytes: u64,
    user: String,
    agent: &'static str,
}

/// A GET that was answered.
fn get(second: u64, client: impl Into<String>, target: impl Into<String>) -> Line {
    Line {
        second,
        client: client.into(),
        method: "GET",
        target: target.into(),
        status: 200,
        bytes: 1234,
        user: String::new(),
        agent: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0",
    }
}

impl Line {
    fn answered(self, status: u16) -> Self {
        Self { status, ..self }
    }

    fn posted(self) -> Self {
        Self { method: "POST", ..self }
    }

    fn by(self, user: impl Into<String>) -> Self {
        Self { user: user.into(), ..self }
    }

    fn sent(self, bytes: u64) -> Self {
        Self { bytes, ..self }
    }

    /// The time of day, on one day in March.
    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.second / 3600, self.second / 60 % 60, self.second % 60)
    }

    fn combined(&self) -> String {
        let Self { client, method, target, status, bytes, agent, .. } = self;
        let clock = self.clock();
        format!(
            "{client} - - [10/Mar/2026:{clock} +0000] \"{method} {target} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\"\n"
        )
    }

    fn json(&self) -> String {
        let Self { client, method, target, status, bytes, user, agent, .. } = self;
        let clock = self.clock();
        format!(
            "{{\"time_iso8601\":\"2026-03-10T{clock}+00:00\",\"remote_addr\":\"{client}\",\"request_method\":\"{method}\",\
             \"request_uri\":\"{target}\",\"server_protocol\":\"HTTP/1.1\",\"status\":{status},\"body_bytes_sent\":{bytes},\
             \"request_time\":0.012,\"http_user_agent\":\"{agent}\",\"jwt_sub\":\"{user}\"}}\n"
        )
    }
}

/// The log of `lines` in the order of time, each written by `write`.
fn log(lines: &[Line], write: impl Fn(&Line) -> String) -> Log {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| line.second);
    Log::of(&[lines.iter().map(write).collect::<String>()])
}

/// The address of the `nth` ordinary person.
fn person(nth: u64) -> String {
    format!("203.0.{}.{}", nth / 200, nth % 200 + 1)
}

/// An address of many people.
const BUSY: &str = "198.51.100.99";

/// Who does wrong in these tests.
const ATTACKER: &str = "198.51.100.66";

/// A word of letters, different for every number, that no dictionary has.
fn word(mut number: u64) -> String {
    let mut word = String::from("zu");
    for _ in 0..5 {
        word.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
    }
    word
}

/// People who read a few pages each, through the hour.
fn readers(count: u64) -> Vec<Line> {
    let pages = ["/", "/about", "/api/news", "/api/prices"];
    (0..count)
        .flat_map(|nth| {
            pages.iter().zip(0..).map(move |(page, at)| get(nth * 31 % 3500 + at * 7, person(nth), *page))
        })
        .collect()
}

/// Incidents of `kind` that hold `client` and are reported.
fn against<'i>(incidents: &'i [Incident], kind: Kind, client: &str) -> Vec<&'i Incident> {
    incidents
        .iter()
        .filter(|incident| {
            incident.suppressed_by.is_none()
                && incident.kinds.contains(&kind)
                && incident.entities.source_ips.iter().any(|address| address.0.text() == client)
        })
        .collect()
}

/// The one incident of `kind` against the attacker.
fn the_one(incidents: &[Incident], kind: Kind) -> &Incident {
    let found = against(incidents, kind, ATTACKER);
    assert_eq!(found.len(), 1, "{}", text(incidents));
    found[0]
}

/// Sixty neighbouring objects, one after the other.
fn walk() -> Vec<Line> {
    (0..60).map(|nth| get(1000 + nth * 2, ATTACKER, format!("/api/orders/{}", 7000 + nth))).collect()
}

#[test]
fn the_rest_of_the_population_alone_changes_a_verdict() {
    // Everybody has orders of their own: whoever reads sixty in a row reads other people's.
    let owners = (0..300).flat_map(|nth| {
        (0..3).map(move |at| get(nth * 11 + at, person(nth), format!("/api/orders/{}", 6700 + nth * 3 + at)))
    });
    // Everybody reads the same few: a catalogue.
    let readers = (0..300).flat_map(|nth| {
        (0..3).map(move |at| {
            get(nth * 11 + at, person(nth), format!("/api/orders/{}", 7000 + (nth * 7 + at * 13) % 60))
        })
    });
    let judged = |crowd: Vec<Line>| log(&[walk(), crowd].concat(), Line::combined).judged();
    let among_owners = judged(owners.collect());
    assert_eq!(against(&among_owners, Kind::ObjectEnumeration, ATTACKER).len(), 1, "{}", text(&among_owners));
    let among_readers = judged(readers.collect());
    assert!(
        against(&among_readers, Kind::ObjectEnumeration, ATTACKER).is_empty(),
        "{}",
        text(&among_readers)
    );
}

#[test]
fn a_busy_address_may_ask_for_accounts_as_often_as_everybody_does() {
    let asks = |ip: &'static str, from: u64| {
        (0..22).map(move |nth| get(from + nth * 400, ip, format!("/api/users/available?username=u{nth}")))
    };
    let crowd = (0..300).flat_map(|nth| {
        let works = (0..12).map(move |at| get(nth * 11 + at, person(nth), format!("/api/news?page={at}")));
        let ask = (nth % 3 == 0)
            .then(|| get(nth * 11, person(nth), format!("/api/users/available?username=p{nth}")));
        works.chain(ask)
    });
    let busy = (0..1300).map(|nth| get(nth * 7, BUSY, format!("/api/news?page={}", nth % 40)));
    let lines: Vec<Line> = crowd.chain(busy).chain(asks(BUSY, 5)).chain(asks(ATTACKER, 3)).collect();
    let incidents = log(&lines, Line::combined).judged();
    let told = |ip| against(&incidents, Kind::AccountEnumeration, ip).len();
    assert_eq!((told(ATTACKER), told(BUSY)), (1, 0), "{}", text(&incidents));
}

/// Every learned template of a log.
fn templates(log: &Log) -> BTreeSet<String> {
    let tally = log.scan(2, BLOCK_SIZE);
    let world = World::new(&tally, &log.meaning.keys);
    world
        .norms()
        .map(|(route, _)| String::from_utf8(world.template_text(route.0).unwrap_or(b"?").to_vec()).unwrap())
        .collect()
}

#[test]
fn names_become_variables_and_the_words_of_a_list_do_not() {
    let mut lines = readers(300);
    lines.extend(
        (0..400).map(|nth| get(nth * 3, person(nth % 300), format!("/products/{}", word(nth % 150)))),
    );
    lines.extend((0..200).map(|nth| get(nth * 5, person(nth), format!("/users/{}/repos", word(9000 + nth)))));
    lines.extend((0..200).map(|nth| get(nth * 5 + 1, person(nth), format!("/users/{}", word(9000 + nth)))));
    lines.extend(
        (0..200).map(|nth| get(2000 + nth, ATTACKER, format!("/{}", word(50_000 + nth))).answered(404)),
    );
    lines.extend(
        (0..200).map(|nth| get(2200 + nth, ATTACKER, format!("/api/{}", word(60_000 + nth))).answered(404)),
    );
    let log = log(&lines, Line::combined);
    let templates = templates(&log);
    for expected in ["/products/{name}", "/users/{name}", "/users/{name}/repos", "/about", "/api/news"] {
        assert!(templates.contains(expected), "{expected} is not among {templates:?}");
    }
    assert!(!templates.iter().any(|text| text.contains("zu")), "a name is left: {templates:?}");
    for list in ["/{name}", "/api/{name}"] {
        assert!(!templates.contains(list), "a word list made {list}");
    }
    // The words of the list are strange to the site one by one, not one variable of it.
    let tried = the_one(&log.judged(), Kind::PathEnumeration).clone();
    assert_eq!((tried.requests, tried.outcome), (400, Outcome::Attempted));
}

#[test]
fn an_incident_shows_the_learned_template() {
    let mut lines = readers(300);
    // Everybody reads what belongs to one name; one reads what belongs to a hundred and twenty.
    lines.extend((0..300).flat_map(|nth| {
        (0..2).map(move |at| get(nth * 3 + at * 900, person(nth), format!("/users/{}/orders", word(nth))))
    }));
    lines.extend(
        (0..120).map(|nth| get(1500 + nth * 4, ATTACKER, format!("/users/{}/orders", word(nth * 2)))),
    );
    let incidents = log(&lines, Line::combined).judged();
    let walk = the_one(&incidents, Kind::ObjectEnumeration);
    let shown: Vec<_> = walk.entities.endpoints.iter().map(|one| one.template.text().into_owned()).collect();
    assert_eq!(shown, ["/users/{name}/orders"]);
    assert!(walk.impact.objects_read >= 60, "{}", walk.impact.objects_read);
}

/// Tries at the login, one every three seconds; the answer to the `nth` by `status`.
fn tries(count: u64, status: impl Fn(u64) -> u16) -> Vec<Line> {
    (0..count)
        .map(|nth| {
            let line = get(900 + nth * 3, ATTACKER, "/login").posted().answered(status(nth));
            Line { agent: "python-requests/2.31.0", ..line }.by(format!("account{nth}"))
        })
        .collect()
}

/// People who log in, some at the second try.
fn logins(count: u64) -> Vec<Line> {
    (0..count)
        .flat_map(|nth| {
            let login = |after, status| {
                get(nth * 29 % 3400 + after, person(nth), "/login")
                    .posted()
                    .answered(status)
                    .by(format!("user{nth}"))
            };
            let slip = (nth % 5 == 0).then(|| login(0, 401));
            slip.into_iter().chain([login(5, 200)])
        })
        .collect()
}

/// The crowd of these tests and `attack`, judged in both formats.
fn golden(attack: &[Line]) -> [Vec<Incident>; 2] {
    let lines = [readers(120), logins(120), attack.to_vec()].concat();
    [log(&lines, Line::combined).judged(), log(&lines, Line::json).judged()]
}

#[test]
fn whoever_is_only_ever_turned_away_was_blocked() {
    for incidents in golden(&tries(60, |_| 403)) {
        let found = incidents.iter().find(|one| one.entities.source_ips_total == 1).expect("one source");
        assert_eq!((found.outcome, found.requests), (Outcome::Blocked, 60), "{}", text(&incidents));
        assert_eq!(found.impact.compromised_users_total, 0);
    }
}

#[test]
fn whoever_never_gets_in_only_attempted_it() {
    for incidents in golden(&tries(60, |_| 401)) {
        let found = incidents.iter().find(|one| one.entities.source_ips_total == 1).expect("one source");
        assert_eq!((found.outcome, found.requests), (Outcome::Attempted, 60), "{}", text(&incidents));
        assert_eq!(found.impact.compromised_users_total, 0);
    }
}

#[test]
fn whoever_gets_some_answers_probed() {
    let words = (0..90).map(|nth| {
        let missing = get(1200 + nth, ATTACKER, format!("/{}.php", word(nth))).answered(404);
        if nth % 30 == 7 { get(1200 + nth, ATTACKER, "/about") } else { missing }
    });
    for incidents in golden(&words.collect::<Vec<_>>()) {
        let found = the_one(&incidents, Kind::PathEnumeration);
        assert_eq!((found.outcome, found.requests), (Outcome::Probed, 87));
    }
}

#[test]
fn whoever_gets_in_succeeded_and_the_account_is_named() {
    let [combined, json] = golden(&tries(60, |nth| if nth == 41 { 200 } else { 401 }));
    for incidents in [&combined, &json] {
        let found = incidents.iter().find(|one| one.entities.source_ips_total == 1).expect("one source");
        assert_eq!((found.outcome, found.requests), (Outcome::Succeeded, 60), "{}", text(incidents));
        assert_eq!(found.impact.compromised_users_total, 1);
    }
    let found = the_one(&json, Kind::CredentialStuffing);
    let opened: Vec<_> = found.impact.compromised_users.iter().map(|name| name.text().into_owned()).collect();
    assert_eq!(opened, ["account41"]);
    assert_eq!(found.entities.users_total, 60);
    let success = found.evidence.iter().find(|line| line.why == "success").expect("the line of the success");
    assert!(
        success.raw.as_ref().is_some_and(|raw| raw.text().contains("\"status\":200")),
        "{:?}",
        success.raw
    );
}

#[test]
fn whoever_walks_over_objects_read_so_many() {
    let owners = (0..100).flat_map(|nth| {
        (0..3).map(move |at| get(nth * 11 + at, person(nth), format!("/api/orders/{}", 6700 + nth * 3 + at)))
    });
    let refused =
        |nth: usize, line: Line| if nth % 4 == 3 { line.answered(403).sent(9) } else { line.sent(1000) };
    let walk = walk().into_iter().enumerate().map(|(nth, line)| refused(nth, line));
    for incidents in golden(&owners.chain(walk).collect::<Vec<_>>()) {
        let found = the_one(&incidents, Kind::ObjectEnumeration);
        assert_eq!((found.outcome, found.requests), (Outcome::Succeeded, 60));
        assert_eq!((found.impact.objects_read, found.impact.bytes_read), (45, 45 * 1000));
    }
}

#[test]
fn whoever_takes_far_more_than_others_exfiltrated_so_much() {
    let others = (0..100).flat_map(|nth| {
        (0..8).map(move |page| {
            get(nth * 13 + page * 9, person(nth), format!("/api/records?page={page}"))
                .sent(20_000 + nth * 37)
                .by(format!("user{nth}"))
        })
    });
    let thief = (0..400).map(|page| {
        get(1000 + page, ATTACKER, format!("/api/records?page={page}&limit=1000")).sent(500_000).by("mallory")
    });
    for incidents in golden(&others.chain(thief).collect::<Vec<_>>()) {
        let found = the_one(&incidents, Kind::DataExfiltration);
        assert_eq!((found.outcome, found.impact.bytes_read), (Outcome::Exfiltrated, 400 * 500_000));
    }
}

#[test]
fn a_detector_is_blind_where_the_log_fills_no_field_that_it_needs() {
    let blind = |text: &[u8]| -> BTreeSet<(String, String)> {
        let log = Log::of(&[text]);
        let tally = log.scan(2, BLOCK_SIZE);
        let blind = detect::blind(&detect::all(), &tally);
        assert!(blind.iter().all(|one| !one.fix.is_empty()));
        blind.into_iter().map(|one| (one.detector.into_owned(), one.missing.into_owned())).collect()
    };
    let named = |detector: &str, missing: &str| (detector.to_owned(), missing.to_owned());
    let combined = blind(&morning(1, Format::Combined));
    assert!(combined.contains(&named("object-enumeration", "principals or tokens")), "{combined:?}");
    assert!(!combined.iter().any(|(_, missing)| missing == "response sizes"), "{combined:?}");
    assert_eq!(blind(&morning(1, Format::Json)), BTreeSet::new());
    // Not the format decides, but what it was filled with: JSON without users is as blind.
    let nobody: String = readers(50).iter().map(Line::json).collect();
    let without = blind(nobody.as_bytes());
    assert!(without.contains(&named("credential-stuffing", "user names")), "{without:?}");
    let somebody: String = readers(50).into_iter().map(|line| line.by("user").json()).collect();
    assert!(blind(somebody.as_bytes()).is_empty());
}

/// Requests of a log with their places, as a scan sees them.
fn requests(log: &Log, text: &str) -> Vec<Request> {
    let decoder = log.decoders[0].as_deref().unwrap();
    let (mut cache, mut at, mut all) = (Cache::default(), 0, Vec::new());
    for line in text.split_inclusive('\n') {
        let event = decoder.decode(line.trim_end().as_bytes(), common::alone()).unwrap();
        all.push(log.meaning.request(&event, Place::new(0, at), &mut cache));
        at += line.len() as u64;
    }
    all
}

/// Fails if what a tally knows of any key is not the fold of its requests.
fn is_fold<C: Collector<Evidence: PartialEq + Debug>>(tally: &Tally, requests: &[Request]) -> usize {
    let keys: BTreeSet<u128> = requests.iter().map(|one| C::KEY.of(one)).filter(|&key| key != 0).collect();
    for &key in &keys {
        let wanted: Vec<_> = requests.iter().filter(|one| C::KEY.of(one) == key && C::wants(one)).collect();
        let mut fold = C::Evidence::default();
        wanted.iter().for_each(|one| C::observe(one, &mut fold));
        let known = tally.population::<C>().with(key, |evidence| assert_eq!(*evidence, fold));
        assert_eq!(known.is_some(), !wanted.is_empty(), "{}: {} requests", C::NAME, wanted.len());
    }
    keys.len()
}

#[test]
fn few_requests_and_many_are_the_same_evidence() {
    // Each person does as many things as their number says: four stay packed, the fifth unfolds them.
    let mut text = String::new();
    for nth in 1..=12 {
        for at in 0..nth {
            let (second, who) = (nth * 100 + at * 7, person(nth));
            let line = match (nth + at) % 4 {
                0 => get(second, who, "/login").posted().answered(401),
                1 => get(second, who, format!("/api/orders/{}", nth * 10 + at)),
                2 => get(second, who, format!("/{}", word(at))).answered(404),
                _ => get(second, who, "/api/news"),
            };
            text += &line.by(format!("user{nth}")).json();
        }
    }
    let log = Log::of(&[&text]);
    let requests = requests(&log, &text);
    let merged = log.pieces(1).into_iter().reduce(Tally::merge).unwrap();
    let whole = log.scan(1, usize::MAX);
    let stored = Tally::read(&whole.write()).unwrap();
    for tally in [&whole, &merged, &stored, &Tally::read(&merged.write()).unwrap()] {
        assert_eq!(is_fold::<ClientProfiles>(tally, &requests), 12);
        assert_eq!(is_fold::<PrincipalProfiles>(tally, &requests), 12);
        is_fold::<Logins>(tally, &requests);
        is_fold::<Accounts>(tally, &requests);
        is_fold::<Misses>(tally, &requests);
        is_fold::<ObjectsByClient>(tally, &requests);
        is_fold::<ObjectsByPrincipal>(tally, &requests);
        is_fold::<VolumeByClient>(tally, &requests);
        is_fold::<VolumeByPrincipal>(tally, &requests);
        is_fold::<Whereabouts>(tally, &requests);
        let seen = tally.population::<ClientProfiles>().collect(|_, profile| Some(profile.requests));
        let mut counts: Vec<u64> = seen.into_iter().map(|(_, requests)| requests).collect();
        counts.sort_unstable();
        assert_eq!(counts, (1..=12).collect::<Vec<_>>());
    }
}
