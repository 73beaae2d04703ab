//! Who is sent elsewhere, and why: a login refuses a walker, a language or an open page refuses nobody.

use gatehound::incident::Outcome;

use super::*;

/// Customers and somebody who is sent elsewhere from so many of their records, and asks then for what `follows`.
fn turned(objects: u64, status: u16, follows: impl Fn(u64) -> Option<String>) -> Written {
    let mut log = Written::default();
    log.customers(300);
    let who = Who::program("198.51.100.7", "Mozilla/5.0 (X11)");
    for nth in 0..objects {
        let second = 30_000 + nth * 5;
        log.add(second, &who, ("GET", &format!("/api/records/{}", 70_000 + nth)), (status, 0));
        if let Some(page) = follows(nth) {
            log.add(second + 1, &who, ("GET", &page), (200, 6000));
        }
    }
    log
}

#[test]
fn a_walk_that_is_sent_to_the_login_is_refused_as_one_that_is_forbidden() {
    let found = [302, 303, 403].map(|status| turned(400, status, |_| None).judged());
    for found in &found {
        let told = found.iter().find(|one| one.kinds.contains(&Kind::ObjectEnumeration));
        let told = told.filter(|one| one.suppressed_by.is_none() && one.severity >= Severity::Medium);
        let outcome = told.map(|one| one.outcome);
        assert_eq!(outcome, Some(Outcome::Blocked), "{}", text(found));
    }
}

#[test]
fn who_is_sent_to_another_page_and_reads_it_is_not_refused() {
    for log in [
        // To the language of a reader; to the address that it has now.
        turned(400, 302, |nth| Some(format!("/en/records/{}", 70_000 + nth))),
        turned(400, 301, |_| None),
        // Pages that were open when the session ended.
        turned(40, 302, |_| None),
    ] {
        let found = log.judged();
        let refused = |one: &&Incident| one.outcome == Outcome::Blocked;
        assert_eq!(found.iter().filter(refused).count(), 0, "{}", text(&found));
    }
}

#[test]
fn where_others_are_sent_elsewhere_as_well_nobody_is_refused() {
    let mut log = turned(400, 302, |_| None);
    for nth in 0..3000 {
        let target = format!("/api/records/{}", 70_000 + some(nth, 90_000));
        log.add(20_000 + nth * 10, &Who::person(nth % 900), ("GET", &target), (302, 0));
    }
    let found = log.judged();
    assert!(found.iter().all(|one| one.outcome != Outcome::Blocked), "{}", text(&found));
}
