//! Logins that answer with a redirect whatever was sent: what follows tells whom they let in.

use super::*;

/// A form at a page of its own to which whoever is refused is sent back, as mail front ends have it; who is let in goes to
/// the mailbox.
fn mail(log: &mut Written, second: u64, ip: &str, agent: &str, lets_in: bool) {
    let (door, page) = ("/owa/auth.owa", "/owa/auth/logon.aspx?url=%2fowa%2f&reason=2");
    log.add(second, ip, ("POST", door), (302, if lets_in { 980 } else { 330 }), "-", agent);
    let (page, bytes) = if lets_in { ("/owa/", 41_000) } else { (page, 57_400) };
    log.add(second + 1, ip, ("GET", page), (200, bytes), "-", agent);
}

/// So many people with a mailbox, some of whom mistype and some of whom give up then.
fn mailboxes(log: &mut Written, count: u64) {
    for nth in 0..count {
        let (ip, agent, second) = (person(nth), agent(nth), 20_000 + nth * 97 % 50_000);
        log.add(second, &ip, ("GET", "/owa/auth/logon.aspx?url=%2fowa%2f"), (200, 57_000), "-", &agent);
        for at in 0..[0, 0, 1, 0, 2][usize::try_from(nth % 5).unwrap()] {
            mail(log, second + 9 + at * 9, &ip, &agent, false);
        }
        if nth % 15 != 2 {
            mail(log, second + 40, &ip, &agent, true);
            for at in 0..6 {
                let work = ("POST", "/owa/service.svc?action=FindItem");
                log.add(second + 50 + at * 30, &ip, work, (200, 9000 + nth), "-", &agent);
            }
        }
    }
}

#[test]
fn being_sent_back_to_a_form_at_another_page_hides_no_campaign_and_makes_none_of_people() {
    for attacked in [false, true] {
        let mut log = Written::default();
        mailboxes(&mut log, 300);
        for nth in (0..300).filter(|_| attacked) {
            mail(&mut log, 25_000 + nth * 70, &source(nth % 60), "Mozilla/5.0 (one)", nth == 100);
        }
        let found = log.judged();
        assert_eq!(found.len(), usize::from(attacked), "{}", text(&found));
        assert!(found.iter().all(|one| named(one) == (0..60).map(source).collect()), "{}", text(&found));
        assert!(found.iter().all(|one| one.outcome == Outcome::Succeeded), "{}", text(&found));
    }
}

/// A form that answers all alike, `lets_in` or not; who is let in goes to `landing`.
fn alike(log: &mut Written, second: u64, ip: &str, agent: &str, landing: Option<&str>) {
    log.add(second, ip, ("GET", "/login"), (200, 9800), "-", agent);
    log.add(second + 1, ip, ("POST", "/login"), (303, 0), "-", agent);
    let (page, bytes) = landing.map_or(("/login?user=x", 9950), |page| (page, 31_000));
    log.add(second + 2, ip, ("GET", page), (200, bytes), "-", agent);
}

#[test]
fn a_crowd_behind_one_address_that_goes_where_it_likes_after_a_login_is_no_siege() {
    let mut log = Written::default();
    for nth in 0..400 {
        let crowd = nth >= 300;
        let (ip, second) = (if crowd { source(1) } else { person(nth) }, 20_000 + nth * 97 % 50_000);
        let page = if crowd && nth % 16 > 0 { "/apps/files/" } else { "/apps/dashboard/" };
        // At nine o'clock everybody comes at once.
        let second = if crowd { 32_400 + nth * 3 } else { second };
        alike(&mut log, second, &ip, &agent(nth), Some(page));
        for at in 0..5 {
            let page = format!("/apps/files/{}", nth * 5 + at);
            log.add(second + 10 + at * 20, &ip, ("GET", &page), (200, 4000 + nth), "-", &agent(nth));
        }
    }
    let found = log.judged();
    assert!(found.is_empty(), "{}", text(&found));
}

#[test]
fn who_is_let_in_with_another_size_and_reads_one_page_each_time_is_not_refused() {
    let mut log = Written::default();
    for nth in 0..300 {
        let (ip, agent, second) = (person(nth), agent(nth), 20_000 + nth * 97 % 50_000);
        log.add(second, &ip, ("GET", "/owa/auth/logon.aspx?url=%2fowa%2f"), (200, 57_000), "-", &agent);
        mail(&mut log, second + 40, &ip, &agent, true);
        log.add(second + 50, &ip, ("POST", "/owa/service.svc?action=FindItem"), (200, 9000), "-", &agent);
    }
    // Monitoring from a dozen places looks whether one can log in, and at what is there then.
    for nth in 0..1200 {
        let (ip, second) = (source(nth % 12), 1000 + nth * 60);
        log.add(second, &ip, ("POST", "/owa/auth.owa"), (302, 1400), "-", "probe");
        log.add(second + 1, &ip, ("GET", "/owa/"), (200, 41_000), "-", "probe");
    }
    let found = log.judged();
    assert!(found.is_empty(), "{}", text(&found));
}
