//! Addresses behind which one hand attacks, and others that do the same by chance.

use serde_json::Value;

use crate::site::{ATTACKER, Site};

const OTHERS: [&str; 4] = ["198.51.100.21", "203.0.113.77", "192.0.2.201", "198.18.7.4"];

/// Payloads for four pages of the site.
fn payloads() -> impl Iterator<Item = String> {
    ["/search?q=", "/download?file=", "/docs/search?q=", "/?x="].into_iter().flat_map(|page| {
        ["%7B%7B7*7%7D%7D", "%24%7B8*8%7D", "%3C%25=9*9%25%3E"].map(|text| format!("{page}{text}"))
    })
}

/// How many addresses each incident at medium or above names.
fn addresses(site: &Site) -> Vec<usize> {
    let loud = |one: &&Value| !matches!(one["severity"].as_str(), Some("low" | "info"));
    let named = |one: &Value| one["entities"]["source_ips"].as_array().unwrap().len();
    site.incidents().iter().filter(loud).map(named).collect()
}

#[test]
fn the_same_payloads_from_several_addresses_at_once_are_one_attack_and_hours_apart_they_are_several() {
    let site = |rest| {
        let mut site = Site::with(60);
        for from in OTHERS {
            payloads().for_each(|target| site.asks(from, "GET", &target, 404, 900, "-"));
            site.rests(rest);
        }
        site
    };
    assert_eq!(addresses(&site(0)), [4]);
    assert_eq!(addresses(&site(4 * 3600)), [1; 4]);
}

#[test]
fn what_one_account_got_at_several_addresses_is_told_together() {
    let thumb = |file: &str| format!("/thumbs?path={file}");
    let site = |users: [&str; 2]| {
        let mut site = Site::with(60);
        (1..9).for_each(|nth| site.reads(&format!("192.0.0.{nth}"), &thumb("a.png"), 9000 + nth * 500));
        let mut asks = |at: usize, file: &str, answer| {
            site.asks_by(OTHERS[at], users[at], ("GET", &thumb(file)), answer, "-");
        };
        asks(0, "../../etc/passwd", (400, 380));
        asks(1, "%252e%252e%252f%252e%252e%252fetc%252fpasswd", (200, 2711));
        asks(1, "%252e%252e%252f%252e%252e%252fapp%252fprod.yml", (200, 5530));
        site
    };
    assert_eq!(addresses(&site(["anna", "anna"])), [2]);
    assert_eq!(addresses(&site(["anna", "ben"])), [0; 0]);
}

#[test]
fn a_copy_that_is_given_to_somebody_who_has_logged_in_does_not_lie_open() {
    let site = |user| {
        let mut site = Site::with(60);
        site.asks_by(ATTACKER, user, ("GET", "/backups/shop-2026-03-10.sql.gz"), (200, 88_210_300), "-");
        site
    };
    let exposed = |site: &Site| site.incidents().iter().any(|one| one["kind"] == "exposure");
    assert!(!exposed(&site("operator")));
    assert!(exposed(&site("-")));
}
