//! Correlation rules: the same ones hold for the same groups at the same seconds, in whatever order the lines come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use gatehound::detect::held;
use gatehound::hash::Keys;
use gatehound::sigma::{GROUPED, load};
use gatehound::time::Time;
use rsigma_eval::{CorrelationConfig, CorrelationEngine, EvaluationResult, JsonEvent, ResultBody};
use rsigma_parser::{
    ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, SigmaCollection,
    parse_sigma_yaml,
};
use serde_json::{Value, json};

use crate::common::Log;
use crate::traffic::Dice;

/// Rules that are counted: name and selection.
const RULES: &[(&str, &str)] = &[
    ("refused", "sc-status: 401"),
    ("entered", "cs-uri-stem: /login\n        sc-status: 200"),
    ("api", "cs-uri-stem|startswith: /api"),
    ("any", "sc-status|gte: 100"),
    ("taken", "sc-bytes|gt: 3000"),
];

/// Correlations: id, and what stands in their section.
const CORRELATIONS: &[(&str, &str)] = &[
    (
        "count",
        "type: event_count\n    rules: [refused]\n    group-by: [c-ip]\n    timespan: 30s\n    condition: {gte: 3}",
    ),
    ("count-all", "type: event_count\n    rules: [api, refused]\n    timespan: 10s\n    condition: {gt: 6}"),
    (
        "count-range",
        "type: event_count\n    rules: [api]\n    group-by: [cs-username]\n    timespan: 2m\n    condition: {gte: 2, lt: 5}",
    ),
    (
        "count-rare",
        "type: event_count\n    rules: [api]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {eq: 1}",
    ),
    (
        "count-two-keys",
        "type: event_count\n    rules: [any]\n    group-by: [c-ip, cs-username]\n    timespan: 1m\n    condition: {gte: 4}",
    ),
    (
        "values",
        "type: value_count\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {field: cs-uri-stem, gte: 4}",
    ),
    (
        "values-pairs",
        "type: value_count\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {field: [cs-uri-stem, sc-status], gt: 6}",
    ),
    (
        "values-absent",
        "type: value_count\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {field: cs-cookie, lt: 1}",
    ),
    (
        "values-few",
        "type: value_count\n    rules: [any]\n    group-by: [cs-username]\n    timespan: 5m\n    condition: {field: c-ip, neq: 3}",
    ),
    (
        "sum",
        "type: value_sum\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {field: sc-bytes, gt: 15000}",
    ),
    (
        "sum-of-none",
        "type: value_sum\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {field: cs-bytes, lte: 0}",
    ),
    (
        "mean",
        "type: value_avg\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 45s\n    condition: {field: sc-bytes, gte: 3000}",
    ),
    (
        "percentile",
        "type: value_percentile\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 2m\n    condition: {field: sc-bytes, gte: 4500, percentile: 90}",
    ),
    (
        "middle",
        "type: value_percentile\n    rules: [any]\n    group-by: [c-ip]\n    timespan: 2m\n    condition: {field: sc-bytes, lt: 2000}",
    ),
    (
        "both",
        "type: temporal\n    rules: [refused, entered]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {gte: 2}",
    ),
    (
        "some",
        "type: temporal\n    rules: [refused, entered, taken]\n    group-by: [c-ip]\n    timespan: 30s\n    condition: refused and (entered or taken)",
    ),
    (
        "unlike",
        "type: temporal\n    rules: [refused, entered]\n    group-by: [c-ip]\n    timespan: 30s\n    condition: refused and not entered",
    ),
    (
        "aliased",
        "type: temporal\n    rules: [refused, taken]\n    aliases:\n      who:\n        refused: cs-username\n        taken: cs-username\n    group-by: [who]\n    timespan: 1m\n    condition: {gte: 2}",
    ),
    (
        "order",
        "type: temporal_ordered\n    rules: [refused, entered, taken]\n    group-by: [c-ip]\n    timespan: 2m",
    ),
    (
        "order-twice",
        "type: temporal_ordered\n    rules: [taken, refused]\n    group-by: [cs-username]\n    timespan: 20s",
    ),
    (
        "over-others",
        "type: temporal\n    rules: [count, values]\n    group-by: [c-ip]\n    timespan: 1m\n    condition: {gte: 2}",
    ),
    (
        "over-both-kinds",
        "type: temporal_ordered\n    rules: [count, entered]\n    group-by: [c-ip]\n    timespan: 5m",
    ),
];

