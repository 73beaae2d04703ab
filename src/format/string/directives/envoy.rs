//! The access logs of Envoy's bootstrap and of what is built on it, in YAML or JSON: strings and objects below the keys that
//! hold formats.

use serde_json::Value;

use super::{Directive, ENVOY};

/// Keys that hold a format as a string.
const STRINGS: [&str; 5] = ["format", "inline_string", "text_format", "accessLogFormat", "text"];

/// Keys that hold one as an object.
const OBJECTS: [&str; 4] = ["json_format", "typed_json_format", "json", "accessLogFormatJson"];

/// The format strings of a file that has Envoy's keys.
pub(super) fn directives(config: &str) -> Vec<Directive> {
    if let Ok(value) = serde_json::from_str::<Value>(config) {
        let mut found = Vec::new();
        walk(&value, "", &mut |key, text| {
            let line = config.match_indices(key).nth(found.len()).map_or(0, |(at, _)| at);
            let line = config[..line].matches('\n').count() + 1;
            found.push(Directive::new(key, ENVOY, line, text));
        });
        return found;
    }
    yaml(config)
}

/// Calls `each` for every format below `value`. The depth is bounded by the parser.
fn walk(value: &Value, key: &str, each: &mut dyn FnMut(&str, String)) {
    match value {
        Value::String(text) if STRINGS.contains(&key) && is_envoy(text) => each(key, text.clone()),
        Value::Object(_) if OBJECTS.contains(&key) && is_envoy(&value.to_string()) => {
            each(key, value.to_string());
        }
        Value::Object(members) => members.iter().for_each(|(key, value)| walk(value, key, each)),
        Value::Array(all) => all.iter().for_each(|value| walk(value, key, each)),
        _ => {}
    }
}

/// Whether an operator stands in `text`: `%` and capitals.
fn is_envoy(text: &str) -> bool {
    text.match_indices('%').any(|(at, _)| {
        let mut next = text[at + 1..].chars();
        next.next().is_some_and(|c| c.is_ascii_uppercase())
            && next.next().is_some_and(|c| c.is_ascii_uppercase())
    })
}

/// The same in YAML: as much of it as access logs are written in, scalars in any style and maps in blocks.
fn yaml(config: &str) -> Vec<Directive> {
    let lines: Vec<&str> = config.lines().collect();
    let mut found = Vec::new();
    for (nth, line) in lines.iter().enumerate() {
        let Some((key, value)) = member(line) else { continue };
        let below = block(&lines[nth + 1..], indent(line));
        let text = if STRINGS.contains(&key) {
            scalar(value, below)
        } else if OBJECTS.contains(&key) {
            object(value, below)
        } else {
            continue;
        };
        if is_envoy(&text) {
            found.push(Directive::new(key, ENVOY, nth + 1, text));
        }
    }
    found
}

/// Key and value of `key: value`, in a list or not.
fn member(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let (key, value) = line.strip_prefix("- ").unwrap_or(line).split_once(':')?;
    let stands_alone = value.is_empty() || value.starts_with(' ');
    stands_alone.then(|| (key.trim().trim_matches(['"', '\'']), value.trim()))
}

/// How far a line is indented.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start().trim_start_matches("- ").len()
}

/// The lines at the start of `lines` that are indented further than `outer`.
fn block<'l>(lines: &'l [&'l str], outer: usize) -> &'l [&'l str] {
    let length = lines
        .iter()
        .take_while(|line| line.trim().is_empty() || outer < line.len() - line.trim_start().len());
    &lines[..length.count()]
}

/// A scalar: in quotes, plain, or a block behind `|` or `>`.
fn scalar(value: &str, below: &[&str]) -> String {
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(rest) = inside('"') {
        return rest.replace("\\n", "").replace("\\\"", "\"").replace("\\\\", "\\");
    }
    if let Some(rest) = inside('\'') {
        return rest.replace("''", "'");
    }
    if value.starts_with(['|', '>']) {
        let lines: Vec<&str> = below.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
        return lines.join(if value.starts_with('|') { "\n" } else { " " });
    }
    value.to_owned()
}

/// A map of strings as one JSON object; maps in maps are written in their place.
fn object(value: &str, below: &[&str]) -> String {
    if value.starts_with('{') {
        return value.to_owned();
    }
    let (mut text, mut open, mut needs_comma) = (String::from("{"), Vec::new(), false);
    for line in below.iter().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        let Some((key, value)) = member(line) else { continue };
        while open.last().is_some_and(|&outer| indent(line) <= outer) {
            open.pop();
            text.push('}');
            needs_comma = true;
        }
        if needs_comma {
            text.push(',');
        }
        text.push_str(&Value::from(key).to_string());
        text.push(':');
        needs_comma = !value.is_empty();
        if value.is_empty() {
            text.push('{');
            open.push(indent(line));
        } else {
            text.push_str(&Value::from(scalar(value, &[])).to_string());
        }
    }
    text.push_str(&"}".repeat(open.len() + 1));
    text
}
