//! Machines that fetch, write and check much, and somebody who fetches his own papers: harmless, each beside the attack that it
//! must not excuse.

use super::{Kind, Who, Written, browser, is_held, is_told, reported, some, text};

/// Nothing of a kind is told.
#[track_caller]
fn is_silent(log: Written, kind: Kind) {
    let found = log.judged();
    assert_eq!(reported(&found, kind), 0, "{}", text(&found));
}

#[test]
fn who_is_given_more_by_a_service_between_machines_than_the_others_asks_no_more_than_they_do() {
    let log = |asks: u64, people: bool| {
        let mut log = Written::default();
        log.people(300);
        let service = "/430_1/services/Transfer_2.6";
        for nth in 0..4 {
            let mut partner = Who::program(&format!("198.51.{nth}.20"), &format!("Client/{nth}.4"));
            partner.from_page = people;
            for at in 0..200 + nth * 100 {
                log.add(200 + nth * 31 + at * 160, &partner, ("POST", service), (200, 9000 + some(at, 3000)));
            }
        }
        let partner = Who::program("198.51.100.44", "Broker/24.3");
        for nth in 0..asks {
            log.add(5_000 + nth * 2, &partner, ("POST", service), (200, 150_000 + some(nth, 300_000)));
        }
        log
    };
    is_held(log(900, false), Kind::DataExfiltration, "machine-route");
    is_told(log(3_000, false), Kind::DataExfiltration);
    is_told(log(900, true), Kind::DataExfiltration);
}

#[test]
fn a_program_that_writes_the_catalogue_changes_nothing_of_others() {
    let log = |others: u64, refused: bool| {
        let mut log = Written::default();
        log.people(300);
        for nth in 0..others {
            let target = format!("/rest/products/GW-{}", 10_000 + nth * 31);
            log.add(30_000 + nth * 90, &Who::person(nth), ("PUT", &target), (200, 900));
        }
        let keeper = Who::program("198.51.100.7", "connector/3.2");
        for nth in 0..900 {
            let status = if refused && nth % 3 == 0 { (403, 60) } else { (200, 5000) };
            let target = format!("/rest/products/GW-{}", 10_000 + nth * 3);
            log.add(3_000 + nth * 2, &keeper, ("PUT", &target), status);
        }
        log
    };
    is_held(log(0, false), Kind::ObjectEnumeration, "own-writing");
    is_told(log(200, false), Kind::ObjectEnumeration);
    is_told(log(0, true), Kind::ObjectEnumeration);
}

#[test]
fn who_looks_up_his_contracts_and_fetches_their_papers_in_one_sitting_is_no_thief() {
    let log = |papers: u64, looks_up: bool, from_page: bool| {
        let mut log = Written::default();
        log.customers(400);
        let accountant = Who { from_page, ..Who::person(9001) };
        log.add(34_000, &accountant, ("POST", "/login"), (200, 940));
        if looks_up {
            log.add(34_010, &accountant, ("GET", "/api/contracts?limit=200"), (200, 88_000));
        }
        for nth in 0..papers {
            let target = format!("/api/records/{}", 70_000 + some(nth, 90_000));
            log.add(34_030 + nth * 8, &accountant, ("GET", &target), (200, 1500));
        }
        log
    };
    is_held(log(150, true, true), Kind::ObjectEnumeration, "own-papers");
    is_told(log(600, true, true), Kind::ObjectEnumeration);
    is_told(log(150, false, true), Kind::ObjectEnumeration);
    is_told(log(150, true, false), Kind::ObjectEnumeration);
}

#[test]
fn who_checks_links_finds_most_of_everything_and_takes_nothing() {
    let log = |others: u64| {
        let mut log = Written::default();
        log.people(300);
        let checker = Who::program("198.51.100.9", "LinkChecker/10.4");
        for nth in 0..others {
            let page = ["/aaa", "/bbb", "/ccc", "/ddd", "/eee", "/fff", "/ggg", "/hhh"]
                [usize::try_from(nth % 8).unwrap()];
            log.add(8_000 + nth * 2, &checker, ("HEAD", page), (200, 0));
        }
        for nth in 0..60 {
            let status = if nth % 3 == 0 { (301, 0) } else { (404, 0) };
            let target = format!("/archive/{}", 10_000 + some(nth, 900_000));
            log.add(8_001 + nth * 9, &checker, ("HEAD", &target), status);
        }
        log
    };
    is_held(log(600), Kind::ObjectEnumeration, "link-checker");
    is_told(log(20), Kind::ObjectEnumeration);
}