/// All of it as one file.
fn page() -> String {
    let mut page = String::new();
    for (name, selection) in RULES {
        let _ = write!(
            page,
            "---\ntitle: {name}\nid: {name}\nname: {name}\nlogsource:\n    category: webserver\ndetection:\n    s:\n        \
             {selection}\n    condition: s\nlevel: low\n"
        );
    }
    for (id, section) in CORRELATIONS {
        let _ = write!(
            page,
            "---\ntitle: {id}\nid: {id}\nname: {id}\ncorrelation:\n    {section}\nlevel: high\n"
        );
    }
    page
}

/// One request.
struct Asked {
    second: i64,
    client: String,
    user: String,
    path: &'static str,
    status: u16,
    bytes: u64,
}

impl Asked {
    /// A request of one of few clients, within a second of its own choice.
    fn drawn(dice: &mut Dice) -> Self {
        let paths = ["/login", "/login", "/api/a", "/api/b", "/x", "/y/z", "/favicon.ico"];
        Self {
            second: 1_700_000_000 + i64::try_from(dice.below(1500)).unwrap() * [1, 1, 7][dice.below(3)],
            client: format!("192.0.2.{}", dice.below(9)),
            user: ["amy", "ben", "eve", "zoe"][dice.below(4)].to_owned(),
            path: paths[dice.below(paths.len())],
            status: [200, 200, 401, 404][dice.below(4)],
            bytes: dice.below(6000) as u64,
        }
    }

    /// It in a log.
    fn line(&self) -> String {
        let stamp = Time::from_seconds(self.second).rfc3339(0);
        json!({
            "time": stamp, "remote_addr": self.client, "remote_user": self.user, "request_method": "GET",
            "request_uri": self.path, "status": self.status, "body_bytes_sent": self.bytes,
        })
        .to_string()
            + "\n"
    }

    /// It as the oracle reads it.
    fn fields(&self) -> Value {
        json!({
            "c-ip": self.client, "cs-username": self.user, "cs-uri-stem": self.path, "sc-status": self.status,
            "sc-bytes": self.bytes,
        })
    }
}

/// A correlation that holds: its id, for whom, at which second.
type Holding = BTreeSet<(String, [u64; GROUPED], i64)>;

/// The group of a correlation that values of these names make.
fn group(rule: &CorrelationRule, value: impl Fn(&str) -> Option<String>) -> [u64; GROUPED] {
    let keys = Keys::default();
    let mut by = [0; GROUPED];
    for (hash, name) in by.iter_mut().zip(&rule.group_by) {
        *hash = value(name).map_or(0, |value| keys.bytes(value.as_bytes()).max(1));
    }
    by
}

/// Whether a value of a percentile reaches what is asked of it. The oracle tells percentiles whether they reach it or not, so
/// here its values are held against the thresholds; of all other kinds it tells what does.
fn is_reached(rule: &CorrelationRule, value: f64) -> bool {
    let CorrelationCondition::Threshold { predicates, .. } = &rule.condition else { return true };
    rule.correlation_type != CorrelationType::ValuePercentile
        || predicates.iter().all(|&(than, threshold)| {
            let threshold = f64::from(u32::try_from(threshold).unwrap());
            match than {
                ConditionOperator::Gte => value >= threshold,
                ConditionOperator::Lt => value < threshold,
                other => panic!("no percentile here is compared by {other:?}"),
            }
        })
}

