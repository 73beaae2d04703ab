//! What is harmless though it looks like a theft, a walk or a siege, each beside the attack that it must not excuse.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
#[path = "lookalikes/files.rs"]
mod files;
#[path = "lookalikes/machines.rs"]
mod machines;
#[path = "lookalikes/passing.rs"]
mod passing;
#[path = "lookalikes/shared.rs"]
mod shared;
#[path = "lookalikes/slow.rs"]
mod slow;
#[path = "lookalikes/turned.rs"]
mod turned;

use common::{Log, text};
use gatehound::incident::{Incident, Kind, Severity};

/// A log as it is written.
#[derive(Default)]
struct Written(Vec<(u64, String)>);

/// Who asks: address, user, agent, and whether from a page.
#[derive(Clone)]
struct Who {
    ip: String,
    user: String,
    agent: String,
    from_page: bool,
}

impl Who {
    /// A person with an agent as many have, who works from page to page.
    fn person(nth: u64) -> Self {
        Self {
            ip: format!("203.{}.{}.{}", nth / 40_000, nth / 200 % 200, nth % 200 + 1),
            user: "-".to_owned(),
            agent: browser(nth),
            from_page: true,
        }
    }

    /// A program at an address.
    fn program(ip: &str, agent: &str) -> Self {
        Self { ip: ip.to_owned(), user: "-".to_owned(), agent: agent.to_owned(), from_page: false }
    }

    /// The same with a user's name.
    fn named(self, user: &str) -> Self {
        Self { user: user.to_owned(), ..self }
    }
}

/// One of forty agents that people have.
fn browser(nth: u64) -> String {
    format!("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", 100 + nth * 7 % 40)
}

