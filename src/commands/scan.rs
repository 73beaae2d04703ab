//! `gatehound scan`: from logs to ranked incidents.

use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use gatehound::config::Settings;
use gatehound::detect::{self, World};
use gatehound::engine;
use gatehound::error::Error;
use gatehound::incident::{Group, Incident, Raw};
use gatehound::output::{Destination, OUTPUTS, Target, timing_line};
use gatehound::plan::{Plan, Surroundings, Verdict, Volume};
use gatehound::redact::Redactor;
use gatehound::report::Teller;
use gatehound::run::{Run, Timing};
use gatehound::sigma::Rules;
use gatehound::source::{Feed, Milestones, Outcome};
use gatehound::summary::{Gathered, has_secrets, summary};
use gatehound::tally::Tally;

use super::signals::Signals;
use super::{Done, called, check_sources, create, progress, say, usage, warn};

/// Reads `paths`, judges, ranks, writes.
pub(crate) fn run(
    paths: &[PathBuf],
    settings: impl FnOnce() -> Result<Settings, Error>,
    around: &Surroundings,
) -> Result<Done, Error> {
    if paths.is_empty() && around.is_stdin_terminal {
        return Ok(usage("scan"));
    }
    let began = Instant::now();
    let plan = Plan::new(paths, &settings()?, around)?;
    check_sources(&plan.reading)?;
    let warnings = plan.reading.warnings();
    let told = warnings.len();
    let in_report = shows_report(&plan, around);
    warn(plan.talk, if in_report { &[] } else { &warnings });

    let signals = Signals::listen()?;
    // What was read is never taken apart: the process ends, and the system takes it back as a whole.
    let read = ManuallyDrop::new(read(&plan, &signals)?);
    let judged = || judge(&plan, &read, warnings, signals.came().is_some());
    let (run, mut incidents, people) = engine::on(plan.reading.threads, judged)?;
    read.tally.failure().map_or(Ok(()), Err)?;
    redact(&plan, &mut incidents, people)?;

    #[cfg(feature = "deliver")]
    super::deliver::keep(&plan, &run, &incidents)?;
    for (target, style) in plan.targets.iter().filter(|(target, _)| is_local(target)) {
        let share = plan.share(target, incidents.len());
        target.write(*style, &run, &incidents[..share])?;
    }
    warn(plan.talk, if in_report { &[] } else { &run.warnings[told..] });
    let timing = timing(&plan, &run, began, around);
    if Volume::Remarks <= plan.talk.volume {
        after(&plan, &read.tally, &run, &timing);
    }
    let undelivered = send(&plan, &signals);
    if let Some(path) = &plan.summary {
        let mut warnings = run.warnings.clone();
        warnings.extend(undelivered.iter().map(ToString::to_string));
        write_summary(path, &Run { timing: Some(timing), warnings, ..run.clone() })?;
    }
    match (signals.came(), plan.verdict(&run), undelivered) {
        (Some(signal), _, undelivered) => {
            if let Some(error) = undelivered.filter(|_| Volume::Errors <= plan.talk.volume) {
                say(&format!("error: {error}"));
            }
            Ok(Done::Stopped(signal))
        }
        (None, Verdict::Incomplete(error), undelivered) => {
            let all = std::iter::once(error).chain(undelivered).collect();
            Error::all(all).map_or(Ok(Done::Fine), Err)
        }
        (None, _, Some(undelivered)) => Err(undelivered),
        (None, Verdict::Fine, None) => Ok(Done::Fine),
        (None, Verdict::Found, None) => Ok(Done::Found),
    }
}

/// Whether a target is a file or standard output.
#[cfg(feature = "deliver")]
fn is_local(target: &Target) -> bool {
    !super::deliver::is_remote(target)
}

/// Whether a target is a file or standard output: all are.
#[cfg(not(feature = "deliver"))]
fn is_local(_: &Target) -> bool {
    true
}

/// Sends what is meant for receivers; what did not arrive is an error.
#[cfg(feature = "deliver")]
fn send(plan: &Plan, signals: &Signals) -> Option<Error> {
    super::deliver::send(plan, signals.stop())
}

/// Sends nothing: there is nobody to send to.
#[cfg(not(feature = "deliver"))]
fn send(_: &Plan, _: &Signals) -> Option<Error> {
    None
}

/// Whether whoever reads standard error has the report before them, where warnings stand too.
fn shows_report(plan: &Plan, around: &Surroundings) -> bool {
    let is_text = plan.targets.iter().any(|(target, _)| {
        target.destination == Destination::Stdout && target.output.name() == OUTPUTS[0].name()
    });
    is_text && around.is_stdout_terminal && around.is_stderr_terminal
}

/// What was read.
struct Read {
    tally: Tally,
    milestones: Milestones,
    /// What became of each source.
    outcomes: Vec<Outcome>,
}

/// Reads all sources.
fn read(plan: &Plan, signals: &Signals) -> Result<Read, Error> {
    let reading = &plan.reading;
    let feed = Feed::new(&reading.sources, reading.limits, reading.block_size)?;
    let lines = AtomicU64::new(0);
    let scan = reading.scan(signals.stop(), &lines);
    let work = || engine::scan(&scan, &feed);
    let tally = progress::watching(&feed, &lines, signals.stop(), plan.talk.progress, work)?;
    Ok(Read { tally, milestones: feed.milestones(), outcomes: feed.outcomes() })
}

