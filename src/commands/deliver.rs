//! What a scan sends to receivers, and what it says about that.

use std::sync::atomic::AtomicBool;

use gatehound::deliver::{Delivery, Told};
use gatehound::error::Error;
use gatehound::incident::Incident;
use gatehound::output::{Destination, Style, Target};
use gatehound::plan::{Plan, Volume};
use gatehound::run::Run;

use super::say;

/// Puts the report on disk for every receiver; from then on a receiver that is down loses nothing.
pub(crate) fn keep(plan: &Plan, run: &Run, incidents: &[Incident]) -> Result<(), Error> {
    let remote = plan.targets.iter().filter(|(target, _)| is_remote(target));
    for ((target, style), delivery) in remote.zip(&plan.deliveries) {
        let share = plan.share(target, incidents.len());
        let told = incidents.get(..share).unwrap_or(incidents);
        delivery.keep(target.parcels(Style { color: false, ..*style }, run, told))?;
    }
    Ok(())
}

/// Sends what lies on disk to all receivers at a time; what is left there, or lost, as one error.
pub(crate) fn send(plan: &Plan, stop: &AtomicBool) -> Option<Error> {
    let told: Vec<_> = std::thread::scope(|scope| {
        let senders: Vec<_> =
            plan.deliveries.iter().map(|delivery| scope.spawn(|| delivery.send(stop))).collect();
        senders.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut failures = Vec::new();
    for (delivery, told) in plan.deliveries.iter().zip(told) {
        match told {
            Ok(Ok(told)) => {
                if told.delivered > 0 && Volume::Remarks <= plan.talk.volume {
                    say(&format!("{}: {} delivered", delivery.address, told.delivered));
                }
                failures.extend(failure(delivery, &told));
            }
            Ok(Err(error)) => failures.push(error),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    Error::all(failures)
}

/// Whether a target is a receiver.
pub(crate) fn is_remote(target: &Target) -> bool {
    matches!(target.destination, Destination::Remote(_))
}

/// What is not where it should be, in one line.
fn failure(delivery: &Delivery, told: &Told) -> Option<Error> {
    let mut parts = Vec::new();
    if told.waiting > 0 {
        parts.push(format!("{} not delivered, kept in {}", told.waiting, told.folder.display()));
    }
    if told.refused > 0 {
        let file = told.folder.join("refused.ndjson");
        parts.push(format!("{} refused, kept in {}", told.refused, file.display()));
    }
    let why = told.why.as_deref().unwrap_or("another run has added them");
    (!parts.is_empty()).then(|| Error::usage(format!("{}: {}: {why}", delivery.address, parts.join("; "))))
}
