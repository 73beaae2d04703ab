//! Whoever guesses paths, and what looks like it.

use serde_json::Value;

use crate::site::{ATTACKER, Site};

/// The outcomes of path enumeration at medium or above, and how many addresses each names.
fn told(site: &Site) -> Vec<(String, usize)> {
    let holds = |one: &Value, kind: &str| one["kinds"].as_array().unwrap().iter().any(|known| known == kind);
    let is_told = |one: &Value| {
        assert!(!holds(one, "object-enumeration"), "{one}");
        one["severity"] != "low" && holds(one, "path-enumeration")
    };
    let addresses = |one: &Value| one["entities"]["source_ips"].as_array().unwrap().len();
    let told = |one: Value| (one["outcome"].as_str().unwrap().to_owned(), addresses(&one));
    site.incidents().into_iter().filter(is_told).map(told).collect()
}

/// A word that no list of common ones has.
fn word(nth: u64) -> String {
    let letter = |nth: u64| char::from(b'a' + u8::try_from(nth % 26).unwrap());
    [nth * 7 + 3, nth * 11 + 5, nth / 3, nth * 5, nth / 26, nth].map(letter).into_iter().collect()
}

#[test]
fn whoever_is_told_forbidden_of_everything_guesses_paths_and_not_objects() {
    let mut site = Site::with(600);
    for nth in 0..120 {
        site.asks(ATTACKER, "GET", &format!("/keys/{}.json", word(nth)), 403, 240, "-");
    }
    assert_eq!(told(&site), [("blocked".to_owned(), 1)]);
}

#[test]
fn names_right_below_the_root_are_paths_whatever_else_stands_there() {
    let shop = || {
        let mut site = Site::with(600);
        for reader in 0..600_u64 {
            for nth in 0..3 {
                let page = format!("/{}.html", word((reader * 5 + nth * 31) % 300));
                site.reads(&format!("192.0.{}.{}", reader / 250, reader % 250 + 1), &page, 5000 + nth);
            }
        }
        site
    };
    let mut site = shop();
    (0..300).for_each(|nth| site.asks(ATTACKER, "GET", &format!("/admin_{}/", word(nth)), 404, 2700, "-"));
    assert_eq!(told(&site), [("attempted".to_owned(), 1)]);
    // Pages that are gone, by somebody who reads those that are there.
    let mut site = shop();
    for nth in 0..150 {
        site.asks(ATTACKER, "GET", &format!("/old-{}.html", word(nth)), 404, 2700, "-");
        site.asks(ATTACKER, "GET", &format!("/{}.html", word(nth % 300)), 200, 5000, "-");
    }
    assert!(told(&site).is_empty());
}

#[test]
fn a_list_that_one_account_shares_out_among_its_addresses_is_one_list() {
    let addresses = ["203.0.113.5", "203.0.113.77", "203.0.113.225"];
    let site = |users: [&str; 3]| {
        let mut site = Site::with(60);
        for nth in 0..45_usize {
            let target = format!("/v1/{}/all", word(nth as u64 * 17));
            site.asks_by(addresses[nth % 3], users[nth % 3], ("GET", &target), (404, 90), "-");
        }
        site
    };
    assert_eq!(told(&site(["anna"; 3])), [("attempted".to_owned(), 3)]);
    assert!(told(&site(["anna", "ben", "carla"])).is_empty());
}

#[test]
fn a_harvest_by_tokens_asks_for_nothing_inside() {
    let mut site = Site::with(60);
    for nth in 0..120_u64 {
        let token = format!("marc/{}/2026-01-01T00:00:00Z//0/0/1", nth * 50);
        let target = format!("/oai?verb=ListRecords&resumptionToken={token}");
        site.asks(ATTACKER, "GET", &target, 200, 100_000 + nth * 7919 % 300_000, "-");
    }
    assert_eq!(site.loud().iter().filter(|one| one.contains("Injection")).count(), 0, "{:?}", site.loud());
}

#[test]
fn a_page_that_answers_markup_and_sums_alike_runs_nothing() {
    let mut site = Site::with(60);
    for nth in 0..40_u64 {
        let text =
            ["%3Cscript%3Ealert(1)%3C/script%3E", "%22onfocus=alert(1)%20autofocus=%22", "%7B%7B7*7%7D%7D"]
                [usize::try_from(nth % 3).unwrap()];
        site.asks(ATTACKER, "GET", &format!("/comments?sort={text}"), 200, 7500 + nth * 1117 % 3400, "-");
    }
    let incident = site.incident();
    assert_eq!(
        (&incident["severity"], &incident["outcome"]),
        (&"medium".into(), &"attempted".into()),
        "{incident}"
    );
}
