//! The page for a browser: what it looks like, that a stranger's text stays text, that it can be used without eyes or a
//! mouse, and that it stays small. `UPDATE=1 cargo test` writes the expected pages; look at them in a browser.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "html/browser.rs"]
mod browser;
#[path = "html/tags.rs"]
mod tags;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use browser::Browser;
use gatehound::incident::{Incident, Raw};
use gatehound::output::{Style, by_name};
use gatehound::run::Run;
use serde_json::Value;
use tags::{Tag, tags};

#[derive(serde::Deserialize)]
struct Report {
    run: Run,
    incidents: Vec<Incident>,
}

const REPORTS: [&str; 4] = ["attacks", "quiet", "partial", "unreadable"];

/// What an attacker would put wherever a log lets him. `HOME` becomes the address of a listener.
const HOSTILE: [&str; 9] = [
    "<script>document.title='ran';fetch('HOME')</script>",
    "\"><img src=HOME onerror=document.title='ran'><x y=\"",
    "' onmouseover='document.title=1' autofocus onfocus='document.title=1",
    "</style></title></code></pre><style>*{background:url(HOME)}</style><!--",
    "<svg onload=document.title='ran'><use href=HOME#x></svg>]]><![CDATA[",
    "</svg></td></table></main><iframe src=HOME></iframe><base href=HOME><meta http-equiv=refresh content=0;HOME>",
    "javascript:document.title='ran'",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;b&#62; +ADw-script+AD4- {{7*7}} ${7*7}",
    "a\u{202e}b\u{2066}c\u{200b}d\u{0}e\u{1b}[2Jf\r\ng\u{2028}h\u{feff}i\u{e0041}j",
];

/// Members whose words come from a fixed list, or are times.
const FIXED: [&str; 12] = [
    "status",
    "kind",
    "kinds",
    "stages",
    "severity",
    "outcome",
    "fidelity",
    "first_seen",
    "last_seen",
    "start",
    "time",
    "first_time",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output")
}

fn report(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join(format!("{name}.json"))).unwrap()).unwrap()
}

/// `attacks.json` in which every text that is not from a fixed list is `words`, names of metrics too.
fn filled_with(words: &str) -> Value {
    fn fill(value: &mut Value, words: &str) {
        match value {
            Value::String(text) => words.clone_into(text),
            Value::Array(list) => list.iter_mut().for_each(|one| fill(one, words)),
            Value::Object(members) => {
                if let Some(metrics) = members.get_mut("metrics") {
                    *metrics = serde_json::json!({ words: 7 });
                }
                for (name, value) in members.iter_mut() {
                    if !FIXED.contains(&name.as_str()) && name != "last_time" {
                        fill(value, words);
                    }
                }
            }
            _ => {}
        }
    }
    let mut report = report("attacks");
    report["incidents"][1]["suppressed_by"] = "x".into();
    report["incidents"][0]["supersedes"] = serde_json::json!(["x"]);
    for list in ["tokens", "sessions", "consumers"] {
        report["incidents"][0]["entities"][list] = serde_json::json!(["x", "x"]);
        report["incidents"][0]["entities"][format!("{list}_total")] = 2.into();
    }
    report["run"]["sources"][0]["note"] = "x".into();
    fill(&mut report, words);
    report
}

fn render(report: &Value) -> String {
    render_parsed(&serde_json::from_value(report.clone()).unwrap())
}

fn render_parsed(report: &Report) -> String {
    let mut bytes = Vec::new();
    let mut writer = by_name("html").unwrap().open(Box::new(&mut bytes), Style::default());
    writer.begin(&report.run).unwrap();
    report.incidents.iter().for_each(|incident| writer.incident(incident).unwrap());
    writer.end().unwrap();
    drop(writer);
    String::from_utf8(bytes).unwrap()
}

/// Twenty thousand incidents with a thousand addresses and accounts each.
fn large() -> Report {
    let mut report: Report = serde_json::from_value(report("attacks")).unwrap();
    let mut incident = report.incidents[0].clone();
    incident.entities.users =
        (0..1_000).map(|nth| Raw(format!("u{nth}@mail.example").into_bytes())).collect();
    incident.entities.users_total = 1_000;
    report.incidents = (0..20_000)
        .map(|nth| {
            let mut next = incident.clone();
            next.id = format!("gh-{nth:016x}");
            next.rank = nth + 1;
            next
        })
        .collect();
    report
}

