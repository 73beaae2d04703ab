//! What rules mean, modifier by modifier.

#![allow(clippy::print_stderr, reason = "a test that skips says so")]

mod correlation;
mod filter;
mod refused;

use std::path::Path;

use super::facts::Facts;
use super::read::read;
use super::{Matcher, OfPath, Rules};
use crate::event::Event;
use crate::hash::NameHash;

/// A rule with this detection section, indented by four blanks.
fn page(detection: &str) -> String {
    format!(
        "title: Test\nid: t\nlogsource:\n    category: webserver\ndetection:\n{detection}\n    condition: s\n"
    )
}

/// The rules of a page, without mistakes.
fn rules(page: &str) -> Rules {
    let read = read(Path::new("t.yml"), page);
    assert_eq!(read.mistakes, []);
    Rules::new(read.rules, read.correlations).0
}

/// An event that asks for `target`, as many things as can be filled.
fn asking(target: &str) -> Event<'_> {
    let mut event = Event {
        method: Some(b"GET"),
        status: Some(200),
        bytes_out: Some(512),
        client: "192.0.2.7".parse().ok(),
        user_agent: Some(b"Mozilla/5.0 (X11) Probe/1.0"),
        referer: Some(b""),
        host: Some(b"shop.example"),
        user: Some(b"shop.example"),
        time: crate::time::Time::from_seconds(1_000_000_000),
        ..Event::default()
    };
    event.set_target(target.as_bytes());
    event
}

/// Whether the first of `rules` matches, asked in both ways.
fn holds(rules: &Rules, event: &Event<'_>) -> bool {
    let record = [event.path.unwrap_or(b""), b"?", event.query.unwrap_or(b"")].concat();
    let facts = Facts { record: &record, event, client: None };
    let alone = rules.get(0).unwrap().expr.holds(&facts);
    assert_eq!(
        Matcher::default().matches(rules, &facts, NameHash(7), OfPath::UNKNOWN) == [0],
        alone,
        "the filter changed the answer"
    );
    alone
}

/// Whether a rule with one line in its selection matches a request for `target`.
fn line(line: &str, target: &str) -> bool {
    holds(&rules(&page(&format!("    s:\n        {line}"))), &asking(target))
}

