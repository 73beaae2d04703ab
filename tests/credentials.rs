//! Tries at credentials in the shapes that sites really give them, each beside its harmless twin.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
#[path = "credentials/excuses.rs"]
mod excuses;
#[path = "credentials/few.rs"]
mod few;
#[path = "credentials/keys.rs"]
mod keys;
#[path = "credentials/pages.rs"]
mod pages;
#[path = "credentials/redirects.rs"]
mod redirects;

use std::collections::BTreeSet;

use common::{Log, text};
use gatehound::incident::{Incident, Kind, Outcome};

/// What guesses or tries passwords.
const CREDENTIALS: [Kind; 3] = [Kind::CredentialStuffing, Kind::PasswordSpraying, Kind::BruteForce];

/// A log as it is written.
#[derive(Default)]
struct Written(Vec<(u64, String)>);

impl Written {
    /// One request: second, address, method and target, status and size, user, agent.
    fn add(
        &mut self,
        second: u64,
        ip: &str,
        (method, target): (&str, &str),
        (status, bytes): (u16, u64),
        user: &str,
        agent: &str,
    ) {
        let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let line = format!(
            "{ip} - {user} [10/Mar/2026:{clock} +0000] \"{method} {target} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\"\n"
        );
        self.0.push((second, line));
    }

    /// What is found about credentials and not held back.
    fn judged(mut self) -> Vec<Incident> {
        self.0.sort();
        let all = Log::of(&[self.0.into_iter().map(|(_, line)| line).collect::<String>()]).judged();
        let told = |one: &Incident| {
            one.suppressed_by.is_none() && one.kinds.iter().any(|kind| CREDENTIALS.contains(kind))
        };
        all.into_iter().filter(told).collect()
    }

    /// So many people through the day: a page and its files, a login that answers `fail` some times and then `ok`, work.
    fn people(&mut self, count: u64, login: &str, fail: (u16, u64), ok: (u16, u64)) {
        for nth in 0..count {
            let (ip, agent, second) = (person(nth), agent(nth), 20_000 + nth * 97 % 50_000);
            self.add(second, &ip, ("GET", login), (200, 6000), "-", &agent);
            self.add(second + 1, &ip, ("GET", "/app.js"), (200, 90_000), "-", &agent);
            let fails = [0, 0, 0, 2, 0, 1, 0, 3, 0, 0][usize::try_from(nth % 10).unwrap()];
            for at in 0..fails {
                self.add(second + 9 + at * 9, &ip, ("POST", login), fail, "-", &agent);
            }
            self.add(second + 60, &ip, ("POST", login), ok, "-", &agent);
            for at in 0..5 {
                let page = format!("/items/{}", nth * 5 + at);
                self.add(second + 70 + at * 20, &ip, ("GET", &page), (200, 4000 + nth), "-", &agent);
            }
        }
    }
}

fn person(nth: u64) -> String {
    format!("203.{}.{}.{}", nth / 40_000, nth / 200 % 200, nth % 200 + 1)
}

fn source(nth: u64) -> String {
    format!("{}.{}.7.{}", 11 + nth % 90, nth * 37 % 251, nth % 200 + 1)
}

/// One of the twenty agents that people have.
fn agent(nth: u64) -> String {
    format!("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", 110 + nth % 20)
}

/// The addresses that an incident names.
fn named(incident: &Incident) -> BTreeSet<String> {
    incident.entities.source_ips.iter().map(|address| address.0.text().into_owned()).collect()
}

const REFUSED: (u16, u64) = (401, 72);
const LET_IN: (u16, u64) = (200, 940);

#[test]
fn people_who_mistype_are_not_named_with_a_campaign_that_has_their_agent() {
    let mut log = Written::default();
    log.people(800, "/api/login", REFUSED, LET_IN);
    for nth in 0..100 {
        let at = 30_000 + nth * 200;
        log.add(at, &source(nth % 20), ("POST", "/api/login"), REFUSED, "-", &agent(7));
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), (0..20).map(source).collect());
    assert_eq!(found[0].outcome, Outcome::Attempted);
}

/// So many sources that tried three times each with agents of their own, and left.
fn strangers(log: &mut Written, count: u64) {
    for nth in 0..count * 3 {
        let (ip, agent) = (source(nth % count), agent(nth % count * 7));
        log.add(30_000 + nth * 20, &ip, ("POST", "/api/login"), REFUSED, "-", &agent);
    }
}

#[test]
fn sources_that_share_nothing_are_a_campaign_where_most_who_fail_do_nothing_else() {
    let mut log = Written::default();
    log.people(800, "/api/login", REFUSED, LET_IN);
    strangers(&mut log, 300);
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert!(named(&found[0]).len() >= 280 && named(&found[0]).iter().all(|ip| !ip.starts_with("203.")));
    // As many people forgot their passwords: they saw the page first.
    let mut log = Written::default();
    log.people(800, "/api/login", REFUSED, LET_IN);
    strangers(&mut log, 300);
    for nth in 0..300 {
        log.add(29_990 + nth * 20, &source(nth), ("GET", "/"), (200, 9000), "-", &agent(nth * 7));
        log.add(29_991 + nth * 20, &source(nth), ("GET", "/app.js"), (200, 90_000), "-", &agent(nth * 7));
    }
    let found = log.judged();
    assert!(found.is_empty(), "{}", text(&found));
}

#[test]
fn sources_of_one_network_are_a_campaign_and_its_people_are_not() {
    for people in [false, true] {
        let mut log = Written::default();
        log.people(800, "/api/login", REFUSED, LET_IN);
        for nth in 0..200 {
            let (ip, agent) = (format!("192.0.{}.{}", nth / 100, nth % 100 + 1), agent(nth));
            for at in 0..2 {
                log.add(30_000 + nth * 90 + at, &ip, ("POST", "/api/login"), REFUSED, "-", &agent);
            }
            for at in 0..if people { 6 } else { 0 } {
                log.add(30_020 + nth * 90 + at, &ip, ("GET", "/items/7"), (200, 4000), "-", &agent);
            }
        }
        assert_eq!(log.judged().is_empty(), people);
    }
}

