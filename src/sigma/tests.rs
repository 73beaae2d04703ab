//! What rules mean, modifier by modifier; that looking for needles first changes nothing; that bad rules are told and no more.

#![allow(clippy::print_stderr, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};

use super::facts::Facts;
use super::read::{Read, read};
use super::{Matcher, Rules, load};
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
    Rules::new(read.rules).0
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
        Matcher::default().matches(rules, &facts, NameHash(7)) == [0],
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
        ("cs-host|fieldref: cs-username", "/", true),
        ("cs-host|fieldref: cs-method", "/", false),
        ("cs-uri-stem|fieldref|contains: cs-host", "/x/SHOP.example/y", true),
        ("c-uri|base64|contains: 'admin:admin'", "/?t=YWRtaW46YWRtaW4=", true),
        ("c-uri|base64|contains: 'admin:admin'", "/?t=ywrtaW46YWRtaW4=", false),
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

#[test]
fn a_uri_with_its_host_is_searched_as_a_whole() {
    let spans = rules(&page("    s:\n        c-uri|contains: '//shop.example/x\\?y'"));
    assert!(holds(&spans, &asking("http://shop.example/x?y=1")) && !holds(&spans, &asking("/x?y=1")));
}

#[test]
fn what_was_quiet_once_is_quiet_again_and_nothing_else_is() {
    let rules = rules(&page("    s:\n        c-uri|contains: /wanted"));
    let mut matcher = Matcher::default();
    for target in ["/quiet", "/quiet", "/quiet", "/wanted", "/quiet", "/wanted", "/wanted", "/x?/wanted"] {
        let event = asking(target);
        let facts = Facts { record: b"", event: &event, client: None };
        assert_eq!(
            matcher.matches(&rules, &facts, NameHash::NONE).len(),
            usize::from(target.contains("wanted")),
            "{target}"
        );
    }
}

#[test]
fn letters_that_fold_to_ascii_do_not_hide_from_the_filter() {
    for (text, target) in [
        ("c-uri|contains: kelvin", "/\u{212a}elvin"),
        ("c-uri|re|i: kiss", "/ki\u{17f}\u{17f}"),
        ("c-uri|contains: 'stra\u{df}e'", "/STRA\u{df}E"),
    ] {
        assert!(line(text, target), "{text} on {target}");
    }
}

