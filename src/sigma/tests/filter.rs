//! Looking for needles first, and remembering where there were none, changes nothing but the time.

use std::path::Path;

use super::super::facts::Facts;
use super::super::{Matcher, OfPath, Rules, load};
use super::{asking, holds, line, page, rules};
use crate::event::Event;
use crate::hash::NameHash;
use crate::text::Escapes;

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
            matcher.matches(&rules, &facts, NameHash::NONE, OfPath::UNKNOWN).len(),
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

#[test]
fn what_a_rule_needs_is_the_rarest_text_that_it_cannot_do_without() {
    use crate::sigma::needle::{Need, Zone};
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
                .matches(&loaded.rules, &facts, NameHash::NONE, OfPath::UNKNOWN)
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
    let listed: Vec<&str> = crate::sigma::pack::PACK.iter().map(|(path, _)| *path).collect();
    assert_eq!(there, listed);
}

#[test]
fn a_path_that_its_producer_escaped_is_told_by_what_it_means() {
    let rules = rules(&page("    s:\n        c-uri|contains: /hidden/wanted"));
    let mut matcher = Matcher::default();
    for (escapes, path, count) in [
        (Escapes::Json, br"\/hidden\/wanted".as_slice(), 1),
        (Escapes::None, br"\/hidden\/wanted", 0),
        (Escapes::Backslash, br"/hidden\x2fwanted", 1),
        (Escapes::Hash, b"/hidden#2fwanted", 1),
        (Escapes::None, b"/hidden#2fwanted", 0),
    ] {
        let event = Event { path: Some(path), escapes, ..Event::default() };
        let of_path = matcher.of_path(&rules, path);
        let facts = Facts { record: b"", event: &event, client: None };
        let found = matcher.matches(&rules, &facts, NameHash::NONE, of_path).len();
        assert_eq!(found, count, "{} {escapes:?}", String::from_utf8_lossy(path));
    }
}

#[test]
fn every_class_of_attack_has_a_folder_of_rules() {
    use crate::signal::Class;
    for class in Class::ALL.iter().filter(|class| class.name() != "sigma") {
        let folder = format!("rules/{}/", class.name());
        assert!(crate::sigma::pack::PACK.iter().any(|(path, _)| path.starts_with(&folder)), "{folder}");
    }
}

/// Every text that the rules of a folder look for, cut and put together so that some of it is found.
fn words(rules: &Rules) -> Vec<String> {
    fn texts(expr: &crate::sigma::expr::Expr, all: &mut Vec<String>) {
        use crate::sigma::expr::{Expr, Test};
        use crate::sigma::pattern::Piece;
        match expr {
            Expr::All(of) | Expr::Any(of) | Expr::Least(_, of) => of.iter().for_each(|one| texts(one, all)),
            Expr::Not(one) => texts(one, all),
            Expr::Field(_, Test::Text(patterns)) | Expr::Keywords(patterns) => {
                all.extend(patterns.iter().map(|pattern| {
                    let piece = |piece: &Piece| match piece {
                        Piece::Text(text) => String::from_utf8_lossy(text).into_owned(),
                        Piece::Any | Piece::One => "x".to_owned(),
                    };
                    pattern.pieces.iter().map(piece).collect::<String>()
                }));
            }
            Expr::Record(_) | Expr::Field(..) => {}
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
            // As a log has it: target and agent are parts of the record.
            let agent = if turn % 2 == 0 { word } else { other };
            let line = format!("\"GET {target} HTTP/1.1\" 200 \"{agent}\"");
            let mut event = asking(&line[5..5 + target.len()]);
            event.user_agent = Some(&line.as_bytes()[line.len() - 1 - agent.len()..line.len() - 1]);
            event.method = Some([&b"GET"[..], b"POST", b"CONNECT"][nth % 3]);
            event.status = Some([200, 404, 500][nth % 3]);
            if turn == 1 {
                event.host = Some(other.as_bytes());
            }
            let facts = Facts { record: line.as_bytes(), event: &event, client: None };
            let all = (0..).map_while(|number| rules.get(number).map(|rule| (number, rule)));
            let wanted: Vec<u16> =
                all.filter(|(_, rule)| rule.expr.holds(&facts)).map(|(number, _)| number).collect();
            let agent = keys.name(event.user_agent.unwrap());
            let of_path = matcher.of_path(&rules, event.path.unwrap_or(b""));
            let remembered = matcher.matches(&rules, &facts, agent, of_path).to_vec();
            assert_eq!(remembered, matcher.matches(&rules, &facts, agent, OfPath::UNKNOWN));
            assert_eq!(remembered, wanted, "{target} by {word}");
            found += wanted.len();
        }
    }
    assert!(found > 500, "only {found} matches");
}
