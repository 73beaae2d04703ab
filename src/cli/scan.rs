//! The options of `scan`; those about reading are shared by all commands that read logs.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{ArgAction, Args};

use super::{ENVIRONMENT, EXITS};
use crate::config::Layer;
use crate::output::{OUTPUTS, OcsfVersion};

/// What to read, and how.
#[derive(Debug, Args)]
pub struct ReadArgs {
    /// Files, folders, globs, or `-` for standard input; packed ones (gzip, zstd, bzip2, xz) are unpacked.
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,

    /// Read every file in this format instead of recognising it; `gatehound formats` lists them.
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub input_format: Option<String>,

    /// The format string that wrote the lines, as nginx, Apache, Envoy, gunicorn and others have it; or `@FILE:NAME`.
    ///
    /// The whole directive as the configuration has it, or its string alone; also of HAProxy and of goaccess. @FILE reads the configuration itself; NAME is what
    /// `gatehound formats from FILE` calls the string.
    #[arg(long, value_name = "STRING", conflicts_with = "input_format", help_heading = "Reading")]
    pub log_format: Option<String>,

    /// Believe what this proxy says about its clients: a network, an address, or `cloudflare`, `cloudfront`, `fastly`; repeatable.
    ///
    /// Loopback and private addresses are always believed.
    #[arg(long, value_name = "CIDR|NAME", help_heading = "Reading")]
    pub trusted_proxy: Vec<String>,

    /// Match requests also against the Sigma rules in this folder or file; `builtin` for those that come with gatehound;
    /// repeatable.
    ///
    /// `gatehound rules validate` says which of them load, and why others do not.
    #[arg(long, value_name = "DIR", help_heading = "Reading")]
    pub rules: Vec<String>,

    /// Read nothing where a rule of --rules cannot be loaded; without it that rule is left out with a warning.
    #[arg(long, help_heading = "Reading")]
    pub strict: bool,

    /// Leave out requests before TIME.
    ///
    /// RFC 3339 (`2026-03-10T17:00:00Z`), `2026-03-10`, `2026-03-10 17:00`, seconds or milliseconds since 1970, a time
    /// ago (`2h`, `7d`, `1h30m`), `today`, `yesterday`, `now`.
    #[arg(long, value_name = "TIME", help_heading = "Reading")]
    pub since: Option<String>,

    /// Leave out requests from TIME on; written as for --since.
    #[arg(long, value_name = "TIME", help_heading = "Reading")]
    pub until: Option<String>,

    /// The time zone of dates in --since and --until: `UTC`, `+02:00`, `Europe/Berlin` [default: UTC].
    #[arg(long, value_name = "ZONE", help_heading = "Reading")]
    pub tz: Option<String>,

    /// What `now` means to --since and --until (RFC 3339) [default: the clock].
    #[arg(long, value_name = "TIME", help_heading = "Reading")]
    pub now: Option<String>,

    /// How many threads work [default: one a core].
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub threads: Option<String>,

    /// Bytes that are handed to a worker at a time.
    #[arg(long, value_name = "BYTES", hide = true)]
    pub block_size: Option<String>,

    /// Say nothing on standard error but errors; twice: nothing at all but the exit code and files of -o.
    #[arg(short, long, action = ArgAction::Count, help_heading = "Messages")]
    pub quiet: u8,

    /// Say how every file is read.
    #[arg(short, long, help_heading = "Messages")]
    pub verbose: bool,

    /// Do not show progress, not even on a terminal.
    #[arg(long, help_heading = "Messages")]
    pub no_progress: bool,
}

/// `gatehound scan`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{ENVIRONMENT}\n\n{EXITS}"))]
pub struct ScanArgs {
    /// What to read.
    #[command(flatten)]
    pub read: ReadArgs,

    /// Keep the evidence on disk where the process would take more memory than SIZE: `500M`, `2G`, `none` for no bound
    /// [default: three quarters of what is free].
    ///
    /// The report is the same, it only takes longer. The files, about as large as what does not fit, lie in the folder that
    /// TMPDIR names, have no name, and are gone when the run ends.
    #[arg(long, value_name = "SIZE", help_heading = "Reading")]
    pub memory: Option<String>,

