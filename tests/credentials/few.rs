//! Doors through which few people go, and those that say no with a success and in one sentence.

use super::*;

/// A login that answers everybody with 200; people look around before they come to it.
fn sentences(log: &mut Written, (refused, accepted): (u64, u64)) {
    for nth in 0..300 {
        let (ip, agent, second) = (person(nth), agent(nth), 20_000 + nth * 97 % 50_000);
        for at in 0..3 {
            let page = format!("/t/topic-{}/{}", nth * 3 + at, nth);
            log.add(second + at * 20, &ip, ("GET", &page), (200, 9000 + nth), "-", &agent);
        }
        for at in 0..[0, 0, 1, 0, 2][usize::try_from(nth % 5).unwrap()] {
            log.add(second + 60 + at * 9, &ip, ("POST", "/session"), (200, refused), "-", &agent);
        }
        log.add(
            second + 90,
            &ip,
            ("POST", "/session"),
            (200, accepted + nth % 40 * accepted / 50),
            "-",
            &agent,
        );
    }
}

#[test]
fn a_short_sentence_that_is_always_the_same_refuses_where_everybody_else_gets_what_is_theirs() {
    for attacked in [false, true] {
        let mut log = Written::default();
        sentences(&mut log, (62, 1100));
        for nth in (0..800).filter(|_| attacked) {
            let (at, ip) = (22_000 + nth * 60, source(nth % 40));
            let answer = if nth % 9 == 8 { (429, 170) } else { (200, 62) };
            log.add(at, &ip, ("POST", "/session"), answer, "-", &agent(nth % 40));
        }
        let found = log.judged();
        assert_eq!(found.len(), usize::from(attacked), "{}", text(&found));
    }
}

#[test]
fn a_short_answer_lets_in_where_the_page_with_the_form_refuses() {
    let mut log = Written::default();
    sentences(&mut log, (9000, 62));
    assert!(log.judged().is_empty());
}

/// A door for a dozen partners, to which strangers come; whether anybody gets in.
fn partners_and_strangers(opens: bool) -> Vec<Incident> {
    let mut log = Written::default();
    for nth in 0..12 {
        let (ip, second, ok) = (person(nth), 28_000 + nth * 2_000, if opens { LET_IN } else { REFUSED });
        log.add(second, &ip, ("GET", "/partners"), (200, 5000), "-", &agent(nth));
        log.add(second + 9, &ip, ("POST", "/partners/login"), ok, "-", &agent(nth));
        (0..6).for_each(|at| {
            log.add(second + 20 + at, &ip, ("GET", "/partners/orders"), (200, 700 + nth), "-", &agent(nth));
        });
    }
    for nth in 0..600 {
        let (ip, agent) = (source(nth % 200), agent(nth % 200 * 7));
        log.add(26_000 + nth * 30, &ip, ("POST", "/partners/login"), REFUSED, "-", &agent);
    }
    log.judged()
}

#[test]
fn strangers_at_a_door_of_few_are_a_campaign_and_a_door_that_opens_to_nobody_is_closed() {
    let found = partners_and_strangers(true);
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert!(named(&found[0]).len() >= 190, "{}", text(&found));
    let found = partners_and_strangers(false);
    assert!(found.is_empty(), "{}", text(&found));
}

#[test]
fn a_flood_that_makes_a_quiet_service_refuse_it_is_no_outage() {
    let mut log = Written::default();
    log.people(300, "/api/login", REFUSED, LET_IN);
    for nth in 0..1500 {
        let answer = if nth < 200 { REFUSED } else { (429, 84) };
        log.add(10_000 + nth * 2 / 3, &source(3), ("POST", "/api/login"), answer, "-", "okhttp/4.12.0");
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(named(&found[0]), [source(3)].into());
}

#[test]
fn sources_that_each_stand_out_and_do_as_much_as_one_another_are_one_incident() {
    let log = {
        let mut log = Written::default();
        log.people(400, "/api/login", REFUSED, LET_IN);
        for nth in 0..12 * 31_u64 {
            let (who, round) = (nth % 12, nth / 12);
            // By no clock, and with the page each time, as a browser has it.
            let at = 3_000 + who * 40 + round * 900 + nth * 7919 % 800;
            log.add(at, &source(who), ("GET", "/start"), (200, 6000), "-", &agent(who * 7));
            log.add(at + 1, &source(who), ("GET", "/app.js"), (200, 90_000), "-", &agent(who * 7));
            log.add(at + 3, &source(who), ("POST", "/api/login"), REFUSED, "-", &agent(who * 7));
        }
        log
    };
    let found = log.judged();
    assert_eq!(found.iter().map(|one| named(one).len()).collect::<Vec<_>>(), [12], "{}", text(&found));
}
