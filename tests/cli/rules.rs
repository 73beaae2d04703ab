//! Sigma rules: checked, tested, matched by `scan` and `events`.

use super::{Place, calm};

/// A rule for paths that hold `path`, with this level, and an example of each kind.
fn rule(id: &str, path: &str, level: &str) -> String {
    format!(
        "title: Somebody asks for {path}\nid: {id}\ntags:\n    - attack.t1083\nlogsource:\n    category: webserver\n\
         detection:\n    s:\n        c-uri|contains: {path}\n    condition: s\nlevel: {level}\n\
         examples:\n    match:\n        - c-uri: /a{path}\n    near_miss:\n        - c-uri: /b\n"
    )
}

/// So many requests of one client for `path`, answered with `status`.
fn asked(client: &str, path: &str, status: u16, times: usize) -> String {
    let line = |n: usize| {
        format!(
            "{client} - - [10/Mar/2026:10:10:{:02} +0000] \"GET {path}?n={n} HTTP/1.1\" {status} 99 \"-\" \"Mozilla/5.0\"\n",
            n % 60
        )
    };
    (0..times).map(line).collect()
}

fn incidents(out: &str) -> Vec<serde_json::Value> {
    let of_rules = |one: &serde_json::Value| one["kinds"].as_array().unwrap().contains(&"sigma".into());
    out.lines().map(|line| serde_json::from_str(line).unwrap()).filter(of_rules).collect()
}

