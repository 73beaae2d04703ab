//! Work that several share, or that one never tires of: told, each beside what only looks so.

use super::{Kind, Who, Written, browser, is_told, reported, some, text};

/// Nothing of these kinds is told.
#[track_caller]
fn is_quiet(log: Written, kinds: &[Kind]) {
    let found = log.judged();
    for &kind in kinds {
        assert_eq!(reported(&found, kind), 0, "{}", text(&found));
    }
}

/// Somebody far from everybody else, with an agent as many have.
fn stranger(nth: u64) -> Who {
    Who { from_page: false, ..Who::person(9000 + nth * 407) }
}

#[test]
fn a_list_that_several_share_out_slowly_is_one_scan_and_passing_probes_are_not() {
    const LIST: [&str; 8] = [
        "/.env",
        "/.git/config",
        "/wp-config.php.bak",
        "/phpinfo.php",
        "/backup.sql",
        "/.aws/credentials",
        "/actuator/env",
        "/id_rsa",
    ];
    let log = |addresses: u64, gap: u64| {
        let mut log = Written::default();
        log.people(200);
        for nth in 0..addresses {
            for at in 0..5 {
                let target = LIST[usize::try_from((nth * 5 + at) % 8).unwrap()];
                log.add(30_000 + nth * 200 + at * gap, &stranger(nth), ("GET", target), (404, 200));
            }
        }
        log
    };
    is_told(log(7, 1500), Kind::VulnerabilityScan);
    is_quiet(log(7, 4), &[Kind::VulnerabilityScan]);
    is_quiet(log(4, 1500), &[Kind::VulnerabilityScan]);
}

#[test]
fn who_tries_a_login_all_the_time_and_always_gets_its_form_guesses_and_a_monitor_does_not() {
    let log = |tries: u64, gap: u64| {
        let mut log = Written::default();
        log.people(200);
        for nth in 0..12 {
            let editor = Who::person(500 + nth);
            log.add(40_000 + nth * 900, &editor, ("POST", "/wp-login.php"), (200, 7210));
            log.add(40_020 + nth * 900, &editor, ("POST", "/wp-login.php"), (302, 0));
            for at in 0..6 {
                let page = format!("/wp-admin/post.php?post={}", nth * 6 + at);
                log.add(40_040 + nth * 900 + at * 40, &editor, ("GET", &page), (200, 30_000));
            }
        }
        for at in 0..tries {
            log.add(20_000 + at * gap, &stranger(1), ("POST", "/wp-login.php"), (200, 7210));
        }
        log
    };
    let found = log(900, 2).judged();
    let told = reported(&found, Kind::BruteForce) + reported(&found, Kind::CredentialStuffing);
    assert!(told > 0, "{}", text(&found));
    is_quiet(log(90, 60), &[Kind::BruteForce, Kind::CredentialStuffing]);
}

#[test]
fn phones_whose_tokens_were_revoked_guess_nothing_and_who_never_logged_in_does() {
    let log = |logged_in: bool| {
        let mut log = Written::default();
        log.customers(200);
        for nth in 0..14 {
            let phone = Who { agent: "Bank/9.4 (iPhone)".to_owned(), ..stranger(nth) };
            if logged_in {
                log.add(22_000 + nth * 50, &phone, ("POST", "/login"), (200, 940));
                log.add(22_020 + nth * 50, &phone, ("GET", "/home"), (200, 9000 + nth));
            }
            for at in 0..40 {
                let second = 50_000 + nth * 60 + at * 31 + some(at, 9);
                log.add(second, &phone, ("POST", "/oauth/token"), (401, 88));
            }
        }
        for nth in 0..80 {
            let phone = Who { agent: "Bank/9.4 (iPhone)".to_owned(), from_page: false, ..Who::person(nth) };
            log.add(41_000 + nth * 300, &phone, ("POST", "/oauth/token"), (200, 1500 + nth));
            log.add(41_003 + nth * 300, &phone, ("GET", "/home"), (200, 9000));
        }
        log
    };
    is_quiet(log(true), &[Kind::CredentialStuffing, Kind::BruteForce]);
    is_told(log(false), Kind::CredentialStuffing);
}