#[test]
fn the_page_looks_as_it_was_seen() {
    for name in ["attacks", "unreadable"] {
        let page = without_style(&render(&report(name)));
        let path = folder().join(format!("{name}.html"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &page).unwrap();
        }
        assert!(page == fs::read_to_string(&path).unwrap_or_default(), "{name}.html is another page");
    }
}

#[test]
fn a_stranger_s_text_adds_no_element_and_no_attribute() {
    let harmless = tags(&render(&filled_with("plain")));
    assert!(harmless.len() > 900, "{}", harmless.len());
    for hostile in HOSTILE.iter().map(|&one| one.to_owned()).chain([HOSTILE.concat()]) {
        let page = render(&filled_with(&hostile));
        assert_same(&tags(&page), &harmless, &hostile);
        let hidden = |c: &char| {
            (c.is_control() && *c != '\n')
                || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}' | '\u{feff}' | '\u{e0041}')
        };
        assert_eq!(page.chars().find(hidden), None, "{hostile}");
    }
}

#[test]
fn bytes_that_are_no_text_stay_harmless() {
    let mut report: Report = serde_json::from_value(report("attacks")).unwrap();
    let harmless = tags(&render_parsed(&report));
    let raw = || Raw(b"\xff<script>\xfe\"\xe2\x80\xae".to_vec());
    for incident in &mut report.incidents {
        incident.entities.user_agents.iter_mut().for_each(|agent| *agent = raw());
        incident.evidence.iter_mut().for_each(|line| line.raw = line.raw.as_ref().map(|_| raw()));
    }
    let page = render_parsed(&report);
    assert_same(&tags(&page), &harmless, "bytes");
    assert!(page.contains(r"\xff&lt;script&gt;\xfe&quot;\u{202e}"));
}

/// Both have the same elements with the same attributes, and what a browser acts on has the same values.
fn assert_same(given: &[Tag], wanted: &[Tag], why: &str) {
    const WORDS: [&str; 3] = ["title", "aria-label", "content"];
    let bare = |tag: &Tag| {
        let attributes = tag.attributes.iter().map(|(name, value)| {
            (name.clone(), if WORDS.contains(&name.as_str()) { String::new() } else { value.clone() })
        });
        (tag.name.clone(), attributes.collect::<Vec<_>>())
    };
    for (given, wanted) in given.iter().zip(wanted) {
        assert_eq!(bare(given), bare(wanted), "{why}");
    }
    assert_eq!(given.len(), wanted.len(), "{why}");
}

#[test]
fn nothing_on_the_page_runs_or_is_loaded() {
    for name in REPORTS {
        for tag in tags(&render(&report(name))) {
            let banned =
                ["script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image"];
            assert!(!banned.contains(&tag.name.as_str()), "{name}: {tag:?}");
            for (attribute, value) in &tag.attributes {
                assert!(
                    attribute != "style" && attribute != "src" && !attribute.starts_with("on"),
                    "{tag:?}"
                );
                let is_known = ["#", "https://attack.mitre.org/", "https://cwe.mitre.org/"];
                assert!(
                    attribute != "href" || is_known.iter().any(|known| value.starts_with(known)),
                    "{tag:?}"
                );
            }
        }
    }
}

#[test]
fn the_page_can_be_used_without_eyes_or_a_mouse() {
    for name in REPORTS {
        let page = render(&report(name));
        let tags = tags(&page);
        let count = |element: &str| tags.iter().filter(|tag| tag.name == element).count();
        for element in ["h1", "main", "nav"] {
            assert_eq!(count(element), 1, "{name}: {element}");
        }
        for pair in tags.windows(2).filter(|pair| pair[0].name == "svg") {
            let is_told = pair[0].is("role", "img") && pair[1].name == "title";
            assert!(is_told || pair[0].is("aria-hidden", "true"), "{name}: {pair:?}");
        }
        let mut level = 0;
        for heading in tags.iter().filter_map(|tag| tag.name.strip_prefix('h')?.parse::<u32>().ok()) {
            assert!(heading <= level + 1, "{name}: h{heading} below h{level}");
            level = heading;
        }
        assert_eq!(count("caption"), count("table"), "{name}: every table says what it holds");
        assert!(tags.iter().all(|tag| tag.name != "th" || tag.has("scope")), "{name}");
        assert!(
            tags.iter()
                .all(|tag| !tag.is("class", "scroll") || (tag.has("tabindex") && tag.has("aria-label")))
        );
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.value("id")).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "{name}: an id twice");
        let targets = ["href", "aria-labelledby"]
            .into_iter()
            .flat_map(|of| tags.iter().filter_map(move |tag| tag.value(of)));
        for target in targets.filter(|target| !target.starts_with("https:")) {
            assert!(known.contains(target.trim_start_matches('#')), "{name}: {target} is nowhere");
        }
    }
}

