//! The options of all commands but `scan`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::scan::ReadArgs;
use super::{EXITS, scan};
use crate::config::Layer;
use crate::output::OcsfVersion;
use crate::signal::Sensitivity;
use crate::simulate;

/// `gatehound events`.
#[derive(Debug, Args)]
#[command(
    long_about = "Write every request in the logs as one JSON object a line (gatehound.event.v1), in the order of the logs. \
        Fields on which a log is silent are absent; tokens and sessions are keyed hashes.",
    after_help = "Examples:\n  \
        gatehound events access.log | jq -r 'select(.status >= 500) | .template'\n  \
        gatehound events access.log --rejects\n  \
        gatehound events access.log --signals | jq -c 'select(.signals) | [.client, .path, .signals]'",
    after_long_help = EXITS
)]
pub struct EventsArgs {
    /// What to read.
    #[command(flatten)]
    pub read: ReadArgs,

    /// Write the lines that gave no request instead, each with the reason.
    #[arg(long, help_heading = "Writing")]
    pub rejects: bool,

    /// Write with each event what attacks its line shows: injections, scanners, files that nobody should ask for.
    #[arg(long, conflicts_with = "rejects", help_heading = "Writing")]
    pub signals: bool,

    /// Which signals are written: those that are hardly anything else (a score of 70), likely (50), or possible (30).
    #[arg(long, value_enum, default_value_t, requires = "signals", help_heading = "Writing")]
    pub sensitivity: SensitivityWord,

    /// How events are written.
    #[arg(long, value_enum, default_value_t, help_heading = "Writing")]
    pub format: EventsForm,

    /// Replace people, addresses or values in queries by pseudonyms, the same as those of a redacted report: `users`,
    /// `addresses`, `queries`, `all`; repeatable. Needs a key in `GATEHOUND_HASH_KEY_FILE`.
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = crate::redact::WORDS, help_heading = "Writing")]
    pub redact: Vec<String>,

    /// The version of OCSF that `--format ocsf` writes [default: 1.5].
    #[arg(long, value_name = "VERSION", value_parser = OcsfVersion::WORDS, help_heading = "Writing")]
    pub ocsf_version: Option<String>,

    /// Write to FILE, `-` for standard output; a file is replaced.
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Writing")]
    pub output: PathBuf,
}

impl EventsArgs {
    /// What the command line says, under the names of settings.
    pub fn layer(&self) -> Layer {
        let mut layer = self.read.layer();
        layer.text("ocsf-version", self.ocsf_version.as_deref());
        layer.list("redact", &self.redact);
        layer
    }
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EventsForm {
    /// One JSON object a line, `gatehound.event.v1`.
    #[default]
    Ndjson,
    /// Elastic Common Schema, one document a line.
    Ecs,
    /// OCSF HTTP Activity 4002, one a line.
    Ocsf,
}

/// How much must be seen for a signal to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SensitivityWord {
    /// Scores from 70.
    Low,
    /// Scores from 50.
    #[default]
    Normal,
    /// Scores from 30.
    High,
}

impl From<SensitivityWord> for Sensitivity {
    fn from(word: SensitivityWord) -> Self {
        match word {
            SensitivityWord::Low => Self::Low,
            SensitivityWord::Normal => Self::Normal,
            SensitivityWord::High => Self::High,
        }
    }
}

/// `gatehound config`.
#[derive(Debug, Args)]
#[command(
    after_help = "Settings are the long options of `scan`, without the dashes. A command-line option goes before\n\
        GATEHOUND_… in the environment (GATEHOUND_MIN_SEVERITY=high), before --config FILE or ./gatehound.toml,\n\
        before $XDG_CONFIG_HOME/gatehound/config.toml, before /etc/gatehound/config.toml.\n\n\
        Example of a file:\n  \
        min-severity = \"medium\"\n  \
        trusted-proxy = [\"cloudflare\", \"198.51.100.0/24\"]\n\n  \
        [[endpoint]]\n  \
        method = \"POST\"\n  \
        path = \"/api/*/enter\"\n  \
        class = \"login\""
)]
pub struct ConfigArgs {
    /// What to show.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What `config` shows.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings in force, as a file that would set them.
    Show {
        /// Print behind each where it comes from.
        #[arg(long)]
        origin: bool,
    },
    /// Print the files that settings are read from, those that go first on top.
    Path,
}

/// `gatehound simulate`.
#[derive(Debug, Args)]
#[command(
    long_about = "Write a labelled log: ordinary people, harmless things that look like attacks, and attacks. \
        The same options write the same bytes.",
    after_help = "Examples:\n  \
        gatehound simulate --hours 2 -o day.log --truth day.truth.json\n  \
        gatehound simulate --scenario none | gatehound"
)]
pub struct SimulateArgs {
    /// Decides everything that chance decides.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// How many hours the log covers.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8784))]
    pub hours: u32,

