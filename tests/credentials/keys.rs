//! Keys and passwords that are tried where nothing says login, beside programs with an old one; phones with an old password
//! beside guessers; people who mistype often beside pools.

use super::{LET_IN, REFUSED, Written, agent, person, source};
use crate::common::text;
use gatehound::incident::Outcome;

/// Somebody who scatters so many tries, about so many seconds apart.
fn scattered(count: u64, apart: u64) -> impl Iterator<Item = u64> {
    (0..count).scan(20_000, move |now, nth: u64| {
        // SplitMix64: multiples alone would be spread too evenly.
        let one = (nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let one = (one ^ one >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        *now += 1 + (one >> 33) % (2 * apart);
        Some(*now)
    })
}

/// A day on which partners ask for their balance.
fn partners(log: &mut Written) {
    for nth in 0..4000 {
        let (ip, agent) = (person(nth % 40), agent(nth % 40));
        log.add(10_000 + nth * 17, &ip, ("GET", "/v1/balance"), (200, 800), "-", &agent);
    }
}

#[test]
fn who_tries_one_key_after_the_other_where_nothing_says_login_is_told() {
    let mut log = Written::default();
    partners(&mut log);
    for at in scattered(900, 2) {
        log.add(at, "198.51.100.7", ("GET", "/v1/balance"), REFUSED, "-", "python-requests/2.31.0");
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(found[0].outcome, Outcome::Attempted);
}

#[test]
fn keys_in_a_query_that_are_all_refused_are_nobodys_and_being_told_to_wait_tells_nothing() {
    let mut log = Written::default();
    log.people(300, "/api/login", REFUSED, LET_IN);
    for nth in 0..400_u64 {
        let target = format!(
            "/admin/users.json?api_key={:032x}&api_username=system",
            nth.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        );
        let answer = if nth % 9 == 8 { (429, 170) } else { (403, 91) };
        log.add(30_000 + nth + nth % 3, "198.51.100.7", ("GET", &target), answer, "-", "Mozilla/5.0 (key)");
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
}

#[test]
fn a_program_with_an_old_key_is_no_guesser() {
    let mut log = Written::default();
    partners(&mut log);
    let mut refused = |ip: &str, at: u64| {
        log.add(at, ip, ("GET", "/v1/balance"), REFUSED, "-", "shop-server/2.1");
    };
    // It asks by a clock, or in a loop that waits for nothing but the answer.
    (0..280).for_each(|nth| refused("198.51.100.8", 1_000 + nth * 300));
    (0..900).for_each(|nth| refused("198.51.100.9", 40_000 + nth + nth % 31 / 30));
    // Its key worked until this morning.
    scattered(300, 120).for_each(|at| refused("198.51.100.10", at));
    for nth in 0..50 {
        let (ip, agent) = ("198.51.100.10", "shop-server/2.1");
        log.add(10_000 + nth * 90, ip, ("GET", "/v1/balance"), (200, 800), "-", agent);
    }
    let found = log.judged();
    assert!(found.is_empty(), "{}", text(&found));
}

#[test]
fn who_tries_one_key_after_the_other_on_several_routes_guesses_and_a_program_with_a_few_old_ones_does_not() {
    let tried = |keys: u64| {
        let mut log = Written::default();
        partners(&mut log);
        for nth in 0..600 {
            let route = ["balance", "orders", "stock", "prices", "news"][usize::try_from(nth % 5).unwrap()];
            let target = format!("/v1/{route}?api_key=live{:020}", nth % keys);
            log.add(30_000 + nth * 3, "198.51.100.7", ("GET", &target), REFUSED, "-", "node-fetch/1.0");
        }
        log.judged().len()
    };
    assert_eq!(tried(600), 1);
    assert_eq!(tried(12), 0, "a dozen keys of old, each on every route");
}

#[test]
fn a_door_that_takes_a_token_for_a_new_one_is_not_where_passwords_are_guessed() {
    let refused_at = |door: &str| {
        let mut log = Written::default();
        log.people(300, "/login", REFUSED, LET_IN);
        for nth in 0..5 {
            scattered(95, 450).for_each(|at| {
                log.add(at + nth * 7, &source(nth), ("POST", door), REFUSED, "-", "app/23.2.0 okhttp/4.9.3");
            });
        }
        log.judged().len()
    };
    assert_eq!(refused_at("/v2/auth/refresh"), 0);
    assert!(refused_at("/v2/auth/token") > 0);
}

#[test]
fn a_list_of_accounts_that_two_sources_deal_out_is_one_siege() {
    let mut log = Written::default();
    log.people(300, "/login", REFUSED, LET_IN);
    for nth in 0..96 {
        let user = format!("staff{}", nth % 48);
        // In the second round most accounts are the other source's.
        let source = source((nth % 2 + nth / 48) % 2);
        log.add(30_000 + nth * 70, &source, ("GET", "/pms/"), REFUSED, &user, "Mozilla/5.0 Firefox/115.0");
    }
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(found[0].kind, gatehound::incident::Kind::PasswordSpraying);
}

#[test]
fn a_blocked_reader_of_many_things_and_a_page_left_open_try_no_keys() {
    let mut log = Written::default();
    partners(&mut log);
    for (nth, at) in scattered(900, 2).enumerate() {
        let target = format!("/v1/orders/{}", 70_000 + nth);
        log.add(at, "198.51.100.11", ("GET", &target), (403, 42), "-", "curl/8.4.0");
    }
    // Many at once: the route is closed, for whatever reason.
    for nth in 0..6 {
        let ip = format!("192.0.2.{}", 20 + nth);
        scattered(200, 40).for_each(|at| log.add(at, &ip, ("GET", "/v1/feed"), (403, 42), "-", "reader/1"));
    }
    let found = log.judged();
    assert!(found.is_empty(), "{}", text(&found));
}

/// People who read their mail, with names.
fn mailboxes(log: &mut Written) {
    for nth in 0..3000 {
        let (ip, user) = (person(nth % 300), format!("anna{}", nth % 300));
        log.add(10_000 + nth * 23, &ip, ("POST", "/sync/mail"), (200, 2000), &user, &agent(nth % 300));
    }
}

#[test]
fn a_phone_with_an_old_password_is_no_guesser_though_its_owner_logs_in_beside_it() {
    let mut log = Written::default();
    mailboxes(&mut log);
    for nth in 0..60 {
        log.add(30_000 + nth * 61, "192.0.2.30", ("POST", "/sync/mail"), REFUSED, "berta", "phone/7");
    }
    log.add(31_007, "192.0.2.30", ("POST", "/login"), REFUSED, "berta", &agent(3));
    log.add(31_021, "192.0.2.30", ("POST", "/login"), LET_IN, "berta", &agent(3));
    let found = log.judged();
    assert!(found.is_empty(), "{}", text(&found));
}

#[test]
fn who_guesses_one_account_slowly_and_gets_in_elsewhere_in_the_end_succeeded() {
    let mut log = Written::default();
    mailboxes(&mut log);
    let mut last = 0;
    for at in scattered(120, 200) {
        log.add(at, "192.0.2.31", ("POST", "/sync/mail"), REFUSED, "carla", "mail/3");
        last = at;
    }
    log.add(last + 90, "192.0.2.31", ("POST", "/login"), LET_IN, "carla", "mail/3");
    let found = log.judged();
    assert_eq!(found.len(), 1, "{}", text(&found));
    assert_eq!(found[0].outcome, Outcome::Succeeded);
}

#[test]
fn a_few_who_mistype_eight_times_are_people_and_a_dozen_who_do_it_twenty_times_are_none() {
    let people = |log: &mut Written| {
        log.people(600, "/login", REFUSED, LET_IN);
        for nth in 0..60 {
            let (ip, at) = (person(nth * 10), 60_000 + nth * 60);
            for again in 0..4 {
                log.add(at + again * 9, &ip, ("POST", "/login"), REFUSED, "-", &agent(nth * 10));
            }
        }
    };
    let tries = |log: &mut Written, sources: u64, each: u64| {
        for nth in 0..sources {
            let agent = agent(nth * 3);
            for again in 0..each {
                let at = 30_000 + nth * 700 + again * 400;
                log.add(at, &source(nth), ("POST", "/login"), REFUSED, "-", &agent);
            }
            log.add(30_000 + nth * 700 + each * 400, &source(nth), ("POST", "/login"), LET_IN, "-", &agent);
        }
    };
    let (mut few, mut dozen) = (Written::default(), Written::default());
    people(&mut few);
    tries(&mut few, 4, 8);
    let found = few.judged();
    assert!(found.is_empty(), "{}", text(&found));
    people(&mut dozen);
    tries(&mut dozen, 12, 20);
    assert_eq!(dozen.judged().len(), 1);
}

#[test]
fn a_program_of_the_house_that_is_refused_where_nothing_says_login_is_a_broken_one() {
    let told = |ip: &str| {
        let mut log = Written::default();
        partners(&mut log);
        scattered(900, 2).for_each(|at| log.add(at, ip, ("GET", "/v1/balance"), REFUSED, "-", "job/1"));
        log.judged().len()
    };
    assert_eq!((told("198.51.100.7"), told("10.4.0.9")), (1, 0));
}

/// Blogs that are kept from afar: programs that get as much as they ask for.
fn from_afar(log: &mut Written) {
    for nth in 0..80 {
        let (at, size) = (9_000 + nth * 900, 614 + nth * 5);
        log.add(at, &person(nth % 40), ("POST", "/xmlrpc.php"), (200, size), "-", &agent(nth % 40));
    }
}

#[test]
fn a_hundred_small_answers_in_haste_are_refusals_and_large_ones_or_those_that_others_get_are_none() {
    let hammered = |bytes: u64, apart: u64| {
        let mut log = Written::default();
        from_afar(&mut log);
        let tries = scattered(300, apart);
        tries
            .for_each(|at| log.add(at, "198.51.100.7", ("POST", "/xmlrpc.php"), (200, bytes), "-", "post/1"));
        log.judged().len()
    };
    assert_eq!(hammered(480, 2), 1);
    assert_eq!(hammered(5_000, 2), 0, "it gets more than others");
    assert_eq!(hammered(640, 2), 0, "it gets what others get");
    assert_eq!(hammered(480, 100), 0, "it takes its time");
    assert_eq!(hammered(403, 100), 1, "so short is a fault, however slowly it is asked for");
}
