//! What each command does, step by step.

#[cfg(feature = "deliver")]
mod deliver;
pub(crate) mod doctor;
pub(crate) mod evaluate;
pub(crate) mod events;
pub(crate) mod formats;
mod progress;
pub(crate) mod reference;
pub(crate) mod respond;
pub(crate) mod reveal;
pub(crate) mod rules;
pub(crate) mod scan;
mod signals;
pub(crate) mod simulate;
pub(crate) mod why;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use gatehound::cli::{Cli, command_like};
use gatehound::error::Error;
use gatehound::plan::{Reading, Talk, Volume};
use gatehound::source::{Limits, Source, find};
use gatehound::text::Escaped;

/// How a command ended, if it was not with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// As it should.
    Fine,
    /// With an incident that the user wants to fail for.
    Found,
    /// With this signal.
    Stopped(u8),
    /// With a word on how to ask.
    Asked,
}

impl Done {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Found => 1,
            Self::Asked => 2,
            Self::Stopped(signal) => 128 + signal,
        }
    }
}

/// Says `message` on standard error, with the names of strangers' files made harmless. Nobody is left to hear that it failed.
pub(crate) fn say(message: &str) {
    for line in message.lines() {
        let _ = writeln!(io::stderr(), "{}", Escaped(line.as_bytes()));
    }
}

/// Prints a page on standard output.
fn print(page: &str) -> Result<Done, Error> {
    let mut out = io::stdout().lock();
    let printed = out.write_all(page.as_bytes()).and_then(|()| out.flush());
    printed.map(|()| Done::Fine).map_err(|cause| Error::io("standard output", cause))
}

/// Tells how a command is used: it was asked for nothing.
fn usage(command: &str) -> Done {
    let mut cli = Cli::command();
    cli.build();
    let is_bare = std::env::args_os().len() <= 1;
    let help = match cli.find_subcommand_mut(command).filter(|_| !is_bare) {
        Some(command) => command.render_help(),
        None => cli.render_help(),
    };
    say(&help.to_string());
    Done::Asked
}

/// Opens `path` for writing, `-` for standard output; a file is replaced.
fn create(path: &Path) -> Result<Box<dyn Write>, Error> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufWriter::with_capacity(1 << 16, io::stdout().lock())));
    }
    let file = File::create(path).map_err(|cause| Error::io(path, cause))?;
    Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
}

/// Opens `path` for reading, `-` for standard input.
fn open(path: &Path) -> Result<Box<dyn Read>, Error> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|cause| Error::io(path, cause))?;
    Ok(Box::new(file))
}

/// What errors call `path`.
fn called(path: &Path) -> &Path {
    if path.as_os_str() == "-" { Path::new("standard output") } else { path }
}

/// The sources in `paths`, and what is wrong with those that cannot be looked for.
fn found(paths: &[PathBuf]) -> (Vec<Source>, Vec<Error>) {
    let (sources, problems) = find(paths, &Limits::default());
    let fatal = problems.iter().filter(|problem| problem.fatal);
    let told = fatal.map(|problem| Error::usage(format!("{}: {}", problem.path.display(), problem.message)));
    (sources, told.collect())
}

/// Stops where nothing that was named can be read; a word that is nearly a command is pointed out.
fn check_sources(reading: &Reading) -> Result<(), Error> {
    let Some(error) = reading.nothing_to_read() else { return Ok(()) };
    let first = reading.problems.iter().find(|problem| problem.fatal);
    let word = first.and_then(|problem| problem.path.to_str()).filter(|_| reading.problems.len() == 1);
    match word.and_then(command_like) {
        Some(command) => Err(Error::usage(format!("{error}; did you mean the command `{command}`?"))),
        None => Err(error),
    }
}

/// Says warnings on standard error, if they are wanted there.
fn warn(talk: Talk, warnings: &[String]) {
    for warning in warnings.iter().filter(|_| Volume::Remarks <= talk.volume) {
        say(&format!("warning: {warning}"));
    }
}
