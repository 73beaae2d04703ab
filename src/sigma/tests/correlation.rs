//! What correlations note and refuse; that they hold when another engine says so is tested in `tests/sigma`.

use std::fmt::Write as _;
use std::path::Path;

use super::super::facts::Facts;
use super::super::read::read;
use super::super::{Matcher, OfPath, Rules};
use super::{asking, page};
use crate::hash::{Keys, NameHash};

/// The rules `one` and `two`, and correlations with these sections.
fn loaded(sections: &[&str]) -> (Rules, Vec<String>) {
    let rule = |name: &str, path: &str| {
        page(&format!("    s:\n        c-uri|contains: {path}"))
            .replace("id: t", &format!("id: {name}-id\nname: {name}"))
    };
    let mut text = rule("one", "/one") + "---\n" + &rule("two", "/two");
    for (nth, section) in sections.iter().enumerate() {
        let _ = write!(text, "---\ntitle: Corr {nth}\nid: c{nth}\ncorrelation:\n    {section}\n");
    }
    let read = read(Path::new("c.yml"), &text);
    let (rules, mistakes) = Rules::new(read.rules, read.correlations);
    (rules, read.mistakes.iter().chain(&mistakes).map(ToString::to_string).collect())
}

/// What notes a request for `target` leaves: correlation and word.
fn notes(rules: &Rules, target: &str) -> Vec<(u16, u64)> {
    let event = asking(target);
    let facts = Facts { record: b"", event: &event, client: None };
    let mut matcher = Matcher::default();
    let (mut notes, matching) = (Vec::new(), matcher.matches(rules, &facts, NameHash::NONE, OfPath::UNKNOWN));
    rules.note(matching, &facts, &Keys::default(), &mut notes);
    notes.iter().map(|note| (note.correlation, note.word)).collect()
}

#[test]
fn what_cannot_be_judged_in_any_order_or_names_what_is_not_there_is_refused() {
    for (section, wanted) in [
        (
            "type: event_count\n    rules: [onee]\n    timespan: 1m\n    condition: {gte: 2}",
            "it names the rule `onee`, which is not loaded; did you mean `one`?",
        ),
        (
            "type: event_count\n    rules: [c1]\n    timespan: 1m\n    condition: {gte: 2}",
            "it counts how often the correlation `c1` holds",
        ),
        ("type: temporal\n    rules: [one, c0]\n    timespan: 1m", "it looks at itself"),
        (
            "type: event_count\n    rules: [one]\n    group-by: [c-ipp]\n    timespan: 1m\n    condition: {gte: 2}",
            "unknown field `c-ipp`; did you mean `c-ip`?",
        ),
        (
            "type: event_count\n    rules: [one]\n    window: tumbling\n    timespan: 1m\n    condition: {gte: 2}",
            "windows that do not slide",
        ),
        (
            "type: value_count\n    rules: [one]\n    timespan: 1m\n    condition: {gte: 2}",
            "the condition must name the `field`",
        ),
        (
            "type: value_sum\n    rules: [one]\n    timespan: 1m\n    condition: {field: [sc-bytes, cs-bytes], gte: 2}",
            "values of one field can be added up",
        ),
        (
            "type: value_percentile\n    rules: [one]\n    timespan: 1m\n    condition: {field: sc-bytes, gte: 2, percentile: 101}",
            "`101` is no percentile",
        ),
        (
            "type: temporal\n    rules: [one, two]\n    timespan: 1m\n    condition: one and tow",
            "did you mean `two`?",
        ),
        (
            "type: temporal\n    rules: [one, two]\n    aliases: {who: {one: c-ip}}\n    group-by: [who]\n    timespan: 1m",
            "the alias `who` does not say which field of `two` it is",
        ),
        ("type: counting\n    rules: [one]\n    timespan: 1m", "Unknown correlation type"),
    ] {
        let other = "type: event_count\n    rules: [two]\n    timespan: 1m\n    condition: {gte: 2}";
        let (rules, mistakes) = loaded(&[section, other]);
        assert!(mistakes.len() == 1 && mistakes[0].contains(wanted), "{section}: {mistakes:?}");
        assert!(mistakes[0].starts_with("c.yml:"), "{mistakes:?}");
        assert_eq!((rules.len(), rules.correlations().count()), (2, 1), "others were taken down");
    }
}

#[test]
fn rules_that_are_only_counted_are_not_told_unless_a_correlation_says_so() {
    let count = "type: event_count\n    rules: [one]\n    timespan: 1m\n    condition: {gte: 2}";
    for (sections, told) in [
        (vec![count.to_owned()], [false, true]),
        (vec![format!("{count}\n    generate: true")], [true, true]),
        (vec![count.to_owned(), format!("{count}\n    generate: true")], [true, true]),
        (vec!["type: temporal\n    rules: [one-id, two]\n    timespan: 1m".to_owned()], [false, false]),
    ] {
        let (rules, mistakes) = loaded(&sections.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(mistakes, Vec::<String>::new());
        let is_told = |id: &str| rules.iter().find(|rule| rule.id == id).unwrap().is_told();
        assert_eq!([is_told("one-id"), is_told("two-id")], told, "{sections:?}");
    }
}

#[test]
fn all_rules_must_match_where_a_correlation_does_not_say_how_many() {
    let (rules, _) = loaded(&["type: temporal\n    rules: [one, two]\n    timespan: 10s"]);
    let holds = |ticks: &[(i64, u64, u64)]| {
        let mut seconds = Vec::new();
        let (_, correlation) = rules.correlations().next().unwrap();
        correlation.holds(ticks, |second, value| seconds.push((second, value)));
        seconds
    };
    assert_eq!(holds(&[(5, 0, 1), (15, 1, 1), (26, 0, 1)]), [(15, 2)]);
    assert_eq!(holds(&[(5, 0, 1), (16, 1, 1)]), []);
}

#[test]
fn a_request_is_noted_once_in_each_place_that_its_rule_has() {
    let (rules, mistakes) = loaded(&[
        "type: event_count\n    rules: [one, one-id, two]\n    timespan: 1m\n    condition: {gte: 2}",
        "type: temporal_ordered\n    rules: [one, two, one]\n    timespan: 1m",
    ]);
    assert_eq!(mistakes, Vec::<String>::new());
    assert_eq!(notes(&rules, "/one"), [(0, 0), (1, 0), (1, 2)]);
    assert_eq!(notes(&rules, "/none"), []);
}

#[test]
fn more_correlations_than_can_be_held_are_told_and_circles_end() {
    let count = "type: event_count\n    rules: [one]\n    timespan: 1m\n    condition: {gte: 2}";
    let (rules, mistakes) = loaded(&[count; 70]);
    assert_eq!((rules.correlations().count(), mistakes.len()), (64, 6));
    let ring: Vec<String> = (0..40)
        .map(|n| format!("type: temporal\n    rules: [c{}]\n    timespan: 1m", (n + 1) % 40))
        .collect();
    let (rules, mistakes) = loaded(&ring.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((rules.correlations().count(), mistakes.len()), (0, 40));
}