#[test]
fn a_form_that_redirects_everybody_is_besieged_where_nobody_goes_on() {
    let gone = (302, 0);
    let mut log = Written::default();
    log.people(300, "/login", gone, gone);
    for nth in 0..400 {
        let second = 20_000 + nth * 9;
        log.add(second, &source(1), ("POST", "/login"), gone, "-", &agent(3));
        log.add(second + 1, &source(1), ("GET", "/login"), (200, 6100), "-", &agent(3));
    }
    // Monitoring logs in each minute and looks at what it gets.
    for nth in 0..1000 {
        log.add(9 + nth * 60, &source(2), ("POST", "/login"), gone, "-", "probe");
        log.add(10 + nth * 60, &source(2), ("GET", "/home"), (200, 7000), "-", "probe");
    }
    // A machine fetches tokens, and uses them elsewhere.
    for nth in 0..1000 {
        log.add(3 + nth * 63, &source(3), ("POST", "/oauth/token"), (200, 1800), "-", "machine");
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), BTreeSet::from([source(1)]));
}

#[test]
fn an_answer_that_people_get_only_before_another_refuses() {
    let mut log = Written::default();
    log.people(300, "/api/login", (200, 64), (200, 912));
    for nth in 0..60 {
        log.add(20_000 + nth * nth, &source(1), ("POST", "/api/login"), (200, 64), "-", &agent(3));
        // Another always gets in, and has its work elsewhere.
        log.add(20_000 + nth * nth, &source(2), ("POST", "/api/login"), (200, 912), "-", &agent(4));
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), BTreeSet::from([source(1)]));
}

#[test]
fn many_users_refused_at_no_login_are_sprayed_and_an_office_that_goes_on_to_work_is_not() {
    let mut log = Written::default();
    for nth in 0..200 {
        let user = format!("user{nth}");
        for round in 0..4 {
            log.add(9000 + round * 7000 + nth * 5, &source(1), ("GET", "/api/me"), REFUSED, &user, "curl");
        }
        for at in 0..12 {
            let answer = if at < 2 { REFUSED } else { (200, 500) };
            log.add(30_000 + nth * 30 + at, &source(2), ("GET", "/api/me"), answer, &user, &agent(nth));
        }
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(
        (&*found[0].kinds, named(&found[0])),
        (&[Kind::PasswordSpraying][..], BTreeSet::from([source(1)]))
    );
}

#[test]
fn an_old_password_of_the_owners_is_no_guessing_and_a_strangers_guesses_are() {
    let mut log = Written::default();
    for nth in 0..25 {
        let (ip, user) = (person(nth), format!("user{nth}"));
        for at in 0..90 {
            let answer = if at < 50 { REFUSED } else { (200, 2100) };
            let second = 29_000 + nth * 60 + at * 70 + at * at % 31;
            log.add(second, &ip, ("GET", "/api/sync"), answer, &user, "App/3.2");
        }
    }
    // A suite of tests asks as one user what it may, and what it may not.
    for nth in 0..600 {
        let answer = [(200, 90), REFUSED, (404, 60), (400, 70)][usize::try_from(nth % 4).unwrap()];
        log.add(40_000 + nth, &source(5), ("GET", &format!("/api/orders/{nth}")), answer, "tester", "suite");
    }
    for nth in 0..240 {
        log.add(
            100 + nth * 300 + nth * nth % 97,
            &source(1),
            ("GET", "/api/sync"),
            REFUSED,
            "user7",
            &agent(1),
        );
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), BTreeSet::from([source(1)]));
}

#[test]
fn accounts_of_ones_own_do_not_hide_tries_at_those_of_others() {
    let mut log = Written::default();
    for nth in 0..400 {
        let (answer, user) =
            if nth % 4 == 0 { (LET_IN, format!("own{}", nth % 5)) } else { (REFUSED, format!("user{nth}")) };
        log.add(20_000 + nth * 3, &source(1), ("POST", "/login"), answer, &user, &agent(1));
        // An office: each mistypes and gets in then.
        let (answer, user) = (if nth % 4 == 3 { LET_IN } else { REFUSED }, format!("person{}", nth / 4));
        log.add(20_000 + nth * 3, &source(2), ("POST", "/login"), answer, &user, &agent(nth / 4));
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), BTreeSet::from([source(1)]));
}

#[test]
fn one_agent_behind_a_carriers_address_is_told_without_the_people_there() {
    let mut log = Written::default();
    log.people(300, "/api/login", REFUSED, LET_IN);
    for nth in 0..60 {
        for at in 0..9 {
            let second = 20_000 + nth * 700 + at * 9;
            let (request, answer) = match at {
                0 => (("POST", "/api/login".to_owned()), LET_IN),
                _ => (("GET", format!("/{}/{nth}", ["items", "news", "shops"][at % 3])), (200, 4000)),
            };
            let at = u64::try_from(second).unwrap();
            log.add(at, &source(9), (request.0, &request.1), answer, "-", &agent(nth as u64));
        }
    }
    for nth in 0..400 {
        log.add(40_000 + nth * 12 + nth % 7, &source(9), ("POST", "/api/login"), REFUSED, "-", "tool");
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(found[0].outcome, Outcome::Attempted);
    let shared = found[0].confounders.iter().any(|note| note.name == "shared-address" && note.score.0 >= 25);
    assert!(shared, "nothing tells that others share the address");
}
