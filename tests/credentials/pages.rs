//! Logins that their path does not tell: the query says what is done, or a page with a form comes before each try.

use super::*;

/// Visitors of a form whose page stands at another path than what takes it.
fn fetch_and_try(log: &mut Written, second: u64, ip: &str, agent: &str, (status, bytes): (u16, u64)) {
    let page = "/realms/shop/protocol/openid-connect/auth?client_id=web";
    let form = "/realms/shop/login-actions/authenticate?session_code=x&execution=y";
    log.add(second, ip, ("GET", page), (200, 7800), "-", agent);
    log.add(second + 1, ip, ("POST", form), (status, bytes), "-", agent);
}

#[test]
fn a_login_that_stands_in_the_query_is_besieged_and_as_many_posts_of_a_moderator_are_no_tries() {
    for login in ["/ucp.php?mode=login", "/index.php?title=Special%3AUserLogin", "/?route=account/login"] {
        let mut log = Written::default();
        log.people(300, login, (200, 14_600), (302, 0));
        for nth in 0..400 {
            log.add(30_000 + nth, &source(1), ("POST", login), (200, 14_600), "-", "curl");
            let edit = "/index.php?mode=edit&t=7";
            log.add(30_000 + nth * 7, &source(2), ("POST", edit), (200, 9000), "-", "curl");
        }
        let found = log.judged();
        assert_eq!(found.len(), 1, "{login} {}", text(&found));
        assert_eq!(named(&found[0]), BTreeSet::from([source(1)]));
    }
}

#[test]
fn a_form_that_everybody_must_fetch_first_hides_no_campaign_and_makes_none_of_people() {
    for attacked in [false, true] {
        let mut log = Written::default();
        for nth in 0..300 {
            let (ip, agent, second) = (person(nth), agent(nth), 20_000 + nth * 97 % 50_000);
            for at in 0..[0, 0, 1, 0, 2][usize::try_from(nth % 5).unwrap()] {
                fetch_and_try(&mut log, second + at * 9, &ip, &agent, (200, 7900));
            }
            // Some give up.
            if nth % 15 != 2 {
                fetch_and_try(&mut log, second + 40, &ip, &agent, (302, 0));
                for at in 0..5 {
                    log.add(
                        second + 50 + at,
                        &ip,
                        ("GET", "/account/orders"),
                        (200, 4000 + nth),
                        "-",
                        &agent,
                    );
                }
            }
        }
        for nth in (0..180).filter(|_| attacked) {
            fetch_and_try(&mut log, 25_000 + nth * 90, &source(nth % 60), "Mozilla/5.0 (one)", (200, 7900));
        }
        let found = log.judged();
        assert_eq!(found.len(), usize::from(attacked), "{}", text(&found));
        assert!(found.iter().all(|one| named(one) == (0..60).map(source).collect()), "{}", text(&found));
    }
}

#[test]
fn whoever_wants_one_account_is_told_though_others_sprayed_it_before() {
    for guessed in [false, true] {
        let mut log = Written::default();
        for nth in 0..600 {
            let (ip, user) = (source(nth % 12), format!("user{}", nth % 50));
            log.add(3000 + nth * 20, &ip, ("GET", "/api/repo"), REFUSED, &user, "git/2.25.1");
        }
        for nth in 0..40 {
            let (ip, user) = (person(nth), format!("user{nth}"));
            for at in 0..20 {
                log.add(
                    28_000 + nth * 40 + at * 9,
                    &ip,
                    ("GET", "/api/repo"),
                    (200, 900),
                    &user,
                    "git/2.40.1",
                );
            }
        }
        for nth in (0..900).filter(|_| guessed) {
            log.add(50_000 + nth, &source(70), ("GET", "/api/repo"), REFUSED, "user7", "git/2.30.2");
        }
        let found = log.judged();
        let guesses = found.iter().filter(|one| named(one).contains(&source(70)));
        assert_eq!(guesses.count(), usize::from(guessed), "{}", text(&found));
        assert!(
            named(&found[0]).len() >= 12 || named(&found[found.len() - 1]).len() >= 12,
            "{}",
            text(&found)
        );
    }
}
