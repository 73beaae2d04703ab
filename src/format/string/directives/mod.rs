//! The format strings in a configuration file: nginx, Apache, `HAProxy` and `GoAccess` line by line, Envoy by its keys.

mod envoy;

use super::{APACHE, ENVOY, GOACCESS, HAPROXY, NGINX, compile, fills};
use crate::format::Clock;

/// A format string in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// What the file calls it.
    pub name: String,
    /// Who reads it: `nginx`, `Apache` and so on.
    pub dialect: &'static str,
    /// The line where it begins, counted from 1.
    pub line: usize,
    /// What `--log-format` takes.
    pub text: String,
    /// The event fields that it fills, by the names of `gatehound.event.v1`; or why it cannot be read.
    pub fields: Result<Vec<&'static str>, String>,
}

impl Directive {
    /// The directive `text` of `dialect`, read.
    fn new(name: &str, dialect: &'static str, line: usize, text: String) -> Self {
        let fields = match compile(&text, &Clock::default()) {
            Ok((_, compiled)) => Ok(fills::fields(&compiled.slots)),
            Err(error) => Err(error.to_string()),
        };
        Self { name: name.to_owned(), dialect, line, text, fields }
    }
}

/// All format strings of a configuration file, in its order.
pub fn directives(config: &str) -> Vec<Directive> {
    let mut found = envoy::directives(config);
    let lines: Vec<&str> = config.lines().collect();
    let (mut section, mut dates) = (String::new(), Vec::new());
    let mut goaccess = None;
    for (nth, line) in lines.iter().enumerate() {
        let (number, line) = (nth + 1, line.trim());
        let mut words = line.split_ascii_whitespace();
        let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        match first {
            "log_format" => {
                let text = statement(&lines[nth..]);
                let name = if second.starts_with(['\'', '"']) { "" } else { second };
                found.push(Directive::new(name, NGINX, number, text));
            }
            "frontend" | "listen" | "backend" | "defaults" => second.clone_into(&mut section),
            "option" if second == "httplog" || second == "httpslog" => {
                found.push(Directive::new(named(&section), HAPROXY, number, without_comment(line)));
            }
            "date-format" | "time-format" | "datetime-format" => dates.push(line.to_owned()),
            "log-format" if second.starts_with('%') && !is_haproxy(line) => {
                goaccess = Some((number, line.to_owned()));
            }
            "log-format" => found.push(Directive::new(named(&section), HAPROXY, number, line.to_owned())),
            _ => found.extend(apache(first, &lines[nth..], number)),
        }
    }
    if let Some((number, line)) = goaccess {
        let text = [vec![line], dates].concat().join("\n");
        found.push(Directive::new("log-format", GOACCESS, number, text));
    }
    found.sort_by_key(|directive| directive.line);
    found
}

/// A section without a name is the defaults.
fn named(section: &str) -> &str {
    if section.is_empty() { "defaults" } else { section }
}

fn is_haproxy(line: &str) -> bool {
    super::dialect(line).is_some_and(|(name, _)| name == HAPROXY)
}

/// A directive of Apache that holds a string, whichever way it is continued.
fn apache(first: &str, lines: &[&str], number: usize) -> Option<Directive> {
    let is = |name: &str| first.eq_ignore_ascii_case(name);
    if !is("LogFormat") && !is("CustomLog") && !is("TransferLog") {
        return None;
    }
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        let Some(goes_on) = line.strip_suffix('\\') else {
            text.push_str(line);
            break;
        };
        text.push_str(goes_on);
    }
    let behind = text.rsplit('"').next().unwrap_or("").trim();
    let path = || text.split_ascii_whitespace().nth(1).unwrap_or("").trim_matches('"').to_owned();
    let name = if is("LogFormat") { behind.to_owned() } else { path() };
    // `CustomLog path nickname` names a string that stands elsewhere.
    text.contains('%').then(|| Directive::new(&name, APACHE, number, text))
}

/// A statement of nginx up to its semicolon, comments left out, on one line.
fn statement(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let mut quote = None;
        let mut before = ' ';
        for letter in line.trim().chars() {
            match (quote, letter) {
                (None, '#') if before.is_whitespace() => break,
                (None, ';') => return text + ";",
                (None, '\'' | '"') => quote = Some(letter),
                (Some(open), _) if open == letter && before != '\\' => quote = None,
                _ => {}
            }
            text.push(letter);
            before = letter;
        }
        text.push(' ');
    }
    text
}

/// A line without what stands behind ` #`.
fn without_comment(line: &str) -> String {
    line.split(" #").next().unwrap_or(line).trim_end().to_owned()
}

#[cfg(test)]
mod tests;
