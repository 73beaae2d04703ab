//! The options of `formats` and `doctor`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::EXITS;
use super::scan::ReadArgs;

/// `gatehound doctor`.
#[derive(Debug, Args)]
#[command(
    long_about = "Tell for each log its format, which fields of an event it fills, which detectors are blind or see less for \
        those that it does not, and exactly what to add to the configuration of the gateway that wrote it.",
    after_help = "Examples:\n  \
        gatehound doctor /var/log/nginx/access.log\n  \
        gatehound doctor access.log --format json | jq -r '.detectors[] | select(.sees != \"all\") | .detector'",
    after_long_help = EXITS
)]
pub struct DoctorArgs {
    /// What to read.
    #[command(flatten)]
    pub read: ReadArgs,

    /// How it is told.
    #[arg(long, value_enum, default_value_t, help_heading = "Writing")]
    pub format: DoctorForm,
}

/// How a log's lacks are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DoctorForm {
    /// A page for people.
    #[default]
    Text,
    /// One JSON object a log, on one line.
    Json,
}

/// `gatehound formats`.
#[derive(Debug, Args)]
pub struct FormatsArgs {
    /// What to do; without it the formats are listed.
    #[command(subcommand)]
    pub command: Option<FormatsCommand>,
}

/// What `formats` does.
#[derive(Debug, Subcommand)]
pub enum FormatsCommand {
    /// List every format that is recognised.
    List,
    /// Say which format a file has, how every format did on its first lines, and where each failed.
    Detect {
        /// The files; `-` for standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Read the format strings out of configuration files: nginx, Apache, Envoy, haproxy.cfg, goaccess.conf.
    ///
    /// Files that a configuration includes are not followed. `--log-format @FILE:NAME` reads a log with one of them.
    From {
        /// The configuration files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}
