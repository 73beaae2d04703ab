//! Bad rules are told with their place and what to do, and take no other down; public ones load as they are.

use std::path::{Path, PathBuf};

use super::super::load;
use super::super::read::{Read, read};
use super::{asking, holds, page, rules};
use crate::event::Event;

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
fn hostile_conditions_and_values_neither_overflow_nor_multiply() {
    let rule = page("    s:\n        c-uri: x");
    let with = |condition: String| rule.replace("condition: s", &format!("condition: {condition}"));
    let correlation = |condition: &str| {
        format!(
            "{rule}---\ntitle: C\ncorrelation:\n    type: temporal\n    rules: [t]\n    timespan: 1m\n    condition: {condition}\n"
        )
    };
    let alias = |n: usize| format!("x{n}: &x{n} [{}]\n", vec![format!("*x{}", n - 1); 9].join(","));
    let aliases = (1..9).map(alias).collect::<Vec<_>>().concat();
    let bomb = format!("x0: &x0 [a,a,a,a,a,a,a,a,a]\n{aliases}{}", page("    s:\n        c-uri: *x8"));
    let steps = (4..1_004).map(|n| " ".repeat(n) + "a:\n").collect::<Vec<_>>().concat();
    let many = |line: &str, value: &str| {
        page(&format!("    s:\n        {line}:\n{}", format!("            - {value}\n").repeat(5_000)))
    };
    let again = format!("condition: {}", vec!["s"; 5_000].join(" or "));
    for (told, text) in [
        ("not", with("not ".repeat(60_000) + "s")),
        ("brackets", with("(".repeat(60_000) + "s" + &")".repeat(60_000))),
        ("brackets of a correlation", correlation(&("(".repeat(60_000) + "t" + &")".repeat(60_000)))),
        ("not of a correlation", correlation(&("not ".repeat(60_000) + "t"))),
        ("aliases", bomb),
        ("steps", page(&format!("    s:\n{steps}"))),
        ("dashes", many("c-uri|windash", "'-a -b -c -d'")),
        ("expressions", many("c-uri|re", "'\\w{50}'")),
        ("a list that is named again and again", many("c-uri", "x").replace("condition: s", &again)),
        (
            "conditions",
            many("c-uri", "x")
                .replace("condition: s", &format!("condition:{}", "\n        - s".repeat(5_000))),
        ),
        (
            "expressions named again and again",
            page("    s:\n        c-uri|re: 'a+b'").replace("condition: s", &again),
        ),
        ("hours", many("timestamp|hour", "7")),
        ("other fields", many("c-uri|fieldref", "cs-user-agent")),
        ("wildcards", many("c-uri", "'a*b*c'")),
        ("documents", format!("{rule}{}", "---\n".repeat(100_000))),
        (
            "an alias of a long list",
            format!("x: &x [{}]\ny: [{}]\n{rule}", "a,".repeat(5_000), "*x,".repeat(5_000)),
        ),
        (
            "a template",
            format!("action: global\n{}---\n{}", many("c-uri", "x"), "title: U\n---\n".repeat(9_000)),
        ),
        ("brackets of an expression", page(&format!("    s:\n        c-uri|re: '{}'", "(".repeat(20_000)))),
    ] {
        let read = read(Path::new("t.yml"), &text);
        let (rules, mistakes) = super::super::Rules::new(read.rules, read.correlations);
        let is_refused = !read.mistakes.is_empty() || !mistakes.is_empty();
        assert!(is_refused && rules.correlations().count() == 0, "{told}: {} rules", rules.len());
    }
}

#[test]
fn filters_multiply_no_rules() {
    let dir = tempfile::tempdir().unwrap();
    let rules: Vec<String> =
        (0..80).map(|n| page("    s:\n        c-uri: /x").replace("id: t", &format!("id: t{n}"))).collect();
    std::fs::write(dir.path().join("1.yml"), rules.join("---\n")).unwrap();
    let filter = format!(
        "title: F\nlogsource:\n    category: webserver\nfilter:\n    rules: any\n    f:\n        c-uri:\n{}    condition: not f\n",
        "            - y\n".repeat(15_000)
    );
    std::fs::write(dir.path().join("2.yml"), filter).unwrap();
    let loaded = load(&[dir.path().to_owned()], false).unwrap();
    assert!((1..80).contains(&loaded.rules.len()), "{}", loaded.rules.len());
    assert!(loaded.mistakes[0].message.contains("name the rules"), "{}", loaded.mistakes[0]);
}

#[test]
fn a_list_of_networks_holds_every_address_of_each_and_no_other() {
    let rules = rules(&page(
        "    s:\n        c-ip|cidr: [10.1.0.0/16, 10.0.0.0/8, 192.0.2.7, '2001:db8::/32', 192.0.2.128/25]",
    ));
    for (client, is_in) in [
        ("10.255.0.1", true),
        ("11.0.0.0", false),
        ("192.0.2.7", true),
        ("192.0.2.8", false),
        ("192.0.2.128", true),
        ("2001:db8::1", true),
        ("2001:db9::1", false),
    ] {
        let event = Event { client: Some(client.parse().unwrap()), ..asking("/") };
        assert_eq!(holds(&rules, &event), is_in, "{client}");
    }
}

#[test]
fn expressions_that_run_wild_elsewhere_take_no_time() {
    let uri = format!("/{}!", "a".repeat(60_000));
    for expression in ["(a+)+$", "(a|a)*b", "(.*a){20}c", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"] {
        let rules = rules(&page(&format!("    s:\n        c-uri|re: '{expression}'")));
        assert!(!holds(&rules, &asking(&uri)), "{expression}");
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
