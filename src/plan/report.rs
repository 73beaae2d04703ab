//! What a scan makes of its settings: which incidents are told, where, how, and what the exit code is about.

use std::path::{Path, PathBuf};

use super::reading::and_more;
use super::{Mistakes, Reading, Rules, Surroundings, Talk, Volume};
use crate::config::Settings;
use crate::detect::Ablation;
use crate::error::Error;
use crate::incident::{Group, Severity};
use crate::output::{self, Destination, OcsfVersion, Style, Target};
use crate::redact::What;
use crate::run::{IncidentCounts, Run};
use crate::tuning::Tuning;

/// Incidents that text tells in full, unless the user wants another number.
const TOP: usize = 20;
/// Entities named of each kind, unless the user wants another number.
const MAX_ENTITIES: usize = 1000;
/// Lines shown of the log, unless the user wants another number.
const EVIDENCE: usize = 5;

/// A checked `scan`.
pub struct Plan {
    /// What is read, and how.
    pub reading: Reading,
    /// What is said on standard error.
    pub talk: Talk,
    /// Where reports go, and how they look there.
    pub targets: Vec<(Target, Style)>,
    /// How receivers are reached: one for each target that is one, in their order.
    #[cfg(feature = "deliver")]
    pub deliveries: Vec<crate::deliver::Delivery>,
    /// Where the run summary goes.
    pub summary: Option<PathBuf>,
    /// How many entities of each kind are named.
    pub max_entities: usize,
    /// How many lines of the log are shown.
    pub evidence: usize,
    /// What the user said about findings.
    pub tuning: Tuning,
    /// What is replaced by pseudonyms.
    pub redact: What,
    /// Where it is written what was.
    pub redact_manifest: Option<PathBuf>,
    /// What is left out of judging.
    pub without: Ablation,
    /// Incidents below this are left out.
    min_severity: Severity,
    /// Whether incidents that are held back are told.
    show_suppressed: bool,
    /// How many incidents programs are told; all unless the user said so.
    top: Option<usize>,
    /// From where on incidents make the run fail.
    fail_on: Option<Severity>,
    /// How many of a hundred access lines may be unreadable.
    max_rejected: u64,
}

/// How a scan that was written to its end went.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing to report at or above `--fail-on`.
    Fine,
    /// At least one incident at or above it.
    Found,
    /// Not everything could be read; why.
    Incomplete(Error),
}

impl Plan {
    /// What `settings` mean for `paths`. Every mistake is told, and nothing is read yet but heads.
    pub fn new(paths: &[PathBuf], settings: &Settings, around: &Surroundings) -> Result<Self, Error> {
        let mut mistakes = Mistakes::default();
        let talk = Talk::of(settings, around).map_err(|error| mistakes.0.push(error));
        let top = mistakes.or_default(number(settings, "top"));
        let color = mistakes.or_default(color(settings, around));
        let ocsf = mistakes.or_default(settings.read("ocsf-version", OcsfVersion::by_name));
        let style = Style {
            width: around.width.filter(|_| around.is_stdout_terminal).unwrap_or(Style::default().width),
            color: false,
            top: top.unwrap_or(TOP),
            ocsf: ocsf.unwrap_or_default(),
            ..Style::default()
        };
        let targets = mistakes.or_default(targets(settings));
        #[cfg(feature = "deliver")]
        let deliveries = mistakes.or_default(super::delivery::deliveries(settings, &targets, around));
        let min_severity = mistakes.or_default(severity(settings, "min-severity"));
        let fail_on = mistakes.or_default(severity(settings, "fail-on"));
        let max_entities = mistakes.or_default(number(settings, "max-entities"));
        let evidence = mistakes.or_default(number(settings, "evidence"));
        let show_suppressed = mistakes.or_default(settings.switch("show-suppressed"));
        let max_rejected = mistakes.or_default(settings.read("max-rejected", percent)).unwrap_or(100);
        let summary = settings.text("summary").map(PathBuf::from);
        for path in summary.iter().filter(|path| path.as_os_str() != "-") {
            mistakes.or_default(can_hold(path));
        }
        let without = mistakes.or_default(Ablation::read(settings.list("without")));
        let redact_manifest = settings.text("redact-manifest").map(PathBuf::from);
        for path in redact_manifest.iter().filter(|path| path.as_os_str() != "-") {
            mistakes.or_default(can_hold(path));
        }
        let rules = Rules::new(settings, around).map_err(|error| mistakes.0.push(error));
        let tuning = rules.as_ref().map_or_else(|()| Ok(Tuning::default()), |rules| rules.tuning(settings));
        let tuning = mistakes.or_default(tuning);
        // Whoever names a key that cannot be read is told that, and nothing else.
        let has_own_key = rules.as_ref().is_err() || rules.as_ref().is_ok_and(Rules::has_own_key);
        let redact = mistakes.or_default(super::redaction(settings, has_own_key));
        mistakes.none()?;
        let (Ok(talk), Ok(rules)) = (talk, rules) else { return Err(Error::usage("nothing to do")) };
        let keeps =
            |target: &Target| talk.volume != Volume::Nothing || target.destination != Destination::Stdout;
        let styled = |target: Target| {
            let style = match target.destination {
                Destination::Stdout => Style { color: color.stdout, ..style },
                _ => Style { color: color.files, width: Style::default().width, ..style },
            };
            (target, style)
        };
        Ok(Self {
            reading: Reading::open(paths, rules),
            talk,
            targets: targets.into_iter().filter(keeps).map(styled).collect(),
            #[cfg(feature = "deliver")]
            deliveries,
            summary,
            max_entities: max_entities.unwrap_or(MAX_ENTITIES),
            evidence: evidence.unwrap_or(EVIDENCE),
            tuning,
            redact,
            redact_manifest,
            without,
            min_severity: min_severity.unwrap_or(Severity::Info),
            show_suppressed,
            top,
            fail_on,
            max_rejected,
        })
    }

