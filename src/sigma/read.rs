//! From the text of one file to rules, through the parser that knows Sigma's YAML.

use std::path::Path;

use rsigma_parser::{
    Detections, FilterRule, FilterRuleTarget, LogSource, SigmaRule, Status, parse_sigma_yaml,
};

use super::compile::compile;
use super::correlation::Pending;
use super::example::examples;
use super::expr::Expr;
use super::place::{Mistake, Page, Refusal};
use super::rule::{Level, Rule};
use super::weight::weigh;

/// What one file holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The rules that can be matched.
    pub(super) rules: Vec<Rule>,
    /// What is added to rules of this and other files.
    pub(super) exceptions: Vec<Exception>,
    /// What counts matches of rules of this and other files.
    pub(super) correlations: Vec<Pending>,
    /// What is wrong.
    pub(super) mistakes: Vec<Mistake>,
    /// Ids and names of rules that are not matched: for logs of other kinds, or given up.
    pub(super) left_out: Vec<String>,
    /// Rules for logs of other kinds.
    pub(super) foreign: usize,
    /// Rules that their authors have given up.
    pub(super) given_up: usize,
}

/// A filter in Sigma's sense: what must also be true for some rules to match.
#[derive(Debug)]
pub(super) struct Exception {
    /// Ids, names or titles of rules; none for all rules.
    pub(super) of: Vec<String>,
    /// Where it stands, to compile it once more for each rule.
    detections: Detections,
}

impl Exception {
    /// What must also be true.
    pub(super) fn expr(&self) -> Result<Expr, Refusal> {
        compile(&self.detections)
    }
}

/// Categories of log sources that are requests.
const CATEGORIES: [&str; 2] = ["webserver", "proxy"];

/// Products and services whose logs are requests.
const PRODUCTS: [&str; 22] = [
    "apache",
    "apisix",
    "aws_alb",
    "bluecoat",
    "caddy",
    "cloudflare",
    "cloudfront",
    "envoy",
    "haproxy",
    "httpd",
    "iis",
    "ingress",
    "kong",
    "litespeed",
    "nginx",
    "openresty",
    "squid",
    "tomcat",
    "traefik",
    "tyk",
    "varnish",
    "zscaler",
];

/// A file has no more documents than this.
const DOCUMENTS: usize = 10_000;

/// What a file holds takes no more bytes than this, its aliases and templates written out.
const WRITTEN_OUT: usize = 64 << 20;

/// What a rule says beside its detections takes no more bytes than this, aliases written out.
const TEXTS: usize = 1 << 20;

/// Reads the rules in `text`, which stands at `path`.
pub(super) fn read(path: &Path, text: &str) -> Read {
    let page = Page { path, text };
    let mut read = Read::default();
    if let Some(message) = too_much(text) {
        read.mistakes.push(Mistake { path: path.to_owned(), line: 1, message });
        return read;
    }
    // Behind the last separator there is nothing.
    let written = text.trim_end();
    let collection = match parse_sigma_yaml(written.strip_suffix("\n---").unwrap_or(written)) {
        Ok(collection) => collection,
        Err(error) => {
            read.mistakes.push(page.told(&error.to_string()));
            return read;
        }
    };
    read.mistakes.extend(collection.errors.iter().map(|error| page.told(error)));
    for rule in &collection.rules {
        read.rule(page, rule);
    }
    for filter in &collection.filters {
        read.exception(page, filter);
    }
    for correlation in collection.correlations {
        if matches!(correlation.status, Some(Status::Deprecated | Status::Unsupported)) {
            read.given_up += 1;
            continue;
        }
        read.correlations.push(Pending { rule: correlation, path: path.to_owned(), text: text.to_owned() });
    }
    read
}