    /// Requests a second, on average.
    #[arg(long, value_name = "N", default_value_t = 5.0)]
    pub rate: f64,

    /// How many different addresses ordinary people have [default: as many as the rate brings].
    #[arg(long, value_name = "N")]
    pub clients: Option<u64>,

    /// How many different user agents there are to be drawn from.
    #[arg(long, value_name = "N")]
    pub agents: Option<u32>,

    /// Which attacks happen: names with commas between, `all` that the format can show, or `none`; --list names them.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "all")]
    pub scenario: Vec<String>,

    /// The format of the log.
    #[arg(long, value_name = "FORMAT", value_parser = log_formats(), default_value = "combined")]
    pub format: String,

    /// When the log begins (RFC 3339 or `2026-03-10`) [default: 2026-03-10T00:00:00Z].
    #[arg(long, value_name = "TIME")]
    pub start: Option<String>,

    /// Where the log goes; `-` for standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,

    /// Where the truth goes (gatehound.truth.v1).
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,

    /// List the scenarios instead.
    #[arg(long)]
    pub list: bool,
}

/// `gatehound evaluate`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    gatehound simulate -o day.log --truth day.truth.json\n  \
    gatehound scan day.log --format ndjson | gatehound evaluate --truth day.truth.json -")]
pub struct EvaluateArgs {
    /// The truth, as `simulate` writes it.
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,

    /// The report, as ndjson or json; `-` for standard input.
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,

    /// Incidents below LEVEL do not count.
    #[arg(long, value_name = "LEVEL", value_parser = scan::SEVERITIES, default_value = "medium")]
    pub min_severity: String,

    /// How the score is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: EvaluateForm,
}

/// How a score is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EvaluateForm {
    /// A table for people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// `gatehound schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which one: `incident` (also the lines of ndjson), `event`, `summary`, `doctor`.
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// `gatehound completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// The formats that a simulation can write.
fn log_formats() -> PossibleValuesParser {
    simulate::Format::ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>().into()
}

/// `gatehound respond`.
#[derive(Debug, Args)]
#[command(
    long_about = "Turn a report into a list that a proxy, a firewall or a cloud takes, or into accounts to reset and tokens to \
        revoke. It is printed and never applied. Private addresses, the allow-list, delivery networks and addresses that \
        people share are left out, and standard error says so.",
    after_help = "Examples:\n  \
        gatehound scan access.log --format ndjson | gatehound respond - --target nginx\n  \
        gatehound respond report.json --target nftables --min-severity critical --allow 192.0.2.0/24\n  \
        gatehound respond report.json --target accounts\n  \
        gatehound respond report.json --target nginx --simulate access.log"
)]
pub struct RespondArgs {
    /// The report, as `--format json` or `ndjson` wrote it; `-` for standard input.
    #[arg(value_name = "REPORT", default_value = "-")]
    pub report: PathBuf,

    /// Who carries it out.
    #[arg(long, value_name = "TARGET", value_parser = targets())]
    pub target: String,

    /// Leave incidents below LEVEL alone.
    #[arg(long, value_name = "LEVEL", default_value = "high")]
    pub min_severity: String,

    /// How many hours after the last request of an incident its addresses are blocked.
    #[arg(long = "expires-hours", value_name = "HOURS", default_value_t = 24)]
    pub hours: u32,

    /// Never block this network, address or delivery network; may be repeated.
    #[arg(long, value_name = "CIDR|NAME")]
    pub allow: Vec<String>,

    /// Block addresses as well behind which people have no part in it.
    #[arg(long)]
    pub include_shared: bool,

    /// Print nothing but what it would have done to the requests in these logs: the share of each attack that is stopped,
    /// and who else is hit; may be repeated.
    #[arg(long, value_name = "PATH")]
    pub simulate: Vec<PathBuf>,
}

/// The names of all targets.
fn targets() -> PossibleValuesParser {
    crate::respond::TARGETS.iter().map(|target| target.name).collect::<Vec<_>>().into()
}

/// Options of `reveal`.
#[derive(Debug, Args)]
#[command(
    long_about = "Put the originals back into a report that was redacted. Needs the manifest that the scan wrote, and the key \
        of the scan in GATEHOUND_HASH_KEY_FILE.",
    after_help = "Examples:\n  \
        gatehound scan access.log --redact all --redact-manifest names.json -o report.txt\n  \
        gatehound reveal report.txt --manifest names.json"
)]
pub struct RevealArgs {
    /// The report, in any format; `-` for standard input.
    #[arg(value_name = "REPORT", default_value = "-")]
    pub report: PathBuf,

    /// What was replaced, as `scan --redact-manifest` wrote it.
    #[arg(long, value_name = "FILE")]
    pub manifest: PathBuf,
}
