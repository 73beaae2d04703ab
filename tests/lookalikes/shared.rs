//! Objects that several read, and takers that are several: harmless, each beside the attack that it must not excuse.

use super::{Kind, Who, Written, browser, is_told, reported, some, text};

/// Somebody with devices on the way: so many addresses, one agent, nothing from a page.
fn app(nth: u64) -> Who {
    Who { from_page: false, agent: browser(nth % 6), ..Who::person(nth) }
}

/// Nothing of a kind is told.
#[track_caller]
fn is_silent(log: Written, kind: Kind) {
    let found = log.judged();
    assert_eq!(reported(&found, kind), 0, "{}", text(&found));
}

#[test]
fn who_serves_many_devices_commands_no_fleet_and_a_vote_is_nobodys_own() {
    let log = |own: bool, fleet: u64| {
        let mut log = Written::default();
        let target =
            |nth: u64| format!("/v1/{}/{}/commands", if own { "devices" } else { "polls" }, 4000 + nth);
        // Each has a device, or votes on what everybody votes on, from home and from the way, and comes back.
        for nth in 0..400 {
            for at in 0..4 {
                let who = app(nth * 2 + at % 2);
                let object = if own { nth } else { some(nth * 4 + at, 300) };
                log.add(20_000 + nth * 101 + at * 4_000, &who, ("POST", &target(object)), (202, 60));
            }
        }
        // Installers serve a dozen each.
        for nth in 0..240 {
            log.add(30_000 + nth * 120, &app(2000 + nth / 12), ("POST", &target(nth)), (202, 60));
        }
        for nth in 0..fleet {
            log.add(40_000 + nth * 2, &app(3000), ("POST", &target(nth * 7 % 400)), (202, 60));
        }
        log
    };
    is_silent(log(true, 0), Kind::ObjectEnumeration);
    is_silent(log(false, 200), Kind::ObjectEnumeration);
    is_told(log(true, 200), Kind::ObjectEnumeration);
}

#[test]
fn a_crawlers_addresses_share_out_no_walk() {
    let log = |one_network: bool, robots: bool| {
        let mut log = Written::default();
        log.customers(400);
        for nth in 0..40 {
            let mut who =
                Who { from_page: false, agent: "fetch/3.9".to_owned(), ..Who::person(7000 + nth * 203) };
            if one_network {
                who.ip = format!("192.0.2.{}", nth + 1);
            }
            if robots && nth == 7 {
                log.add(20_000, &who, ("GET", "/robots.txt"), (200, 68));
            }
            for at in 0..8 {
                let target = format!("/api/records/{}", 70_000 + some(nth * 8 + at, 90_000));
                log.add(20_000 + nth * 60 + at * 2_700, &who, ("GET", &target), (200, 1500));
            }
        }
        log
    };
    is_told(log(false, false), Kind::ObjectEnumeration);
    is_silent(log(true, false), Kind::ObjectEnumeration);
    is_silent(log(false, true), Kind::ObjectEnumeration);
}

#[test]
fn a_pool_among_crawlers_takes_a_catalogue_and_crawlers_alone_do_not() {
    let log = |pool: bool| {
        let mut log = Written::default();
        let page = |nth: u64| format!("/products/{}", nth * 13);
        for nth in 0..6000 {
            let who = Who::person(nth % 1500);
            log.add(20_000 + nth * 9, &who, ("GET", &page(some(nth, 1600))), (200, 9000));
            log.add(20_001 + nth * 9, &who, ("GET", "/style.css"), (200, 9000));
        }
        for nth in 0..900 {
            let who = Who::program(&format!("192.0.2.{}", nth % 12 + 1), "crawl/2.1");
            log.add(nth * 95, &who, ("GET", &page(some(nth + 77_777, 1600))), (200, 9000));
        }
        for nth in 0..if pool { 1600 } else { 0 } {
            let who =
                Who { from_page: false, agent: browser(nth % 90 % 4), ..Who::person(7000 + nth % 90 * 203) };
            log.add(15_000 + nth * 26, &who, ("GET", &page(nth * 7 % 1600)), (200, 9000));
        }
        log
    };
    is_told(log(true), Kind::Scraping);
    is_silent(log(false), Kind::Scraping);
}

#[test]
fn what_many_may_read_is_stolen_where_an_account_is_emptied_from_elsewhere() {
    let log = |place: u64, agent: &str| {
        let mut log = Written::default();
        let repository = |nth: u64| format!("/team{}/part{}.git/git-upload-pack", nth % 8, 100 + nth);
        let clone = |log: &mut Written, second, who: &Who, nth: u64| {
            log.add(second, who, ("POST", &repository(nth)), (200, 400_000 + some(nth, 3_000_000)));
        };
        for nth in 0..160 {
            let who = Who { from_page: false, agent: "git/2.39".to_owned(), ..Who::person(nth) };
            let who = who.named(&format!("user{nth}"));
            for at in 0..12 {
                let second = 30_000 + nth * 60 + at * 2_000;
                log.add(second, &who, ("POST", &repository(some(nth * 9 + at % 6, 300))), (200, 9000));
            }
            (0..3).for_each(|at| clone(&mut log, 31_000 + nth * 60 + at, &who, some(nth * 9 + at, 300)));
        }
        let thief = Who { from_page: false, agent: agent.to_owned(), ..Who::person(place) };
        let thief = thief.named("user7");
        (0..190).for_each(|at| clone(&mut log, 5_000 + at * 8, &thief, at * 11 % 300));
        log
    };
    is_told(log(9000, "git/2.43"), Kind::DataExfiltration);
    is_silent(log(7, "git/2.39"), Kind::DataExfiltration);
}
