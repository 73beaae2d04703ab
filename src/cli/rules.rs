//! The options of `gatehound rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `gatehound rules`.
#[derive(Debug, Args)]
#[command(
    long_about = "Look at Sigma rules for requests (log sources `webserver` and `proxy`, and products such as nginx or apache): \
        which there are, which can be matched, and whether they do what their examples say.",
    after_help = "Examples:\n  \
        gatehound rules list\n  \
        gatehound rules show gh-actuator-probe\n  \
        gatehound rules validate sigma/rules/web\n  \
        gatehound rules test rules/\n  \
        gatehound rules coverage --log access.log\n  \
        gatehound scan access.log --rules builtin --rules sigma/rules/web"
)]
pub struct RulesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What `rules` does.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List rules, the weightiest first: those that come with gatehound, or those in these folders.
    List {
        /// Folders or files of rules.
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// Tell all that a rule says of itself, and its examples.
    Show {
        /// The rule's id, name or title.
        #[arg(value_name = "RULE")]
        rule: String,

        /// Folders or files of rules; without them those that come with gatehound.
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// Say which rules can be matched, and of each other one why not and what to do; exits with 2 if there is one.
    #[command(visible_alias = "check")]
    Validate {
        /// Folders or files of rules; without them those that come with gatehound.
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// Hold rules against the examples in their files; exits with 1 if one does not do what it should.
    Test {
        /// Folders or files of rules; without them those that come with gatehound.
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// Tell which techniques and weaknesses rules are about, and which of them a log can never feed.
    Coverage {
        /// Folders or files of rules; without them those that come with gatehound.
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,

        /// Tell which rules can match this log, and which fields the others miss in it; repeatable.
        #[arg(long, value_name = "FILE", conflicts_with = "format")]
        log: Vec<PathBuf>,

        /// How it is written.
        #[arg(long, value_enum, default_value_t)]
        format: CoverageForm,
    },
}

/// How coverage is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CoverageForm {
    /// A table for people.
    #[default]
    Text,
    /// A layer for the ATT&CK Navigator.
    Navigator,
}
