//! Scores worked out by hand.

use super::*;
use crate::simulate::truth::Benign;

fn hash(token: &[u8]) -> String {
    format!("h:{}", String::from_utf8_lossy(token).to_uppercase())
}

fn attack(id: &str, kind: &str, ips: &[&str], users: &[&str], tokens: &[&str]) -> Attack {
    let owned = |all: &[&str]| all.iter().map(ToString::to_string).collect();
    Attack {
        id: id.into(),
        kind: kind.into(),
        difficulty: "easy".into(),
        outcome: Some("succeeded".into()),
        ips: owned(ips),
        users: owned(users),
        tokens: owned(tokens),
        start: 1_773_162_000.0,
        end: 1_773_165_600.0,
        requests: 10,
    }
}

/// An incident in the hour of the attacks, unless `when` says otherwise.
fn incident(kind: &str, severity: &str, ips: &[&str], more: &str) -> String {
    let ips = serde_json::to_string(ips).unwrap();
    let when = if more.contains("first_seen") {
        ""
    } else {
        r#""first_seen":"2026-03-10T17:10:00Z","last_seen":"2026-03-10T17:20:00.5Z","#
    };
    let entities = if more.contains("entities") {
        String::new()
    } else {
        format!(r#""entities":{{"source_ips":{ips}}},"#)
    };
    format!(
        r#"{{{when}{entities}{more}"kind":"{kind}","kinds":["{kind}"],"severity":"{severity}","unknown":[1]}}"#
    )
}

fn score(truth: &Truth, incidents: &[String]) -> Score {
    let text = incidents.join("\n");
    evaluate(truth, &mut read_incidents(text.as_bytes()), Severity::Medium, &hash).unwrap()
}

fn truth(attacks: Vec<Attack>) -> Truth {
    let nat = Benign { id: "office-nat".into(), ips: vec!["9.9.9.9".into()], ..Benign::default() };
    let sync = Benign { id: "sync".into(), users: vec!["svc".into()], ..Benign::default() };
    Truth { attacks, benign: vec![nat, sync], ..Truth::default() }
}

const TEN: [&str; 10] = [
    "1.0.0.1",
    "1.0.0.2",
    "1.0.0.3",
    "1.0.0.4",
    "1.0.0.5",
    "1.0.0.6",
    "1.0.0.7",
    "1.0.0.8",
    "1.0.0.9",
    "2001:DB8::1",
];

#[test]
fn three_addresses_or_thirty_per_cent_meet_an_attack_and_fewer_do_not() {
    let truth =
        truth(vec![attack("a", "scraping", &TEN, &[], &[]), attack("b", "scraping", &TEN[..3], &[], &[])]);
    let two = score(&truth, &[incident("scraping", "high", &["1.0.0.5", "1.0.0.6"], "")]);
    assert_eq!(two.strict, Share { hit: 0, of: 2 });
    let three = score(&truth, &[incident("scraping", "high", &["1.0.0.5", "1.0.0.6", "2001:db8:0::1"], "")]);
    assert_eq!(three.strict, Share { hit: 1, of: 2 });
    assert_eq!(three.attacks[0].named, Share { hit: 3, of: 10 });
    let one_of_three = score(&truth, &[incident("scraping", "high", &["1.0.0.1"], "")]);
    assert!(!one_of_three.attacks[0].strict && one_of_three.attacks[1].strict);
}

#[test]
fn times_must_overlap_within_a_minute() {
    let truth = truth(vec![attack("a", "scraping", &["1.0.0.1"], &[], &[])]);
    let at = |first: &str, last: &str| {
        let when = format!(r#""first_seen":"{first}","last_seen":"{last}","#);
        score(&truth, &[incident("scraping", "high", &["1.0.0.1"], &when)]).strict.hit
    };
    assert_eq!(at("2026-03-10T16:00:00Z", "2026-03-10T16:59:00Z"), 1);
    assert_eq!(at("2026-03-10T16:00:00Z", "2026-03-10T16:58:59Z"), 0);
    assert_eq!(at("2026-03-10T18:01:00Z", "2026-03-10T19:00:00Z"), 1);
    assert_eq!(at("2026-03-10T18:01:00.1Z", "2026-03-10T19:00:00Z"), 0);
    assert_eq!(at("2026-03-10T19:00:30+01:00", "2026-03-10T20:00:00+01:00"), 1);
}

#[test]
fn an_account_or_a_token_meets_an_attack_as_it_stands_or_hashed() {
    let truth = truth(vec![attack("a", "data-exfiltration", &TEN, &["amy"], &["abc"])]);
    for (entities, hit) in [
        (r#""entities":{"users":["amy"]},"#, 1),
        (r#""entities":{"users":["abc"]},"#, 0),
        (r#""entities":{"tokens":["abc"]},"#, 1),
        (r#""entities":{"tokens":["h:ABC"]},"#, 1),
        (r#""entities":{"tokens":["amy"]},"#, 0),
    ] {
        assert_eq!(
            score(&truth, &[incident("data-exfiltration", "high", &[], entities)]).strict.hit,
            hit,
            "{entities}"
        );
    }
}

#[test]
fn login_attacks_are_one_kind_where_no_account_is_known() {
    let truth = truth(vec![attack("a", "brute-force", &["1.0.0.1"], &[], &[])]);
    let with = |fidelity: &str| {
        let more = format!(r#""fidelity":"{fidelity}","#);
        score(&truth, &[incident("password-spraying", "high", &["1.0.0.1"], &more)])
    };
    assert_eq!(with("C").strict.hit, 1);
    assert_eq!(with("B").strict.hit, 0);
    assert_eq!(with("B").lenient.hit, 1);
}

#[test]
fn a_whole_report_is_scored_as_by_hand() {
    let truth = truth(vec![
        attack("a", "scraping", &TEN[..4], &[], &[]),
        attack("b", "brute-force", &["7.7.7.7"], &["amy"], &[]),
        attack("c", "path-enumeration", &["8.8.8.8"], &[], &[]),
    ]);
    let amy = r#""entities":{"source_ips":["7.7.7.7","6.6.6.6"],"users":["amy"]},"outcome":"attempted","fidelity":"A","#;
    let incidents = [
        // Meets a: all four addresses and one that is nobody's.
        incident(
            "scraping",
            "critical",
            &["1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4", "5.5.5.5"],
            r#""outcome":"succeeded","#,
        ),
        // Meets nothing, and names the office.
        incident("brute-force", "high", &["9.9.9.9"], ""),
        // Meets b, with a wrong outcome.
        incident("brute-force", "high", &[], amy),
        // Meets a once more with the same kind.
        incident("scraping", "medium", &["1.0.0.1", "1.0.0.2", "1.0.0.3"], ""),
        // Below the floor, and suppressed: neither counts.
        incident("path-enumeration", "low", &["8.8.8.8"], ""),
        incident("path-enumeration", "high", &["8.8.8.8"], r#""suppressed_by":"health-check","#),
    ];
    let score = score(&truth, &incidents);
    assert_eq!(score.incidents, 4);
    assert_eq!(score.strict, Share { hit: 2, of: 3 });
    assert_eq!(score.precision, Share { hit: 3, of: 4 });
    assert_eq!(score.precision_at_k, Share { hit: 2, of: 3 });
    assert_eq!(score.collateral, Share { hit: 2, of: 7 });
    assert_eq!(score.named, Share { hit: 5, of: 5 });
    assert_eq!(score.outcome, Share { hit: 1, of: 2 });
    assert_eq!(score.look_alikes_hit, ["office-nat"]);
    assert_eq!((score.duplicates, score.meetings), (1, 3));
    assert_eq!(score.attacks[0].met_by.as_ref().map(|met| met.rank), Some(1));
    let text = score.to_string();
    for part in ["MISSED   c", "says attempted for succeeded", "1 of 2: office-nat", "66.6 % (2/3)"] {
        assert!(text.contains(part), "`{part}` in\n{text}");
    }
}

#[test]
fn a_report_is_read_like_its_incidents_one_by_one() {
    let truth = truth(vec![attack("a", "scraping", &["1.0.0.1"], &[], &[])]);
    let lines =
        [incident("scraping", "high", &["1.0.0.1"], ""), incident("scraping", "high", &["4.4.4.4"], "")];
    let report =
        format!(r#"{{"schema":"gatehound.report.v1","run":{{}},"incidents":[{}]}}"#, lines.join(","));
    assert_eq!(score(&truth, &lines), score(&truth, &[report]));
    assert_eq!(score(&truth, &lines).strict.hit, 1);
}

#[test]
fn the_example_of_the_truth_page_is_read() {
    let text = r#"{"schema":"gatehound.truth.v1","lines":349582,
        "attacks":[{"id":"stuff-distributed","kind":"credential-stuffing","difficulty":"medium","outcome":"succeeded",
                    "ips":["81.2.3.4"],"users":[],"tokens":[],"start":1773162003.1,"end":1773171295.9,"requests":3512}],
        "benign":[{"id":"office-nat","why":"one office","ips":["92.4.5.6"],"users":[],"tokens":[]}]}"#;
    let truth: Truth = serde_json::from_str(text).unwrap();
    let found = score(&truth, &[incident("credential-stuffing", "high", &["81.2.3.4"], "")]);
    assert_eq!(found.strict, Share { hit: 1, of: 1 });
}

#[test]
fn what_is_no_incident_is_an_error() {
    let mut incidents = read_incidents(&br#"{"kind":7}"#[..]);
    assert!(evaluate(&truth(vec![]), &mut incidents, Severity::Medium, &hash).is_err());
}