/// What the evidence proves, and the summary of the run.
fn judge(
    plan: &Plan,
    read: &Read,
    mut warnings: Vec<String>,
    was_interrupted: bool,
) -> (Run, Vec<Incident>, Vec<Raw>) {
    let (reading, tally) = (&plan.reading, &read.tally);
    let detectors = detect::with_rules(&reading.meaning.rules);
    let world = ManuallyDrop::new(World::with(
        tally,
        &reading.meaning.keys,
        plan.tuning.thresholds.clone(),
        plan.without.clone(),
    ));
    let groups = plan.tuning.rank(&world, detect::judge(&detectors, &world));
    warnings.extend(plan.tuning.warnings(tally.reading.span));
    warnings.extend(limited(&reading.meaning.rules, tally));
    warnings.extend(plan.without.warning());
    if was_interrupted {
        warnings.push("interrupted: only what was read until then was judged".to_owned());
    }
    let run = summary(Gathered {
        sources: &reading.sources,
        decoders: &reading.decoders,
        outcomes: &read.outcomes,
        tally,
        world: &world,
        detectors: &detectors,
        groups: &groups,
        warnings,
        trust: &reading.meaning.trust,
    });
    let told: Vec<Group> = groups.into_iter().filter(|group| plan.tells(group)).collect();
    let teller = Teller {
        world: &world,
        detectors: &detectors,
        sources: &reading.sources,
        decoders: &reading.decoders,
        meaning: &reading.meaning,
        limits: &reading.limits,
        milestones: &read.milestones,
        max_entities: plan.max_entities,
        evidence: plan.evidence,
    };
    let (incidents, people) = teller.tell_with_people(&told);
    (run, incidents, people)
}

/// The correlations that did not see everything.
fn limited(rules: &Rules, tally: &Tally) -> Vec<String> {
    let title = |number: u16| {
        let one = rules.correlations().find(|(known, _)| *known == number);
        one.map_or_else(String::new, |(_, one)| one.title.clone())
    };
    let told = |(number, share): (u16, u64)| match share {
        1 => format!(
            "the correlation `{}` has more to count than is kept: later matches were left out",
            title(number)
        ),
        _ => format!("the correlation `{}` has too many groups: one of {share} was watched", title(number)),
    };
    tally.correlated.limited().map(told).collect()
}

/// Replaces what the user does not want to be seen, and writes down what it was.
fn redact(plan: &Plan, incidents: &mut [Incident], people: Vec<Raw>) -> Result<(), Error> {
    if plan.redact.is_nothing() {
        return Ok(());
    }
    let mut redactor = Redactor::new(plan.redact, &plan.reading.meaning.keys, people);
    for incident in incidents {
        redactor.incident(incident);
    }
    let Some(path) = &plan.redact_manifest else { return Ok(()) };
    let failed = |cause| Error::io(called(path), cause);
    let text = serde_json::to_string_pretty(&redactor.manifest()).map_err(|cause| failed(cause.into()))?;
    let mut out = create(path)?;
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(failed)
}

/// What is said on standard error when all is done.
fn after(plan: &Plan, tally: &Tally, run: &Run, timing: &Timing) {
    if has_secrets(tally) && !plan.reading.has_own_key {
        say(
            "note: tokens are hashed with a published key; set GATEHOUND_HASH_KEY_FILE to use one of your own",
        );
    }
    if plan.talk.volume == Volume::Details {
        for source in &run.sources {
            let format = source.format.as_deref().unwrap_or("no known format");
            let (path, lines, events) = (source.path.text(), source.lines, source.events);
            say(&format!("{path}: {format}, {lines} lines, {events} events"));
        }
    }
    say(&timing_line(timing, run));
    if let Some(note) = memory_note(plan, tally, timing) {
        say(&note);
    }
}

/// What is to be said about memory: that it was not enough, or that it had to be made do.
fn memory_note(plan: &Plan, tally: &Tally, timing: &Timing) -> Option<String> {
    let mega = |bytes: u64| bytes.div_ceil(1 << 20);
    let most = plan.reading.memory?.most;
    let took = timing.peak_memory_bytes.unwrap_or(0);
    if tally.lies_on_disk() && took > most + most / 10 {
        let (most, took) = (mega(most), mega(took));
        return Some(format!(
            "note: {took}M of memory were taken instead of {most}M: what does not go to disk takes more"
        ));
    }
    let made_do = tally.lies_on_disk() && plan.talk.volume == Volume::Details;
    made_do.then(|| format!("note: evidence went to disk, to take no more memory than {}M", mega(most)))
}

/// How long it took.
fn timing(plan: &Plan, run: &Run, began: Instant, around: &Surroundings) -> Timing {
    let seconds = began.elapsed().as_secs_f64();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate for people"
    )]
    let bytes_per_second = (run.bytes as f64 / seconds.max(1e-9)) as u64;
    Timing {
        started: around.now.rfc3339(3),
        seconds: (seconds * 1000.0).round() / 1000.0,
        bytes_per_second,
        threads: plan.reading.threads as u64,
        peak_memory_bytes: engine::process_memory("VmHWM:"),
    }
}

/// Writes the run summary as one JSON object.
fn write_summary(path: &Path, run: &Run) -> Result<(), Error> {
    let failed = |cause| Error::io(called(path), cause);
    let text = serde_json::to_string(run).map_err(|cause| failed(cause.into()))?;
    let mut out = create(path)?;
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(failed)
}
