//! Settings as `config show` and `config path` print them.

use std::fmt::Write;
use std::path::Path;

use super::{Environment, KEYS, Settings, Shape, files};

/// Where the second column begins.
const COLUMN: usize = 40;

/// The settings in force, as a file that would set them; what nobody set stands there as a comment.
pub fn settings_page(settings: &Settings, with_origin: bool) -> String {
    let mut page = String::new();
    for key in KEYS.iter().filter(|key| key.lasting) {
        let (line, origin) = match settings.said(key.name) {
            Some(said) => {
                (format!("{} = {}", key.name, value(key.shape, &said.words)), said.origin.to_string())
            }
            None if key.default.is_empty() => (format!("# {} is not set", key.name), "default".to_owned()),
            None => {
                let default = value(key.shape, &[key.default.to_owned()]);
                (format!("# {} = {default}", key.name), "default".to_owned())
            }
        };
        push(&mut page, &line, with_origin.then_some(&*origin));
    }
    for rule in &settings.endpoints {
        page.push('\n');
        push(&mut page, "[[endpoint]]", with_origin.then_some(&*rule.origin.to_string()));
        for (name, word) in [("method", &*rule.method), ("path", &*rule.path), ("class", rule.class.name())] {
            push(&mut page, &format!("{name} = {}", quoted(word)), None);
        }
    }
    for rule in &settings.destinations {
        page.push('\n');
        push(&mut page, "[[destination]]", with_origin.then_some(&*rule.origin.to_string()));
        for (name, word) in rule.words() {
            push(&mut page, &format!("{name} = {}", quoted(word)), None);
        }
    }
    for rule in &settings.thresholds {
        page.push('\n');
        push(
            &mut page,
            &format!("[threshold.{}]", rule.detector),
            with_origin.then_some(&*rule.origin.to_string()),
        );
        push(&mut page, &format!("{} = {}", quoted(&rule.name), rule.value), None);
    }
    for rule in &settings.holds {
        page.push('\n');
        let head = format!("[[{}]]", rule.hold.name());
        push(&mut page, &head, with_origin.then_some(&*rule.origin.to_string()));
        for (name, words) in rule.words() {
            let shape = if words.len() == 1 { Shape::Text } else { Shape::List };
            push(&mut page, &format!("{name} = {}", value(shape, words)), None);
        }
    }
    page
}

/// The files that settings are read from, and what became of each.
pub fn paths_page(environment: &Environment, explicit: Option<&Path>) -> String {
    let mut page = String::new();
    for (path, _) in files(environment, explicit) {
        let state = if path.exists() { "read" } else { "not there" };
        let _ = writeln!(page, "{:<COLUMN$}  {state}", path.display().to_string());
    }
    page
}

fn push(page: &mut String, line: &str, origin: Option<&str>) {
    let _ = match origin {
        Some(origin) => writeln!(page, "{line:<COLUMN$}  # {origin}"),
        None => writeln!(page, "{line}"),
    };
}

/// Words as TOML.
fn value(shape: Shape, words: &[String]) -> String {
    let first = words.first().map_or("", String::as_str);
    match shape {
        Shape::Text => quoted(first),
        Shape::Number | Shape::Switch => first.to_owned(),
        Shape::List => {
            let all: Vec<_> = words.iter().map(|word| quoted(word)).collect();
            format!("[{}]", all.join(", "))
        }
    }
}

/// A TOML basic string; JSON escapes are among TOML's.
fn quoted(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}
