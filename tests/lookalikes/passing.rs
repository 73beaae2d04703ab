//! What is asked in passing, shown on purpose, or typed once.

use super::*;

/// Servers of others that ask for profiles, and for so much else each time.
fn servers(else_: u64) -> Written {
    let mut log = Written::default();
    log.people(400);
    for nth in 0..12_u64 {
        let who = Who::program(&format!("198.51.{nth}.7"), "Synapse/1.98");
        for at in 0..100 {
            let second = 20_000 + at * 400 + nth * 13;
            let name = some(at * 12 + nth, 600);
            let (target, ok) = (format!("/federation/users/lookup?user=u{name}"), !name.is_multiple_of(3));
            log.add(second, &who, ("GET", &target), if ok { (200, 180) } else { (404, 60) });
            for other in 0..else_ {
                let path = format!("/federation/v{}/state", other % 10);
                log.add(second + 1 + other, &who, ("GET", &path), (200, 2000 + other * 7));
            }
        }
    }
    log
}

#[test]
fn a_server_that_mostly_does_something_else_collects_no_names_and_one_that_does_nothing_else_may() {
    is_held(servers(12), Kind::AccountEnumeration, "in-passing");
    assert_eq!(reported(&servers(0).judged(), Kind::AccountEnumeration), 1);
}

/// One address that asks for a hundred names, and signs up with some of them.
fn signs_up(accounts: u64) -> Written {
    let mut log = Written::default();
    log.people(400);
    let who = Who::person(7777);
    for at in 0..100 {
        let target = format!("/register/available?username=pupil{at}");
        log.add(30_000 + at * 20, &who, ("GET", &target), if at % 3 == 0 { (400, 70) } else { (200, 18) });
        if at < accounts {
            log.add(30_011 + at * 20, &who, ("POST", "/register"), (200, 700));
        }
    }
    log
}

#[test]
fn whoever_signs_up_with_the_answers_collects_no_names() {
    is_held(signs_up(16), Kind::AccountEnumeration, "in-passing");
    assert_eq!(reported(&signs_up(0).judged(), Kind::AccountEnumeration), 1);
}

#[test]
fn a_file_that_a_forge_shows_is_meant_to_be_seen_and_the_same_below_the_root_is_not() {
    let exposed = |path: &str| {
        let mut log = Written::default();
        log.people(400);
        for nth in 0..6 {
            let who = Who::person(6000 + nth);
            log.add(40_000 + nth * 50, &who, ("GET", path), (200, 640));
        }
        reported(&log.judged(), Kind::Exposure)
    };
    assert_eq!(exposed("/security/auth-service/-/raw/main/.gitlab-ci.yml"), 0);
    assert_eq!(exposed("/anna/site/src/branch/main/.env"), 0);
    assert!(exposed("/.env") > 0);
}

#[test]
fn payloads_that_one_address_tries_on_a_route_in_use_are_no_slip() {
    let tried = |path: &str, times: u64| {
        let mut log = Written::default();
        log.people(400);
        for nth in 0..300 {
            let target = format!("/search?q=mug+{}", nth % 40);
            log.add(30_000 + nth * 40, &Who::person(nth), ("GET", &target), (200, 5000 + nth % 90));
        }
        for nth in 0..times {
            let target = format!("{path}?q={nth}'+union+select+{nth},password+from+users--");
            log.add(50_000 + nth * 30, &Who::person(9000), ("GET", &target), (200, 5040 + nth));
        }
        reported(&log.judged(), Kind::Injection)
    };
    assert_eq!((tried("/search", 4), tried("/search", 1)), (1, 0));
    assert_eq!(tried("/old/cgi-bin/x.php", 4), 0, "bots try what they know");
}

/// Neighbours that each ask for some files of others at the same time, as a program or from page to page.
fn readers(from_page: bool) -> usize {
    let mut log = Written::default();
    log.people(400);
    for nth in 0..600 {
        let who = Who::program(&format!("62.171.117.{}", 10 + nth % 6 * 9), "curl/8.5");
        let who = Who { from_page, ..who };
        let target = format!("/api/files/{}", 5000 + some(nth, 3000));
        log.add(40_000 + nth * 9, &who, ("GET", &target), (200, 50_000));
    }
    reported(&log.judged(), Kind::ObjectEnumeration)
}

#[test]
fn neighbours_that_share_out_what_is_others_are_one_walk_and_a_desk_is_none() {
    assert_eq!((readers(false), readers(true)), (1, 0));
}

/// A program that takes a thousand documents, which so many others read as well.
fn archive(path: &str, others: u64) -> Written {
    let mut log = Written::default();
    log.people(400);
    let who = Who::program("192.0.2.75", "Java/17");
    for nth in 0..1200 {
        let target = format!("{path}/{}/content", 41_000 + nth);
        log.add(20_000 + nth * 4 + some(nth, 3), &who, ("GET", &target), (200, 180_000 + some(nth, 90_000)));
        if nth % 100 < others {
            log.add(30_000 + nth * 31, &Who::person(nth), ("GET", &target), (200, 180_000));
        }
    }
    log
}

#[test]
fn an_interface_for_programs_alone_is_used_by_one_and_what_people_read_is_stolen() {
    is_held(archive("/api/internal/documents", 0), Kind::DataExfiltration, "own-route");
    is_told(archive("/api/internal/documents", 9), Kind::DataExfiltration);
    is_told(archive("/api/documents", 9), Kind::DataExfiltration);
}
