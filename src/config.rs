//! Settings in layers: a command-line option goes before the environment, before the files, before the defaults.
//!
//! Every layer says words; what they mean is checked once, in one place, whoever said them.

mod destination;
mod environment;
mod file;
mod hold;
mod show;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::route::EndpointClass;

pub use destination::DestinationRule;
pub use environment::misspelt;
pub use hold::{Hold, HoldRule};
pub use show::{paths_page, settings_page};

/// A setting that exists.
pub struct Key {
    /// Its name: that of the option of `scan`.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// Whether files and the environment may set it; else the command line alone.
    pub lasting: bool,
    /// What is in force where nobody says anything, as it is shown.
    pub default: &'static str,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One word.
    Text,
    /// Any number of words.
    List,
    /// A whole number.
    Number,
    /// Yes or no.
    Switch,
}

const fn key(name: &'static str, shape: Shape, default: &'static str) -> Key {
    Key { name, shape, lasting: true, default }
}

const fn passing(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, lasting: false, default: "" }
}

/// Every setting, in the order in which `config show` lists them.
pub static KEYS: &[Key] = &[
    key("input-format", Shape::Text, ""),
    key("log-format", Shape::Text, ""),
    key("trusted-proxy", Shape::List, ""),
    key("since", Shape::Text, ""),
    key("until", Shape::Text, ""),
    key("tz", Shape::Text, "UTC"),
    passing("now", Shape::Text),
    key("threads", Shape::Number, ""),
    key("memory", Shape::Text, ""),
    passing("block-size", Shape::Number),
    key("format", Shape::Text, "text"),
    key("output", Shape::List, ""),
    key("ocsf-version", Shape::Text, "1.5"),
    key("min-severity", Shape::Text, "info"),
    key("top", Shape::Number, ""),
    key("max-entities", Shape::Number, "1000"),
    key("evidence", Shape::Number, "5"),
    key("show-suppressed", Shape::Switch, "false"),
    passing("without", Shape::List),
    key("rules", Shape::List, ""),
    key("strict", Shape::Switch, "false"),
    key("sensitivity", Shape::Text, "normal"),
    key("fail-on", Shape::Text, "none"),
    key("max-rejected", Shape::Number, "100"),
    key("summary", Shape::Text, ""),
    key("redact", Shape::List, ""),
    key("redact-manifest", Shape::Text, ""),
    #[cfg(feature = "deliver")]
    key("spool", Shape::Text, ""),
    #[cfg(feature = "deliver")]
    key("resend", Shape::Number, "5"),
    #[cfg(feature = "deliver")]
    key("deliver-timeout", Shape::Number, "10"),
    #[cfg(feature = "deliver")]
    key("deliver-patience", Shape::Number, "60"),
    key("quiet", Shape::Number, "0"),
    key("verbose", Shape::Switch, "false"),
    key("no-progress", Shape::Switch, "false"),
    key("color", Shape::Text, "auto"),
];

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A command-line option.
    Option,
    /// The environment variable with this name.
    Environment(String),
    /// A file, at a line counted from 1.
    File(PathBuf, usize),
}

/// What somebody said about one setting.
#[derive(Clone, Debug)]
pub struct Said {
    /// The words; one of them unless the setting is a list.
    pub words: Vec<String>,
    /// Who said it.
    pub origin: Origin,
}

/// An `[[endpoint]]` of a file: what a route is for, whatever its words say.
#[derive(Clone, Debug)]
pub struct EndpointRule {
    /// A method, or `*`.
    pub method: String,
    /// A glob over the template's text.
    pub path: String,
    /// What it is for.
    pub class: EndpointClass,
    /// Who said it.
    pub origin: Origin,
}

/// A threshold in a `[threshold.DETECTOR]` of a file.
#[derive(Clone, Debug)]
pub struct ThresholdRule {
    /// The detector.
    pub detector: String,
    /// The threshold, as the detector's page names it.
    pub name: String,
    /// In the unit that the page names.
    pub value: u64,
    /// Who said it.
    pub origin: Origin,
}

/// What one place says.
#[derive(Debug, Default)]
pub struct Layer {
    said: BTreeMap<&'static str, Said>,
    endpoints: Vec<EndpointRule>,
    destinations: Vec<DestinationRule>,
    holds: Vec<HoldRule>,
    thresholds: Vec<ThresholdRule>,
}

impl Layer {
    /// The option `name`, where it was given.
    pub fn text(&mut self, name: &'static str, word: Option<&str>) {
        self.said.extend(word.map(|word| {
            let said = Said { words: vec![word.to_owned()], origin: Origin::Option };
            (name, said)
        }));
    }

    /// The option `name`, given any number of times.
    pub fn list(&mut self, name: &'static str, words: &[String]) {
        if !words.is_empty() {
            self.said.insert(name, Said { words: words.to_vec(), origin: Origin::Option });
        }
    }

    /// The option `name` that takes no value.
    pub fn switch(&mut self, name: &'static str, on: bool) {
        self.text(name, on.then_some("true"));
    }
}

/// Looks up an environment variable.
pub type Environment = dyn Fn(&str) -> Option<OsString>;

