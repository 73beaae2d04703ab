//! What is read, and how: sources opened, formats recognised, the meaning of lines settled.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::written::written;
use super::{Mistakes, Surroundings, memory, when};
use crate::config::{Origin, Settings};
use crate::engine::{Memory, Scan};
use crate::error::Error;
use crate::format::{self, Clock, Decoder, Format, Opening, Reader};
use crate::hash::Keys;
use crate::request::{Meaning, Trust};
use crate::route::Classes;
use crate::sigma::{Loaded, Mistake, load};
use crate::signal::Sensitivity;
use crate::source::{BLOCK_SIZE, Limits, Problem, Source, find};
use crate::time::Time;
use crate::tuning::Tuning;

/// The word that stands for the rules that come with the program.
pub const OWN_RULES: &str = "builtin";

/// How much of a source shows its format.
const HEAD: usize = 256 << 10;

/// What all commands that read logs agree on.
pub struct Reading {
    /// What is read.
    pub sources: Vec<Source>,
    /// What the user named and that is not read.
    pub problems: Vec<Problem>,
    /// How each source is read, by its number; `None` where no format was recognised.
    pub decoders: Vec<Option<Box<dyn Decoder>>>,
    /// How that was decided, by the same number.
    pub recognised: Vec<Recognised>,
    /// What lines mean.
    pub meaning: Meaning,
    /// Whether the user's own key hashes secrets.
    pub has_own_key: bool,
    /// Requests before this are left out.
    pub since: Option<Time>,
    /// Requests from here on are left out.
    pub until: Option<Time>,
    /// Bounds of reading.
    pub limits: Limits,
    /// How many threads work.
    pub threads: usize,
    /// How much memory it may take.
    pub memory: Option<Memory>,
    /// Bytes that a worker takes at a time.
    pub block_size: usize,
    /// What is wrong with rules that are not matched.
    refused: Vec<Mistake>,
}

/// How the format of one source was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// There is nothing in it.
    Empty,
    /// The user said so.
    Told,
    /// Its first lines look like it: so many of a hundred.
    Likely(u8),
    /// No format reads its first lines.
    Unknown,
    /// Its first lines could not be had.
    Unreadable,
}

/// What the user says about formats.
enum Wish {
    /// Nothing.
    Recognise,
    /// One that has a name.
    Named(&'static dyn Format),
    /// One that is written out, and checked.
    Written(String),
}

/// How logs are read: words checked, nothing opened.
pub struct Rules {
    wish: Wish,
    meaning: Meaning,
    has_own_key: bool,
    /// The zone of stamps without one.
    zone: TimeZone,
    since: Option<Time>,
    until: Option<Time>,
    threads: usize,
    memory: Option<Memory>,
    block_size: usize,
    /// What is wrong with rules that are not matched.
    refused: Vec<Mistake>,
}

impl Rules {
    /// Whether the user has a key for hashes.
    pub(super) fn has_own_key(&self) -> bool {
        self.has_own_key
    }

    /// What `settings` say about findings.
    pub fn tuning(&self, settings: &Settings) -> Result<Tuning, Error> {
        super::tuned::tuning(settings, &self.meaning.keys, &self.zone)
    }

