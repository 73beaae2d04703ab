//! What the user said: commands and options, with their help. What it means is for [`plan`](crate::plan) to say.

mod formats;
mod more;
mod reasons;
mod rules;
mod scan;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

pub use formats::{DoctorArgs, DoctorForm, FormatsArgs, FormatsCommand};
pub use more::{
    CompletionsArgs, ConfigArgs, ConfigCommand, EvaluateArgs, EvaluateForm, EventsArgs, EventsForm,
    RespondArgs, RevealArgs, SchemaArgs, SimulateArgs,
};
pub use reasons::{ExplainArgs, WhyArgs};
pub use rules::{CoverageForm, RulesArgs, RulesCommand};
pub use scan::{ReadArgs, ScanArgs};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "gatehound",
    version,
    about = "Finds attacks in the access logs of API gateways, load balancers, web servers and CDNs.",
    long_about = "Finds attacks in the access logs of API gateways, load balancers, web servers and CDNs, and prints \
        ranked incidents: who attacks, how, since when, whether it succeeded, what was taken, what to do.\n\n\
        Nothing is looked up anywhere; no socket is opened unless an output names a receiver.",
    override_usage = "gatehound [OPTIONS] [PATHS]...\n       gatehound <COMMAND> [OPTIONS] ...",
    after_help = "With paths alone, or with a log piped into it, gatehound scans; `gatehound scan --help` lists the options.\n\n\
        Examples:\n  \
          gatehound /var/log/nginx/access.log*\n  \
          zcat access.log.gz | gatehound\n  \
          gatehound scan access.log --since 2h --min-severity medium",
    after_long_help = EXITS,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 110
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Read settings from FILE instead of ./gatehound.toml.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs and report incidents, worst first (the default).
    Scan(Box<ScanArgs>),
    /// Write every request in the logs as one JSON object a line.
    Events(EventsArgs),
    /// List the log formats, or say which one a file has and why.
    Formats(FormatsArgs),
    /// Tell which fields a log lacks, which detectors that blinds, and what to add to the gateway's configuration.
    Doctor(DoctorArgs),
    /// List Sigma rules, say which of them can be matched, by which log, or hold them against their examples.
    Rules(RulesArgs),
    /// Tell what a detector looks for and what it mistakes, or what speaks for and against one incident.
    Explain(ExplainArgs),
    /// Tell why an address or a user was not reported, and how near it came.
    Why(WhyArgs),
    /// Show the settings in force, and where they come from.
    Config(ConfigArgs),
    /// Turn a report into a block list, or into accounts to reset and tokens to revoke.
    Respond(RespondArgs),
    /// Put the originals back into a report that was redacted.
    Reveal(RevealArgs),
    /// Write a labelled log to try detectors on.
    Simulate(SimulateArgs),
    /// Score a report against the truth of a labelled log.
    Evaluate(EvaluateArgs),
    /// Print the JSON Schema of what gatehound writes.
    Schema(SchemaArgs),
    /// Print a completion script for a shell.
    Completions(CompletionsArgs),
    /// Print the manual page.
    Man,
}

/// The exit codes, as every long help ends with them.
pub const EXITS: &str = "Exit codes:\n  \
      0    ran to the end; nothing at or above --fail-on (which is `none` unless set)\n  \
      1    ran to the end; at least one incident at or above --fail-on\n  \
      2    wrong usage or settings; something could not be read or delivered, or no line at all; goes before 1\n  \
      130  interrupted (143: terminated); what was read until then is reported";

/// The environment, as the long help of `scan` explains it.
pub const ENVIRONMENT: &str = "Environment:\n  \
      GATEHOUND_…              any setting: GATEHOUND_MIN_SEVERITY=high; see `gatehound config --help`\n  \
      GATEHOUND_CONFIG         the settings file, where --config is not given\n  \
      GATEHOUND_HASH_KEY_FILE  a file whose content is the key that tokens and names are hashed with\n  \
      GATEHOUND_<FORMAT>_TOKEN secret of a receiver of FORMAT (GATEHOUND_SPLUNK_HEC_TOKEN); …_TOKEN_FILE: a file of it\n  \
      NO_COLOR, CLICOLOR_FORCE no colours, or colours also where no terminal is\n  \
      CI                       no progress";

/// Options before a command that take a value.
const GLOBAL_WITH_VALUE: &str = "--config";

impl Cli {
    /// Reads a command line, the program's name first. Paths and options without a command mean `scan`.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(with_command(words.into_iter().collect()))
    }
}

/// Puts `scan` in front of what begins with neither a command nor a question about gatehound itself.
fn with_command(mut words: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(word) = words.get(at) {
        let word = word.to_string_lossy();
        at += match &*word {
            GLOBAL_WITH_VALUE => 2,
            word if word.starts_with("--config=") => 1,
            _ => break,
        };
    }
    let is_command = |word: &str| Cli::command().get_subcommands().any(|known| known.get_name() == word);
    let stays = match words.get(at).map(|word| word.to_string_lossy()) {
        Some(word) => is_command(&word) || matches!(&*word, "help" | "-h" | "--help" | "-V" | "--version"),
        None => false,
    };
    if !stays {
        words.insert(at.min(words.len()), "scan".into());
    }
    words
}

/// The command that `word`, which names no file, was most likely meant to be.
pub fn command_like(word: &str) -> Option<String> {
    let command = Cli::command();
    let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    crate::error::nearest(word, &known).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> String {
        let words = line.split(' ').map(OsString::from).collect();
        with_command(words).join(&OsString::from(" ")).to_string_lossy().into_owned()
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn paths_and_options_alone_mean_scan() {
        assert_eq!(words("gatehound a.log b.log"), "gatehound scan a.log b.log");
        assert_eq!(words("gatehound"), "gatehound scan");
        assert_eq!(words("gatehound -q -"), "gatehound scan -q -");
        assert_eq!(words("gatehound --config c.toml a.log"), "gatehound --config c.toml scan a.log");
        assert_eq!(words("gatehound events a.log"), "gatehound events a.log");
        assert_eq!(words("gatehound --config c.toml events"), "gatehound --config c.toml events");
        assert_eq!(words("gatehound --version"), "gatehound --version");
        assert_eq!(words("gatehound help scan"), "gatehound help scan");
    }
}