/// What the oracle says at the end of each second. It reads the requests in the order of their time.
fn wanted(collection: &SigmaCollection, requests: &[Asked]) -> Holding {
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    engine.add_collection(collection).unwrap();
    let mut last: BTreeMap<(String, [u64; GROUPED], i64), bool> = BTreeMap::new();
    let mut sorted: Vec<&Asked> = requests.iter().collect();
    sorted.sort_by_key(|asked| asked.second);
    for asked in sorted {
        let fields = asked.fields();
        let results = engine.process_event_at(&JsonEvent::borrow(&fields), asked.second);
        let matched: Vec<&str> = results.iter().filter_map(|one| one.header.rule_id.as_deref()).collect();
        for rule in &collection.correlations {
            // Those that count something of this request, by rules or by other correlations.
            if rule.rules.iter().any(|name| matched.contains(&name.as_str())) {
                let value = |name: &str| match name {
                    "who" => Some(asked.user.clone()),
                    name => fields
                        .get(name)
                        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
                };
                last.insert((rule.id.clone().unwrap(), group(rule, value), asked.second), false);
            }
        }
        for EvaluationResult { header, body } in &results {
            let ResultBody::Correlation(body) = body else { continue };
            let id = header.rule_id.clone().unwrap();
            let rule = collection.correlations.iter().find(|rule| rule.id.as_ref() == Some(&id)).unwrap();
            let pairs: BTreeMap<&String, &String> =
                body.group_key.iter().map(|(name, value)| (name, value)).collect();
            let by = group(rule, |name| pairs.get(&name.to_owned()).map(|value| (*value).clone()));
            last.insert((id, by, asked.second), is_reached(rule, body.aggregated_value));
        }
    }
    last.into_iter().filter_map(|(key, holds)| holds.then_some(key)).collect()
}

/// The log of some requests, read under the rules of this file.
fn log(requests: &[Asked]) -> Log {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rules.yml");
    std::fs::write(&path, page()).unwrap();
    let loaded = load(&[path], false).unwrap();
    assert_eq!(loaded.mistakes, []);
    let text: String = requests.iter().map(Asked::line).collect();
    let mut log = Log::of(&[text]);
    log.meaning.rules = Arc::new(loaded.rules);
    log
}

#[test]
fn correlations_hold_when_the_oracle_says_so() {
    let mut dice = Dice(11);
    let requests: Vec<Asked> = (0..6_000).map(|_| Asked::drawn(&mut dice)).collect();
    let wanted = wanted(&parse_sigma_yaml(&page()).unwrap(), &requests);
    let log = log(&requests);
    let tally = log.scan(2, 4096);
    assert_eq!(tally.reading.requests, 6_000);
    let rules = &log.meaning.rules;
    let id = |number: u16| rules.correlations().find(|(one, _)| *one == number).unwrap().1.id.clone();
    let mut found = Holding::new();
    for held in held(rules, &tally.correlated) {
        let of = |&(second, _): &(i64, u64)| (id(held.correlation), held.counted.by, second);
        found.extend(held.seconds.iter().map(of));
    }
    for (name, _) in CORRELATIONS {
        let of = |all: &Holding| all.iter().filter(|one| one.0 == *name).cloned().collect::<Holding>();
        let (ours, theirs) = (of(&found), of(&wanted));
        let (more, less) = (ours.difference(&theirs).count(), theirs.difference(&ours).count());
        assert!(!theirs.is_empty(), "{name} never holds");
        assert_eq!((more, less), (0, 0), "{name}: {} against {}", ours.len(), theirs.len());
    }
}

#[test]
fn correlations_do_not_depend_on_the_cut() {
    let mut dice = Dice(23);
    let requests: Vec<Asked> = (0..2_000).map(|_| Asked::drawn(&mut dice)).collect();
    let log = log(&requests);
    let whole = log.scan(1, usize::MAX);
    let (report, stored) = (log.report(&whole), whole.write());
    assert!(report.contains("rule-correlation"), "no correlation is told");
    for (threads, block_size) in [(2, 64), (8, 4096), (3, 1 << 20)] {
        let tally = log.scan(threads, block_size);
        assert!(log.report(&tally) == report, "{threads} workers, blocks of {block_size}");
        assert!(tally.write() == stored, "stored by {threads} workers, blocks of {block_size}");
    }
    let backwards = log.pieces(16 << 10).into_iter().reduce(|all, piece| piece.merge(all)).unwrap();
    assert!(log.report(&backwards) == report && backwards.write() == stored, "backwards");
    let read = gatehound::tally::Tally::read(&stored).unwrap();
    assert!(log.report(&read) == report && read.write() == stored, "read back");
}