    /// What `settings` say about reading. Every mistake is told.
    pub fn new(settings: &Settings, around: &Surroundings) -> Result<Self, Error> {
        let mut mistakes = Mistakes::default();
        let zone = mistakes.or_default(settings.read("tz", |word| when::zone(word).map(Some))).flatten();
        let zone = zone.unwrap_or(TimeZone::UTC);
        let instant = |word: &str, now| when::instant(word, now, &zone);
        let now = mistakes.or_default(settings.read("now", |word| instant(word, around.now)));
        let now = now.unwrap_or(around.now);
        let since = mistakes.or_default(settings.read("since", |word| instant(word, now)));
        let until = mistakes.or_default(settings.read("until", |word| instant(word, now)));
        if since.zip(until).is_some_and(|(since, until)| until <= since) {
            mistakes.0.push(Error::usage("--until is not after --since, so nothing is left to read"));
        }
        let threads =
            mistakes.or_default(settings.number("threads")).unwrap_or(around.cores as u64).clamp(1, 256);
        let memory = mistakes.or_default(memory::allowed(settings, around));
        let block_size = mistakes.or_default(settings.number("block-size"));
        let wish = wish(settings).map_err(|error| mistakes.0.push(error));
        let trust = mistakes.or_default(trust(settings));
        let classes = mistakes.or_default(classes(settings));
        let sensitivity = mistakes.or_default(settings.read("sensitivity", sensitivity)).unwrap_or_default();
        let keys = mistakes.or_default(keys(around));
        let loaded = mistakes.or_default(sigma(settings));
        mistakes.none()?;
        Ok(Self {
            wish: wish.unwrap_or(Wish::Recognise),
            has_own_key: keys.is_some(),
            meaning: Meaning {
                keys: keys.unwrap_or_default(),
                trust,
                classes,
                sensitivity,
                rules: Arc::new(loaded.rules),
            },
            refused: loaded.mistakes,
            zone,
            since,
            until,
            threads: usize::try_from(threads).unwrap_or(1),
            memory,
            block_size: block_size.and_then(|size| usize::try_from(size).ok()).unwrap_or(BLOCK_SIZE),
        })
    }
}

impl Reading {
    /// How all of it is read; `lines` counts, and `interrupted` ends it early.
    pub fn scan<'r>(&'r self, interrupted: &'r AtomicBool, lines: &'r AtomicU64) -> Scan<'r> {
        Scan {
            decoders: &self.decoders,
            meaning: &self.meaning,
            since: self.since,
            until: self.until,
            threads: self.threads,
            memory: self.memory,
            interrupted,
            lines,
        }
    }

    /// Opens `paths`, without any the standard input, and recognises their formats.
    pub fn open(paths: &[PathBuf], rules: Rules) -> Self {
        let Rules { wish, meaning, has_own_key, zone, since, until, threads, memory, block_size, refused } =
            rules;
        let limits = Limits::default();
        let standard_input = [PathBuf::from("-")];
        let (sources, mut problems) = find(if paths.is_empty() { &standard_input } else { paths }, &limits);
        let opened: Vec<_> = sources.par_iter().map(|source| wish.decoder(source, &zone)).collect();
        let (mut decoders, mut recognised) = (Vec::new(), Vec::new());
        for (source, outcome) in sources.iter().zip(opened) {
            let (decoder, how) = outcome.unwrap_or_else(|error| {
                problems.push(problem(&source.path, &error));
                (None, Recognised::Unreadable)
            });
            decoders.push(decoder);
            recognised.push(how);
        }
        Self {
            sources,
            problems,
            decoders,
            recognised,
            meaning,
            has_own_key,
            since,
            until,
            limits,
            threads,
            memory,
            block_size,
            refused,
        }
    }

    /// What the user should know before anything is judged: what is not read, and which files have no known format.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self.problems.iter().map(problem_line).collect();
        warnings.extend(self.refused.iter().map(|mistake| format!("{mistake}; the rule is left out")));
        for (source, how) in self.sources.iter().zip(&self.recognised) {
            if *how == Recognised::Unknown {
                let path = source.path.display();
                warnings.push(format!("{path}: no known format; `gatehound formats detect {path}` says why"));
            }
        }
        warnings
    }

    /// What was asked for and is not there.
    pub fn shortfall(&self) -> Option<Error> {
        let fatal: Vec<_> = self.problems.iter().filter(|problem| problem.fatal).collect();
        let (first, rest) = fatal.split_first()?;
        Some(Error::usage(format!("{}{}", problem_line(first), and_more(rest.len()))))
    }

    /// Whether nothing that was named can be read: then that is the error.
    pub fn nothing_to_read(&self) -> Option<Error> {
        let fatal = self.problems.iter().filter(|problem| problem.fatal);
        self.sources.is_empty().then(|| Error::all(fatal.map(told).collect())).flatten()
    }
}

/// ` (and 2 more)`.
pub(super) fn and_more(rest: usize) -> String {
    if rest == 0 { String::new() } else { format!(" (and {rest} more)") }
}

/// A problem as an error.
fn told(problem: &Problem) -> Error {
    Error::usage(problem_line(problem))
}

/// A problem in one line, its path first.
fn problem_line(problem: &Problem) -> String {
    let path = problem.path.display().to_string();
    match &*path {
        "-" => format!("standard input: {}", problem.message),
        path => format!("{path}: {}", problem.message),
    }
}

fn problem(path: &Path, error: &Error) -> Problem {
    let message = match error {
        Error::Io { cause, .. } => cause.to_string(),
        other => other.to_string(),
    };
    Problem { path: path.to_owned(), message, fatal: true }
}

