//! `gatehound doctor`: what a log lacks, and what to add to the gateway's configuration.

use gatehound::cli::{DoctorArgs, DoctorForm};
use gatehound::config::Settings;
use gatehound::detect;
use gatehound::doctor::{examine, json, text};
use gatehound::error::Error;
use gatehound::plan::{Reading, Rules, Surroundings, Talk};
use gatehound::source::Feed;

use super::{Done, check_sources, print, usage, warn};

/// Looks at every log and prints what it lacks.
pub(crate) fn run(
    args: &DoctorArgs,
    settings: impl FnOnce() -> Result<Settings, Error>,
    around: &Surroundings,
) -> Result<Done, Error> {
    if args.read.paths.is_empty() && around.is_stdin_terminal {
        return Ok(usage("doctor"));
    }
    let settings = settings()?;
    let talk = Talk::of(&settings, around)?;
    let reading = Reading::open(&args.read.paths, Rules::new(&settings, around)?);
    check_sources(&reading)?;
    warn(talk, &reading.warnings());

    let pool = rayon::ThreadPoolBuilder::new().num_threads(reading.threads).build();
    let pool = pool.map_err(|error| Error::usage(format!("cannot start threads: {error}")))?;
    let detectors = detect::all();
    let (mut page, mut mistakes) = (String::new(), Vec::new());
    for (source, decoder) in reading.sources.iter().zip(&reading.decoders) {
        let name = source.path.to_string_lossy();
        let Some(decoder) = decoder.as_deref() else {
            mistakes.push(Error::usage(format!("{name}: no known format")));
            continue;
        };
        let feed = Feed::new(std::slice::from_ref(source), reading.limits, reading.block_size)?;
        let examined = pool.install(|| examine(&feed, decoder, &reading.meaning));
        let broken = feed.outcomes().into_iter().find(|outcome| !outcome.complete);
        mistakes.extend(broken.map(|outcome| {
            let why = outcome.note.as_deref().unwrap_or("was not read to its end");
            Error::usage(format!("{name}: {why}"))
        }));
        match args.format {
            DoctorForm::Json => page.push_str(&json(&name, decoder.format(), &examined, &detectors)),
            DoctorForm::Text => {
                page.push_str(if page.is_empty() { "" } else { "\n" });
                page.push_str(&text(&name, decoder.format(), &examined, &detectors));
            }
        }
    }
    let done = print(&page)?;
    mistakes.extend(reading.shortfall());
    Error::all(mistakes).map_or(Ok(done), Err)
}