#[test]
fn what_a_rule_matches_is_told_by_how_often_and_how_it_was_answered() {
    let place = Place::new();
    place.file("rules/a.yml", rule("11-a", "/parts-list", "high"));
    place.file("rules/bad.yml", rule("22-b", "/x", "high").replace("contains", "contians"));
    let log = [
        calm(600),
        asked("203.0.113.1", "/parts-list", 404, 1),
        asked("203.0.113.2", "/parts-list", 404, 30),
        asked("203.0.113.3", "/parts-list", 200, 30),
    ];
    place.file("a.log", log.concat());
    let said = place.run(&["scan", "a.log", "--rules", "rules", "--format", "ndjson"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("bad.yml:9: unknown modifier `contians`"), "{}", said.err);
    let told = incidents(&said.out);
    let levels: Vec<(&str, &str)> = told
        .iter()
        .map(|one| (one["severity"].as_str().unwrap(), one["entities"]["source_ips"][0].as_str().unwrap()))
        .collect();
    assert_eq!(levels, [("high", "203.0.113.3"), ("medium", "203.0.113.2"), ("low", "203.0.113.1")]);
    assert!(
        told[0]["title"].as_str().unwrap().starts_with("Somebody asks for /parts-list"),
        "{}",
        told[0]["title"]
    );
    let by_rule =
        told[0]["findings"].as_array().unwrap().iter().find(|one| one["detector"] == "rule-match").unwrap();
    assert_eq!(
        by_rule["rule"],
        serde_json::json!({"id": "11-a", "title": "Somebody asks for /parts-list", "level": "high"})
    );
    assert!(told[0]["references"]["attack"].as_array().unwrap().contains(&"T1083".into()));

    let cut =
        ["scan", "a.log", "--rules", "rules", "--format", "ndjson", "--threads", "3", "--block-size", "1500"];
    assert_eq!(place.run(&cut).out, said.out, "the cut matters");
}

#[test]
fn what_many_sources_match_is_one_incident() {
    let place = Place::new();
    place.file("rules/a.yml", rule("11-a", "/parts-list", "medium"));
    let told = |sources: usize| {
        let sources = (1..=sources).map(|nth| asked(&format!("203.0.113.{nth}"), "/parts-list", 200, 12));
        place.file("a.log", [calm(2000), sources.collect()].concat());
        let said = place.run(&["scan", "a.log", "--rules", "rules", "--format", "ndjson"]);
        let told = incidents(&said.out);
        let of_rules = told.iter().filter(|one| one["title"].as_str().unwrap().contains("parts-list"));
        of_rules.map(|one| one["entities"]["source_ips_total"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told(3), [1, 1, 1]);
    assert_eq!(told(30), [30]);
}

#[test]
fn a_single_match_on_a_route_that_everybody_asks_for_is_nobodys_break_in() {
    let place = Place::new();
    place.file("rules/a.yml", rule("11-a", "/parts-list", "high"));
    let severities = |others: usize| {
        let others = (1..=others).map(|nth| asked(&format!("198.51.100.{nth}"), "/search", 200, 3));
        let log =
            [calm(600), others.collect(), asked("203.0.113.1", "/search?q=/parts-list", 200, 1)].concat();
        place.file("a.log", log);
        let said = place.run(&["scan", "a.log", "--rules", "rules", "--format", "ndjson"]);
        let told = incidents(&said.out);
        told.iter().map(|one| one["severity"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(severities(40), ["low"]);
    assert_eq!(severities(2), ["medium"]);
}

#[test]
fn events_show_the_rules_that_they_match() {
    let place = Place::new();
    place.file("r.yml", rule("11-a", "/parts-list", "medium"));
    place.file("a.log", [calm(3), asked("203.0.113.1", "/parts-list", 404, 1)].concat());
    let said = place.run(&["events", "a.log", "-q", "--rules", "r.yml", "--signals"]);
    let shown: Vec<bool> = said
        .out
        .lines()
        .map(|line| line.contains("\"signals\":[{\"class\":\"sigma\",\"rule\":\"11-a\""))
        .collect();
    assert_eq!(shown, [false, false, false, true], "{}", said.out);
}

#[test]
fn rules_are_checked_and_tested() {
    let place = Place::new();
    place.file("rules/a.yml", rule("11-a", "/parts-list", "high"));
    let said = place.run(&["rules", "check", "rules"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("1 rules can be matched"), "{}", said.out);
    assert_eq!(place.run(&["rules", "test", "rules"]).code, 0);
    place.file("rules/a.yml", rule("11-a", "/parts-list", "high").replace("c-uri: /b", "c-uri: /parts-list"));
    let said = place.run(&["rules", "test", "rules"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("a.yml: must not match: /parts-list"), "{}", said.out);
    place.file("rules/b.yml", rule("22-b", "/x", "high").replace("c-uri|contains", "c-url|contains"));
    let said = place.run(&["rules", "check", "rules"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("b.yml:9: unknown field `c-url`; did you mean `c-uri`?"), "{}", said.err);
    assert_eq!(place.run(&["scan", "x.log", "--rules", "not-there"]).code, 2);
}

#[test]
fn the_rules_that_come_along_pass_their_own_examples() {
    let place = Place::new();
    let said = place.run(&["rules", "test"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(
        said.out.contains(" 0 of them without examples") && said.out.ends_with(" 0 failed\n"),
        "{}",
        said.out
    );
    assert!(place.run(&["rules", "list"]).out.lines().count() > 50);
}

#[test]
fn a_bad_rule_stops_a_scan_only_where_the_user_is_strict() {
    let place = Place::new();
    place.file("rules/a.yml", rule("11-a", "/parts-list", "high"));
    place.file("rules/b.yml", rule("22-b", "/x", "high").replace("c-uri|contains", "c-url|contains"));
    place.file("a.log", calm(3));
    assert_eq!(place.run(&["scan", "a.log", "--rules", "rules"]).code, 0);
    let said = place.run(&["scan", "a.log", "--rules", "rules", "--strict"]);
    assert_eq!((said.code, &*said.out), (2, ""));
    assert!(said.err.contains("b.yml:9: unknown field `c-url`; did you mean `c-uri`?"), "{}", said.err);
    place.file("rules/b.yml", rule("22-b", "/x", "high"));
    assert_eq!(place.run(&["scan", "a.log", "--rules", "rules", "--strict"]).code, 0);
}

#[test]
fn coverage_tells_techniques_and_weaknesses_and_what_a_log_cannot_feed() {
    let place = Place::new();
    let tagged = |id: &str, tag: &str| rule(id, "/parts-list", "high").replace("attack.t1083", tag);
    place.file("rules/a.yml", tagged("11-a", "attack.t1083\n    - cwe.548\n    - owasp-api.api8-2023"));
    place.file("rules/b.yml", tagged("22-b", "attack.t1083").replace("c-uri|contains", "cs-host|contains"));
    place.file("rules/c.yml", tagged("33-c", "attack.t1190").replace("c-uri|contains", "cs-cookie|contains"));
    place.file("rules/d.yml", tagged("44-d", "attack.t1190").replace("condition: s", "condition: not s"));
    let table = place.run(&["rules", "coverage", "rules"]).out;
    for wanted in ["ATT&CK: 2", "T1083           2", "API8-2023       1", "CWE-548         1"] {
        assert!(table.contains(wanted), "{wanted}: {table}");
    }
    let layer = place.run(&["rules", "coverage", "rules", "--format", "navigator"]).out;
    let layer: serde_json::Value = serde_json::from_str(&layer).unwrap();
    assert_eq!(layer["techniques"][0]["techniqueID"], "T1083");
    assert_eq!(layer["techniques"][0]["score"], 2);
    place.file("a.log", calm(3));
    let said = place.run(&["rules", "coverage", "rules", "--log", "a.log"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("2 of 4 rules can match"), "{}", said.out);
    let never: Vec<&str> = said.out.lines().filter(|line| line.contains("never:")).collect();
    assert!(never[0].contains("22-b") && never[0].ends_with("for want of cs-host"), "{never:?}");
    assert!(never[1].contains("33-c") && never[1].ends_with("a field that no log has"), "{never:?}");
}

#[test]
fn a_rule_is_shown_by_id_name_or_title_and_unknown_ones_get_the_nearest() {
    let place = Place::new();
    place.file("rules/a.yml", rule("11-a", "/parts-list", "high"));
    for named in ["11-a", "Somebody asks for /parts-list"] {
        let said = place.run(&["rules", "show", named, "rules"]);
        assert!(said.out.contains("level            high\n"), "{}", said.out);
        assert!(said.out.contains("does not match   /b\n"), "{}", said.out);
    }
    let said = place.run(&["rules", "show", "gh-actuator-prob"]);
    assert!(said.code == 2 && said.err.contains("did you mean `gh-actuator-probe`?"), "{}", said.err);
}

#[test]
fn a_correlation_is_told_and_the_rule_that_it_counts_is_not() {
    let place = Place::new();
    let correlation = "---\ntitle: Parts are asked for again and again\nid: 99-z\ncorrelation:\n    type: event_count\n    \
                       rules: [11-a]\n    group-by: [c-ip]\n    timespan: 1m\n    condition:\n        gte: 20\nlevel: high\n";
    place.file("r.yml", rule("11-a", "/parts-list", "high") + correlation);
    let log = [
        calm(300),
        asked("203.0.113.1", "/parts-list", 404, 5),
        asked("203.0.113.2", "/parts-list", 200, 40),
    ];
    place.file("a.log", log.concat());
    let said = place.run(&["scan", "a.log", "--rules", "r.yml", "--format", "ndjson"]);
    let told = incidents(&said.out);
    assert_eq!(told.len(), 1, "{}", said.out);
    assert_eq!(told[0]["severity"], "high");
    assert_eq!(told[0]["entities"]["source_ips"], serde_json::json!(["203.0.113.2"]));
    let findings = told[0]["findings"].as_array().unwrap();
    let proof = findings.iter().find(|one| one["detector"] == "rule-correlation").unwrap();
    assert_eq!(proof["rule"]["id"], "99-z");
    assert_eq!(proof["metrics"]["value"], 40);
    assert!(proof["reason"].as_str().unwrap().contains("with one c-ip: 40 matches within 1 min"), "{proof}");
    assert!(findings.iter().all(|one| one["rule"]["id"] != "11-a"), "{findings:?}");
    let said = place.run(&["rules", "list", "r.yml"]);
    assert!(said.out.ends_with("1 rules, 1 correlations\n"), "{}", said.out);
}
