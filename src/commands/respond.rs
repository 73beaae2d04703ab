//! `gatehound respond`: a report as a block list, or as a list of accounts and tokens.

use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use gatehound::cli::RespondArgs;
use gatehound::config::Settings;
use gatehound::error::Error;
use gatehound::incident::{Incident, Severity};
use gatehound::plan::{Reading, Rules, Surroundings, Talk};
use gatehound::request::Trust;
use gatehound::respond::{Means, Plan, Rehearsal, Wishes, by_name, read_incidents};
use gatehound::source::Feed;
use gatehound::time::HOUR;

use super::signals::Signals;
use super::{Done, check_sources, open, print, say, warn};

/// The most reasons that are told one by one.
const TOLD: usize = 20;

/// Prints what is to be done.
pub(crate) fn run(
    args: &RespondArgs,
    settings: impl FnOnce() -> Result<Settings, Error>,
    around: &Surroundings,
) -> Result<Done, Error> {
    let target = by_name(&args.target)?;
    let incidents = read_incidents(open(&args.report)?)
        .map_err(|error| Error::usage(format!("{}: {error}", args.report.display())))?;
    let severities = Severity::ALL.map(Severity::name);
    let least = Severity::ALL
        .into_iter()
        .find(|severity| severity.name() == args.min_severity)
        .ok_or_else(|| Error::unknown("severity", &args.min_severity, &severities))?;
    let wishes = Wishes {
        least,
        lasts: i64::from(args.hours).saturating_mul(HOUR),
        allow: Trust::new(&args.allow)?,
        shared: args.include_shared,
    };
    let plan = Plan::new(&incidents, &wishes);
    for (what, why) in plan.left_out.iter().take(TOLD) {
        say(&format!("left out: {}: {why}", gatehound::text::Escaped(what.as_bytes())));
    }
    if plan.left_out.len() > TOLD {
        say(&format!("left out: {} more", plan.left_out.len() - TOLD));
    }
    if args.simulate.is_empty() {
        return print(&target.write(&plan));
    }
    rehearse(&args.simulate, &plan, &incidents, target.means, &settings()?, around)
}

/// Prints what the plan would have done to the requests in the logs at `paths`.
fn rehearse(
    paths: &[PathBuf],
    plan: &Plan,
    incidents: &[Incident],
    means: Means,
    settings: &Settings,
    around: &Surroundings,
) -> Result<Done, Error> {
    let talk = Talk::of(settings, around)?;
    let reading = Reading::open(paths, Rules::new(settings, around)?);
    check_sources(&reading)?;
    warn(talk, &reading.warnings());
    let signals = Signals::listen()?;
    let feed = Feed::new(&reading.sources, reading.limits, reading.block_size)?;
    let lines = AtomicU64::new(0);
    let scan = reading.scan(signals.stop(), &lines);
    let rehearsal = Rehearsal::new(plan, incidents, means, &scan);
    let outcome = rehearsal.run(&scan, &feed)?;
    print(&rehearsal.page(&outcome))?;
    let broken = feed.outcomes().into_iter().zip(&reading.sources).find(|(outcome, _)| !outcome.complete);
    let broken = broken.map(|(outcome, source)| {
        let why = outcome.note.as_deref().unwrap_or("was not read to its end");
        Error::usage(format!("{}: {why}", source.path.display()))
    });
    match (signals.came(), reading.shortfall().or(broken)) {
        (Some(signal), _) => Ok(Done::Stopped(signal)),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Done::Fine),
    }
}