/// Why a file is not even looked through, if it is not.
fn too_much(text: &str) -> Option<String> {
    let documents = text.lines().filter(|line| line.starts_with("---")).count();
    if documents > DOCUMENTS {
        return Some(format!("more than {DOCUMENTS} documents; split it"));
    }
    // Only these make more of a file than stands in it.
    let may_grow = documents > 0 || text.contains('&') && text.contains('*');
    let is_too_heavy = may_grow && weigh(text, WRITTEN_OUT).is_none();
    is_too_heavy.then(|| {
        "its aliases or its template make more than 64 MiB of it; write less into one file".to_owned()
    })
}

impl Read {
    /// Takes in one rule.
    fn rule(&mut self, page: Page<'_>, rule: &SigmaRule) {
        let is_served = is_served(&rule.logsource);
        let is_given_up = matches!(rule.status, Some(Status::Deprecated | Status::Unsupported));
        if !is_served || is_given_up {
            self.left_out.extend([&rule.id, &rule.name].into_iter().flatten().cloned());
            *(if is_served { &mut self.given_up } else { &mut self.foreign }) += 1;
            return;
        }
        let bytes: usize = [&rule.falsepositives, &rule.tags].into_iter().flatten().map(String::len).sum();
        if bytes > TEXTS {
            let message = "its tags and `falsepositives` take more than 1 MiB; shorten them";
            self.mistakes.push(page.mistake(&rule.title, "falsepositives", message));
            return;
        }
        let expr = compile(&rule.detection).and_then(|expr| Ok((expr, examples(&rule.custom_attributes)?)));
        match expr {
            Ok((expr, examples)) => self.rules.push(Rule {
                id: rule.id.clone().unwrap_or_else(|| rule.title.clone()),
                name: rule.name.clone(),
                title: rule.title.clone(),
                level: rule.level.map(level).unwrap_or_default(),
                tags: rule.tags.clone(),
                status: rule.status.map(|status| format!("{status:?}").to_lowercase()).unwrap_or_default(),
                description: rule.description.clone().unwrap_or_default(),
                falsepositives: rule.falsepositives.clone(),
                logsource: source_of(&rule.logsource).to_owned(),
                path: page.path.to_owned(),
                examples,
                is_told: true,
                expr,
            }),
            Err(Refusal { near, message }) => self.mistakes.push(page.mistake(&rule.title, &near, message)),
        }
    }

    /// Takes in one filter.
    fn exception(&mut self, page: Page<'_>, filter: &FilterRule) {
        if filter.logsource.as_ref().is_some_and(|logsource| !is_served(logsource)) {
            self.foreign += 1;
            return;
        }
        let of = match &filter.rules {
            FilterRuleTarget::Any => Vec::new(),
            FilterRuleTarget::Specific(of) => of.clone(),
        };
        let exception = Exception { of, detections: filter.detection.clone() };
        match exception.expr() {
            Ok(_) => self.exceptions.push(exception),
            Err(Refusal { near, message }) => self.mistakes.push(page.mistake(&filter.title, &near, message)),
        }
    }
}

/// Whether a log source is one of requests.
fn is_served(logsource: &LogSource) -> bool {
    let is = |word: Option<&String>, known: &[&str]| {
        word.is_some_and(|word| known.contains(&word.to_lowercase().as_str()))
    };
    match &logsource.category {
        Some(category) => is(Some(category), &CATEGORIES),
        None => is(logsource.product.as_ref(), &PRODUCTS) || is(logsource.service.as_ref(), &PRODUCTS),
    }
}

/// The word that names a log source best.
fn source_of(logsource: &LogSource) -> &str {
    let words = [&logsource.category, &logsource.product, &logsource.service];
    words.into_iter().flatten().next().map_or("", String::as_str)
}

/// A level in our words.
pub(super) fn level(level: rsigma_parser::Level) -> Level {
    match level {
        rsigma_parser::Level::Informational => Level::Informational,
        rsigma_parser::Level::Low => Level::Low,
        rsigma_parser::Level::Medium => Level::Medium,
        rsigma_parser::Level::High => Level::High,
        rsigma_parser::Level::Critical => Level::Critical,
    }
}