    /// How the report looks [default: text].
    #[arg(long, value_name = "FORMAT", value_parser = output_names(), help_heading = "Report")]
    pub format: Option<String>,

    /// Write the report to a file, `-` for standard output; repeatable.
    ///
    /// `FORMAT:` in front names the format; else the extension does (.json, .ndjson), else --format. Files of lines
    /// (ndjson) grow, others are replaced. Without -o the report goes to standard output.
    ///
    #[cfg_attr(
        feature = "deliver",
        doc = "\
        `FORMAT:syslog+udp://`, `syslog+tcp://` or `syslog+tls://HOST[:PORT]` and `FORMAT:http://` or `https://HOST[:PORT][/PATH]` \
        send to a receiver. Its secret stands in the file that `GATEHOUND_<FORMAT>_TOKEN_FILE` names, or in `GATEHOUND_<FORMAT>_TOKEN`."
    )]
    #[arg(short, long, value_name = "[FORMAT:]TARGET", help_heading = "Report")]
    pub output: Vec<String>,

    /// The version of OCSF that the format `ocsf` is stamped with [default: 1.5].
    #[arg(long, value_name = "VERSION", value_parser = OcsfVersion::WORDS, help_heading = "Report")]
    pub ocsf_version: Option<String>,

    /// What counts as an attack that a line itself shows: what is hardly anything else, what is likely one, what may be one
    /// [default: normal].
    #[arg(long, value_name = "STEP", value_parser = ["low", "normal", "high"], help_heading = "Report")]
    pub sensitivity: Option<String>,

    /// Keep what is on its way to a receiver in DIR [default: gatehound/spool among the states of the user].
    #[cfg(feature = "deliver")]
    #[arg(long, value_name = "DIR", help_heading = "Delivery")]
    pub spool: Option<PathBuf>,

    /// Over TCP and TLS, send again what was sent in the last SECONDS before the connection broke [default: 5].
    ///
    /// A connection is held open for as long after the last message.
    #[cfg(feature = "deliver")]
    #[arg(long, value_name = "SECONDS", help_heading = "Delivery")]
    pub resend: Option<String>,

    /// Wait SECONDS for a receiver to connect or to answer [default: 10].
    #[cfg(feature = "deliver")]
    #[arg(long, value_name = "SECONDS", help_heading = "Delivery")]
    pub deliver_timeout: Option<String>,

    /// Try a receiver again until it took nothing for SECONDS; what is left waits for the next run [default: 60].
    #[cfg(feature = "deliver")]
    #[arg(long, value_name = "SECONDS", help_heading = "Delivery")]
    pub deliver_patience: Option<String>,

    /// Replace people, addresses or values in queries by pseudonyms in every output: `users`, `addresses`, `queries`, `all`;
    /// repeatable. Needs a key in `GATEHOUND_HASH_KEY_FILE`.
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = crate::redact::WORDS, help_heading = "Report")]
    pub redact: Vec<String>,

    /// Write what was replaced to FILE, sealed with the key; `gatehound reveal` undoes it.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub redact_manifest: Option<PathBuf>,

    /// Leave out incidents below LEVEL [default: info].
    #[arg(long, value_name = "LEVEL", value_parser = SEVERITIES, help_heading = "Report")]
    pub min_severity: Option<String>,

    /// Tell at most N incidents, 0 for all [default: 20 in full in text, all elsewhere].
    #[arg(long, value_name = "N", help_heading = "Report")]
    pub top: Option<String>,

    /// Name at most N addresses, users and others of an incident [default: 1000].
    #[arg(long, value_name = "N", help_heading = "Report")]
    pub max_entities: Option<String>,

    /// Show N lines of the log for each incident [default: 5].
    #[arg(long, value_name = "N", help_heading = "Report")]
    pub evidence: Option<String>,

    /// List also what is held back because there is a harmless explanation.
    #[arg(long, help_heading = "Report")]
    pub show_suppressed: bool,

    /// Judge without a look-alike, or without telling sources as one (`clusters`), to measure what it is worth; repeatable.
    #[arg(long, value_name = "NAME", hide = true)]
    pub without: Vec<String>,

    /// Exit with 1 if there is an incident of at least LEVEL [default: none].
    #[arg(long, value_name = "LEVEL", value_parser = FAIL_ON, help_heading = "Report")]
    pub fail_on: Option<String>,

    /// Exit with 2 if more than PERCENT of the access lines cannot be read [default: 100].
    #[arg(long, value_name = "PERCENT", help_heading = "Report")]
    pub max_rejected: Option<String>,

    /// Write the run summary (what was read, what was not, how long it took) as JSON; `-` for standard output.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub summary: Option<PathBuf>,

    /// Use colours [default: auto, which means on a terminal].
    #[arg(long, value_name = "WHEN", value_parser = COLORS, help_heading = "Report")]
    pub color: Option<String>,
}

