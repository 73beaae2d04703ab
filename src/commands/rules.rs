//! `gatehound rules`: which there are, which can be matched, and whether they do what their examples say.

use std::fmt::Write;
use std::path::PathBuf;

use gatehound::cli::{RulesArgs, RulesCommand};
use gatehound::error::Error;
use gatehound::sigma::{Loaded, Rule, load};
use gatehound::text::Escaped;

use super::{Done, print};

/// Lists, checks or tests rules.
pub(crate) fn run(args: &RulesArgs) -> Result<Done, Error> {
    match &args.command {
        RulesCommand::List { paths } => list(&loaded(paths)?),
        RulesCommand::Check { paths } => check(&load(paths, false)?),
        RulesCommand::Test { paths } => test(&loaded(paths)?),
    }
}

/// The rules in `paths`, or those that come with the program.
fn loaded(paths: &[PathBuf]) -> Result<Loaded, Error> {
    load(paths, paths.is_empty())
}

/// Every rule, a line each.
fn list(loaded: &Loaded) -> Result<Done, Error> {
    let mut page = String::new();
    for rule in loaded.rules.iter() {
        let (level, techniques) = (rule.level.name(), rule.techniques().join(" "));
        let _ = writeln!(page, "{level:<13} {:<38} {}  {techniques}", shown(&rule.id), shown(&rule.title));
    }
    let _ = writeln!(page, "{} rules", loaded.rules.len());
    let done = print(&page)?;
    told(loaded).map_or(Ok(done), Err)
}

/// What can be matched, and what cannot.
fn check(loaded: &Loaded) -> Result<Done, Error> {
    let mut page = String::new();
    let path = |rule: &Rule| shown(&rule.path.display().to_string());
    let mut rules: Vec<&Rule> = loaded.rules.iter().collect();
    rules.sort_by_key(|rule| &rule.path);
    for rule in rules {
        let _ = writeln!(page, "ok  {}: {}", path(rule), shown(&rule.title));
    }
    let (rules, slow) = (loaded.rules.len(), loaded.rules.unfiltered());
    let _ = writeln!(
        page,
        "{rules} rules can be matched ({slow} of them must be held against every line); {} are for logs of other kinds, {} \
         are given up by their authors, {} mistakes",
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
