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