/// Some number below `of`, the same for the same `seed`.
fn some(seed: u64, of: u64) -> u64 {
    (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % of
}

impl Written {
    /// One request: second, who, method and target, status and size.
    fn add(&mut self, second: u64, who: &Who, (method, target): (&str, &str), (status, bytes): (u16, u64)) {
        let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        let Who { ip, user, agent, from_page } = who;
        let page = if *from_page { "https://www.example.com/start" } else { "-" };
        let line = format!(
            "{ip} - {user} [10/Mar/2026:{clock} +0000] \"{method} {target} HTTP/1.1\" {status} {bytes} \"{page}\" \"{agent}\"\n"
        );
        self.0.push((second, line));
    }

    /// Everything that is found.
    fn judged(mut self) -> Vec<Incident> {
        self.0.sort();
        Log::of(&[self.0.into_iter().map(|(_, line)| line).collect::<String>()]).judged()
    }

    /// So many people with names, each of whom reads two records and two files of his own and a few pages.
    fn people(&mut self, count: u64) {
        for nth in 0..count {
            let who = Who::person(nth).named(&format!("user{nth}"));
            let second = 25_000 + nth * 97 % 50_000;
            for at in 0..4 {
                self.add(second + at * 30, &who, ("GET", "/home"), (200, 9000 + nth));
                let own = 5000 + nth * 7 + at % 2;
                self.add(second + 9 + at * 30, &who, ("GET", &format!("/api/records/{own}")), (200, 1500));
                let size = 40_000 + some(own, 30_000);
                self.add(second + 15 + at * 30, &who, ("GET", &format!("/api/files/{own}")), (200, size));
            }
        }
    }

    /// So many people without names who log in and read two records of their own.
    fn customers(&mut self, count: u64) {
        for nth in 0..count {
            let (who, second) = (Who::person(nth), 25_000 + nth * 97 % 50_000);
            self.add(second, &who, ("GET", "/login"), (200, 6000));
            for at in 0..[0, 0, 0, 1, 0, 2][usize::try_from(nth % 6).unwrap()] {
                self.add(second + 5 + at * 7, &who, ("POST", "/login"), (401, 72));
            }
            self.add(second + 30, &who, ("POST", "/login"), (200, 940));
            for at in 0..4 {
                self.add(second + 40 + at * 20, &who, ("GET", "/home"), (200, 9000 + nth));
                let own = format!("/api/records/{}", 70_000 + nth * 131 + at % 2);
                self.add(second + 45 + at * 20, &who, ("GET", &own), (200, 1500));
            }
        }
    }
}

/// What a person is asked to look at.
fn reported(found: &[Incident], kind: Kind) -> usize {
    let is_told = |one: &&Incident| one.suppressed_by.is_none() && one.severity >= Severity::Medium;
    found.iter().filter(is_told).filter(|one| one.kinds.contains(&kind)).count()
}

/// How many were held back by a look-alike.
fn held_by(found: &[Incident], name: &str) -> usize {
    found.iter().filter(|one| one.suppressed_by.as_deref() == Some(name)).count()
}

/// Nothing of a kind is told, and this look-alike says why.
#[track_caller]
fn is_held(log: Written, kind: Kind, name: &str) {
    let found = log.judged();
    assert_eq!(reported(&found, kind), 0, "{}", text(&found));
    assert!(held_by(&found, name) > 0, "{}", text(&found));
}

/// Something of a kind is told.
#[track_caller]
fn is_told(log: Written, kind: Kind) {
    let found = log.judged();
    assert!(reported(&found, kind) > 0, "{}", text(&found));
}

#[test]
fn a_machine_that_has_its_routes_to_itself_is_no_thief() {
    let log = |target: &dyn Fn(u64) -> String| {
        let mut log = Written::default();
        log.people(300);
        let job = Who::program("198.51.100.44", "backup/2.4").named("svc-backup");
        for nth in 0..60 {
            log.add(7600 + nth * 25, &job, ("GET", &target(nth)), (200, 21_000_000));
        }
        log
    };
    is_held(log(&|nth| format!("/v1/everything?part={nth}")), Kind::DataExfiltration, "own-route");
    is_told(log(&|nth| format!("/api/files/{}", 5000 + nth * 7)), Kind::DataExfiltration);
    // Somebody with a life besides may have been robbed, whatever else he does not do.
    let mut log = log(&|nth| format!("/v1/everything?part={nth}"));
    for nth in 0..5 {
        let job = Who::program("198.51.100.44", "backup/2.4").named("svc-backup");
        log.add(50_000 + nth * 30, &job, ("GET", "/home"), (200, 9000));
    }
    is_told(log, Kind::DataExfiltration);
}

#[test]
fn who_logs_in_for_many_reads_what_is_each_ones() {
    let log = |every: u64| {
        let mut log = Written::default();
        log.customers(300);
        let adviser = Who::person(9999);
        for nth in 0..160 {
            let second = 40_000 + nth * 12;
            if nth % every == 0 {
                log.add(second, &adviser, ("POST", "/login"), (200, 940));
            }
            let target = format!("/api/records/{}", 70_000 + some(nth, 90_000));
            log.add(second + 3, &adviser, ("GET", &target), (200, 1500));
        }
        log
    };
    is_held(log(12), Kind::ObjectEnumeration, "logins-for-many");
    is_told(log(1000), Kind::ObjectEnumeration);
}

#[test]
fn what_is_read_again_and_again_is_kept_current_and_not_walked_over() {
    let log = |rounds: u64| {
        let mut log = Written::default();
        log.people(300);
        let bot = Who::program("198.51.100.7", "updater/37");
        for nth in 0..rounds * 120 {
            let hour = [0, 2, 7, 9, 14][usize::try_from(nth / 120).unwrap()];
            let second = 300 + hour * 3600 + nth % 120 * 2;
            log.add(second, &bot, ("GET", &format!("/projects/{}/manifest", 1 + nth % 120)), (200, 1800));
        }
        log
    };
    is_held(log(5), Kind::ObjectEnumeration, "kept-current");
    is_told(log(1), Kind::ObjectEnumeration);
}

#[test]
fn the_house_itself_may_read_its_catalogue_whole() {
    let log = |ip: &str, rounds: u64| {
        let mut log = Written::default();
        for nth in 0..2000 {
            let (who, product) = (Who::person(nth % 400), some(nth, 60) * some(nth + 9, 10));
            let second = 20_000 + nth * 29 % 60_000;
            log.add(second, &who, ("GET", "/home"), (200, 9000));
            log.add(second + 9, &who, ("GET", &format!("/products/{product}")), (200, 4000));
        }
        let index = Who::program(ip, "indexer/3.1");
        for nth in 0..600 {
            let second = 1800 + nth % rounds * 7200 + nth / rounds;
            log.add(second, &index, ("GET", &format!("/products/{nth}")), (200, 4000));
        }
        log
    };
    is_held(log("10.42.5.77", 1), Kind::Scraping, "from-inside");
    // So may a partner who comes every two hours.
    is_held(log("198.51.100.77", 10), Kind::Scraping, "scheduled-sync");
    is_told(log("198.51.100.77", 1), Kind::Scraping);
}

#[test]
fn a_door_that_refuses_everybody_for_a_while_does_not_make_anybody_a_guesser() {
    let log = |all_refused: bool| {
        let mut log = Written::default();
        for nth in 0..60 {
            let device = Who { from_page: false, agent: "Agent/4.1".to_owned(), ..Who::person(nth) };
            // Whoever was let in before holds a token that was revoked.
            let good = if nth >= 3 { 20 } else { 2 * u64::from(all_refused) };
            for hour in 0..good {
                log.add(18_000 + hour * 3600 + nth, &device, ("POST", "/v1/token"), (200, 812));
                log.add(18_030 + hour * 3600 + nth, &device, ("POST", "/v1/state"), (204, 0));
            }
            let tries = if all_refused || nth < 3 { 40 } else { 0 };
            for at in 0..tries {
                log.add(21_700 + at * 30 + nth, &device, ("POST", "/v1/token"), (401, 64));
            }
        }
        log
    };
    let found = log(true).judged();
    assert_eq!(
        reported(&found, Kind::BruteForce) + reported(&found, Kind::CredentialStuffing),
        0,
        "{}",
        text(&found)
    );
    let found = log(false).judged();
    assert!(
        reported(&found, Kind::BruteForce) + reported(&found, Kind::CredentialStuffing) > 0,
        "{}",
        text(&found)
    );
}

#[test]
fn who_is_refused_with_all_others_and_gets_in_at_last_guessed_nothing() {
    let log = |all_get_in: bool| {
        let mut log = Written::default();
        log.customers(200);
        for nth in 0..16 {
            let who = Who { agent: browser(3), ..Who::person(9000 + nth * 203) };
            let (first, tries) = (41_000 + nth * 60, 20 + nth % 5);
            for at in 0..tries {
                log.add(first + at * 55, &who, ("POST", "/login"), (401, 72));
            }
            let found =
                if all_get_in { 1 } else { [3, 0, 0, 2, 0, 0, 1, 0][usize::try_from(nth % 8).unwrap()] };
            for at in 0..found {
                log.add(43_000 + nth * 20 + at, &who, ("POST", "/login"), (200, 940));
            }
        }
        log
    };
    is_held(log(true), Kind::CredentialStuffing, "closed-door");
    is_told(log(false), Kind::CredentialStuffing);
}

#[test]
fn a_phone_with_an_old_password_that_asks_now_and_then_is_no_guesser() {
    let log = |gap: u64, names: u64| {
        let mut log = Written::default();
        log.people(200);
        let (mut second, mut nth) = (600, 0);
        while second < 86_000 {
            let who = Who::program("198.51.100.22", "sync/17.6").named(&format!("anna{}", nth % names));
            log.add(second, &who, ("PROPFIND", "/dav/calendars/anna/default/"), (401, 350));
            second += gap / 2 + some(nth, gap);
            nth += 1;
        }
        log
    };
    is_held(log(900, 1), Kind::BruteForce, "stale-secret");
    is_told(log(60, 1), Kind::BruteForce);
}

#[test]
fn a_device_that_waits_for_its_owner_guesses_nothing() {
    let log = |asks_for_codes: bool| {
        let mut log = Written::default();
        log.customers(200);
        for nth in 0..30 {
            let device = Who::program(&format!("198.51.100.{}", nth + 1), "TV/1.2");
            let second = 20_000 + nth * 1700;
            if asks_for_codes {
                log.add(second, &device, ("POST", "/oauth/device"), (200, 510));
            }
            for at in 1..61 {
                log.add(second + at * 5, &device, ("POST", "/oauth/token"), (400, 72));
            }
            log.add(second + 305, &device, ("POST", "/oauth/token"), (200, 3150));
        }
        log
    };
    is_held(log(true), Kind::CredentialStuffing, "device-approval");
    is_told(log(false), Kind::CredentialStuffing);
}

#[test]
fn who_takes_out_what_is_his_own_from_where_he_works_is_no_thief() {
    let log = |thief: Option<&str>| {
        let mut log = Written::default();
        let worker = |nth: u64| Who::person(nth).named(&format!("user{nth}"));
        for nth in 0..300 {
            let second = 25_000 + nth * 97 % 30_000;
            for at in 0..12 {
                let target = format!("/t/tenant-{}/tickets/{}", nth % 40, 1000 + nth * 5 + at % 3);
                log.add(second + at * 30, &worker(nth), ("GET", &target), (200, 5000));
                let target = format!("/t/tenant-{}/attachments/{}", nth % 40, 9000 + nth * 5 + at % 2);
                log.add(second + 9 + at * 30, &worker(nth), ("GET", &target), (200, 90_000));
            }
        }
        let mover = thief.map_or(worker(7), |ip| Who::program(ip, "fetch/3.9").named("user7"));
        for nth in 0..400 {
            let target = format!("/t/tenant-7/attachments/{}", 20_000 + nth * 3 + some(nth, 3));
            log.add(60_000 + nth * 4, &mover, ("GET", &target), (200, 90_000 + some(nth, 500_000)));
        }
        log
    };
    is_held(log(None), Kind::DataExfiltration, "own-space");
    is_told(log(Some("198.51.100.9")), Kind::DataExfiltration);
}

#[test]
fn one_document_again_and_again_is_nothing_new() {
    let log = |grows: u64, gap: u64| {
        let mut log = Written::default();
        log.people(300);
        for nth in 0..200 {
            log.add(30_000 + nth * 100, &Who::person(nth), ("GET", "/catalog/home.json"), (200, 81_000));
        }
        let probe = Who::program("198.51.100.12", "probe/2.0");
        for nth in 0..1440 {
            let size = 81_000 + some(nth, 90_000) * grows;
            log.add(nth * gap, &probe, ("GET", "/catalog/home.json"), (200, size));
        }
        log
    };
    let found = log(0, 60).judged();
    assert_eq!(reported(&found, Kind::DataExfiltration), 0, "{}", text(&found));
    // By the clock all day it is polled, whatever it says; for a few hours it is taken.
    is_held(log(1, 60), Kind::DataExfiltration, "steady-poller");
    is_told(log(1, 15), Kind::DataExfiltration);
}

#[test]
fn asking_whether_pages_are_there_that_everybody_reads_is_no_walk() {
    let log = |is_public: bool| {
        let mut log = Written::default();
        for nth in 0..3000 {
            let second = 20_000 + nth * 29 % 60_000;
            let page = if is_public { some(nth, 150) } else { nth % 400 };
            log.add(second, &Who::person(nth % 400), ("GET", &format!("/pages/{page}")), (200, 4000));
        }
        let checker = Who::program("198.51.100.13", "checker/10.2");
        for nth in 0..300 {
            log.add(14_400 + nth, &checker, ("HEAD", &format!("/pages/{nth}")), (200, 0));
        }
        log
    };
    let found = log(true).judged();
    assert_eq!(reported(&found, Kind::ObjectEnumeration), 0, "{}", text(&found));
    is_told(log(false), Kind::ObjectEnumeration);
}

#[test]
fn people_who_happen_to_take_much_on_one_day_are_not_led_by_one_hand() {
    let log = |one_hand: bool| {
        let mut log = Written::default();
        for nth in 0..2000 {
            let second = 20_000 + nth * 29 % 60_000;
            for at in 0..3 {
                log.add(
                    second + at * 9,
                    &Who::person(nth),
                    ("GET", "/feed"),
                    (200, 33_000 + some(nth, 3000)),
                );
            }
        }
        for nth in 0..14 {
            let mut who = Who::person(5000 + nth);
            if one_hand {
                who = Who::program(&who.ip, "fetch/3.9");
            }
            for at in 0..180 {
                let second = 20_000 + nth * 3400 + at * 17;
                log.add(second, &who, ("GET", "/feed"), (200, 33_000 + some(at + nth * 999, 9000)));
            }
        }
        log
    };
    let found = log(false).judged();
    assert_eq!(reported(&found, Kind::DataExfiltration), 0, "{}", text(&found));
    is_told(log(true), Kind::DataExfiltration);
}

#[test]
fn a_drip_of_single_answers_is_no_schedule() {
    let log = |bursts: bool| {
        let mut log = Written::default();
        log.people(300);
        let who = Who::person(999);
        for nth in 0..66 {
            let second =
                if bursts { nth / 3 * 3600 + 300 + nth % 3 * 20 } else { nth * 1250 + some(nth, 300) };
            let target = format!("/folders/{}/zip", 100 + nth);
            log.add(second, &who, ("GET", &target), (200, 22_000_000 + some(nth, 10_000_000)));
        }
        log
    };
    is_held(log(true), Kind::DataExfiltration, "scheduled-sync");
    is_told(log(false), Kind::DataExfiltration);
    // One large answer at a time is, where it comes on the hour, whatever small there is between.
    let mut hourly = Written::default();
    hourly.people(300);
    let partner = Who::program("198.51.100.15", "feed/2.4");
    for hour in 0..24 {
        hourly.add(
            hour * 3600 + 200 + some(hour, 9),
            &partner,
            ("GET", "/feed/partner.xml"),
            (200, 29_110_000 + some(hour, 900_000)),
        );
        hourly.add(hour * 3600 + 1000 + some(hour, 900), &partner, ("GET", "/home"), (200, 9000));
    }
    is_held(hourly, Kind::DataExfiltration, "scheduled-sync");
}

#[test]
fn somebody_who_guesses_at_an_uneven_pace_is_no_clock() {
    let log = |jitter: u64| {
        let mut log = Written::default();
        log.customers(200);
        let mut second = 600;
        for nth in 0..240 {
            let who = Who::program("198.51.100.21", "agent/1");
            log.add(second, &who, ("POST", "/login"), (401, 72));
            second += 310 + some(nth, 2 * jitter + 1) - jitter;
        }
        log
    };
    is_held(log(2), Kind::BruteForce, "stale-secret");
    is_told(log(110), Kind::BruteForce);
}

#[test]
fn addresses_with_one_agent_or_one_pace_that_share_out_a_walk_are_told_as_one() {
    let log = |one_agent: bool, share_out: bool, slowly: bool| {
        let mut log = Written::default();
        log.customers(400);
        for nth in 0..600 {
            let mut who = Who::person(7000 + nth % 40 * 203);
            if one_agent {
                who.agent = browser(3);
            }
            let object = if share_out { some(nth, 90_000) } else { some(nth / 40, 90_000) };
            let target = format!("/api/records/{}", 70_000 + object);
            // One by one all day, or in one visit each.
            let second = if slowly { 20_000 + nth * 60 } else { 20_000 + nth % 40 * 900 + nth / 40 * 20 };
            log.add(second, &who, ("GET", &target), (200, 1500));
        }
        log
    };
    is_told(log(true, true, true), Kind::ObjectEnumeration);
    is_told(log(false, true, true), Kind::ObjectEnumeration);
    for (one_agent, share_out, slowly) in [(false, true, false), (true, false, true), (false, false, true)] {
        let found = log(one_agent, share_out, slowly).judged();
        assert_eq!(reported(&found, Kind::ObjectEnumeration), 0, "{}", text(&found));
    }
}

#[test]
fn a_list_does_not_explain_objects_that_are_not_there() {
    let log = |status: u16| {
        let mut log = Written::default();
        log.customers(300);
        let who = Who::person(999);
        for nth in 0..400 {
            let second = 30_000 + nth * 5;
            if nth % 4 == 0 {
                log.add(second, &who, ("GET", "/api/records"), (200, 9000));
            }
            let target = format!("/api/records/{}", 70_000 + some(nth, 90_000));
            log.add(second + 2, &who, ("GET", &target), (status, 300));
        }
        log
    };
    is_held(log(200), Kind::ObjectEnumeration, "list-first");
    is_told(log(404), Kind::ObjectEnumeration);
}

#[test]
fn who_is_refused_where_nobody_else_is_guesses_though_others_guess_as_much() {
    let log = |refused: bool, others: bool| {
        let mut log = Written::default();
        log.customers(260);
        for nth in 0..if others { 260 } else { 0 } {
            let target = format!("/api/records/{}", 70_000 + some(nth, 90_000));
            log.add(40_000 + nth * 90, &Who::person(nth), ("GET", &target), (403, 120));
        }
        for nth in 0..400 {
            let target = format!("/api/records/{}", 70_000 + some(nth, 90_000));
            let answer = if refused && nth % 5 == 0 { (403, 120) } else { (200, 1500 + some(nth, 900)) };
            log.add(30_000 + nth * 37, &Who::person(7000 + nth % 4), ("GET", &target), answer);
        }
        log
    };
    is_told(log(true, false), Kind::ObjectEnumeration);
    for (refused, others) in [(false, false), (true, true)] {
        let found = log(refused, others).judged();
        assert_eq!(reported(&found, Kind::ObjectEnumeration), 0, "{}", text(&found));
    }
}