/// All that was said, the first layer that says something about a setting having its way.
#[derive(Debug, Default)]
pub struct Settings {
    said: BTreeMap<&'static str, Said>,
    /// What the user said about routes; the first that fits goes.
    pub endpoints: Vec<EndpointRule>,
    /// What the user said about receivers; the first that fits goes.
    pub destinations: Vec<DestinationRule>,
    /// What the user does not want to hear of; the first that fits goes.
    pub holds: Vec<HoldRule>,
    /// What detectors judge by; the first that is said about a threshold goes.
    pub thresholds: Vec<ThresholdRule>,
    /// The files that were read, those that go first on top.
    pub files: Vec<PathBuf>,
}

impl Settings {
    /// What `options` say, then the environment, then the files. Every mistake in every file is told.
    pub fn load(options: Layer, environment: &Environment, explicit: Option<&Path>) -> Result<Self, Error> {
        let mut settings = Self::default();
        settings.add(options);
        settings.add(environment::layer(environment));
        let mut mistakes = Vec::new();
        for (path, wanted) in files(environment, explicit) {
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(cause) if is_absent(&cause) && wanted == Wanted::IfThere => continue,
                Err(cause) => {
                    mistakes.push(Error::io(&path, cause));
                    continue;
                }
            };
            settings.add(file::read(&path, &text, &mut mistakes));
            settings.files.push(path);
        }
        Error::all(mistakes).map_or(Ok(settings), Err)
    }

    /// Adds a layer below all others.
    fn add(&mut self, layer: Layer) {
        for (name, said) in layer.said {
            self.said.entry(name).or_insert(said);
        }
        self.endpoints.extend(layer.endpoints);
        self.destinations.extend(layer.destinations);
        self.holds.extend(layer.holds);
        self.thresholds.extend(layer.thresholds);
    }

    /// Who said something about `name`.
    pub fn said(&self, name: &str) -> Option<&Said> {
        self.said.get(name)
    }

    /// The word for `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.said(name)?.words.first().map(String::as_str)
    }

    /// Which of two settings that exclude each other was said in a layer that goes before the other's.
    pub fn which_first(&self, one: &str, other: &str) -> Ordering {
        let layer = |name: &str| match self.said(name).map(|said| &said.origin) {
            Some(Origin::Option) => (0, None),
            Some(Origin::Environment(_)) => (1, None),
            Some(Origin::File(path, _)) => (2, self.files.iter().position(|file| file == path)),
            None => (3, None),
        };
        layer(one).cmp(&layer(other))
    }

    /// The words for `name`.
    pub fn list(&self, name: &str) -> &[String] {
        self.said(name).map_or(&[], |said| &said.words)
    }

    /// What `read` makes of the word for `name`; its mistakes get the place where the word was said.
    pub fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let Some(said) = self.said(name) else { return Ok(None) };
        let word = said.words.first().map_or("", String::as_str);
        read(word).map(Some).map_err(|error| said.origin.blame(name, &error))
    }

    /// The number for `name`.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let number =
            |word: &str| word.parse().map_err(|_| Error::usage(format!("`{word}` is not a whole number")));
        self.read(name, number)
    }

    /// Whether the switch `name` is on.
    pub fn switch(&self, name: &str) -> Result<bool, Error> {
        let read = |word: &str| match word {
            "true" | "yes" | "on" | "1" => Ok(true),
            "false" | "no" | "off" | "0" => Ok(false),
            other => Err(Error::usage(format!("`{other}` is neither true nor false"))),
        };
        self.read(name, read).map(Option::unwrap_or_default)
    }
}

impl Origin {
    /// `error`, with the place where it was made.
    pub fn blame(&self, name: &str, error: &Error) -> Error {
        Error::usage(match self {
            Self::Option => format!("--{name}: {error}"),
            Self::File(path, line) => format!("{}:{line}: {name}: {error}", path.display()),
            Self::Environment(variable) => format!("{variable}: {error}"),
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => f.write_str("command line"),
            Self::Environment(variable) => f.write_str(variable),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
        }
    }
}

/// Whether a file must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The user named it.
    Always,
    /// It is read if it is there.
    IfThere,
}

/// The files that settings are read from, those that go first on top.
pub fn files(environment: &Environment, explicit: Option<&Path>) -> Vec<(PathBuf, Wanted)> {
    let named = explicit.map(Path::to_owned);
    let named =
        named.or_else(|| environment("GATEHOUND_CONFIG").filter(|path| !path.is_empty()).map(Into::into));
    let mut files = vec![match named {
        Some(path) => (path, Wanted::Always),
        None => (PathBuf::from("gatehound.toml"), Wanted::IfThere),
    }];
    let absolute =
        |variable: &str| environment(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
    files.extend(home.map(|home| (home.join("gatehound/config.toml"), Wanted::IfThere)));
    if cfg!(unix) {
        files.push((PathBuf::from("/etc/gatehound/config.toml"), Wanted::IfThere));
    }
    files
}

/// Whether a file is simply not there.
fn is_absent(cause: &std::io::Error) -> bool {
    matches!(cause.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}
