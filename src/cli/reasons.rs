//! The options of `explain` and `why`.

use clap::Args;

use super::EXITS;
use super::scan::ReadArgs;

/// `gatehound explain`.
#[derive(Debug, Args)]
#[command(
    long_about = "Tell what a detector looks for, what it mistakes, and its thresholds. With --incident, tell of one incident of a \
        report what counted, what speaks against it, and what would have kept it silent.",
    after_help = "Examples:\n  \
        gatehound explain\n  \
        gatehound explain credential-stuffing\n  \
        gatehound scan access.log -o report.json -o text:-\n  \
        gatehound explain --incident gh-9f3c2b7a51d04e88 report.json"
)]
pub struct ExplainArgs {
    /// The detector, without which all are listed; with --incident the report, as `--format json` or `ndjson` wrote it, and `-`
    /// for standard input.
    #[arg(value_name = "DETECTOR|REPORT")]
    pub what: Option<String>,

    /// Explain the incident with this id, or with this rank.
    #[arg(long, value_name = "ID", requires = "what")]
    pub incident: Option<String>,

    /// List all detectors, a line each.
    #[arg(long, conflicts_with_all = ["what", "incident"])]
    pub list: bool,
}

/// `gatehound why`.
#[derive(Debug, Args)]
#[command(
    long_about = "Tell why an address or a user was not reported: which detector came nearest, and how far it was from its \
        threshold; or what explains what it did.",
    after_help = "Examples:\n  \
        gatehound why --entity 203.0.113.9 access.log\n  \
        gatehound why --entity amy access.log --since yesterday",
    after_long_help = EXITS
)]
pub struct WhyArgs {
    /// What to read.
    #[command(flatten)]
    pub read: ReadArgs,

    /// An address, a user, or a token, also as reports show it (`h:` and sixteen digits).
    #[arg(long, value_name = "NAME", required = true)]
    pub entity: String,
}
