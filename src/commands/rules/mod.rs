//! `gatehound rules`: which there are, which can be matched, by which log, and whether they do what their examples say.

mod coverage;
mod show;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use gatehound::cli::{RulesArgs, RulesCommand};
use gatehound::error::Error;
use gatehound::sigma::{Loaded, load};
use gatehound::text::Escaped;

use super::{Done, print};

/// Lists, shows, validates or tests rules, or tells what they cover.
pub(crate) fn run(args: &RulesArgs) -> Result<Done, Error> {
    match &args.command {
        RulesCommand::List { paths } => list(&loaded(paths)?),
        RulesCommand::Show { rule, paths } => show::show(rule, &loaded(paths)?),
        RulesCommand::Validate { paths } => validate(&loaded(paths)?),
        RulesCommand::Test { paths } => test(&loaded(paths)?),
        RulesCommand::Coverage { paths, log, format } => coverage::coverage(&loaded(paths)?, log, *format),
    }
}

/// The rules in `paths`, or those that come with the program.
fn loaded(paths: &[PathBuf]) -> Result<Loaded, Error> {
    load(paths, paths.is_empty())
}

/// Every rule, a line each; correlations behind them.
fn list(loaded: &Loaded) -> Result<Done, Error> {
    let mut page = String::new();
    let mut row = |level: &str, id: &str, title: &str, techniques: &[String]| {
        let _ = writeln!(page, "{level:<13} {:<38} {}  {}", shown(id), shown(title), techniques.join(" "));
    };
    for rule in loaded.rules.iter() {
        row(rule.level.name(), &rule.id, &rule.title, &rule.techniques());
    }
    for (_, one) in loaded.rules.correlations() {
        row(one.level.name(), &one.id, &one.title, &one.techniques());
    }
    let _ = writeln!(page, "{}", counts(loaded));
    let done = print(&page)?;
    told(loaded).map_or(Ok(done), Err)
}

/// How many there are.
fn counts(loaded: &Loaded) -> String {
    match loaded.rules.correlations().count() {
        0 => format!("{} rules", loaded.rules.len()),
        correlations => format!("{} rules, {correlations} correlations", loaded.rules.len()),
    }
}

/// What can be matched, and what cannot.
fn validate(loaded: &Loaded) -> Result<Done, Error> {
    let mut page = String::new();
    let rules = loaded.rules.iter().map(|rule| (rule.path.as_path(), rule.title.as_str()));
    let correlations = loaded.rules.correlations().map(|(_, one)| (one.path.as_path(), one.title.as_str()));
    let mut all: Vec<(&Path, &str)> = rules.chain(correlations).collect();
    all.sort_by_key(|(path, _)| *path);
    for (path, title) in all {
        let _ = writeln!(page, "ok  {}: {}", shown(&path.display().to_string()), shown(title));
    }
    let _ = writeln!(
        page,
        "{} can be matched ({} of them must be held against every line); {} are for logs of other kinds, {} are given up by \
         their authors, {} mistakes",
        counts(loaded),
        loaded.rules.unfiltered(),
        loaded.foreign,
        loaded.given_up,
        loaded.mistakes.len(),
    );
    let done = print(&page)?;
    told(loaded).map_or(Ok(done), Err)
}

/// Holds each rule against its examples.
fn test(loaded: &Loaded) -> Result<Done, Error> {
    let mut page = String::new();
    let (mut examples, mut bare, mut failed) = (0, 0, 0);
    for rule in loaded.rules.iter() {
        examples += rule.examples.len();
        bare += usize::from(rule.examples.is_empty());
        for example in rule.examples.iter().filter(|example| !example.passes(rule)) {
            failed += 1;
            let must = if example.matches { "must match" } else { "must not match" };
            let path = rule.path.display().to_string();
            let _ = writeln!(page, "{}: {must}: {}", shown(&path), shown(&example.words()));
        }
    }
    let rules = loaded.rules.len();
    let _ = writeln!(
        page,
        "{rules} rules, {bare} of them without examples; {examples} examples, {failed} failed"
    );
    let done = print(&page)?;
    match told(loaded) {
        Some(error) => Err(error),
        None if failed > 0 => Ok(Done::Found),
        None => Ok(done),
    }
}

/// The mistakes as an error, if there are any.
fn told(loaded: &Loaded) -> Option<Error> {
    Error::all(loaded.mistakes.iter().map(|mistake| Error::usage(mistake.to_string())).collect())
}

/// Text of strangers.
fn shown(text: &str) -> String {
    Escaped(text.as_bytes()).to_string()
}