/// People who read what they like of a catalogue with gaps between its ids, and what belongs to pages.
fn shop() -> Written {
    let mut log = Written::default();
    for nth in 0..8000 {
        let who = Who::person(nth % 2000);
        let product = some(nth, 40) * some(nth + 9, 40);
        log.add(20_000 + nth * 7, &who, ("GET", &product_page(product)), (200, 9000));
        log.add(20_001 + nth * 7, &who, ("GET", "/style.css"), (200, 9000));
    }
    log
}

/// The page of one of them.
fn product_page(nth: u64) -> String {
    format!("/products/{}", 1000 + nth * 613)
}

#[test]
fn who_alone_takes_a_catalogue_in_no_order_scrapes_and_a_crawler_asks_what_it_may() {
    let log = |objects: u64, robots: bool, style: bool| {
        let mut log = shop();
        let reader = Who::program("198.51.100.9", "fetch/3.9");
        if robots {
            log.add(9_990, &reader, ("GET", "/robots.txt"), (200, 68));
        }
        for nth in 0..objects {
            log.add(10_000 + nth * 2, &reader, ("GET", &product_page(nth * 7 % 1600)), (200, 9000));
            if style && nth % 20 == 0 {
                log.add(10_001 + nth * 2, &reader, ("GET", "/style.css"), (200, 9000));
            }
        }
        log
    };
    is_told(log(1500, false, false), Kind::Scraping);
    is_silent(log(400, false, false), Kind::Scraping);
    is_silent(log(1500, true, false), Kind::Scraping);
    is_silent(log(1500, false, true), Kind::Scraping);
}

#[test]
fn addresses_with_one_agent_or_one_pace_that_read_a_few_things_each_share_out_a_catalogue() {
    let log = |agents: u64, robots: bool, gap: u64| {
        let mut log = shop();
        for nth in 0..150 {
            let agent =
                if agents == 1 { "Mozilla/5.0 (Old) Chrome/88".to_owned() } else { browser(nth % agents) };
            let who = Who { from_page: false, agent, ..Who::person(7000 + nth * 203) };
            if robots && nth == 7 {
                log.add(20_000, &who, ("GET", "/robots.txt"), (200, 68));
            }
            for at in 0..8 {
                let page = product_page(some(nth * 8 + at + 77_777, 1600));
                log.add(20_000 + nth * 60 + at * gap, &who, ("GET", &page), (200, 9000));
            }
        }
        log
    };
    is_told(log(1, false, 2_700), Kind::Scraping);
    is_told(log(40, false, 2_700), Kind::Scraping);
    is_silent(log(40, false, 9), Kind::Scraping);
    is_silent(log(1, true, 2_700), Kind::Scraping);
}

#[test]
fn an_export_that_is_taken_page_by_page_is_stolen_though_other_routes_give_as_much() {
    let log = |pages: u64, others_do: bool| {
        let mut log = Written::default();
        log.people(60);
        // Other routes give much to everybody, so that volumes scatter by orders of magnitude.
        for nth in 0..60 {
            let who = Who::person(400 + nth);
            for at in 0..(1 << (nth % 9)) {
                let target = format!("/scans/{}", nth * 999 + at);
                log.add(25_000 + nth * 400 + at, &who, ("GET", &target), (200, 900_000));
            }
        }
        let page = |at: u64| format!("/api/customers/export?page={at}");
        for nth in 0..20 {
            log.add(30_000 + nth * 300, &Who::person(nth), ("GET", &page(0)), (200, 500_000));
        }
        for nth in 0..if others_do { 3 } else { 0 } {
            for at in 0..150 {
                let (second, who) = (40_000 + nth * 2_000 + at * 8, Who::person(60 + nth));
                log.add(second, &who, ("GET", &page(at)), (200, 400_000 + some(at, 99_999)));
            }
        }
        let thief = Who { from_page: false, ..Who::person(9001) };
        for nth in 0..pages {
            let size = 700_000 + some(nth, 300_000);
            log.add(10_000 + nth * 8, &thief, ("GET", &page(nth)), (200, size));
        }
        log
    };
    is_told(log(200, false), Kind::DataExfiltration);
    is_silent(log(20, false), Kind::DataExfiltration);
    is_silent(log(200, true), Kind::DataExfiltration);
}