    /// Whether a group of findings is told.
    pub fn tells(&self, group: &Group) -> bool {
        self.min_severity <= group.severity && (self.show_suppressed || group.suppressed_by.is_none())
    }

    /// How many of `incidents` go to `target`: text tells the rest in short.
    pub fn share(&self, target: &Target, incidents: usize) -> usize {
        match self.top {
            Some(top) if top > 0 && target.output.name() != "text" => top.min(incidents),
            _ => incidents,
        }
    }

    /// How the scan went, once everything is written.
    pub fn verdict(&self, run: &Run) -> Verdict {
        if let Some(error) = self.shortfall(run) {
            return Verdict::Incomplete(error);
        }
        let fails = self.fail_on.is_some_and(|level| reaches(&run.incidents, level));
        if fails { Verdict::Found } else { Verdict::Fine }
    }

    /// Why the run is not complete.
    fn shortfall(&self, run: &Run) -> Option<Error> {
        let broken: Vec<_> = run.sources.iter().filter(|source| !source.complete).collect();
        let access = run.lines.saturating_sub(run.skipped);
        if let Some(error) = self.reading.shortfall() {
            return Some(error);
        }
        if let [first, rest @ ..] = &*broken {
            let why = first.note.as_deref().unwrap_or("was not read to its end");
            return Some(Error::usage(format!("{}: {why}{}", first.path.text(), and_more(rest.len()))));
        }
        if let Some(limit) = run.limits_hit.first() {
            return Some(Error::usage(limit.clone()));
        }
        if run.events == 0 && access > 0 {
            return Some(Error::usage(
                "no line could be read as an access line; `gatehound formats detect FILE` says why",
            ));
        }
        (run.rejected * 100 > self.max_rejected * access).then(|| {
            let max = self.max_rejected;
            Error::usage(format!(
                "{} of {access} access lines could not be read, more than {max} %",
                run.rejected
            ))
        })
    }
}

/// Whether there is an incident of at least `level`.
fn reaches(counts: &IncidentCounts, level: Severity) -> bool {
    let by_severity = [
        (Severity::Info, counts.info),
        (Severity::Low, counts.low),
        (Severity::Medium, counts.medium),
        (Severity::High, counts.high),
        (Severity::Critical, counts.critical),
    ];
    by_severity.iter().any(|&(severity, incidents)| level <= severity && incidents > 0)
}

/// Where reports go: what `-o` says, else the standard output.
fn targets(settings: &Settings) -> Result<Vec<Target>, Error> {
    let format = settings.read("format", output::by_name)?.unwrap_or(output::OUTPUTS[0]);
    let Some(said) = settings.said("output") else {
        return Ok(vec![Target { output: format, destination: Destination::Stdout }]);
    };
    let targets =
        output::parse_all(&said.words, format).map_err(|error| said.origin.blame("output", &error))?;
    for target in &targets {
        if let Destination::File(path) = &target.destination {
            can_hold(path)?;
        }
    }
    Ok(targets)
}

/// Whether a file can be made at `path`: better told before a long scan than after it.
fn can_hold(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Err(Error::io(path, std::io::ErrorKind::IsADirectory.into()));
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => folder.metadata().map(drop).map_err(|cause| Error::io(folder, cause)),
        None => Ok(()),
    }
}

/// Where colours are used.
#[derive(Default)]
struct Color {
    stdout: bool,
    files: bool,
}

/// What `--color`, `NO_COLOR`, `CLICOLOR_FORCE` and the terminal say.
fn color(settings: &Settings, around: &Surroundings) -> Result<Color, Error> {
    let value = |name: &str| (around.environment)(name).filter(|value| !value.is_empty());
    let read = |word: &str| match word {
        "auto" | "always" | "never" => Ok(word.to_owned()),
        other => Err(Error::unknown("value", other, &["auto", "always", "never"])),
    };
    let when = settings.read("color", read)?;
    Ok(match when.as_deref() {
        Some("always") => Color { stdout: true, files: true },
        Some("never") => Color::default(),
        _ if value("NO_COLOR").is_some() => Color::default(),
        _ if value("CLICOLOR_FORCE").is_some_and(|value| value != "0") => {
            Color { stdout: true, files: false }
        }
        _ => {
            let is_dumb = value("TERM").is_some_and(|term| term == "dumb");
            Color { stdout: around.is_stdout_terminal && !is_dumb, files: false }
        }
    })
}

/// A severity; `none` for none.
fn severity(settings: &Settings, name: &str) -> Result<Option<Severity>, Error> {
    let known = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let read = |word: &str| match known.iter().find(|severity| severity.name() == word) {
        Some(&severity) => Ok(Some(severity)),
        None if word == "none" && name == "fail-on" => Ok(None),
        None => {
            let mut names: Vec<_> = known.iter().map(|severity| severity.name()).collect();
            names.extend((name == "fail-on").then_some("none"));
            Err(Error::unknown("severity", word, &names))
        }
    };
    settings.read(name, read).map(Option::flatten)
}

/// A number that fits into memory.
fn number(settings: &Settings, name: &str) -> Result<Option<usize>, Error> {
    Ok(settings.number(name)?.map(|number| usize::try_from(number).unwrap_or(usize::MAX)))
}

/// A whole number of per cent.
fn percent(word: &str) -> Result<u64, Error> {
    let digits = word.strip_suffix('%').unwrap_or(word).trim();
    let share = digits.parse().ok().filter(|share| *share <= 100);
    share.ok_or_else(|| Error::usage(format!("`{word}` is no whole number from 0 to 100")))
}
