//! What the settings mean: files opened, words checked. Below this room nobody knows of options, settings or terminals.

mod configuration;
#[cfg(feature = "deliver")]
mod delivery;
mod memory;
mod reading;
mod report;
mod tuned;
mod when;
mod written;

use crate::config::{Environment, Settings};
use crate::error::Error;
use crate::redact::What;
use crate::time::Time;

pub use configuration::{Configuration, configuration};
pub use memory::available;
pub use reading::{OWN_RULES, Reading, Recognised, Rules, keys};
pub use report::{Plan, Verdict};
pub use when::{instant, zone};

/// What stands around the program; asked once, by `main`.
pub struct Surroundings {
    /// The time on the wall.
    pub now: Time,
    /// The environment.
    pub environment: Box<Environment>,
    /// Whether somebody sits at the standard input.
    pub is_stdin_terminal: bool,
    /// Whether somebody sees the standard output.
    pub is_stdout_terminal: bool,
    /// Whether somebody sees the standard error.
    pub is_stderr_terminal: bool,
    /// Columns of the terminal, if there is one.
    pub width: Option<usize>,
    /// How many threads can work at a time.
    pub cores: usize,
    /// Bytes of memory that the process can have without a harm to others, where the system tells.
    pub memory: Option<u64>,
}

/// What is said on standard error; each word includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Nothing; and no report on standard output either.
    Nothing,
    /// Errors.
    Errors,
    /// Warnings, and a line on how long it took.
    Remarks,
    /// How every file is read.
    Details,
}

/// What is said and shown on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// How much is said.
    pub volume: Volume,
    /// Whether it is shown how far the reading is.
    pub progress: bool,
}

impl Talk {
    /// What the settings want to be told.
    pub fn of(settings: &Settings, around: &Surroundings) -> Result<Self, Error> {
        let quiet = settings.number("quiet")?.unwrap_or(0);
        let is_set = |name: &str| (around.environment)(name).is_some_and(|value| !value.is_empty());
        let wants_progress = !settings.switch("no-progress")? && !is_set("CI");
        let volume = match (quiet, settings.switch("verbose")?) {
            (0, false) => Volume::Remarks,
            (0, true) => Volume::Details,
            (1, _) => Volume::Errors,
            _ => Volume::Nothing,
        };
        Ok(Self { volume, progress: quiet == 0 && wants_progress && around.is_stderr_terminal })
    }
}

/// What the settings want to be replaced by pseudonyms: only under a key of the user's own.
pub fn redaction(settings: &Settings, has_own_key: bool) -> Result<What, Error> {
    let what = What::read(settings.list("redact"))?;
    if what.is_nothing() || has_own_key {
        return Ok(what);
    }
    Err(Error::usage(
        "--redact needs a key that nobody else knows: set GATEHOUND_HASH_KEY_FILE to a file that holds one",
    ))
}

/// Mistakes, gathered so that all are told and not only the first.
#[derive(Default)]
struct Mistakes(Vec<Error>);

impl Mistakes {
    /// The value, or its default and a mistake more.
    fn or_default<T: Default>(&mut self, read: Result<T, Error>) -> T {
        read.unwrap_or_else(|error| {
            self.0.push(error);
            T::default()
        })
    }

    /// All of them, if there are any.
    fn none(self) -> Result<(), Error> {
        Error::all(self.0).map_or(Ok(()), Err)
    }
}