/// The mistakes of a page.
fn mistakes(page: &str) -> Vec<String> {
    read(Path::new("t.yml"), page).mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_mistake_names_file_line_and_what_to_do() {
    for (text, wanted) in [
        (
            "    s:\n        c-uri|contians: x",
            "t.yml:7: unknown modifier `contians`; did you mean `contains`?",
        ),
        (
            "    s:\n        c-uri|contains|expand: '%servers%'",
            "t.yml:7: placeholders (`expand`) have no values here",
        ),
        (
            "    s:\n        cs-uri-stam: x",
            "t.yml:7: unknown field `cs-uri-stam`; did you mean `cs-uri-stem`?",
        ),
        (
            "    s:\n        c-uri|re: '(?!x)y'",
            "t.yml:7: a regular expression that is not taken: look-around",
        ),
        ("    s:\n        c-uri|re: '(a{1000}){1000}'", "t.yml:7: a regular expression that is not taken"),
        ("    s:\n        c-ip|cidr: 300.0.0.0/8", "t.yml:7: `300.0.0.0/8` is no network"),
        ("    s:\n        sc-bytes|gt: many", "t.yml:7: `many` is no number"),
        (
            "    sx:\n        c-uri: x",
            "t.yml:8: the condition names `s`, which is not there; did you mean `sx`?",
        ),
        ("    s: {}", "t.yml:6: `s` is empty"),
        ("    s:\n        - '*'", "an empty word is in every line"),
    ] {
        let told = mistakes(&page(text));
        assert!(told.len() == 1 && told[0].contains(wanted), "{text}: {told:?}");
    }
}

#[test]
fn hostile_pages_are_told_and_bounded() {
    let deep = format!("    s: {}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n\
                g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
    let nested = page("    s:\n        c-uri: x")
        .replace("condition: s", &format!("condition: {}s{}", "(".repeat(500), ")".repeat(500)));
    let long = page(&format!("    s:\n        c-uri:\n{}", "            - x\n".repeat(21_000)));
    for text in [&page(&deep), bomb, &nested, &long, "- 1", "\u{0}", "a: b: c", "title: x\ndetection: 3"] {
        let Read { rules, mistakes, .. } = read(Path::new("t.yml"), text);
        assert!(rules.is_empty() && !mistakes.is_empty(), "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn a_bad_rule_takes_no_other_down_and_the_later_of_two_stays() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("1.yml", &page("    s:\n        c-uri: /old"));
    write("2.yml", &page("    s:\n        c-uri: /new"));
    write("3.yml", &page("    s:\n        c-uri|nonsense: /x"));
    write("4.yml", &page("    s:\n        c-uri: /w").replace("webserver", "process_creation"));
    write("5.yml", &page("    s:\n        c-uri: /w").replace("id: t", "id: u\nstatus: deprecated"));
    write(
        "6.yaml",
        "title: F\nlogsource:\n    category: webserver\nfilter:\n    rules: [t]\n    f:\n        cs-method: HEAD\n    condition: not f\n",
    );
    write("7.txt", "no rule");
    std::fs::write(dir.path().join("8.yml"), b"title: \xff").unwrap();
    let loaded = load(&[dir.path().to_owned()], false).unwrap();
    assert_eq!((loaded.rules.len(), loaded.mistakes.len()), (1, 2), "{:?}", loaded.mistakes);
    assert_eq!((loaded.foreign, loaded.given_up), (1, 1));
    assert!(holds(&loaded.rules, &asking("/new")) && !holds(&loaded.rules, &asking("/old")));
    let head = Event { method: Some(b"HEAD"), ..asking("/new") };
    assert!(!holds(&loaded.rules, &head), "the filter does not filter");
    assert!(load(&[PathBuf::from("not-there")], false).is_err());
}

#[test]
fn the_public_rules_load_unmodified() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sigma_web/rules");
    if !folder.is_dir() {
        eprintln!("skipped: no public rules at {}", folder.display());
        return;
    }
    let loaded = load(&[folder], false).unwrap();
    assert_eq!(loaded.mistakes, []);
    assert_eq!((loaded.foreign, loaded.given_up), (0, 0));
    assert!(loaded.rules.len() >= 40, "{}", loaded.rules.len());
    assert!(
        loaded.rules.unfiltered() * 10 <= loaded.rules.len(),
        "{} rules have no needle",
        loaded.rules.unfiltered()
    );
}

#[test]
fn what_a_rule_needs_is_the_rarest_text_that_it_cannot_do_without() {
    use super::needle::{Need, Zone};
    let need = |line: &str| Need::of(&rules(&page(&format!("    s:\n        {line}"))).get(0).unwrap().expr);
    let any =
        |zone, words: &[&str]| Need::Any(words.iter().map(|word| (zone, word.as_bytes().to_vec())).collect());
    assert_eq!(need("c-uri|contains: ['/Aa', 'b\\?cde']"), any(Zone::Target, &["/aa", "cde"]));
    assert_eq!(need("c-uri|re: '(?i)x+(alpha|betan[0-9])\\.php'"), any(Zone::Target, &["alpha", "betan"]));
    assert_eq!(need("c-uri|re: 'a*(b|c)?'"), Need::Nothing);
    assert_eq!(need("c-useragent|re: '^(Evil)+/[0-9]'"), any(Zone::Agent, &["evil"]));
    assert_eq!(need("sc-status: 200"), Need::Nothing);
    assert_eq!(need("cs-cookie|contains: x"), Need::Any(Vec::new()));
    assert_eq!(need("c-useragent: ''"), Need::Nothing);
}

#[test]
fn the_rules_that_come_along_do_what_their_examples_say() {
    let loaded = load(&[], true).unwrap();
    assert_eq!(loaded.mistakes, []);
    assert!(loaded.rules.len() >= 50, "{}", loaded.rules.len());
    for rule in loaded.rules.iter() {
        let path = rule.path.display();
        assert!(
            rule.examples.iter().any(|one| one.matches) && rule.examples.iter().any(|one| !one.matches),
            "{path}"
        );
        for example in &rule.examples {
            assert!(example.passes(rule), "{path}: {} (matches: {})", example.words(), example.matches);
            let (event, record) = (example.event(), example.words());
            let facts = Facts { record: record.as_bytes(), event: &event, client: None };
            let found = Matcher::default()
                .matches(&loaded.rules, &facts, NameHash::NONE)
                .iter()
                .any(|&one| loaded.rules.get(one).is_some_and(|one| one.id == rule.id));
            assert_eq!(found, example.matches, "{path} behind the filter: {}", example.words());
        }
    }
}

#[test]
fn every_file_of_the_folder_is_compiled_in() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = walkdir::WalkDir::new(root.join("rules")).into_iter().map(Result::unwrap);
    let mut there: Vec<String> = files
        .filter(|file| file.file_type().is_file())
        .map(|file| file.path().strip_prefix(root).unwrap().to_string_lossy().into_owned())
        .collect();
    there.sort();
    let listed: Vec<&str> = super::pack::PACK.iter().map(|(path, _)| *path).collect();
    assert_eq!(there, listed);
}

/// Every text that the rules of a folder look for, cut and put together so that some of it is found.
fn words(rules: &Rules) -> Vec<String> {
    fn texts(expr: &super::expr::Expr, all: &mut Vec<String>) {
        use super::expr::{Expr, Test};
        use super::pattern::Piece;
        match expr {
            Expr::All(of) | Expr::Any(of) | Expr::Least(_, of) => of.iter().for_each(|one| texts(one, all)),
            Expr::Not(one) => texts(one, all),
            Expr::Field(_, Test::Text(patterns)) => all.extend(patterns.iter().map(|pattern| {
                let piece = |piece: &Piece| match piece {
                    Piece::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    Piece::Any | Piece::One => "x".to_owned(),
                };
                pattern.pieces.iter().map(piece).collect::<String>()
            })),
            Expr::Keyword(_) | Expr::Record(_) | Expr::Field(..) => {}
        }
    }
    let mut all = Vec::new();
    rules.iter().for_each(|rule| texts(&rule.expr, &mut all));
    all.sort();
    all.dedup();
    all
}

#[test]
fn neither_filter_nor_memory_changes_what_matches() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sigma_web/rules");
    let folders = if folder.is_dir() { vec![folder] } else { Vec::new() };
    let rules = load(&folders, true).unwrap().rules;
    let words = words(&rules);
    assert!(words.len() > 100, "{}", words.len());
    let (mut matcher, mut found) = (Matcher::default(), 0);
    let keys = crate::hash::Keys::default();
    for (nth, word) in words.iter().chain(&words).enumerate() {
        let other = &words[nth * 7919 % words.len()];
        let mut targets = vec![
            format!("/{word}"),
            word.clone(),
            format!("/a/{other}?x={word}"),
            format!("http://{}/{other}", word.trim_start_matches('/')),
            format!("{other}{word}"),
        ];
        targets.extend(word.find('/').map(|at| format!("https:/{}", word.split_at(at).1)));
        for (turn, target) in targets.iter().enumerate() {
            let mut event = asking(target);
            event.user_agent = Some(if turn % 2 == 0 { word.as_bytes() } else { other.as_bytes() });
            event.method = Some([&b"GET"[..], b"POST", b"CONNECT"][nth % 3]);
            event.status = Some([200, 404, 500][nth % 3]);
            if turn == 1 {
                event.host = Some(other.as_bytes());
            }
            let facts = Facts { record: target.as_bytes(), event: &event, client: None };
            let all = (0..).map_while(|number| rules.get(number).map(|rule| (number, rule)));
            let wanted: Vec<u16> =
                all.filter(|(_, rule)| rule.expr.holds(&facts)).map(|(number, _)| number).collect();
            let agent = keys.name(event.user_agent.unwrap());
            assert_eq!(matcher.matches(&rules, &facts, agent), wanted, "{target} by {word}");
            found += wanted.len();
        }
    }
    assert!(found > 500, "only {found} matches");
}
