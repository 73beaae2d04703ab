//! Keywords stand anywhere in a record: what is known of its texts and of the frame around them hides none.

use gatehound::event::Event;
use gatehound::format::{Around, Decoder, Opening, Reader, recognise};
use gatehound::hash::NameHash;
use gatehound::sigma::{Facts, Matcher, OfPath, Rules, load};
use proptest::prelude::*;

/// A rule for each keyword.
fn rules(keywords: &[String]) -> Rules {
    let folder = tempfile::tempdir().unwrap();
    for (number, keyword) in keywords.iter().enumerate() {
        let quoted = keyword.replace('\'', "''");
        let rule = format!(
            "title: r{number}\nid: id-{number}\nlogsource:\n    category: webserver\ndetection:\n    \
             keywords:\n        - '{quoted}'\n    condition: keywords\nlevel: low\n"
        );
        std::fs::write(folder.path().join(format!("{number}.yml")), rule).unwrap();
    }
    load(&[folder.path().to_owned()], false).unwrap().rules
}

/// How many rules match each record of a log, as it is read, and how many where nothing is known of any record.
fn matched(log: &[u8], rules: &Rules) -> (Vec<usize>, Vec<usize>, usize) {
    let opening = Opening::of(log);
    let lines = Reader::of(recognise(&opening).unwrap(), &opening);
    let (mut matcher, mut fast, mut slow, mut plain) = (Matcher::default(), Vec::new(), Vec::new(), 0);
    lines.decode_block(log, Around::nothing(Box::leak(Box::default())), &mut |decoded| {
        let Ok(event) = decoded.event else { return };
        plain += usize::from(event.plain);
        let path = event.path.map_or(OfPath::UNKNOWN, |path| matcher.of_path(rules, path));
        let facts = |event| Facts { record: decoded.record, event, client: None };
        fast.push(matcher.matches(rules, &facts(event), NameHash(7), path).len());
        let bare = Event { time: event.time, ..Event::default() };
        slow.push(Matcher::default().matches(rules, &facts(&bare), NameHash::NONE, OfPath::UNKNOWN).len());
    });
    (fast, slow, plain)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn no_keyword_hides_in_a_record(
        keywords in prop::collection::vec("[a-cA-C \"/?=-]{2,5}|T /[a-c]|HTTP/1|\" 200|\\] \"GET|- \\[10", 1..12),
        lines in prop::collection::vec(("[a-c]{0,2}", "/[a-c/]{0,4}", "(\\?[a-c=]{0,4})?", "(-|[a-c/ ]{1,4})"), 1..12)
    ) {
        let line = |(user, path, query, referer): &(String, String, String, String)| {
            let user = if user.is_empty() { "-" } else { user };
            format!("10.1.2.3 - {user} [10/Mar/2026:10:00:00 +0000] \"GET {path}{query} HTTP/1.1\" 200 12 \"{referer}\" \"aC b\"\n")
        };
        let log: String = lines.iter().map(line).collect();
        let (fast, slow, _) = matched(log.as_bytes(), &rules(&keywords));
        prop_assert_eq!(fast, slow, "{} {:?}", log, keywords);
    }
}

#[test]
fn only_records_with_nothing_else_in_them_are_plain() {
    let plain = |line: &str| matched(format!("{line}\n").repeat(20).as_bytes(), &rules(&["x".to_owned()])).2;
    let line = |left: &str, request: &str, tail: &str| {
        format!("{left} [10/Mar/2026:10:00:00 +0000] \"{request}\" 200 12 \"-\" \"curl/8\"{tail}")
    };
    assert_eq!(plain(&line("10.1.2.3 - -", "GET /a HTTP/1.1", "")), 20);
    assert_eq!(plain(&line("2001:db8::1 - -", "POST /a?b HTTP/2.0", "")), 20);
    for (left, request, tail) in [
        ("10.1.2.3 - anna", "GET /a HTTP/1.1", ""),
        ("10.1.2.3 ident -", "GET /a HTTP/1.1", ""),
        ("host.example - -", "GET /a HTTP/1.1", ""),
        ("10.1.2.3 - -", "BREW /a HTTP/1.1", ""),
        ("10.1.2.3 - -", "GET /a", ""),
        ("10.1.2.3 - -", "GET http://x/a HTTP/1.1", ""),
        ("10.1.2.3 - -", "GET /a HTTP/1.1", " \"more\""),
    ] {
        assert_eq!(plain(&line(left, request, tail)), 0, "{left} {request} {tail}");
    }
}
