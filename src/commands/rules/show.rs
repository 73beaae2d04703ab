//! `gatehound rules show`: all that a rule says of itself.

use std::fmt::Write;

use gatehound::error::Error;
use gatehound::sigma::{Correlation, Loaded, Rule};

use super::{Done, print, shown};

/// Shows the rule or the correlation with this id, name or title.
pub(super) fn show(wanted: &str, loaded: &Loaded) -> Result<Done, Error> {
    let is = |id: &str, name: Option<&String>, title: &str| {
        wanted == id || name.is_some_and(|name| name == wanted) || wanted.eq_ignore_ascii_case(title)
    };
    let rules = &loaded.rules;
    if let Some(rule) = rules.iter().find(|rule| is(&rule.id, rule.name.as_ref(), &rule.title)) {
        return print(&of_rule(rule));
    }
    let correlations = rules.correlations().map(|(_, one)| one);
    if let Some(one) = correlations.into_iter().find(|one| is(&one.id, one.name.as_ref(), &one.title)) {
        return print(&of_correlation(one));
    }
    let names = rules.iter().flat_map(|rule| [Some(&rule.id), rule.name.as_ref()]);
    let names = names.chain(rules.correlations().flat_map(|(_, one)| [Some(&one.id), one.name.as_ref()]));
    let known: Vec<&str> = names.flatten().map(String::as_str).collect();
    Err(Error::unknown("rule", wanted, &known))
}

/// A line with a name, unless it has nothing to say.
fn line(page: &mut String, name: &str, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(page, "{name:<16} {}", shown(text));
    }
}

/// All that a rule says.
fn of_rule(rule: &Rule) -> String {
    let mut page = String::new();
    line(&mut page, "title", &rule.title);
    line(&mut page, "id", &rule.id);
    line(&mut page, "name", rule.name.as_deref().unwrap_or_default());
    line(&mut page, "level", rule.level.name());
    line(&mut page, "status", &rule.status);
    line(&mut page, "log source", &rule.logsource);
    line(&mut page, "tags", &rule.tags.join(" "));
    line(&mut page, "about", rule.description.trim());
    for one in &rule.falsepositives {
        line(&mut page, "may also be", one);
    }
    line(&mut page, "file", &rule.path.display().to_string());
    if !rule.is_told() {
        line(&mut page, "told", "by the correlations that count it");
    }
    for example in &rule.examples {
        line(&mut page, if example.matches { "matches" } else { "does not match" }, &example.words());
    }
    page
}

/// All that a correlation says.
fn of_correlation(one: &Correlation) -> String {
    let mut page = String::new();
    line(&mut page, "title", &one.title);
    line(&mut page, "id", &one.id);
    line(&mut page, "name", one.name.as_deref().unwrap_or_default());
    line(&mut page, "level", one.level.name());
    line(&mut page, "tags", &one.tags.join(" "));
    line(&mut page, "grouped by", &one.by.join(", "));
    line(&mut page, "file", &one.path.display().to_string());
    page
}
