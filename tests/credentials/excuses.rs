//! What explains refusals, and what only looks as if it did.

use super::{LET_IN, REFUSED, Written, agent, named, person, source, text};

/// One source that is refused 200 times, so many seconds after the last time.
fn refused_each(seconds: impl Fn(u64) -> u64) -> Written {
    let mut log = Written::default();
    log.people(800, "/api/login", REFUSED, LET_IN);
    let mut now = 600;
    for nth in 0..200 {
        log.add(now, &source(5), ("POST", "/api/login"), REFUSED, "-", "app/2.1");
        now += seconds(nth);
    }
    log
}

#[test]
fn whoever_waits_about_as_long_each_time_guesses_and_a_clock_has_an_old_secret() {
    let found = refused_each(|nth| 200 + nth * 97 * 97 % 221).judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), [source(5)].into());
    let found = refused_each(|nth| 310 + nth % 3).judged();
    assert!(found.is_empty(), "{}", text(&found));
}

#[test]
fn tries_that_end_in_a_success_are_no_old_secret_however_even_they_are() {
    let mut log = refused_each(|_| 310);
    log.add(600 + 200 * 310, &source(5), ("POST", "/api/login"), LET_IN, "-", "app/2.1");
    log.add(610 + 200 * 310, &source(5), ("GET", "/items/9"), (200, 4000), "-", "app/2.1");
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), [source(5)].into());
}

/// Ten minutes in which the service fails, the login answers so to everybody, and one source is refused 120 times.
fn outage(everybody: (u16, u64)) -> Written {
    let mut log = Written::default();
    log.people(800, "/api/login", REFUSED, LET_IN);
    log.0.retain(|&(second, _)| !(35_900..36_800).contains(&second));
    for nth in 0..300 {
        let (at, ip) = (36_000 + nth * 2, person(900 + nth));
        log.add(at, &ip, ("GET", "/items/1"), (503, 90), "-", &agent(nth));
        log.add(at + 1, &ip, ("POST", "/api/login"), everybody, "-", &agent(nth));
    }
    for nth in 0..120 {
        log.add(36_000 + nth * 5, &source(5), ("POST", "/api/login"), REFUSED, "-", "app/2.1");
    }
    log
}

#[test]
fn an_outage_excuses_who_is_refused_like_all_others_and_nobody_whose_passwords_are_wrong_meanwhile() {
    let found = outage((503, 90)).judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), [source(5)].into());
    let found = outage(REFUSED).judged();
    assert!(found.is_empty(), "{}", text(&found));
}
