//! Settings in layers.

use super::{Place, calm, guessed, said};

#[test]
fn an_option_goes_before_the_environment_before_files() {
    let place = Place::new();
    place.file("home/gatehound/config.toml", "min-severity = \"info\"\ntop = 9\nevidence = 2\n");
    place.file("gatehound.toml", "# ours\nmin-severity = \"low\"\ntop = 7\n");
    let mut command = place.command(&["config", "show", "--origin"]);
    let shown = said(command.env("GATEHOUND_MIN_SEVERITY", "high")).out;
    let line = |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(
        line("min-severity").contains("\"high\"")
            && line("min-severity").contains("# GATEHOUND_MIN_SEVERITY")
    );
    assert!(line("top").contains("= 7") && line("top").ends_with("# gatehound.toml:3"), "{shown}");
    assert!(line("evidence").contains("config.toml:3"), "{shown}");
    assert!(line("# fail-on").ends_with("# default"), "{shown}");
    let named = place.file("mine.toml", "top = 1\n");
    let shown = place.run(&["--config", super::name(&named), "config", "show"]).out;
    assert!(shown.contains("top = 1\n") && shown.contains("min-severity = \"info\""), "{shown}");
}

#[test]
fn what_config_shows_is_a_config() {
    let place = Place::new();
    place.file(
        "gatehound.toml",
        "trusted-proxy = [\"fastly\", \"192.0.2.0/24\"]\n[[endpoint]]\npath = \"/in\"\nclass = \"login\"\n",
    );
    let shown = place.run(&["config", "show", "--origin"]).out;
    place.file("gatehound.toml", &shown);
    let again = place.run(&["config", "show"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.out.contains("trusted-proxy = [\"fastly\", \"192.0.2.0/24\"]"), "{}", again.out);
    assert!(again.out.contains("class = \"login\""), "{}", again.out);
}

#[test]
fn every_mistake_in_every_file_is_told() {
    let place = Place::new();
    place.file("a.log", calm(10));
    place.file("gatehound.toml", "min-severty = \"low\"\ntop = true\n");
    place.file("home/gatehound/config.toml", "[[endpoint]]\npath = \"/x\"\nclass = \"logni\"\n");
    let said = place.run(&["a.log"]);
    assert_eq!((said.code, &*said.out), (2, ""));
    for part in [
        "error: gatehound.toml:1: unknown setting `min-severty`; did you mean `min-severity`?",
        "error: gatehound.toml:2: top takes a whole number",
        "config.toml:3: unknown class `logni`; did you mean `login`?",
    ] {
        assert!(said.err.contains(part), "{part}\n{}", said.err);
    }
}

#[test]
fn a_word_that_means_nothing_is_told_with_its_place() {
    let place = Place::new();
    place.file("a.log", calm(10));
    place.file("gatehound.toml", "format = \"text\"\nmin-severity = \"hgih\"\n");
    let told = place.run(&["a.log"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.contains("gatehound.toml:2: min-severity: unknown severity `hgih`; did you mean `high`?"),
        "{}",
        told.err
    );
    let mut command = place.command(&["a.log", "--min-severity", "low"]);
    let told = said(command.env("GATEHOUND_TOP", "many"));
    assert!(told.err.contains("error: GATEHOUND_TOP: `many` is not a whole number"), "{}", told.err);
}

#[test]
fn a_config_that_was_named_must_be_there() {
    let place = Place::new();
    place.file("a.log", calm(10));
    let said = place.run(&["a.log", "--config", "no.toml"]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: no.toml: "), "{}", said.err);
}

#[test]
fn the_user_says_what_a_route_is_for() {
    let place = Place::new();
    place.file("a.log", guessed().replace("/login", "/v9/quux/zap"));
    let found = || place.run(&["a.log", "-q", "--format", "ndjson", "--min-severity", "medium"]).out;
    assert!(!found().contains("brute-force") && !found().contains("credential-stuffing"), "{}", found());
    place
        .file("gatehound.toml", "[[endpoint]]\nmethod = \"POST\"\npath = \"/v9/*/zap\"\nclass = \"login\"\n");
    assert!(found().contains("/v9/quux/zap"), "{}", found());
}

#[test]
fn the_command_line_goes_first_and_the_system_s_file_last() {
    let place = Place::new();
    place.file("a.log", calm(10));
    place.file("gatehound.toml", "format = \"csv\"\n");
    place.file("home/gatehound/config.toml", "format = \"stix\"\n");
    let begins = |words: &[&str], variable: &str, with: &str| {
        let mut command = place.command(&[&["scan", "a.log", "-q"], words].concat());
        let out = said(command.env("GATEHOUND_FORMAT", variable)).out;
        assert!(out.starts_with(with), "{words:?} {variable:?}: {out}");
    };
    begins(&["--format", "asim"], "json", "[");
    begins(&[], "json", "{\"schema\":\"gatehound.report.v1\"");
    begins(&[], "", "rank,id,");
    let paths = place.run(&["config", "path"]).out;
    let files: Vec<&str> = paths.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let home = place.path("home/gatehound/config.toml");
    assert_eq!(files, ["gatehound.toml", super::name(&home), "/etc/gatehound/config.toml"], "{paths}");
    let mine = place.file("mine.toml", "format = \"asim\"\n");
    let named = place.run(&["--config", super::name(&mine), "config", "path"]).out;
    assert!(named.starts_with(super::name(&mine)) && !named.contains("\ngatehound.toml"), "{named}");
}

#[test]
fn what_is_redacted_may_stand_in_a_file_and_in_the_environment() {
    let place = Place::new();
    place.file("a.log", guessed());
    let key = place.file("key", "0123456789abcdef0123456789abcdef");
    let scan = |what: &str| {
        let mut command = place.command(&["scan", "a.log", "-q", "--format", "ndjson"]);
        said(command.env("GATEHOUND_HASH_KEY_FILE", &key).env("GATEHOUND_REDACT", what))
    };
    assert!(scan("").out.contains("203.0.113.9"));
    let hidden = scan("users,addresses");
    assert!(hidden.out.contains("brute-force") && !hidden.out.contains("203.0.113.9"), "{}", hidden.out);
    place.file("gatehound.toml", "redact = [\"addresses\"]\n");
    assert_eq!(scan("").out, hidden.out);
    assert!(scan("users").out.contains("203.0.113.9"), "the environment goes before the file");
    place.file("gatehound.toml", "redact = [\"adresses\"]\n");
    let told = scan("");
    assert_eq!(told.code, 2);
    assert!(told.err.contains("did you mean `addresses`?"), "{}", told.err);
    let shown = place.run(&["config", "show", "--origin"]).out;
    assert!(shown.contains("redact = [\"adresses\"]") && shown.contains("# gatehound.toml:1"), "{shown}");
}