#[test]
fn many_who_fail_now_and_then_all_day_are_no_people_though_more_people_fail() {
    let log = |gap: u64| {
        let mut log = Written::default();
        log.customers(700);
        for nth in 0..60 {
            for at in 0..4 {
                log.add(26_000 + nth * 300 + at * gap, &stranger(nth), ("POST", "/login"), (401, 72));
            }
        }
        log
    };
    is_told(log(7000), Kind::CredentialStuffing);
    is_quiet(log(20), &[Kind::CredentialStuffing]);
}

#[test]
fn pages_that_are_gone_are_not_guessed_where_people_follow_old_links_to_them() {
    let log = |folder: &str| {
        let mut log = Written::default();
        log.people(200);
        for nth in 0..40 {
            let who = Who::person(600 + nth);
            for at in 0..8 {
                log.add(30_000 + nth * 700 + at * 9, &who, ("GET", "/home"), (200, 9000));
                log.add(30_001 + nth * 700 + at * 9, &who, ("GET", "/static/app.css"), (200, 900));
            }
            let page = format!("/magazine/2024/baby-{}.html", some(nth, 400));
            log.add(30_100 + nth * 700, &who, ("GET", &page), (404, 300));
        }
        for nth in 0..100 {
            let many = Who { agent: browser(nth), ..stranger(3) };
            let page = format!("{folder}/baby-{nth}.html");
            log.add(30_000 + nth * 400, &many, ("GET", &page), (404, 300));
            log.add(30_020 + nth * 400, &many, ("GET", "/home"), (200, 9000));
        }
        log
    };
    is_quiet(log("/magazine/2024"), &[Kind::PathEnumeration]);
    is_told(log("/intern/2024"), Kind::PathEnumeration);
}

#[test]
fn names_that_many_ask_for_now_and_then_all_day_are_looked_up_by_one_hand() {
    let log = |gap: u64| {
        let mut log = Written::default();
        log.people(200);
        for nth in 0..30 {
            for at in 0..7 {
                let target = format!("/api/users/exists?email=anna{}%40example.com", nth * 7 + at);
                let status = if some(nth * 7 + at, 3) == 0 { 200 } else { 404 };
                log.add(26_000 + nth * 200 + at * gap, &stranger(nth), ("GET", &target), (status, 60));
            }
        }
        log
    };
    is_told(log(5000), Kind::AccountEnumeration);
    is_quiet(log(9), &[Kind::AccountEnumeration]);
}

#[test]
fn neighbouring_numbers_that_a_few_take_in_turn_are_one_walk() {
    let mut log = Written::default();
    log.customers(300);
    for nth in 0..360 {
        let target = format!("/api/records/{}", 200_000 + nth);
        log.add(30_000 + nth * 20, &stranger(nth % 6), ("GET", &target), (200, 1500));
    }
    let found = log.judged();
    let walks = found.iter().filter(|one| one.kinds.contains(&Kind::ObjectEnumeration));
    let addresses: Vec<u64> = walks.map(|one| one.entities.source_ips_total).collect();
    assert_eq!(addresses, [6], "{}", text(&found));
}

#[test]
fn who_logs_in_and_works_through_a_list_walks_over_nothing_and_who_meets_what_is_not_his_does() {
    let log = |gap: u64, refused: u64| {
        let mut log = Written::default();
        log.customers(300);
        let tutor = Who::person(9000);
        log.add(40_000, &tutor, ("GET", "/login"), (200, 6000));
        for file in ["a.css", "b.js", "c.js", "d.png"] {
            log.add(40_001, &tutor, ("GET", &format!("/static/{file}")), (200, 900));
        }
        log.add(40_020, &tutor, ("POST", "/login"), (200, 940));
        for nth in 0..120 {
            let status = if refused > 0 && nth % refused == 0 { 403 } else { 200 };
            let target = format!("/api/records/{}", 200_000 + nth);
            log.add(40_050 + nth * gap, &tutor, ("GET", &target), (status, 1500));
        }
        log
    };
    is_quiet(log(12, 0), &[Kind::ObjectEnumeration]);
    is_told(log(12, 4), Kind::ObjectEnumeration);
    is_told(log(1, 0), Kind::ObjectEnumeration);
}