#[test]
fn every_modifier_means_what_sigma_says() {
    for (text, target, wanted) in [
        ("c-uri: /a", "/A", true),
        ("c-uri: /a", "/ab", false),
        ("c-uri: '/a*'", "/abc?d", true),
        ("c-uri: '/a?'", "/abc", false),
        ("c-uri: '/a\\?b'", "/a?b", true),
        ("c-uri: '/a\\?b'", "/axb", false),
        ("c-uri|contains: SELECT", "/?q=select", true),
        ("c-uri|contains|cased: SELECT", "/?q=select", false),
        ("c-uri|contains: ['x1', 'x2']", "/x2", true),
        ("c-uri|contains|all: ['x1', 'x2']", "/x2", false),
        ("c-uri|contains|all: ['x1', 'x2']", "/x2?x1", true),
        ("cs-uri-stem|startswith: /api", "/API/x", true),
        ("cs-uri-stem|startswith: api", "/api/x", false),
        ("cs-uri-query|endswith: '=1'", "/x?a=1", true),
        ("cs-uri-query|endswith: '=1'", "/x?a=12", false),
        ("cs-uri-query|contains: '/x?a'", "/x?a=1", true),
        ("c-uri-extension: [php, asp]", "/a.b/c.PHP?d.txt", true),
        ("c-uri-extension: php", "/a.php/c", false),
        ("c-uri|re: '/a[0-9]{2}b'", "/a12b", true),
        ("c-uri|re: '/A[0-9]{2}b'", "/a12b", false),
        ("c-uri|re|i: '/A[0-9]{2}b'", "/a12b", true),
        ("c-uri|re: '^/(alpha|beta)$'", "/beta", true),
        ("c-ip|cidr: 192.0.2.0/24", "/", true),
        ("c-ip|cidr: ['198.51.100.0/24', '2001:db8::/32']", "/", false),
        ("c-ip|cidr: 192.0.2.7", "/", true),
        ("cs-cookie|exists: false", "/", true),
        ("cs-host|exists: true", "/", true),
        ("cs-uri-query|exists: true", "/", false),
        ("sc-status: 200", "/", true),
        ("sc-status: ['404', '200']", "/", true),
        ("sc-status: '20*'", "/", true),
        ("sc-status|startswith: 20", "/", true),
        ("sc-status|gte: 200", "/", true),
        ("sc-status|gt: 200", "/", false),
        ("sc-status|lt: 201", "/", true),
        ("sc-bytes|lte: 511", "/", false),
        ("sc-status|neq: 200", "/", false),
        ("sc-status|neq: 404", "/", true),
        ("cs-cookie|neq: 404", "/", false),
        ("cs-host|fieldref: cs-username", "/", true),
        ("cs-host|fieldref: cs-method", "/", false),
        ("cs-uri-stem|fieldref|contains: cs-host", "/x/SHOP.example/y", true),
        ("c-uri|base64|contains: 'admin:admin'", "/?t=YWRtaW46YWRtaW4=", true),
        ("c-uri|base64|contains: 'admin:admin'", "/?t=ywrtaW46YWRtaW4=", true),
        ("c-uri|base64|contains|cased: 'admin:admin'", "/?t=ywrtaW46YWRtaW4=", false),
        ("c-uri|base64offset|contains: '/etc/passwd'", "/?t=eC9ldGMvcGFzc3dk", true),
        ("c-uri|wide|base64offset|contains: 'whoami'", "/?t=dwBoAG8AYQBtAGkA", true),
        ("c-uri|windash|contains: ' -enc '", "/?c=x /enc y", true),
        ("cs-referer: '-'", "/", true),
        ("cs-referer: ''", "/", true),
        ("cs-cookie: null", "/", true),
        ("cs-method: null", "/", false),
        ("timestamp|year: 2001", "/", true),
        ("timestamp|hour: 2", "/", false),
        ("c-useragent|contains: ['sqlmap', 'probe/']", "/", true),
    ] {
        assert_eq!(line(text, target), wanted, "{text} on {target}");
    }
}

#[test]
fn every_condition_means_what_sigma_says() {
    let named = "    a:\n        c-uri|contains: aa\n    b_1:\n        c-uri|contains: bb\n    b_2:\n        c-uri|contains: cc\n    \
                 _z:\n        c-uri|contains: zz";
    for (condition, target, wanted) in [
        ("a and b_1", "/aabb", true),
        ("a and not b_1", "/aabb", false),
        ("a or b_1", "/bb", true),
        ("1 of b_*", "/cc", true),
        ("all of b_*", "/cc", false),
        ("all of b_*", "/bbcc", true),
        ("2 of them", "/aacc", true),
        ("2 of them", "/aazz", false),
        ("any of them", "/zz", false),
        ("all of them", "/aabbcc", true),
        ("not 1 of them", "/", true),
        ("a and (b_1 or not b_2)", "/aacc", false),
        ("_z", "/zz", true),
    ] {
        let text = page(named).replace("condition: s", &format!("condition: {condition}"));
        assert_eq!(holds(&rules(&text), &asking(target)), wanted, "{condition} on {target}");
    }
}

#[test]
fn words_without_a_field_are_looked_for_in_the_record() {
    let one = rules(&page("    s:\n        - 'union select'\n        - passw*d"));
    assert!(holds(&one, &asking("/x?PASSWORD")) && !holds(&one, &asking("/x?pass")));
    let both = rules(&page("    s:\n        '|all':\n            - aa\n            - bb"));
    assert!(holds(&both, &asking("/bbaa")) && !holds(&both, &asking("/aa")));
}

#[test]
fn lists_of_selections_are_any_of_them() {
    let any = rules(&page("    s:\n        - c-uri: /a\n          cs-method: GET\n        - c-uri: /b"));
    assert!(holds(&any, &asking("/a")) && holds(&any, &asking("/b")) && !holds(&any, &asking("/c")));
}