/// Severities, mildest first.
pub(crate) const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];

/// What `--fail-on` takes.
pub(crate) const FAIL_ON: [&str; 6] = ["none", "info", "low", "medium", "high", "critical"];

/// What `--color` takes.
pub(crate) const COLORS: [&str; 3] = ["auto", "always", "never"];

const EXAMPLES: &str = "Examples:\n  \
    gatehound scan /var/log/nginx\n  \
    gatehound scan access.log* --since yesterday --until today\n  \
    gatehound scan access.log --fail-on high -o report.json -o text:-\n  \
    gatehound scan access.log --log-format '$remote_addr - [$time_local] \"$request\" $status $request_time'";

/// The names of all outputs, for clap.
fn output_names() -> PossibleValuesParser {
    OUTPUTS
        .iter()
        .map(|output| PossibleValue::new(output.name()).help(output.about()))
        .collect::<Vec<_>>()
        .into()
}

impl ReadArgs {
    /// What the command line says, under the names of settings.
    pub fn layer(&self) -> Layer {
        let mut layer = Layer::default();
        layer.text("input-format", self.input_format.as_deref());
        layer.text("log-format", self.log_format.as_deref());
        layer.list("trusted-proxy", &self.trusted_proxy);
        layer.list("rules", &self.rules);
        layer.switch("strict", self.strict);
        layer.text("since", self.since.as_deref());
        layer.text("until", self.until.as_deref());
        layer.text("tz", self.tz.as_deref());
        layer.text("now", self.now.as_deref());
        layer.text("threads", self.threads.as_deref());
        layer.text("block-size", self.block_size.as_deref());
        layer.text("quiet", (self.quiet > 0).then(|| self.quiet.to_string()).as_deref());
        layer.switch("verbose", self.verbose);
        layer.switch("no-progress", self.no_progress);
        layer
    }
}

impl ScanArgs {
    /// What the command line says, under the names of settings.
    pub fn layer(&self) -> Layer {
        let mut layer = self.read.layer();
        layer.text("memory", self.memory.as_deref());
        layer.text("format", self.format.as_deref());
        layer.list("output", &self.output);
        layer.text("ocsf-version", self.ocsf_version.as_deref());
        layer.text("min-severity", self.min_severity.as_deref());
        layer.text("top", self.top.as_deref());
        layer.text("max-entities", self.max_entities.as_deref());
        layer.text("evidence", self.evidence.as_deref());
        layer.switch("show-suppressed", self.show_suppressed);
        layer.list("without", &self.without);
        layer.text("sensitivity", self.sensitivity.as_deref());
        layer.list("redact", &self.redact);
        layer.text("redact-manifest", self.redact_manifest.as_deref().and_then(std::path::Path::to_str));
        layer.text("fail-on", self.fail_on.as_deref());
        layer.text("max-rejected", self.max_rejected.as_deref());
        layer.text("summary", self.summary.as_ref().map(|path| path.to_string_lossy()).as_deref());
        layer.text("color", self.color.as_deref());
        #[cfg(feature = "deliver")]
        self.delivery(&mut layer);
        layer
    }

    /// What it says about delivery.
    #[cfg(feature = "deliver")]
    fn delivery(&self, layer: &mut Layer) {
        layer.text("spool", self.spool.as_ref().map(|path| path.to_string_lossy()).as_deref());
        layer.text("resend", self.resend.as_deref());
        layer.text("deliver-timeout", self.deliver_timeout.as_deref());
        layer.text("deliver-patience", self.deliver_patience.as_deref());
    }
}
