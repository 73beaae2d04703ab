//! Folders of rules: every file in them is read, and what is wrong in one takes no other down.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::expr::Expr;
use super::pack::PACK;
use super::place::Mistake;
use super::read::{Exception, Read, read};
use super::rule::Rule;
use super::rules::Rules;
use crate::error::Error;

/// Larger files are no rules.
const LARGEST: u64 = 1 << 20;

/// Filters add no more tests than this to all rules.
const NARROWED: usize = 1_000_000;

/// Rules, and what became of the rest.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Rules that can be matched.
    pub rules: Rules,
    /// What is wrong with others.
    pub mistakes: Vec<Mistake>,
    /// Rules for logs of other kinds.
    pub foreign: usize,
    /// Rules that are deprecated or unsupported by their own word.
    pub given_up: usize,
}

/// Everything that was read.
#[derive(Default)]
struct Shelf {
    read: Read,
    files: usize,
}

/// Reads the rules in `paths`, files or folders of them, after those that come with the program where `with_own` is set; of
/// several rules with one id the last stays. Fails only where a path is not there.
pub fn load(paths: &[PathBuf], with_own: bool) -> Result<Loaded, Error> {
    let mut shelf = Shelf::default();
    if with_own {
        let files: Vec<Read> = PACK.par_iter().map(|(path, text)| read(Path::new(path), text)).collect();
        for file in files {
            shelf.add(file);
        }
    }
    for path in paths {
        path.metadata().map_err(|cause| Error::io(path, cause))?;
        shelf.walk(path);
    }
    Ok(shelf.sorted())
}

impl Shelf {
    /// Takes in every rule file below `path`.
    fn walk(&mut self, path: &Path) {
        let mut paths = Vec::new();
        for entry in WalkDir::new(path).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() || !is_rule(entry.path()) => {}
                Ok(entry) => paths.push(entry.into_path()),
                Err(error) => {
                    let path = error.path().unwrap_or(path).to_owned();
                    self.read.mistakes.push(Mistake { path, line: 0, message: error.to_string() });
                }
            }
        }
        let read = |path: PathBuf| match text_of(&path) {
            Ok(text) => Ok(read(&path, &text)),
            Err(message) => Err(Mistake { path, line: 0, message }),
        };
        let files: Vec<Result<Read, Mistake>> = paths.into_par_iter().map(read).collect();
        for file in files {
            match file {
                Ok(file) => self.add(file),
                Err(mistake) => self.read.mistakes.push(mistake),
            }
        }
    }

    /// Takes in one file.
    fn add(&mut self, file: Read) {
        self.files += 1;
        self.read.rules.extend(file.rules);
        self.read.exceptions.extend(file.exceptions);
        self.read.correlations.extend(file.correlations);
        self.read.left_out.extend(file.left_out);
        self.read.mistakes.extend(file.mistakes);
        self.read.foreign += file.foreign;
        self.read.given_up += file.given_up;
    }

    /// All of it, ready to be matched.
    fn sorted(self) -> Loaded {
        let Read { mut rules, exceptions, correlations, mut mistakes, left_out, mut foreign, given_up } =
            self.read;
        let left_out: BTreeSet<String> = left_out.into_iter().collect();
        let (others, correlations): (Vec<_>, Vec<_>) = correlations
            .into_iter()
            .partition(|one| one.rule.rules.iter().any(|name| left_out.contains(name)));
        foreign += others.len();
        let mut left = NARROWED;
        rules.retain_mut(|rule| {
            narrow(rule, &exceptions, &mut left).map_err(|mistake| mistakes.push(mistake)).is_ok()
        });
        let (rules, refused) = Rules::new(rules, correlations);
        mistakes.extend(refused);
        mistakes.sort();
        mistakes.dedup();
        Loaded { rules, mistakes, foreign, given_up }
    }
}

/// Whether a filter is about a rule.
fn concerns(exception: &Exception, rule: &Rule) -> bool {
    let is = |word: &String| *word == rule.id || rule.name.as_ref() == Some(word) || *word == rule.title;
    exception.of.is_empty() || exception.of.iter().any(is)
}

/// Lets a rule match only where those filters let it that concern it; `left` counts down the tests that they add to all
/// rules.
fn narrow(rule: &mut Rule, exceptions: &[Exception], left: &mut usize) -> Result<(), Mistake> {
    let mut all = Vec::new();
    for exception in exceptions.iter().filter(|exception| concerns(exception, rule)) {
        // It was compiled when it was read, so it can be compiled again.
        let Ok(also) = exception.expr() else { continue };
        *left = left.checked_sub(also.tests().max(1)).ok_or_else(|| {
            let message =
                format!("filters add more than {NARROWED} tests; name the rules that they are about");
            Mistake { path: rule.path.clone(), line: 0, message }
        })?;
        all.push(also);
    }
    if !all.is_empty() {
        all.insert(0, std::mem::replace(&mut rule.expr, Expr::Any(Vec::new())));
        rule.expr = Expr::All(all);
    }
    Ok(())
}

/// Whether a file holds rules, by its name.
fn is_rule(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| matches!(extension, "yml" | "yaml"))
}

/// The text of a file.
fn text_of(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|cause| cause.to_string())?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|cause| cause.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err("larger than 1 MiB; split it".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "is not written in UTF-8".to_owned())
}