#[test]
fn every_incident_in_full_can_be_linked_to() {
    let report = report("attacks");
    let page = render(&report);
    for incident in report["incidents"].as_array().unwrap() {
        let id = incident["id"].as_str().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")) && page.contains(&format!("href=\"#{id}\"")), "{id}");
    }
}

#[test]
fn a_report_of_twenty_thousand_incidents_stays_small_and_says_what_it_leaves_out() {
    let page = render_parsed(&large());
    assert!(page.len() < 8_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<article ").count(), 200);
    for told in [
        "19,800 incidents of lower rank are not told in full",
        "19,000 more are only counted",
        "19,976 more incidents of lower rank have no lane",
        "950 more, not on this page",
        "1,000 of 20,000 incidents in the ranking and tells 200 in full",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn a_browser_runs_nothing_of_a_stranger_s_and_asks_nobody() {
    let Some(browser) = Browser::find() else {
        eprintln!("SKIPPED: no Chromium (CHROMIUM names one)");
        return;
    };
    let hostile = HOSTILE.concat().replace("HOME", &browser.home());
    let (harmless, hostile) = (render(&filled_with("plain")), render(&filled_with(&hostile)));
    let wanted = browser.visit(&harmless);
    assert_eq!((wanted.console.as_slice(), wanted.calls), ([].as_slice(), 0));
    // Without the policy as well: escaping alone must hold.
    for page in [hostile.clone(), without_policy(&hostile)] {
        let seen = browser.visit(&page);
        assert_eq!((seen.console.as_slice(), seen.calls), ([].as_slice(), 0));
        assert!(!seen.dom.contains("<title>ran"), "a script ran");
        let policy = usize::from(page.len() != hostile.len());
        let (given, wanted) = (tags(&seen.dom), tags(&wanted.dom));
        assert_eq!(given.len() + policy, wanted.len());
        let shape = |tags: &[Tag]| -> Vec<(String, Vec<String>)> {
            let shown = tags.iter().filter(|tag| tag.name != "meta");
            shown
                .map(|tag| (tag.name.clone(), tag.attributes.iter().map(|(name, _)| name.clone()).collect()))
                .collect()
        };
        assert!(shape(&given) == shape(&wanted), "the browser built another page");
    }
}

#[test]
fn a_script_that_got_onto_the_page_would_be_seen_and_the_policy_would_stop_it() {
    let Some(browser) = Browser::find() else {
        eprintln!("SKIPPED: no Chromium (CHROMIUM names one)");
        return;
    };
    let script = format!("<script>document.title='ran'</script><img src=\"{}\"></main>", browser.home());
    let page = render(&report("attacks")).replacen("</main>", &script, 1);
    let stopped = browser.visit(&page);
    assert!(!stopped.dom.contains("<title>ran") && stopped.calls == 0, "the policy holds");
    assert!(stopped.console.len() >= 2, "{:?}", stopped.console);
    let ran = browser.visit(&without_policy(&page));
    assert!(ran.dom.contains("<title>ran") && ran.calls > 0, "the browser runs what it is given");
}

/// The page without its style sheet and the hash of that in the policy: they stand in a file of their own.
fn without_style(page: &str) -> String {
    let sheet = include_str!("../src/output/html/style.css");
    assert_eq!(page.matches(sheet).count(), 1);
    let page = page.replace(sheet, "");
    let (before, hash) = page.split_once("'sha256-").unwrap();
    format!("{before}'sha256-{}", hash.trim_start_matches(|c| c != '\''))
}

/// The page without its content security policy.
fn without_policy(page: &str) -> String {
    let begin = page.find("<meta http-equiv=").unwrap();
    let end = begin + page[begin..].find('>').unwrap() + 1;
    format!("{}{}", &page[..begin], &page[end..])
}
