//! `gatehound events`: the requests of logs as JSON lines, in their order.

use std::io::Write;
use std::sync::atomic::AtomicU64;

use gatehound::cli::{EventsArgs, EventsForm};
use gatehound::config::Settings;
use gatehound::error::Error;
use gatehound::events::{Form, Wanted, Writing};
use gatehound::output::OcsfVersion;
use gatehound::plan::{Reading, Rules, Surroundings, Talk, redaction};
use gatehound::source::Feed;

use super::signals::Signals;
use super::{Done, called, check_sources, create, progress, usage, warn};

/// Writes the events of all logs.
pub(crate) fn run(
    args: &EventsArgs,
    settings: impl FnOnce() -> Result<Settings, Error>,
    around: &Surroundings,
) -> Result<Done, Error> {
    if args.read.paths.is_empty() && around.is_stdin_terminal {
        return Ok(usage("events"));
    }
    let settings = settings()?;
    let talk = Talk::of(&settings, around)?;
    let reading = Reading::open(&args.read.paths, Rules::new(&settings, around)?);
    let version = settings.read("ocsf-version", OcsfVersion::by_name)?;
    let redact = redaction(&settings, reading.has_own_key)?;
    check_sources(&reading)?;
    warn(talk, &reading.warnings());

    let signals = Signals::listen()?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(reading.threads).build();
    let pool = pool.map_err(|error| Error::usage(format!("cannot start threads: {error}")))?;
    let lines = AtomicU64::new(0);
    let writing = Writing {
        wanted: if args.rejects { Wanted::Rejects } else { Wanted::Events },
        signals: args.signals.then(|| args.sensitivity.into()),
        form: match args.format {
            EventsForm::Ndjson => Form::Native,
            EventsForm::Ecs => Form::Ecs,
            EventsForm::Ocsf => Form::Ocsf(version.unwrap_or_default()),
        },
        redact,
        meaning: &reading.meaning,
        since: reading.since,
        until: reading.until,
        pool: &pool,
        interrupted: signals.stop(),
        lines: &lines,
    };
    let mut out = create(&args.output)?;
    let mut incomplete = None;
    for (source, decoder) in reading.sources.iter().zip(&reading.decoders) {
        let feed = Feed::new(std::slice::from_ref(source), reading.limits, reading.block_size)?;
        let name = source.path.to_string_lossy();
        let work = || writing.source(&feed, &name, decoder.as_deref(), &mut *out);
        progress::watching(&feed, &lines, signals.stop(), talk.progress, work)
            .map_err(|cause| Error::io(called(&args.output), cause))?;
        let broken = feed.outcomes().into_iter().find(|outcome| !outcome.complete);
        if let Some(outcome) = broken.filter(|_| incomplete.is_none()) {
            let why = outcome.note.as_deref().unwrap_or("was not read to its end");
            incomplete = Some(Error::usage(format!("{name}: {why}")));
        }
    }
    out.flush().map_err(|cause| Error::io(called(&args.output), cause))?;
    match (signals.came(), reading.shortfall().or(incomplete)) {
        (Some(signal), _) => Ok(Done::Stopped(signal)),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Done::Fine),
    }
}