impl Wish {
    /// How `source` is read.
    fn decoder(
        &self,
        source: &Source,
        zone: &TimeZone,
    ) -> Result<(Option<Box<dyn Decoder>>, Recognised), Error> {
        let head = source.head(HEAD)?;
        let clock = Clock { zone: zone.clone(), written: source.written };
        let opening = Opening { head: &head, clock: &clock };
        Ok(match self {
            _ if head.is_empty() => (None, Recognised::Empty),
            Self::Written(text) => (Some(format::from_string_for(text, &opening)?), Recognised::Told),
            Self::Named(format) => {
                let decoder = format.open(&opening).ok_or_else(|| {
                    Error::usage(format!("does not begin as a log in the format `{}` must", format.name()))
                })?;
                (Some(decoder), Recognised::Told)
            }
            Self::Recognise => match format::recognise(&opening) {
                None => (None, Recognised::Unknown),
                Some(choice) => {
                    let score = choice.score;
                    let reader: Box<dyn Decoder> = Box::new(Reader::of(choice, &opening));
                    (Some(reader), Recognised::Likely(score))
                }
            },
        })
    }
}

/// What the user says about formats.
fn wish(settings: &Settings) -> Result<Wish, Error> {
    let written = |text: &str| written(text).map(Wish::Written);
    let named = |name: &str| format::by_name(name).map(Wish::Named);
    match (settings.read("log-format", written)?, settings.read("input-format", named)?) {
        (Some(written), Some(named)) => match settings.which_first("log-format", "input-format") {
            Ordering::Less => Ok(written),
            Ordering::Greater => Ok(named),
            Ordering::Equal => {
                Err(Error::usage("input-format and log-format are both set; a log is read in one way"))
            }
        },
        (Some(wish), None) | (None, Some(wish)) => Ok(wish),
        (None, None) => Ok(Wish::Recognise),
    }
}

/// Whose word about clients is believed.
fn trust(settings: &Settings) -> Result<Trust, Error> {
    let Some(said) = settings.said("trusted-proxy") else { return Ok(Trust::default()) };
    Trust::new(&said.words).map_err(|error| said.origin.blame("trusted-proxy", &error))
}

/// How much a line must show.
fn sensitivity(word: &str) -> Result<Sensitivity, Error> {
    let known = Sensitivity::ALL.into_iter().find(|step| step.name() == word);
    known.ok_or_else(|| Error::unknown("sensitivity", word, &Sensitivity::ALL.map(Sensitivity::name)))
}

/// The rules that lines are matched against: those of the folders that the user names.
fn sigma(settings: &Settings) -> Result<Loaded, Error> {
    let Some(said) = settings.said("rules") else { return Ok(Loaded::default()) };
    let with_own = said.words.iter().any(|word| word == OWN_RULES);
    let folders: Vec<PathBuf> =
        said.words.iter().filter(|word| *word != OWN_RULES).map(PathBuf::from).collect();
    let loaded = load(&folders, with_own).map_err(|error| said.origin.blame("rules", &error))?;
    let refused = loaded.mistakes.iter().map(|mistake| Error::usage(mistake.to_string()));
    let refused = if settings.switch("strict")? { Error::all(refused.collect()) } else { None };
    refused.map_or(Ok(loaded), Err)
}

/// What routes are for.
fn classes(settings: &Settings) -> Result<Classes, Error> {
    let rules: Vec<_> =
        settings.endpoints.iter().map(|rule| (&*rule.method, &*rule.path, rule.class)).collect();
    Classes::new(&rules).or_else(|_| {
        // One by one, so that each mistake gets its own place.
        let wrong = rules.iter().zip(&settings.endpoints).filter_map(|(rule, said)| {
            let error = Classes::new(std::slice::from_ref(rule)).err()?;
            Some(match &said.origin {
                Origin::File(path, line) => Error::usage(format!("{}:{line}: {error}", path.display())),
                _ => error,
            })
        });
        Error::all(wrong.collect()).map_or_else(|| Ok(Classes::default()), Err)
    })
}

/// The key of all hashes, if the user has one.
pub fn keys(around: &Surroundings) -> Result<Option<Keys>, Error> {
    let named = (around.environment)("GATEHOUND_HASH_KEY_FILE").filter(|path| !path.is_empty());
    let Some(path) = named.map(PathBuf::from) else { return Ok(None) };
    let material = std::fs::read(&path).map_err(|cause| Error::io(&path, cause))?;
    if material.trim_ascii().is_empty() {
        return Err(Error::usage(format!("{}: the hash key file is empty", path.display())));
    }
    Ok(Some(Keys::derive(&material)))
}
